"""A filled workbook as plain cells: what Excel had calculated, never what we would calculate."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from plugins.xlsx_workbook.safety import Limits, refusal_of
from plugins.xlsx_workbook.writing import LIST_SHEET, STAMP_SHEET
from server.hooks import FoundCell, FoundSheet, FoundWorkbook

_LONGEST: Final = 40_000


def read(path: Path, limits: Limits) -> FoundWorkbook:
    """The cells of the file, or why nothing of it was read."""
    refusal = refusal_of(path, limits)
    if refusal is not None:
        return FoundWorkbook(refusal=refusal)
    # openpyxl takes 0.2 s to import: only who reads a workbook pays for it.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    # By handle: by path, openpyxl would go by the ending of the file's name.
    with path.open("rb") as first, path.open("rb") as second:
        options = {"read_only": True, "keep_links": False}
        try:
            results = load_workbook(first, data_only=True, **options)
            formulas = load_workbook(second, data_only=False, **options)
        except (InvalidFileException, KeyError, ValueError, SyntaxError, zipfile.BadZipFile):
            return FoundWorkbook(refusal="damaged")
        if len(results.sheetnames) > limits.max_sheets:
            return FoundWorkbook(refusal="too-large")
        sheets, stamp = [], None
        for shown, typed in zip(results.worksheets, formulas.worksheets, strict=True):
            if shown.title == STAMP_SHEET:
                stamp = _stamp(shown)
            elif shown.title != LIST_SHEET:
                sheets.append(FoundSheet(shown.title, tuple(_cells(shown, typed, limits))))
    return FoundWorkbook(stamp=stamp, sheets=tuple(sheets))


def _stamp(sheet: Any) -> str:
    sheet.reset_dimensions()
    lines = islice(sheet.iter_rows(max_col=1, values_only=True), 10_000)
    return "".join(str(line[0]) for line in lines if line and line[0] is not None)


def _cells(shown: Any, typed: Any, limits: Limits) -> Iterator[FoundCell]:
    # What the file says of its size may be wrong, in both directions.
    shown.reset_dimensions()
    typed.reset_dimensions()
    reach = {"max_col": limits.max_columns}
    rows = zip(shown.iter_rows(**reach), typed.iter_rows(**reach), strict=True)
    for number, (results, formulas) in enumerate(islice(rows, limits.max_rows)):
        for column, (result, formula) in enumerate(zip(results, formulas, strict=True)):
            found = _cell(number, column, result, formula)
            if found is not None:
                yield found


def _cell(row: int, column: int, result: Any, formula: Any) -> FoundCell | None:
    value = result.value
    if value is None:
        # A text that came out empty is a result; without any, the program that wrote the file
        # never calculated it.
        if formula.value is None or formula.data_type != "f" or result.data_type == "str":
            return None
        text = getattr(formula.value, "text", formula.value)
        return FoundCell(row, column, str(text)[:200], "no-result")
    if result.data_type == "e":
        return FoundCell(row, column, str(value), "error")
    return FoundCell(row, column, _plain(value))


def _plain(value: object) -> str | int | float | bool | date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool | int | float | date):
        return value
    if isinstance(value, time | timedelta):
        return str(value)
    # Excel writes the carriage return of a pasted line so; the line feed stands behind it.
    return str(value).replace("_x000D_", "")[:_LONGEST]
