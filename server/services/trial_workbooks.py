"""The Excel file of a form that is not published, filled with a sample: written by the installed
format and read back, so that what is shown is the file and no drawing of it.

No submission stands behind it: the file bears the mark of a trial and no door takes it in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.core.answers import Verdict
from server.core.definition_tests import context_of
from server.core.form import Form
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.ports import Clock, NewId
from server.core.shape import mapping
from server.core.submission import Edit, Submission
from server.hooks import Workbook, WorkbookSheet
from server.services.exports import PrintedFile
from server.services.table_files import TableFiles, rows_of
from server.services.workbook_drawing import draw

#: In the place of a submission's id; none is ever called that.
TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class TrialReport:
    """What the workbook is drawn from."""

    form: Form
    submission: Submission
    unit: OrgUnit
    period: Period
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell as the file holds it; *style* is what the form gave it."""

    text: str
    style: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """One worksheet, row by row; cells that another one covers are left out."""

    name: str
    rows: tuple[tuple[ShownCell, ...], ...]


@dataclass(frozen=True, slots=True)
class TrialWorkbooks:
    """Use cases of looking at a draft's workbook."""

    tables: TableFiles
    clock: Clock
    new_id: NewId
    demo: bool

    def can_draw(self, form: Form) -> bool:
        """Whether a workbook format is installed; the sheets of a survey have none."""
        return form.kind != "survey" and bool(self.tables.plugins.workbook_formats())

    def file(self, form: Form, example: Mapping[str, Any], verdict: Verdict) -> PrintedFile:
        """The workbook itself, to open in a spreadsheet program."""
        return self.tables.write(self._drawn(form, example, verdict), f"{form.code}-thu")

    def sheets(
        self, form: Form, example: Mapping[str, Any], verdict: Verdict
    ) -> tuple[ShownSheet, ...]:
        """The worksheets of the file, as they are read back from it."""
        workbook = self._drawn(form, example, verdict)
        written = self.tables.write(workbook, form.code)
        found = {sheet.name: rows_of(sheet) for sheet in self.tables.read(written.take()).sheets}
        return tuple(_shown(sheet, found.get(sheet.name, [])) for sheet in workbook.sheets)

    def _drawn(self, form: Form, example: Mapping[str, Any], verdict: Verdict) -> Workbook:
        context = context_of(form, example)
        level = Level(context.unit.level)
        unit = OrgUnit(TRIAL, context.unit.code, "…", level, context.unit.kind, None, None, None)
        statuses = {path: str(one) for path, one in mapping(example.get("statuses", {})).items()}
        submission = Submission(
            id=TRIAL, obligation=TRIAL, form=form.code, version=form.version, workflow=TRIAL,
            workflow_version=0, org_unit=TRIAL, period=context.period.id, round=None, state=TRIAL,
            edit=Edit(0), revision=0, nil=False, answers=mapping(example.get("answers", {})),
            statuses=statuses,
        )  # fmt: skip
        report = TrialReport(form, submission, unit, context.period, verdict)
        return draw(report, new_line=self.new_id, at=self.clock.now(), demo=self.demo)


def _shown(sheet: WorkbookSheet, texts: list[list[str]]) -> ShownSheet:
    """The texts of the file under the looks and spans of the form."""
    styles = {(cell.row, cell.column): cell.style for cell in sheet.cells}
    spans = {(span.row, span.column): (span.rows, span.columns) for span in sheet.spans}
    covered = {
        (row, column)
        for (first, left), (rows, columns) in spans.items()
        for row in range(first, first + rows)
        for column in range(left, left + columns)
        if (row, column) != (first, left)
    }
    height = max((row for row, _ in styles), default=-1) + 1
    width = max((column for _, column in styles), default=-1) + 1
    lines = []
    for row in range(height):
        line = []
        for column in range(width):
            if (row, column) in covered:
                continue
            text = texts[row][column] if row < len(texts) and column < len(texts[row]) else ""
            rows, columns = spans.get((row, column), (1, 1))
            style = styles.get((row, column), "")
            line.append(ShownCell(text, style, rows, columns))
        lines.append(tuple(line))
    return ShownSheet(sheet.name, tuple(lines))
