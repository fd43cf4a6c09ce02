"""Judging definitions: stages, places, patterns, and definitions nobody would write by hand."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.calculation import CalculationCycle, plan_of
from server.core.definition import Installed, check_codelist, check_form, check_workflow
from server.core.definition_tests import judge
from server.core.definition_text import pattern_fault
from tests.core.make_form import LISTS, SOURCE, make_form, make_source

#: Every object is allowed: what these tests are about must be found without a meta-schema.
OPEN = Installed(
    codelists=LISTS,
    indicators={"0101", "0108"},
    workflows={"w1", "w3", "w4"},
    forms={"sample"},
    org_unit_codes={"d_bdt"},
    form_schema={"type": "object"},
    workflow_schema={"type": "object"},
)


def refusals(source: Any, installed: Installed = OPEN) -> list[tuple[str, str]]:
    found = check_form(json.dumps(source, ensure_ascii=False, indent=1), installed)
    return [(refusal.code, refusal.path) for refusal in found]


def test_the_sample_form_is_not_refused():
    assert refusals(SOURCE) == []


def test_a_refusal_names_line_and_column_of_what_is_wrong():
    text = json.dumps(
        make_source(x={"title": "X", "type": "integer", "x-calculate": "y"}), indent=2
    )

    (refusal,) = check_form(text, OPEN)

    line = text.split("\n")[refusal.line - 1]
    assert line[refusal.column - 1 :] == '"x-calculate": "y"'
    assert refusal.facts == {"name": "y"}


def test_one_stage_after_the_other_so_that_one_slip_is_one_refusal():
    source = make_source()
    source["x-form"]["owner"] = "nobody"
    source["x-tests"][0]["findings"] = ["a2"]

    assert refusals(source) == [("unknown-unit", "/x-form/owner")]


def test_a_dimension_is_a_code_list_that_was_made_one():
    only_sex = replace(OPEN, dimensions={"sex"})

    assert ("unknown-dimension", "/properties/rows/x-dimension") in refusals(SOURCE, only_sex)


def test_a_shared_line_is_refused_where_it_is_declared():
    source = make_source()
    source["$defs"]["member"]["properties"]["age"]["maximum"] = 10**15 - 1

    assert refusals(source) == [("too-many-digits", "/$defs/member/properties/age")]


def test_a_roster_counts_with_all_the_lines_it_may_have():
    source = make_source()
    source["properties"]["members"]["maxItems"] = 10**14

    assert ("too-many-digits", "/$defs/member/properties/age") in refusals(source)


def test_two_cells_that_wait_for_each_other_are_a_cycle():
    form = make_form(
        a={"title": "A", "type": "integer", "x-calculate": "b + 1"},
        b={"title": "B", "type": "integer", "x-calculate": "a + 1"},
    )

    with pytest.raises(CalculationCycle) as cycle:
        plan_of(form.shape)

    assert {node[2] for node in cycle.value.nodes} == {"a", "b"}


def test_a_share_of_a_total_of_its_own_rows_is_no_cycle():
    source = make_source()
    source["$defs"]["row"]["properties"]["share"] = {
        "title": "Tỷ lệ",
        "type": "number",
        "multipleOf": 0.1,
        "x-calculate": "total / all.total * 100",
    }

    assert refusals(source) == []


def test_a_cell_waits_for_the_relevance_of_the_block_it_reads():
    schools = {
        "title": "Trường",
        "type": "object",
        "additionalProperties": False,
        "x-relevant": "pupils > 0",
        "properties": {"primary": {"$ref": "#/$defs/school", "title": "Tiểu học"}},
    }
    source = make_source(
        schools=schools,
        pupils={"title": "P", "type": "integer", "x-calculate": "schools.primary.pupils"},
    )

    assert "calculation-cycle" in {code for code, _ in refusals(source)}


@pytest.mark.parametrize(
    "pattern",
    [
        "^[0-9]{5}$",
        "^[A-Z]{1,3}-[0-9]{2,4}$",
        "^0[0-9]{9,10}$",
        "^[a-z_]{1,16}\\.json$",
        "^x?$",
        "^[0-9]{1,2}/[0-9]{4}$",
    ],
)
def test_a_pattern_of_the_safe_subset_is_taken_and_python_reads_it_alike(pattern):
    assert pattern_fault(pattern) is None
    assert re.compile(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "^", "$", "^$", "abc", "^abc", "abc$", "^a+$", "^a*$", "^.$", "^(a)$"),
        *("^(a|b)$", "^a|b$", "^(a{1,2}){3}$", "^(?=a)a$", "^(?!a)b$", "^(?<=a)b$"),
        *("^(a)\\1$", "^\\d$", "^\\w$", "^\\s$", "^\\bword\\b$", "^[^a]$", "^[\\d]$"),
        *("^a{1,}$", "^a{,5}$", "^a{5,1}$", "^a{1000}$", "^[z-a]$", "^[]$", "^a??$"),
        *("^a{1,3}?$", "^a{1,3}+$", "^\\p{L}$", "^é$", "^a$b$", "^a^b$"),
        *("^[a-z]{0,99}[a-z]{0,99}[a-z]{0,99}$", "^(?:a)$", "^(?i)a$", "^a\n$"),
        *("^\\u0041$", "^{2}$"),
    ],
)
def test_any_other_pattern_is_refused_with_a_reason(pattern):
    assert pattern_fault(pattern)


def test_an_example_without_unit_and_period_gets_usual_ones():
    assert judge(make_form(), {"answers": SOURCE["x-tests"][0]["answers"]}).findings == ()


def test_a_workflow_needs_no_meta_schema_to_be_refused_for_its_paths():
    workflow = {
        "initial": "a",
        "states": {"a": {"title": "A"}, "b": {"title": "B", "final": True}},
        "transitions": [],
    }

    found = check_workflow(json.dumps(workflow), OPEN)

    assert {(refusal.code, refusal.path) for refusal in found} == {
        ("state-dead-end", "/states/a"),
        ("state-unreachable", "/states/b"),
    }


@given(st.text())
def test_any_text_is_judged(text):
    for check in (check_codelist, lambda text: check_form(text, OPEN)):
        assert all(refusal.line >= 1 and refusal.column >= 1 for refusal in check(text))


@settings(max_examples=60)
@given(st.data())
def test_a_form_cut_anywhere_is_refused(data):
    text = json.dumps(SOURCE, ensure_ascii=False, indent=1)
    cut = data.draw(st.integers(0, len(text) - 1))

    assert check_form(text[:cut], OPEN)
