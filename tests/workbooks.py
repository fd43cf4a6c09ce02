"""Workbooks as a clerk edits them: cells found by their paths, written with openpyxl."""

from collections.abc import Mapping
from io import BytesIO

from openpyxl import load_workbook  # noqa: TID253 - a workbook is what these tests are about

from server.core.workbook_map import a1
from server.core.workbook_stamp import Stamp, StampCell, read_stamp

STAMP_SHEET = "_bieumau"
Places = dict[str, tuple[str, StampCell]]


def stamp_of(content: bytes) -> Stamp:
    """The stamp of a downloaded workbook."""
    sheet = load_workbook(BytesIO(content))[STAMP_SHEET]
    return read_stamp("".join(str(line[0]) for line in sheet.iter_rows(values_only=True)))


def places_of(content: bytes) -> Places:
    """Worksheet and stamped cell of each path."""
    return {
        cell.path: (sheet.name, cell) for sheet in stamp_of(content).sheets for cell in sheet.cells
    }


def edited(
    content: bytes,
    cells: Mapping[str, object],
    outside: Mapping[tuple[str, str], object] | None = None,
) -> bytes:
    """The workbook with other values in the cells of these paths; *outside* by sheet and place."""
    places, book = places_of(content), load_workbook(BytesIO(content))
    for path, value in cells.items():
        sheet, cell = places[path]
        book[sheet][a1(cell.row, cell.column)].value = value
    for (sheet, place), value in (outside or {}).items():
        book[sheet][place].value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def address_of(content: bytes, path: str) -> tuple[str, str]:
    """Worksheet and A1 address of a path."""
    sheet, cell = places_of(content)[path]
    return sheet, a1(cell.row, cell.column)


def shown_in(content: bytes, path: str) -> object:
    """What stands in the cell of a path."""
    sheet, place = address_of(content, path)
    value: object = load_workbook(BytesIO(content))[sheet][place].value
    return value
