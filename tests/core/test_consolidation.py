"""Sums of children's reports: what adds up, what does not, and what corrections become."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.answers import check, seal
from server.core.consolidation import (
    Source,
    consolidate,
    contributions,
    corrections,
    is_consolidated,
    is_summed,
    refuse_summed,
    settled_states,
    taken_over,
)
from server.core.form import Form, compile_form
from server.core.org_unit import Level
from server.core.workflow import Workflow
from server.errors import CellsSummed
from tests.core.make_form import HERE, LISTS, make_form

COUNT = {"title": "Số", "type": "integer"}
RATE = {"title": "Tỷ lệ", "type": "number", "multipleOf": 0.01, "x-measure-unit": "%"}


def form_of(**more: Any) -> Form:
    """A form with one grid by code list and the cells of *more*, summed by the levels above."""
    row = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"male": COUNT, "twice": {**COUNT, "x-calculate": "male * 2"}},
    }
    grid = {
        "title": "Dân tộc",
        "type": "object",
        "x-rows": {"codelist": "group"},
        "additionalProperties": row,
    }
    return compile_form(
        {
            "title": "Biểu tổng hợp",
            "type": "object",
            "additionalProperties": False,
            "x-form": {
                "code": "summed",
                "version": 1,
                "kind": "report",
                "periodType": "year",
                "workflow": "w1",
                "assignedTo": {"levels": ["commune"]},
                "consolidates": True,
            },
            "properties": {"rows": grid, **more},
            "x-layout": {
                "sections": [
                    {"key": "grid", "title": "Bảng", "grid": ["rows"]},
                    {"key": "other", "title": "Khác", "fields": list(more)},
                ]
            },
        },
        LISTS,
    )


def source(unit: str, form: Form, answers: dict[str, Any], **statuses: str) -> Source:
    """A sealed report; statuses are named by path with __ for /."""
    given_ = {f"/{name.replace('__', '/')}": value for name, value in statuses.items()}
    return Source(unit, *seal(form, answers, given_))


def rows(**numbers: int) -> dict[str, Any]:
    return {"rows": {name.lstrip("_"): {"male": value} for name, value in numbers.items()}}


def test_numbers_of_code_list_rows_add_up_by_their_codes() -> None:
    form = form_of()

    sums = consolidate(
        form, [source("a", form, rows(_01=3, _02=5)), source("b", form, rows(_02=4))]
    )

    assert sums.answers["rows"] == {"01": {"male": 3}, "02": {"male": 9}}
    assert "/rows/01/male" not in sums.statuses


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_a_sum_is_what_its_shares_add_up_to(numbers: list[int]) -> None:
    form = form_of(tally=COUNT)
    found = [source(f"u{at}", form, {"tally": value}) for at, value in enumerate(numbers)]

    sums = consolidate(form, found)

    shares = contributions(form, found, "/tally")
    assert sums.answers["tally"] == sum(numbers) == sum(one.value or 0 for one in shares)
    assert sums.partial == {}


def test_decimals_add_up_exactly() -> None:
    form = form_of(length={"title": "Km", "type": "number", "multipleOf": 0.1})
    found = [source(name, form, {"length": value}) for name, value in (("a", 0.1), ("b", 0.2))]

    assert consolidate(form, found).answers["length"] == 0.3


def test_a_typed_rate_is_never_added_and_a_text_stays_empty() -> None:
    form = form_of(share=RATE, words={"title": "Chữ", "type": "string"})

    sums = consolidate(form, [source("a", form, {"share": 50.0, "words": "xã"})])

    assert "share" not in sums.answers and "words" not in sums.answers
    assert not is_summed(form, "/share") and not is_summed(form, "/words")


def test_a_calculated_rate_is_made_from_the_sums() -> None:
    form = form_of(
        part=COUNT,
        whole=COUNT,
        rate={**RATE, "x-calculate": "part / whole * 100"},
    )
    found = [
        source("a", form, {"part": 1, "whole": 2}),
        source("b", form, {"part": 1, "whole": 98}),
    ]

    sums = consolidate(form, found)

    computed = check(form, sums.answers, sums.statuses, HERE).computed
    assert computed["rate"] == 2.0


@pytest.mark.parametrize(
    ("said", "value", "status", "partial"),
    [
        ((None, None), 7, None, ()),
        (("none_arose", None), 5, None, ()),
        (("none_arose", "none_arose"), None, "none_arose", ()),
        (("not_available", None), 5, "estimated", ("a",)),
        (("confidential", None), 5, "estimated", ("a",)),
        (("confidential", "none_arose"), None, "confidential", ()),
        (("not_available", "confidential"), None, "not_available", ()),
        (("not_applicable", None), 5, None, ()),
        (("not_applicable", "not_applicable"), None, "not_applicable", ()),
    ],
)
def test_reasons_for_absent_numbers_meet(
    said: tuple[str | None, str | None],
    value: int | None,
    status: str | None,
    partial: tuple[str, ...],
) -> None:
    form = form_of(tally=COUNT)
    found = [
        source(unit, form, {}, tally=word) if word else source(unit, form, {"tally": number})
        for unit, word, number in zip("ab", said, (2, 5), strict=True)
    ]

    sums = consolidate(form, found)

    assert sums.answers.get("tally") == value
    assert sums.statuses.get("/tally") == status
    assert sums.partial.get("/tally", ()) == partial


def test_an_estimated_number_makes_an_estimated_sum() -> None:
    form = form_of(tally=COUNT)
    found = [
        source("a", form, {"tally": 2}, tally="estimated"),
        source("b", form, {"tally": 3}),
    ]

    sums = consolidate(form, found)

    assert (sums.answers["tally"], sums.statuses["/tally"]) == (5, "estimated")
    assert sums.partial["/tally"] == ("a",)


def test_nil_reports_alone_make_a_nil_report() -> None:
    form = form_of(tally=COUNT)

    assert consolidate(form, [Source("a", {}, {}, nil=True)]).nil
    mixed = consolidate(form, [Source("a", {}, {}, nil=True), source("b", form, {"tally": 4})])
    assert (mixed.nil, mixed.answers["tally"]) == (False, 4)


def test_no_source_makes_nothing() -> None:
    sums = consolidate(form_of(), [])

    assert (sums.answers, sums.statuses, sums.nil) == ({}, {}, False)


def roster(rule: str | None) -> dict[str, Any]:
    declared: dict[str, Any] = {
        "title": "Danh sách",
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"name": {"title": "Tên", "type": "string"}, "count": COUNT},
        },
    }
    return declared if rule is None else {**declared, "x-consolidate": rule}


def test_a_list_is_put_together_only_when_the_form_says_so() -> None:
    lines = {"people": [{"_id": "r1", "name": "A", "count": 1}]}
    for rule, expected in ((None, None), ("none", None), ("list", 2)):
        form = form_of(people=roster(rule))
        found = [source(unit, form, lines) for unit in "ab"]
        held = consolidate(form, found).answers.get("people")
        assert (held if held is None else len(held)) == expected
    assert len({row["_id"] for row in held}) == 2  # type: ignore[union-attr]


def test_corrections_are_what_differs_from_the_sums() -> None:
    form = form_of(tally=COUNT, share=RATE)
    sums = consolidate(form, [source("a", form, {"tally": 4})])

    [one] = corrections(form, sums, {**sums.answers, "tally": 6, "share": 1.5}, sums.statuses)

    assert (one.path, one.old, one.new) == ("/tally", 4, 6)


def test_corrections_and_own_cells_stay_when_the_sums_are_made_again() -> None:
    form = form_of(tally=COUNT, other=COUNT, share=RATE)
    first = source("a", form, {"tally": 4, "other": 1})
    old = consolidate(form, [first])
    new = consolidate(form, [replace(first, answers={"tally": 9, "other": 2})])

    answers, _ = taken_over(form, old, new, {**old.answers, "tally": 6, "share": 1.5}, old.statuses)

    assert answers == {"tally": 6, "other": 2, "share": 1.5}


def test_a_typed_sum_is_refused_by_name() -> None:
    form = form_of(tally=COUNT, share=RATE)

    refuse_summed(form, ({}, {}), ({"share": 2.0}, {}))
    with pytest.raises(CellsSummed) as refused:
        refuse_summed(form, ({}, {}), ({"tally": 2, "share": 2.0}, {}))
    assert [one["path"] for one in refused.value.facts["errors"]] == ["/tally"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("level", "expected"),
    [(Level.COMMUNE, False), (Level.DISTRICT, True), (Level.PROVINCE, True),
     (Level.DEPARTMENT, False)],
)  # fmt: skip
def test_the_levels_above_the_assigned_ones_consolidate(level: Level, expected: bool) -> None:
    assert is_consolidated(form_of(), level) is expected
    assert not is_consolidated(make_form(), level)


def test_a_parent_takes_what_was_approved_at_its_level_or_is_final() -> None:
    people = {"role": "approver", "at": "district"}
    workflow = Workflow.of(
        {
            "code": "w",
            "version": 1,
            "initial": "draft",
            "states": {
                "draft": {"title": "a", "editable": True},
                "sent": {"title": "b", "sent": True},
                "ours": {"title": "c", "sent": True},
                "done": {"title": "d", "sent": True, "final": True},
            },
            "transitions": [
                {"event": "send", "from": ["draft"], "to": "sent",
                 "by": {"role": "reporter", "at": "unit"}},
                {"event": "approve", "from": ["sent"], "to": "ours", "by": people},
                {"event": "approve", "from": ["ours"], "to": "done",
                 "by": {"role": "approver", "at": "province"}},
            ],
        }
    )  # fmt: skip

    assert settled_states(workflow, Level.DISTRICT) == {"ours", "done"}
    assert settled_states(workflow, Level.PROVINCE) == {"done"}
