"""Forms on paper before anything is filled: all rows, dotted cells, room to sign.

For a unit that collects by hand, or types in only what was signed on paper. Nothing of a submission
is read but its form, unit and period, so no figure can slip onto an empty form.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.core.access import Actor
from server.core.answers import check
from server.core.form import Form
from server.core.layout import Column, Field, Grid, offered
from server.core.org_unit import OrgUnit
from server.core.period import Period
from server.core.period_layout import layout_in
from server.core.ports import NewId
from server.core.shape import Cell
from server.errors import NotFound
from server.hooks import Sheet, SheetField, SheetGrid, SheetRow, SheetSection
from server.hooks.manager import Plugins
from server.services.exports import PrintedFile
from server.services.periods import asked_period
from server.services.review import Reviewer
from server.services.sheets import (
    DEMO_NOTICE,
    STATUS_SIGNS,
    heads_of,
    issued_by,
    period_line,
    place_and_date,
    signatures,
    unit_title,
)
from server.services.submissions import Submissions

#: Empty lines of a roster.
BLANK_LINES: Final = 10
_CELL: Final = "………"
_ANSWER: Final = "…………………………"
_PLACE: Final = "…………………, ngày …… tháng …… năm ………"
_MOST_CHOICES: Final = 8
_OUTSIDE: Final = frozenset({"unit", "period"})


@dataclass(frozen=True, slots=True)
class BlankPrints:
    """Use cases of printing an empty form."""

    plugins: Plugins
    reviewer: Reviewer
    submissions: Submissions
    folder: Path
    new_id: NewId
    demo: bool

    def of_submission(self, actor: Actor, submission_id: str) -> PrintedFile:
        """The empty form in the version, for the unit and the period of a submission."""
        view = self.submissions.get(actor, submission_id)
        return self._printed(view.form, view.unit, view.period)

    def of_form(
        self, actor: Actor, code: str, *, org_unit: str | None = None, period: str | None = None
    ) -> PrintedFile:
        """The empty form as it is today; *org_unit* and *period* go together into its head.

        Raises:
            NotFound: no such form, or no such unit in the actor's scope.
            RequestInvalid: no such period.
        """
        form = self.reviewer.catalogue.form(code)
        if period is None:
            return self._printed(form, None, None)
        span = asked_period(period)
        if org_unit is None:
            return self._printed(form, None, span)
        tree = self.reviewer.scope.require(actor, org_unit, span, "org_unit")
        return self._printed(form, tree.by_id[org_unit], span)

    def of_unpublished(self, form: Form) -> PrintedFile:
        """The empty form of a draft, for whoever edits it."""
        return self._printed(form, None, None)

    def _printed(self, form: Form, unit: OrgUnit | None, period: Period | None) -> PrintedFile:
        printer = next(iter(self.plugins.printers()), None)
        if printer is None:
            raise NotFound(kind="format")
        off: frozenset[str] = frozenset()
        if unit is not None and period is not None:
            context = self.reviewer.context(form, unit, period, None)
            off = check(form, {}, {}, context).relevant_off
        sheet = blank_sheet(form, unit, period, off, demo=self.demo)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"print-{self.new_id()}.{printer.extension}"
        printer.print(sheet, path)
        parts = [form.code, unit.code if unit else None, period.id if period else None, "trong"]
        name = "-".join(part for part in parts if part)
        return PrintedFile(path, f"{name}.{printer.extension}", printer.media_type)


def blank_sheet(
    form: Form, unit: OrgUnit | None, period: Period | None, off: frozenset[str], *, demo: bool
) -> Sheet:
    """The sheet of an empty form; *off* are the cells that an empty document is not asked."""
    settings = form.settings
    drawer = _Drawer(form, off)
    return Sheet(
        official_code=str(settings.get("officialCode", form.code)),
        issued_by=issued_by(form),
        received_on="…………",
        title=form.title.upper(),
        period_line=f"Kỳ báo cáo: {_ANSWER}" if period is None else period_line(form, period),
        org_unit=_ANSWER if unit is None else unit_title(unit),
        receiver=str(settings.get("receiver", "")),
        unit_of_measure=str(settings.get("unitOfMeasure", "")),
        sections=tuple(
            SheetSection(
                title=section.title,
                grid=None if section.grid is None else drawer.grid(section.grid),
                fields=tuple(
                    SheetField(field.title, drawer.answer(field)) for field in section.fields
                ),
            )
            for section in layout_in(form, period.end if period else None, {}, {}).sections
        ),
        signatures=signatures(unit, {}),
        place_and_date=_PLACE if unit is None else place_and_date(unit, None),
        paper="A3" if form.layout.paper == "A3" else "A4",
        orientation="landscape" if form.layout.orientation == "landscape" else "portrait",
        demo_notice=DEMO_NOTICE if demo else None,
    )


class _Drawer:
    def __init__(self, form: Form, off: frozenset[str]) -> None:
        self._form, self._off = form, off

    def grid(self, grid: Grid) -> SheetGrid:
        columns, groups = heads_of(grid)
        names = len(columns) - len(grid.columns)
        rows: list[SheetRow] = []
        number = 0
        for row in grid.rows:
            counted = row.kind != "single"
            number += counted
            head = [str(number) if counted else "", row.title]
            if grid.code_header is not None:
                head.append(row.code or "")
            cells = [
                self._cell(f"{row.path}/{column.key}", row.columns, column)
                for column in grid.columns
            ]
            rows.append(SheetRow(tuple(head + cells), "data" if counted else "total"))
        if grid.roster is not None:
            for line in range(number + 1, number + 1 + BLANK_LINES):
                cells = [_CELL for _ in grid.columns]
                rows.append(SheetRow((str(line), *[""] * (names - 1), *cells)))
        return SheetGrid(columns, tuple(rows), groups)

    def answer(self, field: Field) -> str:
        """Where to write; what to choose from, where that fits on paper."""
        if field.path in self._off and self._asked_by_place(field.path):
            return STATUS_SIGNS["not_applicable"]
        choices = offered(field)
        if choices is None and field.type == "boolean":
            choices = ((True, "Có"), (False, "Không"))
        if choices is None or len(choices) > _MOST_CHOICES:
            return _ANSWER
        return "   ".join(f"[   ] {title}" for _, title in choices)

    def _cell(self, path: str, columns: frozenset[str], column: Column) -> str:
        if column.key not in columns:
            return ""
        off = path in self._off and self._asked_by_place(path)
        return STATUS_SIGNS["not_applicable"] if off else _CELL

    def _asked_by_place(self, path: str) -> bool:
        """Whether unit and period alone decide on the cell; else only the answers will tell."""
        relevant = self._cell_at(path).relevant
        return relevant is not None and relevant.names <= _OUTSIDE

    def _cell_at(self, path: str) -> Cell:
        parts = path[1:].split("/")
        block = self._form.shape.blocks.get(parts[0])
        if block is None:
            return self._form.shape.cells[parts[0]]
        line = block.lines.get(parts[1]) or next(iter(block.samples))
        return line.cells[parts[-1]]
