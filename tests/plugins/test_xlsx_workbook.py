"""Workbooks as files: what a spreadsheet program would open, and that it reads back as written."""

import xml.etree.ElementTree as ET
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook  # noqa: TID253 - the second opinion of these tests

from server.errors import PluginFault
from server.hooks import (
    FoundCell,
    FoundWorkbook,
    Workbook,
    WorkbookCell,
    WorkbookCheck,
    WorkbookSheet,
    WorkbookSpan,
)
from server.hooks.door import GuardedWorkbookFormat

NUMBER = WorkbookCheck("number", "Ô này nhận số nguyên.", ("–", "…"), 0, 0, 999)
CHOICE = WorkbookCheck("choice", "Chọn một mục.", ("–",), choices=("Kinh", "Tày"))
STAMP = '{"bieumau":1,"dài":"' + "Mông " * 15_000 + '"}'
FORMULAS_AS_TEXT = ["=1+1", "+84 209", "-5", "@SUM(A1)", "http://x.vn", "0123", "{=1}"]


@pytest.fixture
def xlsx(load) -> GuardedWorkbookFormat:
    return load("xlsx_workbook").workbook_format("xlsx")


def cell(row: int, column: int, value: object = None, **more: object) -> WorkbookCell:
    return WorkbookCell(row, column, value, **more)  # type: ignore[arg-type]


def book(*cells: WorkbookCell, **more: object) -> Workbook:
    sheet = WorkbookSheet("1. Dân số", cells, **more)  # type: ignore[arg-type]
    return Workbook("Dân số", (sheet,), STAMP, "Số liệu & minh họa")


def found(answer: FoundWorkbook) -> dict[tuple[int, int], object]:
    assert answer.refusal is None
    return {(one.row, one.column): one.value for one in answer.sheets[0].cells}


def test_values_and_stamp_come_back_as_they_were(xlsx, tmp_path: Path) -> None:
    values = [12, 0, 12.5, "–", "…", "Mông", date(2025, 1, 5), "dòng một\ndòng hai", "_x0041_"]
    kinds = ["number", "number", "number", "number", "number", "text", "date", "text", "text"]
    cells = [
        cell(row, 0, value, style="input", data=kind, decimals=1)
        for row, (value, kind) in enumerate(zip(values, kinds, strict=True))
    ]
    xlsx.write(book(*cells), tmp_path / "a.xlsx")

    answer = xlsx.read(tmp_path / "a.xlsx")

    assert found(answer) == {(row, 0): value for row, value in enumerate(values)}
    assert answer.stamp == STAMP
    assert [sheet.name for sheet in answer.sheets] == ["1. Dân số"]


def test_an_empty_cell_and_a_zero_are_two_things(xlsx, tmp_path: Path) -> None:
    cells = [cell(0, 0, None, style="input", data="number"), cell(1, 0, 0, style="input")]
    xlsx.write(book(*cells), tmp_path / "a.xlsx")

    assert found(xlsx.read(tmp_path / "a.xlsx")) == {(1, 0): 0}


@pytest.mark.parametrize("text", FORMULAS_AS_TEXT)
def test_what_looks_like_a_formula_stays_a_text(xlsx, tmp_path: Path, text: str) -> None:
    xlsx.write(book(cell(0, 0, text, style="input")), tmp_path / "a.xlsx")

    shown = load_workbook(tmp_path / "a.xlsx")["1. Dân số"]["A1"]

    assert (shown.value, shown.data_type, shown.hyperlink) == (text, "s", None)


def test_only_open_cells_can_be_typed_into_and_helper_sheets_are_out_of_sight(
    xlsx, tmp_path: Path
) -> None:
    cells = [
        cell(0, 0, "Tày", style="label"),
        cell(0, 1, 5, style="input", data="number", check=NUMBER),
        cell(0, 2, 5, style="locked", data="number", formula="B1*2"),
        cell(0, 3, "Kinh", style="input", check=CHOICE),
    ]
    xlsx.write(book(*cells), tmp_path / "a.xlsx")

    whole = load_workbook(tmp_path / "a.xlsx")
    sheet = whole["1. Dân số"]

    assert [sheet.cell(1, at).protection.locked for at in (1, 2, 3, 4)] == [
        True,
        False,
        True,
        False,
    ]
    assert sheet.protection.sheet
    assert sheet["C1"].value == "=B1*2"
    assert sheet["B1"].number_format == "#,##0"
    assert {one.sheet_state for one in whole.worksheets[1:]} == {"veryHidden"}


def test_drop_downs_offer_the_choices_and_limits_speak_vietnamese(xlsx, tmp_path: Path) -> None:
    cells = [cell(row, 1, None, style="input", data="number", check=NUMBER) for row in range(3)]
    cells += [cell(5, 1, None, style="input", data="number", check=NUMBER)]
    cells += [cell(row, 2, None, style="input", check=CHOICE) for row in range(3)]
    xlsx.write(book(*cells), tmp_path / "a.xlsx")

    whole = load_workbook(tmp_path / "a.xlsx")
    rules = whole["1. Dân số"].data_validations.dataValidation
    texts = [line[0] for line in whole["_danh_muc"].iter_rows(values_only=True)]

    assert {str(rule.sqref): rule.type for rule in rules} == {
        "B1:B3": "custom",
        "B6": "custom",
        "C1:C3": "list",
    }
    assert (
        rules[0].formula1 == 'IF(ISNUMBER(B1),AND(ROUND(B1,0)=B1,B1>=0,B1<=999),OR(B1="–",B1="…"))'
    )
    assert (rules[0].errorTitle, rules[0].error) == ("Chưa nhập được", "Ô này nhận số nguyên.")
    assert rules[2].formula1 == "_danh_muc!$A$1:$A$3"
    assert texts == ["Kinh", "Tày", "–"]


def test_the_sheet_is_set_up_for_paper_and_for_scrolling(xlsx, tmp_path: Path) -> None:
    workbook = book(
        cell(0, 0, "Tổng số", style="heading"),
        cell(2, 0, 5, style="input"),
        spans=(WorkbookSpan(0, 0, 2, 1),),
        widths=(12.0,),
        frozen_rows=2,
        frozen_columns=1,
        repeated_rows=(0, 1),
        orientation="landscape",
    )
    xlsx.write(workbook, tmp_path / "a.xlsx")

    sheet = load_workbook(tmp_path / "a.xlsx")["1. Dân số"]

    assert sheet.freeze_panes == "B3"
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert [str(span) for span in sheet.merged_cells.ranges] == ["A1:A2"]
    assert sheet.oddFooter.left.text == "Số liệu && minh họa"


def test_every_part_is_well_formed_and_says_what_was_written(xlsx, tmp_path: Path) -> None:
    cells = [
        cell(0, 0, 'Dân tộc <&> "Mông"', style="label"),
        cell(0, 1, 5, style="input", data="number", check=NUMBER),
        cell(1, 0, "Kinh", style="input", check=CHOICE),
    ]
    xlsx.write(book(*cells), tmp_path / "a.xlsx")

    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        parts = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        roots = [ET.fromstring(archive.read(name)).tag for name in parts]
    shown = load_workbook(tmp_path / "a.xlsx")["1. Dân số"]

    assert len(parts) == len(roots) > 8
    assert [[one.value for one in line] for line in shown.iter_rows()] == [
        ['Dân tộc <&> "Mông"', 5],
        ["Kinh", None],
    ]


def test_a_text_that_does_not_fit_refuses_the_file(xlsx, tmp_path: Path) -> None:
    with pytest.raises(PluginFault):
        xlsx.write(book(cell(0, 0, "x" * 33_000, style="input")), tmp_path / "a.xlsx")

    assert list(tmp_path.iterdir()) == []


def test_a_formula_counts_by_its_result_and_without_one_is_named(xlsx, tmp_path: Path) -> None:
    cells = [
        cell(0, 0, 7, style="input", formula="3+4"),
        cell(1, 0, "", style="input", formula='IF(1=1,"",5)'),
        cell(2, 0, "tổng", style="input", formula='"tổng"'),
    ]
    xlsx.write(book(*cells), tmp_path / "a.xlsx")
    _as_excel_saves_an_empty_text(tmp_path / "a.xlsx", "A2")
    edited = load_workbook(tmp_path / "a.xlsx")
    edited["1. Dân số"]["A4"] = "=A1*2"  # openpyxl never calculates
    edited.save(tmp_path / "b.xlsx")

    whole, without = xlsx.read(tmp_path / "a.xlsx"), xlsx.read(tmp_path / "b.xlsx")

    assert found(whole) == {(0, 0): 7, (2, 0): "tổng"}
    assert FoundCell(3, 0, "=A1*2", "no-result") in without.sheets[0].cells


def test_an_error_of_a_formula_is_told(xlsx, tmp_path: Path) -> None:
    xlsx.write(book(cell(0, 0, "#DIV/0!", style="input", formula="1/0")), tmp_path / "a.xlsx")

    assert xlsx.read(tmp_path / "a.xlsx").sheets[0].cells == (FoundCell(0, 0, "#DIV/0!", "error"),)


def _as_excel_saves_an_empty_text(path: Path, place: str) -> None:
    """Give the cell the type that Excel writes when a formula's result is an empty text."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name, start = "xl/worksheets/sheet1.xml", f'<c r="{place}" '.encode()
    assert start in parts[name]
    parts[name] = parts[name].replace(start, start + b't="str" ')
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
