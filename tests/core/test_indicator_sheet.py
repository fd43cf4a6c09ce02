"""The catalogue of indicators as rows of a spreadsheet: out, and back in as changes."""

import json
from dataclasses import replace
from datetime import date

import pytest

from server.core.indicator import FormerOwners, Indicator
from server.core.indicator_changes import COLUMNS
from server.core.indicator_sheet import (
    Known,
    SheetReading,
    column_name,
    read_rows,
    rows_of_indicators,
)
from server.services.definitions import read_indicators
from tests.definitions.shipped import ROOT

FIELDS = list(COLUMNS)
KNOWN = Known(dimensions={"sex", "ethnic_group"}, org_units={"d_ctk"})
_PATH = ROOT / "form_definitions/_indicators/indicators.json"
SHIPPED = {one.code: one for one in read_indicators(json.loads(_PATH.read_text("utf-8")))}


def edited(**cells: str) -> SheetReading:
    """The sheet of all indicators with some cells of 0101 typed over."""
    rows = rows_of_indicators(list(SHIPPED.values()))
    row = next(row for row in rows if row[0] == "0101")
    for field, text in cells.items():
        row[FIELDS.index(field)] = text
    return read_rows(rows, SHIPPED, KNOWN)


def test_all_indicators_go_out_and_come_back_unchanged() -> None:
    reading = read_rows(rows_of_indicators(list(SHIPPED.values())), SHIPPED, KNOWN)

    assert (len(SHIPPED), reading.same, reading.absent) == (132, 132, 0)
    assert (reading.changes, reading.faults) == ((), ())
    assert reading.indicators == tuple(SHIPPED[code] for code in sorted(SHIPPED))


def test_a_typed_cell_is_one_change_of_one_field() -> None:
    reading = edited(title="Dân số dân tộc thiểu số", ministry_code="T0101")

    [change] = reading.changes
    assert (change.kind, change.code) == ("changed", "0101")
    assert change.fields == (
        ("title", SHIPPED["0101"].title, "Dân số dân tộc thiểu số"),
        ("ministry_code", "", "T0101"),
    )
    [kept] = [one for one in reading.indicators if one.code == "0101"]
    wanted = replace(SHIPPED["0101"], title="Dân số dân tộc thiểu số", ministry_code="T0101")
    assert kept == wanted


def test_owners_from_a_day_on_leave_those_before_them_up_to_the_day_before() -> None:
    old = SHIPPED["0101"]

    reading = edited(owners="Sở Nội vụ", owner_units="d_ctk", owners_from="01/07/2026")

    made = {one.code: one for one in reading.indicators}["0101"]
    assert made.former_owners == (FormerOwners(old.owners, old.owner_units, "", "2026-06-30"),)
    assert made.owners_on(date(2026, 6, 30)) == old.owners
    assert made.owners_on(date(2026, 7, 1)) == ("Sở Nội vụ",)


def test_owners_without_another_day_are_a_correction() -> None:
    [made] = [one for one in edited(owners="Sở Nội vụ").indicators if one.code == "0101"]

    assert (made.owners, made.former_owners) == (("Sở Nội vụ",), ())


@pytest.mark.parametrize("day", ["30/06/2026", "01/01/2020", ""])
def test_owners_begin_only_after_those_before_them(day: str) -> None:
    rows = rows_of_indicators([SHIPPED["0101"]])
    former = FormerOwners(("Cục Thống kê",), (), "2020-01-02", "2026-06-30")
    held = replace(SHIPPED["0101"], owners_from="2026-07-01", former_owners=(former,))
    rows[1][FIELDS.index("owners")] = "Sở Nội vụ"
    rows[1][FIELDS.index("owners_from")] = day

    reading = read_rows(rows, {"0101": held}, KNOWN)

    assert [fault.code for fault in reading.faults] == ["owner-order"]
    assert reading.changes == ()


def test_an_end_day_retires_and_a_missing_row_deletes_nothing() -> None:
    rows = rows_of_indicators([SHIPPED["0101"]])
    rows[1][FIELDS.index("valid_to")] = "31/12/2026"

    reading = read_rows(rows, SHIPPED, KNOWN)

    assert [(one.kind, one.code) for one in reading.changes] == [("retired", "0101")]
    assert (len(reading.indicators), reading.absent) == (132, 131)
    assert {one.code: one.valid_to for one in reading.indicators}["0101"] == "2026-12-31"


def test_a_new_row_is_a_new_indicator_of_a_known_group() -> None:
    rows = rows_of_indicators([])
    row = [""] * len(FIELDS)
    for field, text in {
        "code": "0199", "title": "Chỉ tiêu mới", "group": "01",
        "measures": "hộ: cộng; %: không cộng", "dimensions": "sex; ethnic_group",
        "owner_units": "d_ctk; level:district",
    }.items():  # fmt: skip
        row[FIELDS.index(field)] = text

    reading = read_rows([*rows, row], SHIPPED, KNOWN)

    [made] = [one for one in reading.indicators if one.code == "0199"]
    assert reading.faults == ()
    assert isinstance(made, Indicator)
    assert made.group_title == SHIPPED["0101"].group_title
    assert [(one.unit, one.aggregation) for one in made.measures] == [("hộ", "sum"), ("%", "none")]
    assert made.dimensions == ("sex", "ethnic_group")


def _new(code: str, group: str, group_title: str) -> list[str]:
    texts = {
        "code": code, "title": "Chỉ tiêu mới", "group": group, "group_title": group_title,
        "measures": "hộ: cộng",
    }  # fmt: skip
    return [texts.get(field, "") for field in FIELDS]


def test_a_group_that_nobody_knows_needs_a_name_and_is_named_once() -> None:
    heading = rows_of_indicators([])[0]

    refused = read_rows([heading, _new("0199", "77", "")], SHIPPED, KNOWN)
    named = read_rows(
        [heading, _new("0199", "77", "Nhóm mới"), _new("0198", "77", "")], SHIPPED, KNOWN
    )

    [fault] = refused.faults
    assert (fault.row, fault.code, fault.text) == (2, "unknown-group", "77")
    assert fault.column == column_name(FIELDS.index("group"))
    assert named.faults == ()
    assert {one.group_title for one in named.indicators if one.group == "77"} == {"Nhóm mới"}


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("title", "", "needed"),
        ("measures", "người", "measure"),
        ("measures", "", "needed"),
        ("dimensions", "sex; mau_toc", "dimension"),
        ("owner_units", "d_khong_co", "org-unit"),
        ("owner_units", "level:thon", "org-unit"),
        ("lowest_level", "xã", "lowest_level"),
        ("frequency", "hằng năm", "frequency"),
        ("valid_to", "31/02/2026", "day"),
        ("valid_from", "đầu năm", "day"),
        ("group", "Nhóm 1", "code"),
        ("title", "x" * 301, "too-long"),
        ("title", "Dân\u202e số", "too-long"),
        ("code", "Mã số", "code"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_and_its_row_changes_nothing(
    field: str, text: str, code: str
) -> None:
    reading = edited(**{field: text})

    [fault] = reading.faults
    assert (fault.row, fault.code) == (2, code)
    assert fault.column == column_name(FIELDS.index(field))
    assert reading.changes == ()


def test_the_second_row_of_one_code_is_refused_and_names_the_first() -> None:
    [fault] = edited(code="0102").faults

    assert (fault.row, fault.column, fault.code, fault.text) == (3, "A", "repeated", "2")


def test_an_end_before_the_beginning_is_refused() -> None:
    [fault] = edited(valid_from="01/01/2027", valid_to="31/12/2026").faults

    assert fault.code == "ends-before"


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        (["Mã", "Ghi chú riêng"], ["unknown-column"]),
        (["Mã", "mã"], ["repeated-column"]),
        (["Tên chỉ tiêu"], ["no-code-column"]),
    ],
)
def test_columns_are_found_by_their_headings_alone(heading: list[str], codes: list[str]) -> None:
    reading = read_rows([heading, ["0101", "x"]], SHIPPED, KNOWN)

    assert [one.code for one in reading.faults] == codes


def test_columns_that_are_not_in_the_sheet_stay_as_they_are() -> None:
    reading = read_rows([["Mã", "Tên chỉ tiêu"], ["0101", "Tên mới"]], SHIPPED, KNOWN)

    assert reading.indicators[0] == replace(SHIPPED["0101"], title="Tên mới")
