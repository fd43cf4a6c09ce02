"""The indicator catalogue out as a workbook and back in: looked at first, then saved as a whole.

A saved sheet is a new edition of the catalogue; the editions before it stay as they were.
"""

import json
from dataclasses import dataclass

from server.core.access import Actor
from server.core.indicator_sheet import (
    COLUMNS,
    FREQUENCIES,
    LEVELS,
    Known,
    SheetReading,
    read_rows,
    rows_of_indicators,
)
from server.errors import AccessDenied, ImportRefused, InputInvalid, Stale
from server.hooks import Workbook, WorkbookCell, WorkbookCheck, WorkbookSheet
from server.hooks.workbook import CellStyle
from server.services.catalogue import Catalogue
from server.services.exports import PrintedFile
from server.services.indicator_files import FileStanding, IndicatorFiles
from server.services.table_files import TableFiles, rows_of

SHEET = "Chỉ tiêu"
_EMPTY_ROWS = 60
_MOST_CELLS = 60_000
_MOST_CHARACTERS = 2_000_000
_WIDTHS = (9, 48, 40, 9, 34, 26, 28, 14, 12, 34, 24, 40, 18, 16, 18, 50, 50)
_CHOICES = {"lowest_level": LEVELS, "frequency": FREQUENCIES}


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """What a sheet would do to the edition *edition*; *older*: it was taken from another one."""

    rows: str
    edition: int
    older: bool
    reading: SheetReading


@dataclass(frozen=True, slots=True)
class IndicatorSheets:
    """Use cases of editing all indicators at once."""

    catalogue: Catalogue
    files: TableFiles
    canonical: IndicatorFiles

    def download(self, actor: Actor) -> PrintedFile:
        """The current catalogue as a workbook, with empty rows for new indicators."""
        _require_admin(actor)
        rows = rows_of_indicators(self.catalogue.indicators())
        stamp = json.dumps({"indicators": self.catalogue.store.indicator_edition()})
        sheet = WorkbookSheet(
            name=SHEET,
            cells=tuple(_cells(rows)),
            widths=_WIDTHS,
            frozen_rows=1,
            frozen_columns=2,
            repeated_rows=(0, 0),
            paper="A3",
            orientation="landscape",
        )
        return self.files.write(Workbook(SHEET, (sheet,), stamp), "chi-tieu-thong-ke")

    def upload(self, actor: Actor, content: bytes) -> SheetPreview:
        """What an uploaded workbook would change; nothing is kept.

        Raises:
            ImportRefused: the file as a whole; fact ``reason``.
        """
        _require_admin(actor)
        found = self.files.read(content)
        sheet = next((one for one in found.sheets if one.name == SHEET), None)
        sheet = sheet or next((one for one in found.sheets if one.cells), None)
        if sheet is None:
            raise ImportRefused(reason="damaged")
        edition = self.catalogue.store.indicator_edition()
        taken = _edition(found.stamp)
        rows = json.dumps(rows_of(sheet), ensure_ascii=False)
        return self._read(rows, edition, older=taken is not None and taken != edition)

    def confirm(self, actor: Actor, rows: str, seen: int) -> tuple[SheetPreview, FileStanding]:
        """Save what was looked at on the edition *seen*, all of it or nothing; then its file.

        Raises:
            Stale: the catalogue was changed meanwhile.
            InputInvalid: cells are refused.
        """
        _require_admin(actor)
        with self.catalogue.transaction():
            if self.catalogue.store.indicator_edition() != seen:
                raise Stale(kind="indicators")
            before = self.catalogue.indicators()
            preview = self._read(rows, seen, older=False)
            if preview.reading.faults:
                raise InputInvalid(errors=[])
            if preview.reading.changes:
                self.catalogue.change_indicators(
                    preview.reading.indicators,
                    actor,
                    {one.code: one.kind for one in preview.reading.changes},
                )
        return preview, self.canonical.write(before, self.catalogue.indicators())

    def standing(self, actor: Actor) -> FileStanding:
        """Whether the file beside the shipped forms says what the catalogue says."""
        _require_admin(actor)
        return self.canonical.standing(self.catalogue.indicators())

    def take_file(self, actor: Actor) -> tuple[str, ...]:
        """The catalogue as the file says it: the codes that changed.

        Raises:
            ImportRefused: the file cannot be read, or lacks an indicator; none is ever deleted.
        """
        _require_admin(actor)
        with self.catalogue.transaction():
            held, before = self.canonical.held(), self.catalogue.indicators()
            if held is None:
                raise ImportRefused(reason="damaged")
            found = self.canonical.standing(before)
            if {one.code for one in before} - {one.code for one in held}:
                raise ImportRefused(reason="missing-indicators")
            if found.codes:
                known = {one.code for one in before}
                self.catalogue.change_indicators(
                    held,
                    actor,
                    {code: "changed" if code in known else "added" for code in found.codes},
                )
        return found.codes

    def _read(self, rows: str, edition: int, *, older: bool) -> SheetPreview:
        current = {one.code: one for one in self.catalogue.indicators()}
        known = Known(
            dimensions={one.code for one in self.catalogue.codelists()},
            org_units=self.catalogue.reference.codes(),
        )
        return SheetPreview(rows, edition, older, read_rows(_listed(rows), current, known))


def _cells(rows: list[list[str]]) -> list[WorkbookCell]:
    cells = [
        WorkbookCell(0, place, text, "heading", bold=True) for place, text in enumerate(rows[0])
    ]
    for number in range(1, len(rows) + _EMPTY_ROWS):
        row = rows[number] if number < len(rows) else [""] * len(COLUMNS)
        for place, (field, text) in enumerate(zip(COLUMNS, row, strict=True)):
            choices = _CHOICES.get(field)
            check = None
            if choices is not None:
                check = WorkbookCheck(
                    "choice", "Chọn một giá trị trong danh sách.", choices=choices
                )
            # The code of a known indicator is its name for ever.
            style: CellStyle = "label" if field == "code" and number < len(rows) else "input"
            cells.append(WorkbookCell(number, place, text, style, check=check))
    return cells


def _edition(stamp: str | None) -> int | None:
    try:
        found = json.loads(stamp or "")["indicators"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, int) else None


def _listed(rows: str) -> list[list[str]]:
    """The rows that the page carries; anything else is refused."""
    try:
        found = json.loads(rows) if len(rows) <= _MOST_CHARACTERS else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(row, list) for row in found):
        raise ImportRefused(reason="damaged")
    if sum(len(row) for row in found) > _MOST_CELLS:
        raise ImportRefused(reason="too-large")
    return [[cell if isinstance(cell, str) else "" for cell in row] for row in found]


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise AccessDenied(action="indicators")
