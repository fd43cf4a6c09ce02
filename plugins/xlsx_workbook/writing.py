"""A placed form as an .xlsx file: locked labels, open cells, drop-downs, limits, print set-up."""

from pathlib import Path
from typing import Any, Final

import xlsxwriter

from plugins.xlsx_workbook.checks import add_checks
from plugins.xlsx_workbook.looks import Looks
from server.hooks import Refused, Workbook, WorkbookCell, WorkbookSheet

STAMP_SHEET: Final = "_bieumau"
LIST_SHEET: Final = "_danh_muc"
_LONGEST_TEXT: Final = 32_000  # Excel takes 32,767 characters in a cell
_PAPERS: Final = {"A4": 9, "A3": 8}
_OPTIONS: Final = {
    # A text stays a text: "=1+1", "http://…" and "0123" are what somebody typed.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_PROTECTION: Final = {
    "format_columns": True,
    "format_rows": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}


def write(workbook: Workbook, out: Path) -> None:
    """Write the whole file."""
    book = xlsxwriter.Workbook(str(out), _OPTIONS)
    book.set_properties({"title": workbook.title})
    looks = Looks(book)
    lists = _Lists()
    for placed in workbook.sheets:
        sheet = book.add_worksheet(placed.name)
        _fill(sheet, placed, looks)
        add_checks(sheet, placed, lists.range_of)
        _set_up(sheet, placed, workbook.footer)
    lists.write(book)
    _write_stamp(book, workbook.stamp)
    book.close()


def _fill(sheet: Any, placed: WorkbookSheet, looks: Looks) -> None:
    spans = {(span.row, span.column): span for span in placed.spans}
    for cell in placed.cells:
        look = looks.of(cell)
        span = spans.get((cell.row, cell.column))
        if span is not None:
            last = (span.row + span.rows - 1, span.column + span.columns - 1)
            sheet.merge_range(span.row, span.column, *last, "", look)
        _write(sheet, cell, look)


def _write(sheet: Any, cell: WorkbookCell, look: Any) -> None:
    value, place = cell.value, (cell.row, cell.column)
    if cell.formula is not None:
        sheet.write_formula(*place, f"={cell.formula}", look, "" if value is None else value)
    elif value is None or value == "":
        sheet.write_blank(*place, None, look)
    elif isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            # Cut, it would come back as a change that nobody made.
            raise Refused(f"a text of {len(value)} characters does not fit into a cell")
        sheet.write_string(*place, value, look)
    elif isinstance(value, int | float):
        sheet.write_number(*place, value, look)
    else:
        sheet.write_datetime(*place, value, look)


def _set_up(sheet: Any, placed: WorkbookSheet, footer: str) -> None:
    for column, width in enumerate(placed.widths):
        sheet.set_column(column, column, width)
    if placed.frozen_rows or placed.frozen_columns:
        sheet.freeze_panes(placed.frozen_rows, placed.frozen_columns)
    if placed.repeated_rows is not None:
        sheet.repeat_rows(*placed.repeated_rows)
    sheet.set_paper(_PAPERS[placed.paper])
    if placed.orientation == "landscape":
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.7)
    # In a footer "&" begins a code.
    sheet.set_footer(f"&L{footer.replace('&', '&&')}&RTrang &P/&N")
    sheet.hide_gridlines(2)
    sheet.protect("", _PROTECTION)
    first = min(
        ((cell.row, cell.column) for cell in placed.cells if cell.style == "input"), default=None
    )
    if first is not None:
        sheet.set_selection(*first, *first)


def _write_stamp(book: Any, stamp: str) -> None:
    sheet = book.add_worksheet(STAMP_SHEET)
    for line, start in enumerate(range(0, len(stamp), _LONGEST_TEXT)):
        sheet.write_string(line, 0, stamp[start : start + _LONGEST_TEXT])
    sheet.protect()
    sheet.very_hidden()


class _Lists:
    """The texts of drop-downs, each list once, in a sheet that nobody sees."""

    def __init__(self) -> None:
        self._columns: dict[tuple[str, ...], int] = {}

    def range_of(self, texts: tuple[str, ...]) -> str:
        column = self._columns.setdefault(texts, len(self._columns))
        name = xlsxwriter.utility.xl_col_to_name(column, col_abs=True)
        return f"={LIST_SHEET}!{name}$1:{name}${len(texts)}"

    def write(self, book: Any) -> None:
        if not self._columns:
            return
        sheet = book.add_worksheet(LIST_SHEET)
        for texts, column in self._columns.items():
            for row, text in enumerate(texts):
                sheet.write_string(row, column, text)
        sheet.protect()
        sheet.very_hidden()
