"""Sheets as a set: which are the same, how far each is, how they are counted and carried on."""

import pytest

from server.core.answers import check
from server.core.form import compile_form
from server.core.survey import (
    RecordState,
    Same,
    carried_from,
    duplicate_findings,
    return_findings,
    standing_of,
    unique_keys,
)
from tests.core.make_form import HERE, make_list
from tests.core.make_survey import FAMILY, visit, visits_form

FORM = compile_form(visits_form(), {"sex": make_list("sex", male="Nam", female="Nữ")})


def standing(answers):
    return standing_of(FORM, answers, {}, HERE, check(FORM, answers, {}, HERE))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (visit(1), visit(1), True),
        (visit(1), visit(2), False),
        (visit(1, village="Thôn Nà"), visit(1, village="THÔN NÀ"), True),
        (visit(1, village="Thôn Nà"), visit(1, village="Thôn Na"), False),
        (visit(1), visit(1, *FAMILY, area=3), True),
    ],
)
def test_sheets_are_the_same_by_the_cells_of_the_rule_alone(first, second, same):
    assert (unique_keys(FORM, first) == unique_keys(FORM, second)) is same


@pytest.mark.parametrize("missing", ["village", "number"])
def test_a_sheet_that_lacks_a_cell_of_the_rule_is_the_same_as_no_other(missing):
    answers = visit(1)
    del answers[missing]

    assert unique_keys(FORM, answers) == {}


def test_keys_tell_nothing_of_the_values():
    assert "Thôn" not in str(unique_keys(FORM, visit(1)))
    assert all(len(key) == 64 for key in unique_keys(FORM, visit(1)).values())


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (visit(1, *FAMILY), RecordState.VALID),
        ({"village": "Thôn Nà"}, RecordState.DRAFT),
        (visit(1, *FAMILY, area=501), RecordState.ERRORS),
        ({"area": 501}, RecordState.ERRORS),
        (visit(1, ("male", 3)), RecordState.VALID),
    ],
)
def test_a_sheet_is_valid_faulty_or_only_not_finished(answers, state):
    assert standing(answers).state is state


@pytest.mark.parametrize(
    ("answers", "tally"),
    [(visit(1, *FAMILY), "visited"), (visit(1), "absent")],
)
def test_a_sheet_counts_with_the_first_kind_that_fits(answers, tally):
    assert standing(answers).tally == tally


def test_personal_texts_are_searched_apart_from_the_others():
    kept = standing(visit(7, *FAMILY))

    assert "thon na" in kept.search and "7" in kept.search
    assert "chu ho 7" not in kept.search
    assert "chu ho 7" in kept.search_personal


def test_places_are_in_the_order_of_villages_and_numbers():
    sheets = [visit(10), visit(9), visit(2, village="Thôn Ả"), visit(1, village="Bản B")]

    ordered = sorted(sheets, key=lambda sheet: standing(sheet).place)

    assert [(sheet["village"], sheet["number"]) for sheet in ordered] == [
        ("Bản B", 1),
        ("Thôn Ả", 2),
        ("Thôn Nà", 9),
        ("Thôn Nà", 10),
    ]


def test_the_next_sheet_begins_with_what_is_carried_over():
    assert carried_from(FORM, visit(7, *FAMILY)) == {"village": "Thôn Nà"}


def test_a_repeated_sheet_is_warned_of_with_the_other_sheets_number():
    (finding,) = duplicate_findings(FORM, [Same(0, "r1", 12)])

    assert (finding.code, str(finding.severity)) == ("record.duplicate", "warning")
    assert finding.message == "Thôn và Hộ số trùng với phiếu 12."
    assert finding.paths == ("/village", "/number")


def test_a_return_is_warned_of_once_for_each_group():
    found = return_findings(FORM, [(0, [3, 12]), (0, [4, 5, 6])])

    assert [finding.path for finding in found] == ["/records/12", "/records/6"]
    assert "Các phiếu 4, 5, 6 trùng Thôn và Hộ số." in found[1].message
