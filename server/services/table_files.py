"""Spreadsheets that administrators bring and take: sheets of plain cells, read and written.

Reading is the work of the installed workbook format, which checks first what the file may cost;
here the file is only put down for it and taken away again.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from server.core.ports import NewId
from server.errors import ImportRefused, NotFound, PluginFault
from server.hooks import FoundSheet, FoundWorkbook, Workbook
from server.hooks.door import GuardedWorkbookFormat
from server.hooks.manager import Plugins
from server.services.exports import PrintedFile

MOST_BYTES = 5_000_000
_MOST_CELLS = 60_000
_MOST_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class TableFiles:
    """Files live in *folder* no longer than the call, or until the answer is sent."""

    plugins: Plugins
    new_id: NewId
    folder: Path

    def read(self, content: bytes) -> FoundWorkbook:
        """The cells of a workbook; raise ``ImportRefused`` with its ``reason``."""
        if len(content) > MOST_BYTES:
            raise ImportRefused(reason="too-large")
        path = self._path()
        try:
            path.write_bytes(content)
            found = self._format().read(path)
        except PluginFault as fault:
            raise ImportRefused(reason="damaged") from fault
        finally:
            path.unlink(missing_ok=True)
        if found.refusal is not None:
            raise ImportRefused(reason=found.refusal)
        return found

    def write(self, workbook: Workbook, name: str) -> PrintedFile:
        """A workbook as a file that goes with the answer."""
        format_, path = self._format(), self._path()
        format_.write(workbook, path)
        return PrintedFile(path, f"{name}.{format_.extension}", format_.media_type)

    def _path(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.folder / f"table-{self.new_id()}.{self._format().extension}"

    def _format(self) -> GuardedWorkbookFormat:
        formats = self.plugins.workbook_formats()
        if not formats:
            raise NotFound(kind="format")
        return formats[0]


def carried_rows(text: str) -> list[list[str]]:
    """The rows that a page carries from the look to the deed, as JSON.

    Raises:
        ImportRefused: it is anything else, or too much.
    """
    try:
        found = json.loads(text) if len(text) <= _MOST_CHARACTERS else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(row, list) for row in found):
        raise ImportRefused(reason="damaged")
    if sum(len(row) for row in found) > _MOST_CELLS:
        raise ImportRefused(reason="too-large")
    return [[cell if isinstance(cell, str) else "" for cell in row] for row in found]


def rows_of(sheet: FoundSheet) -> list[list[str]]:
    """The cells of a worksheet as rows of texts, as a Vietnamese spreadsheet shows them."""
    height = max((cell.row for cell in sheet.cells), default=-1) + 1
    width = max((cell.column for cell in sheet.cells), default=-1) + 1
    rows = [[""] * width for _ in range(height)]
    for cell in sheet.cells:
        rows[cell.row][cell.column] = "" if cell.fault else _shown(cell.value)
    return rows


def _shown(value: object) -> str:
    """Whole numbers plain, decimals with a comma, days as 31/12/2025."""
    if isinstance(value, bool):
        return "x" if value else ""
    if isinstance(value, float):
        plain = repr(round(value, 6))
        return plain.removesuffix(".0").replace(".", ",") if "e" not in plain else f"{value:.0f}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value)
