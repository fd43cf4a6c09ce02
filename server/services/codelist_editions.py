"""Changing a code list: a table of its codes out and back in, looked at, then published.

A published version never changes; the table makes the next one. Reports and forms stay on the list
that they were published with until a new version of the form takes the newer list.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.core.access import Actor
from server.core.codelist_sheet import (
    COLUMNS,
    CodeReading,
    next_edition,
    read_codes,
    rows_of_codes,
)
from server.core.form import Form, codelists_of, compile_form
from server.core.indicator import CodeList
from server.core.lapse_impact import LapseCounter, LapsedField
from server.core.period import Period
from server.core.vietnamese import nfc
from server.errors import AccessDenied, ImportRefused, InputInvalid, NotFound, Stale
from server.hooks import Workbook, WorkbookCell, WorkbookSheet
from server.hooks.workbook import CellStyle
from server.services.catalogue import Catalogue
from server.services.codelist_files import CodeListFiles, text_of
from server.services.definition_files import FileState
from server.services.definitions import read_codelist
from server.services.exports import PrintedFile
from server.services.table_files import TableFiles, carried_rows, rows_of
from server.storage.definition_migrations import DefinitionMigrationStore

_SHEET: Final = "Bảng mã"
_EMPTY_ROWS: Final = 20
_WIDTHS: Final = (10.0, 40.0, 34.0, 44.0, 14.0, 18.0, 18.0)
_MOST_SOURCE: Final = 1000


@dataclass(frozen=True, slots=True)
class FormLapse:
    """What a newer list does to the reports on one form once a version of it takes the list."""

    form: str
    title: str
    reports: int
    touched: int
    fields: tuple[LapsedField, ...]


@dataclass(frozen=True, slots=True)
class EditionPreview:
    """What a table would change, and whom; nothing is kept."""

    rows: str
    seen: int
    reading: CodeReading
    impact: tuple[FormLapse, ...]


@dataclass(frozen=True, slots=True)
class CodeListEditions:
    """Use cases of the next version of a code list."""

    catalogue: Catalogue
    reports: DefinitionMigrationStore
    files: TableFiles
    canonical: CodeListFiles

    def newest(self, actor: Actor, code: str) -> Mapping[str, Any]:
        """The document of the newest version; ``NotFound`` where there is none."""
        if not actor.is_admin:
            raise AccessDenied(action="codelists")
        found = self.catalogue.store.codelists(code)
        if not found:
            raise NotFound(kind="codelist")
        document: Mapping[str, Any] = found[0].document
        return document

    def download(self, actor: Actor, code: str) -> PrintedFile:
        """The codes as a workbook, with empty rows for new ones."""
        document = self.newest(actor, code)
        rows = rows_of_codes(document)
        title = str(document["title"])
        cells = [
            WorkbookCell(number, place, text, _style(number, place, len(rows)), bold=number == 0)
            for number, row in enumerate([*rows, *([[""] * len(COLUMNS)] * _EMPTY_ROWS)])
            for place, text in enumerate(row)
        ]
        sheet = WorkbookSheet(
            name=_SHEET, cells=tuple(cells), widths=_WIDTHS, frozen_rows=1, frozen_columns=2,
            repeated_rows=(0, 0),
        )  # fmt: skip
        stamp = json.dumps({"codelist": code, "version": document["version"]})
        return self.files.write(Workbook(title, (sheet,), stamp), f"bang-ma-{code}")

    def upload(self, actor: Actor, code: str, content: bytes) -> EditionPreview:
        """What an uploaded workbook would change; raise ``ImportRefused`` with its ``reason``."""
        self.newest(actor, code)
        found = self.files.read(content)
        sheet = next((one for one in found.sheets if one.name == _SHEET), None)
        sheet = sheet or next((one for one in found.sheets if one.cells), None)
        if sheet is None:
            raise ImportRefused(reason="damaged")
        return self.preview(actor, code, rows_of(sheet))

    def preview(self, actor: Actor, code: str, rows: Sequence[Sequence[str]]) -> EditionPreview:
        """What *rows* would change, and how many values of reports fall under codes that end."""
        document = self.newest(actor, code)
        reading = read_codes(rows, document)
        impact: tuple[FormLapse, ...] = ()
        if reading.changes and not reading.faults:
            made = next_edition(document, reading.items, str(document.get("source", "")))
            impact = self._impact(read_codelist(made))
        text = json.dumps([list(row) for row in rows], ensure_ascii=False)
        return EditionPreview(text, int(str(document["version"])), reading, impact)

    def publish(
        self, actor: Actor, code: str, rows: str, *, seen: int, source: str
    ) -> tuple[int, FileState]:
        """The next version as it was looked at; its number, and how its file stands to it.

        Raises:
            Stale: another version was published since *seen*.
            InputInvalid: cells are refused, nothing is otherwise, or no letter is named.
        """
        told = nfc(source).strip()
        if not told or len(told) > _MOST_SOURCE:
            raise InputInvalid(errors=[{"path": "/source", "code": "required", "message": ""}])
        with self.catalogue.transaction():
            self.catalogue.events.hold(f"codelist/{code}")
            document = self.newest(actor, code)
            if document["version"] != seen:
                raise Stale(kind="codelist")
            reading = read_codes(carried_rows(rows), document)
            if reading.faults or not reading.changes:
                raise InputInvalid(errors=[{"path": "/rows", "code": "rows", "message": ""}])
            made = next_edition(document, reading.items, told)
            text = text_of(made, self.canonical.text(code))
            self.catalogue.publish(text, "codelist", actor)
        return int(made["version"]), self.canonical.write(code, document, text)

    def _impact(self, newer: CodeList) -> tuple[FormLapse, ...]:
        """Per form that uses the list, counted over all its reports."""
        lists = {one.code: one for one in self.catalogue.codelists()} | {newer.code: newer}
        found = []
        for form in self.catalogue.forms():
            if newer.code not in codelists_of(form.document):
                continue
            source = self.catalogue.store.form(form.code, form.version).source
            counter = LapseCounter(compile_form(json.loads(source or "{}"), lists))
            if counter.newer.dated:
                self._count(counter, form)
            found.append(
                FormLapse(form.code, form.title, counter.reports, counter.touched, counter.fields())
            )
        return tuple(found)

    def _count(self, counter: LapseCounter, form: Form) -> None:
        stream = self.reports.sheets if form.kind == "survey" else self.reports.reports
        for report in stream(form.code):
            older = self.catalogue.form(form.code, report.version)
            day = Period.parse(report.period).end
            counter.add(older, report.answers, report.statuses, day)


def _style(number: int, place: int, known: int) -> CellStyle:
    if number == 0:
        return "heading"
    # The code of a known item is its name for ever.
    return "label" if place == 0 and number < known else "input"
