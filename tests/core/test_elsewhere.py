"""Rules that look at last year and at other forms: what they see, and which rules may look."""

import json
from dataclasses import replace
from typing import Any

import pytest

from server.core.answer_engine import engine_of
from server.core.answers import Context, check, with_results
from server.core.definition import check_form
from server.core.definition_tests import judge
from server.core.form import Form, compile_form
from server.core.past import with_computed
from server.core.period import Period
from tests.core.make_form import COMMUNE, HERE, LISTS, clean, make_form, make_source
from tests.core.test_definition import OPEN

HALF = Context(COMMUNE, Period.parse("2024-S1"))


def source_with(*rules: dict[str, Any]) -> dict[str, Any]:
    source = make_source()
    source["x-checks"] = [
        {"code": f"r{place}", "severity": "warning", "message": "Xem lại.", **rule}
        for place, rule in enumerate(rules)
    ]
    return source


def form_with(*rules: dict[str, Any]) -> Form:
    return compile_form(source_with(*rules), LISTS)


def found(form: Form, context: Context, answers: dict[str, Any] | None = None):
    return [
        (finding.code, finding.path, finding.left, finding.right)
        for finding in check(form, answers or clean(), {}, context).findings
    ]


def test_last_year_is_the_same_period_a_year_ago_and_not_the_period_before():
    form = form_with({"rule": 'confirmed <= lastYear("/confirmed")', "paths": ["/confirmed"]})
    context = replace(HALF, previous={"confirmed": 10}, last_year={"confirmed": 20})

    assert found(form, context) == [("r0", "/confirmed", 30, 20)]
    assert found(form, replace(context, last_year=None)) == []


def test_a_row_reads_its_own_row_of_last_year_with_results_and_reasons():
    form = form_with(
        {"rule": 'total <= lastYear("total")', "each": "/rows", "paths": ["total"]},
        {"rule": 'lastYear("/all/total") <= all.total', "paths": ["/all/total"]},
    )
    earlier = {"rows": {"01": {"male": 1, "female": 2}, "02": {"male": 9}}, "confirmed": 3}
    statuses = {"/rows/02/female": "none_arose"}
    whole = with_results(form, earlier, statuses, HALF)
    context = replace(HALF, last_year=whole, last_year_statuses=statuses)

    assert found(form, context) == [("r0", "/rows/01/total", 9, 3), ("r0", "/rows/02/total", 21, 9)]


def test_an_absent_row_is_told_from_others_by_what_it_held_last_year():
    form = form_with(
        {"rule": 'total >= lastYear("total")', "each": "/rows", "paths": ["total"]},
    )
    context = replace(HALF, last_year={"rows": {"08": {"male": 3, "female": 4, "total": 7}}})

    assert found(form, context) == [("r0", "/rows/08/total", 0, 7)]


@pytest.mark.parametrize(
    ("answers", "statuses", "expected"),
    [
        ({"hh": 40}, {}, [("r0", "/confirmed", 30, 40)]),
        ({"hh": 30}, {}, []),
        ({"hh": 40}, {"/hh": "estimated"}, [("r0", "/confirmed", 30, 40)]),
        ({}, {"/hh": "none_arose"}, [("r0", "/confirmed", 30, 0)]),
        ({}, {"/hh": "not_available"}, []),
        ({}, {}, []),
        ({"hh": "40"}, {}, []),
        ({"hh": True}, {}, []),
    ],
)
def test_another_form_gives_its_number_or_its_reason(answers, statuses, expected):
    form = form_with({"rule": 'near(confirmed, other("sheet", "/hh"), 0) || '
                              'confirmed == other("sheet", "/hh")'})  # fmt: skip
    sides = form_with(
        {"rule": 'confirmed - 0 == other("sheet", "/hh") + 0', "paths": ["/confirmed"]}
    )
    context = replace(HERE, others={"sheet": (answers, statuses)})

    assert found(sides, context) == expected
    assert bool(found(form, context)) is bool(expected)


def test_a_reason_for_a_row_or_block_of_another_form_stands_for_its_cells():
    form = form_with({"rule": 'other("sheet", "/rows/02/total") > 0', "paths": ["/confirmed"]})
    for path in ("/rows", "/rows/02", "/rows/02/total"):
        for status, findings in (("none_arose", 1), ("not_available", 0)):
            context = replace(HERE, others={"sheet": ({}, {path: status})})
            assert len(found(form, context)) == findings


def test_a_form_that_was_not_sent_says_nothing():
    form = form_with({"rule": 'change(confirmed, other("sheet", "/hh")) <= 5'})

    assert found(form, HERE) == []


def test_results_of_another_form_stand_among_its_answers():
    answers = {"rows": {"02": {"male": 3}}, "list": [{"_id": "a", "x": 1}], "hh": 5}
    computed = {"rows": {"02": {"total": 7}}, "total": {"total": 7}, "list": [{"_id": "a", "y": 2}]}

    assert with_computed(answers, computed) == {
        "rows": {"02": {"male": 3, "total": 7}},
        "total": {"total": 7},
        "list": [{"_id": "a", "x": 1}],
        "hh": 5,
    }
    assert answers["rows"] == {"02": {"male": 3}}


def test_an_engine_knows_what_its_rules_look_at():
    plain, looking = (
        engine_of(make_form()),
        engine_of(
            form_with(
                {"rule": 'confirmed > lastYear("/confirmed")'},
                {"rule": 'confirmed == other("sheet", "/hh") && all.total == other("list", "/n")'},
            )
        ),
    )

    assert (plain.uses_last_year, plain.other_forms, plain.outliers) == (False, (), None)
    assert (looking.uses_last_year, looking.other_forms) == (True, ("list", "sheet"))


def refusals(source: dict[str, Any], **installed: object) -> list[tuple[str, str]]:
    known = replace(OPEN, forms={"sample", "sheet"}, **installed)
    result = check_form(json.dumps(source, ensure_ascii=False, indent=1), known)
    assert all(refusal.line > 1 for refusal in result)
    return [(refusal.code, refusal.path) for refusal in result]


RULE = "/x-checks/0/rule"


@pytest.mark.parametrize("severity", ["warning", "info"])
def test_a_mild_rule_may_look_elsewhere(severity):
    rule = 'confirmed <= lastYear("/confirmed") + other("sheet", "/hh")'

    assert refusals(source_with({"rule": rule, "severity": severity})) == []


@pytest.mark.parametrize("text", ['lastYear("/confirmed")', 'other("sheet", "/hh")'])
def test_an_error_may_not_look_elsewhere(text):
    rule = f"confirmed <= {text}"

    assert refusals(source_with({"rule": rule, "severity": "error"})) == [("rests-elsewhere", RULE)]


@pytest.mark.parametrize("keyword", ["x-calculate", "x-relevant", "x-required-when"])
def test_what_a_cell_is_may_not_rest_elsewhere(keyword):
    text = 'other("sheet", "/hh")' + ("" if keyword == "x-calculate" else " > 1")
    source = make_source(extra={"title": "X", "type": "integer", "maximum": 9, keyword: text})

    assert refusals(source) == [("rests-elsewhere", f"/properties/extra/{keyword}")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('lastYear("/confirmd")', "expression-unknown"),
        ('lastYear("male")', "expression-unknown"),  # a column, but the rule stands in no row
        ('other("shet", "/hh")', "unknown-form"),
        ('other("sample", "/confirmed")', "other-is-self"),
        ('change("a", 1)', "expression-wrong-type"),
    ],
)
def test_what_is_not_there_is_refused_at_its_line(text, code):
    assert refusals(source_with({"rule": f"confirmed <= {text}"})) == [(code, RULE)]


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/confirmed", True),
        ("/all/total", True),
        ("/rows/02/total", True),
        ("/schools/primary/pupils", True),
        ("/confirmd", False),
        ("/note", False),
        ("/rows", False),
        ("/rows/02", False),
        ("/rows/77/total", False),
        ("/rows/02/total/x", False),
        ("/members/m-1/age", False),
        ("/", False),
        ("/~", False),
    ],
)
def test_the_figure_of_a_form_that_is_installed_must_be_there(path, known):
    source = source_with({"rule": f'confirmed <= other("sheet", "{path}")'})
    shape = make_form().shape

    expected = [] if known else [("expression-unknown", RULE)]
    assert refusals(source, shape_of={"sheet": shape}.get) == expected


def test_examples_may_bring_last_year_other_forms_and_history():
    source = source_with(
        {"rule": 'confirmed <= lastYear("/all/total") + other("sheet", "/hh")'},
    )
    source["x-form"]["outliers"] = {"limit": 3.5, "least": 4}
    form = compile_form(source, LISTS)
    example = {
        "answers": clean(),
        "lastYear": {"answers": {"rows": {"01": {"male": 9, "female": 9}}}},
        "others": {"sheet": {"answers": {"hh": 11}}},
        "history": {"/confirmed": [3, 4, 5, 4]},
    }

    assert [found.code for found in judge(form, example).findings] == ["r0", "outlier"]
    example["others"] = {"sheet": {"answers": {"hh": 12}}}
    assert [found.code for found in judge(form, example).findings] == ["outlier"]


def test_the_previous_report_of_a_yearly_example_is_also_last_years():
    form = form_with({"rule": 'confirmed <= lastYear("/confirmed")'})
    before = {"answers": {"confirmed": 29}}

    assert [found.code for found in judge(form, {"answers": clean(), "previous": before}).findings]


@pytest.mark.parametrize(
    ("extra", "code", "path"),
    [
        ({"others": {"sheet": {"answers": {}}}}, "test-other-unread", "/x-tests/1/others/sheet"),
        ({"history": {"/confirmd": [1]}}, "path-unknown", "/x-tests/1/history/~1confirmd"),
        (
            {"lastYear": {"answers": {}, "statuses": {"/confirmd": "none_arose"}}},
            "path-unknown",
            "/x-tests/1/lastYear/statuses/~1confirmd",
        ),
    ],
)
def test_a_test_may_only_bring_what_the_form_looks_at(extra, code, path):
    source = make_source()
    source["x-tests"].append({**source["x-tests"][0], "name": "khác", **extra})

    assert refusals(source) == [(code, path)]
