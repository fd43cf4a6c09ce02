"""A table pasted from a spreadsheet becomes a form that the checks accept."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.definition import check_form
from server.core.definition_table import (
    Choices,
    Table,
    TableUnreadable,
    cells_of,
    read_table,
    text_of,
)
from server.core.definition_table_form import form_of, named_row
from server.core.definition_writing import written
from tests.definitions.shipped import code_lists, installed

POVERTY = """Biểu số 01: Hộ nghèo theo dân tộc
TT\tDân tộc\tTổng số hộ\tHộ nghèo\t\t\tTỷ lệ hộ nghèo (%)
\t\t\tĐầu năm\tCuối năm\tGiảm\t
A\tB\t1\t2\t3\t4=2-3\t5=3/1*100
\tTổng số\t100\t20\t10\t10\t10,5
1\tKinh\t12.345.678\t10\t5\t5\t5,5
2\tTày\t30\t5\t3\t2\t
3\tDao\t20\t5\t2\t3\t
4\tMông\t20\t5\t2\t3\t"""
ROADS = """Loại đường\tChiều dài (km)\tĐã cứng hóa\tNgày kiểm tra
Đường xã\t12,5\t10,2\t31/12/2025
Đường thôn, bản\t8,25\t7\t"""
PEOPLE = "STT\tHọ và tên\tNgày sinh\tGhi chú\n1\t\t\t\n2\t\t\t"
THREE = """TT\tTên thôn\tSố hộ\t\t\tNhân khẩu\t
\t\tTổng\tTrong đó\t\tTổng\tNữ
\t\t\tNghèo\tCận nghèo\t\t
I\tThôn A\t1\t2\t3\t4\t5
II\tThôn B\t1\t2\t3\t4\t5"""


def table_of(text: str, **choices: Any) -> Table:
    return read_table(cells_of(text), code_lists().values(), Choices(**choices))


def refusals_of(table: Table) -> list[str]:
    document, _ = form_of(table, "new_form", table.title or "Biểu mới", "commune_province")
    if table.codelist:
        document = named_row(document, code_lists()[table.codelist].items[0].code)
    return [f"{one.path}: {one.message}" for one in check_form(written(document), installed())]


@pytest.mark.parametrize("text", [POVERTY, ROADS, PEOPLE, THREE])
@pytest.mark.parametrize("kind", [None, "fixed", "roster"])
def test_a_pasted_table_becomes_a_form_that_the_checks_accept(text: str, kind: str | None) -> None:
    assert refusals_of(table_of(text, kind=kind)) == []


def test_headings_numbers_formulas_and_the_code_list_are_found() -> None:
    table = table_of(POVERTY)
    document, notes = form_of(table, "new_form", "Hộ nghèo", "commune_province")

    row = document["$defs"]["line"]["properties"]
    section = document["x-layout"]["sections"][0]
    assert (table.kind, table.codelist, table.title) == (
        "codelist", "ethnic_group", "Biểu số 01: Hộ nghèo theo dân tộc",
    )  # fmt: skip
    assert section["groups"] == [{"title": "Hộ nghèo", "columns": ["dau_nam", "cuoi_nam", "giam"]}]
    assert section["numbers"]["tong_so_ho"] == "1"
    assert section["formulas"] == {"giam": "4=2-3", "ty_le_ho_ngheo": "5=3/1*100"}
    assert row["giam"] == {
        "title": "Giảm", "type": "integer", "x-calculate": "dau_nam - cuoi_nam"
    }  # fmt: skip
    assert row["ty_le_ho_ngheo"]["x-calculate"] == "cuoi_nam / tong_so_ho * 100"
    assert row["tong_so_ho"]["maximum"] == 99_999_999
    assert document["properties"]["total"]["properties"]["dau_nam"]["x-calculate"] == (
        "sum(rows.map(r, rows[r].dau_nam))"
    )
    assert notes == []


def test_three_levels_of_headings_keep_apart_what_is_called_alike() -> None:
    found = [(one.key, one.group, one.title) for one in table_of(THREE).columns]

    assert found == [
        ("so_ho_tong", "Số hộ", "Tổng"),
        ("ngheo", "Số hộ: Trong đó", "Nghèo"),
        ("can_ngheo", "Số hộ: Trong đó", "Cận nghèo"),
        ("nhan_khau_tong", "Nhân khẩu", "Tổng"),
        ("nu", "Nhân khẩu", "Nữ"),
    ]


def test_types_come_from_the_figures_and_without_them_from_the_heading() -> None:
    roads = [(one.type, one.decimals) for one in table_of(ROADS).columns]
    people = [one.type for one in table_of(PEOPLE).columns]

    assert roads == [("number", 2), ("number", 1), ("date", 0)]
    assert people == ["skip", "text", "date", "text"]


@pytest.mark.parametrize(
    "formula", ["4=2-9", "4=4+1", "4=2-", "4=(2+3", "4=2 cộng 3", "4=5+1", "4=2 3"]
)
def test_a_formula_that_cannot_be_calculated_leaves_a_cell_to_type(formula: str) -> None:
    text = POVERTY.replace("4=2-3", formula).replace("5=3/1*100", "5=4+1")
    table = table_of(text)

    _, notes = form_of(table, "new_form", "Biểu", "commune_province")

    assert ("formula-left", formula) in [(one.code, one.about) for one in notes]
    assert refusals_of(table) == []


def test_rows_that_a_code_list_does_not_know_are_named() -> None:
    table = table_of(POVERTY + "\n5\tNgười trên sao Hỏa\t1\t2\t3\t\t")

    assert table.codelist == "ethnic_group"
    assert table.unmatched == ("Người trên sao Hỏa",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), ("\t\t\n", "empty"), ("\n".join(["a\tb"] * 700), "too-large")],
)
def test_what_is_no_table_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(TableUnreadable) as refused:
        table_of(text)

    assert refused.value.reason == reason


def test_a_cell_with_line_breaks_and_quotes_stays_one_cell() -> None:
    assert cells_of('"Số hộ\n(hộ)"\tb\n1\t2') == [["Số hộ (hộ)", "b"], ["1", "2"]]


_CELLS = st.one_of(
    st.sampled_from(["", "1", "2=1", "3=1+2", "1.234", "12,5", "Tổng số", "Kinh", "A", "-", "row"]),
    st.text(max_size=12),
)


@settings(max_examples=60)
@given(st.lists(st.lists(_CELLS, min_size=1, max_size=6), max_size=8))
def test_whatever_is_pasted_is_a_form_or_refused(rows: list[list[str]]) -> None:
    text = text_of(rows)
    try:
        table = table_of(text)
    except TableUnreadable:
        return

    assert [one for one in refusals_of(table) if "title" not in one] == []
