"""The table of a code list: what it changes, what it refuses, what it never loses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.codelist_sheet import COLUMNS, next_edition, read_codes, rows_of_codes
from server.core.definition import check_codelist
from tests.world import ROOT

SHIPPED = sorted((ROOT / "form_definitions/_codelists").glob("*.json"))
LIST = {
    "code": "goods", "version": 3, "title": "Mặt hàng", "source": "", "constructed": True,
    "items": [
        {"code": "01", "title": "Gạo", "i18n": {"en": {"title": "Rice"}}, "minority": True},
        {"code": "02", "title": "Ngô", "aliases": ["Bắp"], "validFrom": "2020-01-01"},
    ],
}  # fmt: skip


def sheet(*rows, columns=("code", "title", "validFrom", "validTo")):
    return [[COLUMNS[one] for one in columns], *rows]


def refused(*rows, **more):
    return [
        (one.row, one.column, one.reason) for one in read_codes(sheet(*rows, **more), LIST).faults
    ]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_list_goes_out_and_in_and_nothing_is_otherwise(path):
    document = json.loads(path.read_text("utf-8"))
    reading = read_codes(rows_of_codes(document), document)

    assert (reading.changes, reading.faults) == ((), ())
    assert list(reading.items) == document["items"]


def test_a_last_day_ends_a_code_and_everything_else_of_it_stays():
    reading = read_codes(sheet(["01", "Gạo", "", "30/6/2025"]), LIST)

    (change,) = reading.changes
    assert (change.kind, change.fields) == ("ended", (("validTo", "", "30/06/2025"),))
    assert reading.items[0] == {**LIST["items"][0], "validTo": "2025-06-30"}
    assert reading.items[1] == LIST["items"][1]


def test_a_code_that_the_table_does_not_name_stays_and_a_new_one_comes_behind_the_others():
    reading = read_codes(sheet(["03", "Muối", "01/01/2026", ""]), LIST)

    assert [one["code"] for one in reading.items] == ["01", "02", "03"]
    assert reading.items[2] == {"code": "03", "title": "Muối", "validFrom": "2026-01-01"}
    assert reading.changes[0].kind == "added"


def test_a_table_that_names_every_code_says_their_order_and_the_fewest_moves():
    items = [{"code": code, "title": code.upper()} for code in "abcde"]
    listed = {**LIST, "items": items}
    rows = [[code, code.upper(), "", ""] for code in "eabxcd"]
    rows[3][1] = "Mới"

    reading = read_codes(sheet(*rows), listed)
    fewer = read_codes(sheet(*rows[:3]), listed)

    assert "".join(one["code"] for one in reading.items) == "eabxcd"
    assert [(one.code, one.kind) for one in reading.changes] == [("x", "added"), ("e", "moved")]
    assert (fewer.changes, list(fewer.items)) == ((), items)


def test_an_emptied_day_takes_the_limit_away():
    reading = read_codes(sheet(["02", "Ngô", "", ""]), LIST)

    assert reading.items[1] == {"code": "02", "title": "Ngô", "aliases": ["Bắp"]}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["A!", "Gì", "", ""], ("code", "bad-code")),
        (["", "Gì", "", ""], ("code", "bad-code")),
        (["01", "", "", ""], ("title", "no-title")),
        (["01", "Gạo", "31/02/2025", ""], ("validFrom", "not-a-day")),
        (["01", "Gạo", "", "mai"], ("validTo", "not-a-day")),
        (["01", "Gạo", "", "01/01/0001"], ("validTo", "not-a-day")),
        (["01", "Gạo", "02/01/2025", "01/01/2025"], ("validTo", "ends-before-begin")),
        (["02", "Ngô" * 200, "", ""], ("title", "too-long")),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_with_its_row(row, fault):
    assert refused(row) == [(2, *fault)]


def test_a_code_twice_and_a_table_without_codes_are_refused():
    assert refused(["01", "Gạo", "", ""], ["01", "Gạo", "", ""]) == [(3, "code", "twice")]
    assert refused(["Gạo"], columns=("title",)) == [(1, "code", "no-codes")]


_DAYS = st.sampled_from(["", "30/06/2024", "01/01/2025", "31/12/2030"])
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["01", "02", "03", "x_9"]), st.sampled_from(["Gạo", "Ngô"]), _DAYS, _DAYS
    ),
    max_size=4, unique_by=lambda row: row[0],
)  # fmt: skip


@given(_ROWS)
def test_whatever_a_table_makes_without_faults_can_be_published_and_loses_no_code(rows):
    reading = read_codes(sheet(*map(list, rows)), LIST)
    if reading.faults:
        return
    made = next_edition(LIST, reading.items, "QĐ 5/QĐ-UBND")

    assert check_codelist(json.dumps(made, ensure_ascii=False)) == []
    assert made["version"] == LIST["version"] + 1
    assert {"01", "02"} <= {one["code"] for one in made["items"]}
    again = read_codes(rows_of_codes(made), made)
    assert (again.changes, again.faults) == ((), ())
