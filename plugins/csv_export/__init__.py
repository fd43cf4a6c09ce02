"""Tables of figures as CSV: RFC 4180, UTF-8, safe to open in a spreadsheet."""

import math
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from server.hooks import Cell, Options, Refused, Table, hookimpl

__version__ = "1.0.0"

# What makes Excel, LibreOffice or an East Asian Excel (full-width signs) read a text as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LINE_END = "\r\n"


class CsvExporter:
    """Writes the header and the rows; with ``notes`` also the title and the notes below them."""

    code = "csv"
    label = "CSV (UTF-8)"
    media_type = "text/csv; charset=utf-8"
    extension = "csv"

    def __init__(self, *, notes: bool = False) -> None:
        self._notes = notes

    def write(self, table: Table, out: Path) -> None:
        # Excel reads a file as UTF-8 only when it begins with a byte order mark.
        with out.open("w", encoding="utf-8-sig", newline="") as text:
            text.write(line(table.header))
            for row in table.rows:
                if len(row) != len(table.header):
                    raise Refused(f"a row has {len(row)} cells, the header {len(table.header)}")
                text.write(line(row))
            if self._notes:
                text.write(_LINE_END)
                text.writelines(line([note]) for note in [table.title, *table.notes])


def line(cells: Iterable[Cell]) -> str:
    """One record of the file.

    >>> line(["Mông", "=1+1", -5, Decimal("0.50"), None])
    '"Mông","\\'=1+1",-5,0.50,\\r\\n'
    """
    return ",".join(map(_cell, cells)) + _LINE_END


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case str():
            # Every text is quoted: read with another separator, "a;=1+1" still is one text.
            safe = f"'{value}" if value.startswith(FORMULA_STARTS) else value
            return '"' + safe.replace('"', '""') + '"'
        case int():
            return str(int(value))
        case _:
            if not math.isfinite(value):
                raise Refused(f"{value} is no number that a file could hold")
            # Without an exponent: 1E+3 is text to some readers.
            return format(value if isinstance(value, Decimal) else Decimal(repr(value)), "f")


@hookimpl
def register_exporters(options: Options) -> list[CsvExporter]:
    return [CsvExporter(notes=bool(options["notes"]))]
