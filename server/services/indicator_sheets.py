"""The indicator catalogue out as a workbook and back in, as changes of a proposal.

A sheet, one indicator's page and the file beside the shipped forms lead to the same: a step of the
one open draft of the catalogue, which a second person approves (``definition_issues``).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from server.core.access import Actor
from server.core.definition_draft import DefinitionDraft, DraftState
from server.core.indicator import Indicator
from server.core.indicator_changes import COLUMNS
from server.core.indicator_edition import WHOLE_CATALOGUE, indicators_of, text_of
from server.core.indicator_sheet import (
    FREQUENCIES,
    LEVELS,
    Known,
    SheetReading,
    read_rows,
    rows_of_indicators,
)
from server.errors import AccessDenied, Conflict, ImportRefused, InputInvalid, NotFound, Stale
from server.hooks import Workbook, WorkbookCell, WorkbookCheck, WorkbookSheet
from server.hooks.workbook import CellStyle
from server.services.catalogue import Catalogue
from server.services.definition_drafts import DefinitionDrafts
from server.services.exports import PrintedFile
from server.services.indicator_files import FileStanding, IndicatorFiles
from server.services.table_files import TableFiles, carried_rows, rows_of

SHEET = "Chỉ tiêu"
_EMPTY_ROWS = 60
_WIDTHS = (9, 48, 40, 9, 34, 26, 28, 14, 12, 34, 24, 14, 40, 18, 16, 18, 50, 50)
_CHOICES = {"lowest_level": LEVELS, "frequency": FREQUENCIES}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page showed: the edition in force, and the open proposal with its edit, if one was."""

    edition: int
    draft: str = ""
    edit: int = 0


@dataclass(frozen=True, slots=True)
class Working:
    """The catalogue as it is being worked on: the open proposal, or else the edition in force."""

    seen: Seen
    draft: DefinitionDraft | None
    indicators: tuple[Indicator, ...]

    @property
    def in_review(self) -> bool:
        return self.draft is not None and self.draft.state is DraftState.IN_REVIEW


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """What a sheet would do to what was *seen*; *older*: it was taken before a later change."""

    rows: str
    seen: Seen
    older: bool
    reading: SheetReading


@dataclass(frozen=True, slots=True)
class IndicatorSheets:
    """Use cases of changing indicators, many at once or one."""

    catalogue: Catalogue
    drafts: DefinitionDrafts
    files: TableFiles
    canonical: IndicatorFiles

    def working(self, actor: Actor) -> Working:
        """What a change would be made to."""
        _require_admin(actor)
        edition = self.catalogue.store.indicator_edition()
        open_ = self.drafts.store.open_of("indicators", WHOLE_CATALOGUE)
        if open_ is None:
            return Working(Seen(edition), None, self.catalogue.indicators())
        draft = self.drafts.of_any_kind(actor, open_)
        return Working(Seen(edition, draft.id, draft.edit), draft, indicators_of(draft.text))

    def download(self, actor: Actor) -> PrintedFile:
        """The catalogue as it is being worked on, with empty rows for new indicators."""
        working = self.working(actor)
        sheet = WorkbookSheet(
            name=SHEET,
            cells=tuple(_cells(rows_of_indicators(working.indicators))),
            widths=_WIDTHS,
            frozen_rows=1,
            frozen_columns=2,
            repeated_rows=(0, 0),
            paper="A3",
            orientation="landscape",
        )
        stamp = json.dumps(_stamp(working))
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
        working = self.working(actor)
        taken = _taken(found.stamp)
        rows = json.dumps(rows_of(sheet), ensure_ascii=False)
        older = taken is not None and taken != _stamp(working)
        return SheetPreview(rows, working.seen, older, self._read(carried_rows(rows), working))

    def confirm(self, actor: Actor, rows: str, seen: Seen) -> tuple[SheetReading, DefinitionDraft]:
        """Take what was looked at into the proposal, all of it or nothing.

        Raises:
            Stale: the catalogue or the proposal was changed meanwhile.
            Conflict: the proposal is being reviewed.
            InputInvalid: cells are refused, or nothing is otherwise.
        """
        with self.catalogue.transaction():
            working = self._held(actor, seen)
            reading = self._read(carried_rows(rows), working)
            if reading.faults or not reading.changes:
                raise InputInvalid(errors=[])
            what = {"op": "sheet", "count": len(reading.changes)}
            return reading, self._propose(actor, working, reading.indicators, what)

    def change(
        self, actor: Actor, code: str, fields: Mapping[str, str], seen: Seen, *, new: bool = False
    ) -> tuple[SheetReading, DefinitionDraft | None]:
        """Take one indicator's fields into the proposal; none is made where nothing is otherwise.

        What is refused stands in the reading, by column as in the sheet.

        Raises:
            NotFound: there is no such indicator.
            Conflict: a new one has the code of another, or the proposal is being reviewed.
            Stale: the catalogue or the proposal was changed meanwhile.
        """
        shown = [field for field in COLUMNS if field in fields and field != "code"]
        with self.catalogue.transaction():
            working = self._held(actor, seen)
            if new is any(one.code == code for one in working.indicators):
                raise Conflict(kind="indicator") if new else NotFound(kind="indicator")
            heading = [COLUMNS["code"], *(COLUMNS[field] for field in shown)]
            row = [code, *(fields[field] for field in shown)]
            reading = self._read([heading, row], working)
            if reading.faults or not reading.changes:
                return reading, None
            what = {"op": "indicator", "path": code}
            return reading, self._propose(actor, working, reading.indicators, what)

    def standing(self, actor: Actor) -> FileStanding:
        """Whether the file beside the shipped forms says what the catalogue says."""
        _require_admin(actor)
        return self.canonical.standing(self.catalogue.indicators())

    def take_file(
        self, actor: Actor, seen: Seen, digest: str
    ) -> tuple[tuple[str, ...], DefinitionDraft]:
        """A proposal of what the file says, the very file that was looked at: codes that change.

        Raises:
            Stale: the catalogue, the proposal or the file was changed meanwhile.
            Conflict: a proposal is open already.
            ImportRefused: the file cannot be read, or lacks an indicator; none is ever deleted.
            InputInvalid: it says what the catalogue says.
        """
        with self.catalogue.transaction():
            working = self._held(actor, seen)
            if working.draft is not None:
                raise Conflict(kind="definition_draft")
            held, found = self.canonical.held(), self.canonical.standing(working.indicators)
            if found.digest != digest:
                raise Stale(kind="indicators")
            if held is None:
                raise ImportRefused(reason="damaged")
            if {one.code for one in working.indicators} - {one.code for one in held}:
                raise ImportRefused(reason="missing-indicators")
            if not found.codes:
                raise InputInvalid(errors=[])
            what = {"op": "file", "count": len(found.codes)}
            return found.codes, self._propose(actor, working, held, what)

    def _held(self, actor: Actor, seen: Seen) -> Working:
        """What was seen, if it still is so; nobody else changes it until the transaction ends."""
        _require_admin(actor)
        self.catalogue.hold_indicators()
        working = self.working(actor)
        if working.seen != seen:
            raise Stale(kind="indicators")
        if working.in_review:
            raise Conflict(kind="definition_draft")
        return working

    def _propose(
        self,
        actor: Actor,
        working: Working,
        indicators: tuple[Indicator, ...],
        what: Mapping[str, object],
    ) -> DefinitionDraft:
        text = text_of(indicators)
        if working.draft is not None:
            seen = working.seen
            draft = self.drafts.held(actor, seen.draft, seen.edit, DraftState.DRAFT)
            return self.drafts.stepped(actor, draft, what, text)
        latest = self.drafts.latest("indicators", WHOLE_CATALOGUE)
        return self.drafts.begun(actor, "indicators", WHOLE_CATALOGUE, text, latest, what=what)

    def _read(self, rows: list[list[str]], working: Working) -> SheetReading:
        known = Known(
            dimensions={one.code for one in self.catalogue.codelists()},
            org_units=self.catalogue.reference.codes(),
        )
        return read_rows(rows, {one.code: one for one in working.indicators}, known)


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


def _stamp(working: Working) -> dict[str, object]:
    """What a workbook says that it was taken from."""
    step = "" if working.draft is None else f"{working.draft.id}/{working.draft.step}"
    return {"indicators": working.seen.edition, "draft": step}


def _taken(stamp: str | None) -> dict[str, object] | None:
    """The stamp of a workbook of indicators; None of any other."""
    try:
        found = json.loads(stamp or "")
        return {"indicators": found["indicators"], "draft": found.get("draft", "")}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise AccessDenied(action="indicators")
