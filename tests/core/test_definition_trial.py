"""Trying a form that is not published: its tests, and expressions on their answers."""

import json
from pathlib import Path

import pytest

from server.core.definition import check_form
from server.core.definition_trial import ExpressionRun, compiled, run_tests, try_expression
from server.services.definition_checks import DefinitionChecks
from tests.world import household_form

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def checks() -> DefinitionChecks:
    return DefinitionChecks.of(ROOT)


def shipped(code):
    path = ROOT / f"form_definitions/{code}/v01.json"
    return json.loads(path.read_text(encoding="utf-8"))


def tried(checks, document, text, block=""):
    document.get("x-form", {})["owner"] = "d_bdt"
    return try_expression(
        document,
        checks.installed.codelists,
        text,
        block=block,
        test=0,
        check=lambda source: check_form(source, checks.installed),
    )


@pytest.mark.parametrize(
    ("text", "block", "type_", "values"),
    [
        ("people.male + people.female", "", "number", [25]),
        ("households * 2 > people.male", "", "boolean", [False]),
        ('unit.level + "!"', "", "string", ["commune!"]),
        ("male - female", "people", "number", [-1]),
        ("prev('/households')", "", "number", [None]),
    ],
)
def test_an_expression_gives_its_type_and_its_value(checks, text, block, type_, values):
    run = tried(checks, household_form(), text, block)

    assert run.type == type_, run.refusals
    assert [value for _row, value in run.values] == values


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("people.children", "expression-unknown"),
        ("1 +", "expression-invalid"),
        ("people.male + note", "expression-wrong-type"),
        ("expression_on_trial + 1", "calculation-cycle"),
    ],
)
def test_an_expression_is_refused_as_the_checker_refuses_it(checks, text, code):
    run = tried(checks, household_form(), text)

    assert isinstance(run, ExpressionRun)
    assert (run.type, {one.code for one in run.refusals}) == (None, {code})


def test_an_expression_of_a_row_has_a_value_for_each_row(checks):
    document = shipped("population_ethnic")

    run = tried(checks, document, "total_male * 2", "rows")

    rows = dict(run.values)
    answers = document["x-tests"][0]["answers"]["rows"]["01"]
    assert len(rows) == 56  # 54 groups, foreigners and those not stated
    assert rows["Kinh"] == 2 * (answers.get("urban_male", 0) + answers.get("rural_male", 0))


@pytest.mark.parametrize("code", ["population_ethnic", "village_roads", "household_sheet"])
def test_the_tests_of_a_shipped_form_come_out_as_written(checks, code):
    document = shipped(code)
    form = compiled(document, checks.installed.codelists)

    runs = run_tests(form, document)

    assert len(runs) == len(document["x-tests"])
    assert [run.name for run in runs if not run.passed] == []


def test_a_test_that_cannot_be_judged_says_why_and_the_others_run(checks):
    document = household_form()
    document["x-tests"] = [{"name": "a", "answers": 3, "findings": []}, *document["x-tests"]]
    form = compiled(document, checks.installed.codelists)

    first, second = run_tests(form, document)

    assert (first.passed, second.passed) == (False, True)
    assert first.fault


@pytest.mark.parametrize("document", [{}, {"properties": 1}, {"x-form": {"code": "a"}}])
def test_a_document_that_cannot_be_drawn_is_no_form(checks, document):
    assert compiled(document, checks.installed.codelists) is None
