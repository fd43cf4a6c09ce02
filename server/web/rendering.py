"""A form with its figures as templates draw it: sections, grids of cells, findings beside them.

One reading for all screens: the clerk's grid, the check-before-send page, the approval desk.
Nothing here knows HTML; a cell's path is also its id in the page, so findings can link to it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from server.core.answer_paths import find_row, rows_of
from server.core.answers import Verdict
from server.core.form import Form
from server.core.layout import Column, Field, Grid, Row, Section
from server.core.period_layout import layout_in
from server.core.shape import Block, BlockKind, Line
from server.core.values_view import NONE_AROSE
from server.services.review import SubmissionView
from server.web.grid_heads import Head, full_titles, heads_of
from server.web.submission_texts import ShownFinding, options_of, shown_findings, text_of

#: The name of the row that the browser copies when somebody adds a line to a roster.
NEW_ROW = "new-row"
_NUMERIC = ("integer", "number")
_LONG_TEXT = 200
_DEPTH_OF_ROWS = 2  # slashes in the pointer of a line


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell.

    *kind*: typed, computed, locked (for somebody else to type), off (not asked) or blank (the row
    has no such column).
    """

    path: str
    kind: str
    text: str
    title: str
    column: Column | Field
    value: object = None
    status: str = ""
    severity: str = ""
    notes: tuple[str, ...] = ()
    before: str | None = None
    locked: bool = False  # somebody else's to fill

    @property
    def numeric(self) -> bool:
        return self.column.type in _NUMERIC

    @property
    def options(self) -> tuple[tuple[object, str], ...]:
        """The values to choose from, none where the cell is typed."""
        return options_of(self.column, self.value)

    @property
    def lapsed(self) -> frozenset[object]:
        """The values that do not count in the period."""
        return frozenset(value for value, _mark in self.column.ended)

    @property
    def long(self) -> bool:
        """Whether the text may need several lines."""
        longest = self.column.max_length
        return self.column.type == "string" and longest is not None and longest > _LONG_TEXT

    @property
    def keypad(self) -> str:
        """``inputmode``: the decimal keypad has no minus, so only where none is needed."""
        least = self.column.minimum
        return "decimal" if least is not None and least >= 0 else "text"

    @property
    def signed(self) -> bool:
        """Whether a sign stands there instead of a value."""
        return bool(self.status) and self.status != "estimated"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One line of a grid; *hidden* ones wait for whoever adds them."""

    path: str
    title: str
    code: str
    kind: str
    total: bool
    hidden: bool
    cells: tuple[ShownCell, ...]
    lapsed: bool = False  # its code does not count in the period: it can only be emptied


@dataclass(frozen=True, slots=True)
class ShownGrid:
    """A table; *blank* is the row that a roster grows by."""

    layout: Grid
    upper: tuple[Head, ...]
    lower: tuple[Column, ...]
    rows: tuple[ShownRow, ...]
    blank: ShownRow | None

    @property
    def addable(self) -> tuple[ShownRow, ...]:
        return tuple(row for row in self.rows if row.hidden)

    @property
    def from_codelist(self) -> bool:
        return any(row.kind == "codelist" for row in self.rows)

    @property
    def unfilled(self) -> int:
        """How many rows of a code list hold nothing, and so count as "none arose"."""
        return sum(
            row.kind == "codelist"
            and not any(cell.text for cell in row.cells if cell.kind == "typed")
            for row in self.rows
        )


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A titled part of the form."""

    key: str
    title: str
    description: str | None
    fields: tuple[ShownCell, ...]
    grid: ShownGrid | None

    @property
    def locked(self) -> bool:
        """Whether all that is typed here is somebody else's to type."""
        cells = list(self.fields)
        if self.grid is not None:
            rows = (*self.grid.rows, *([self.grid.blank] if self.grid.blank else ()))
            cells += [cell for row in rows for cell in row.cells]
        typed = [cell for cell in cells if cell.kind in ("typed", "locked", "off")]
        return bool(typed) and all(cell.locked for cell in typed)


@dataclass(frozen=True, slots=True)
class Figures:
    """A whole form with its figures and what the rules say about them."""

    form: Form
    sections: tuple[ShownSection, ...]
    findings: tuple[ShownFinding, ...]
    nil: bool

    @property
    def errors(self) -> tuple[ShownFinding, ...]:
        return self._of("error")

    @property
    def warnings(self) -> tuple[ShownFinding, ...]:
        return self._of("warning")

    @property
    def infos(self) -> tuple[ShownFinding, ...]:
        return self._of("info")

    def _of(self, severity: str) -> tuple[ShownFinding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == severity)


def figures_of(
    view: SubmissionView, *, before: Mapping[str, str] | None = None, to_type: bool = False
) -> Figures:
    """The figures of a submission as they stand; *before* gives the old text of changed cells.

    Those *to_type* in say which cells are for other hands.
    """
    submission = view.submission
    return figures(
        view.form,
        submission.answers,
        submission.statuses,
        view.verdict,
        nil=submission.nil,
        usual={} if view.previous is None else view.previous.answers,
        before=before,
        locked=view.locked if to_type and (view.hands.divided or view.consolidated) else None,
        day=view.period.end,
    )


def figures(
    form: Form,
    answers: Mapping[str, object],
    statuses: Mapping[str, str],
    verdict: Verdict,
    *,
    nil: bool = False,
    usual: Mapping[str, object] | None = None,
    before: Mapping[str, str] | None = None,
    locked: Callable[[str], bool] | None = None,
    day: date | None = None,
) -> Figures:
    """The figures of any document of *form*; the rows of *usual* are offered again, empty.

    *locked* tells the cells that somebody else fills; *day* is the last one of the period.
    """
    findings = shown_findings(form, verdict.findings, answers)
    drawer = _Drawer(
        form, answers, statuses,
        verdict=verdict, findings=findings, nil=nil, usual=usual or {}, before=before or {},
        locked=locked,
    )  # fmt: skip
    layout = layout_in(form, day, answers, statuses)
    sections = tuple(drawer.section(section) for section in layout.sections)
    return Figures(form, sections, findings, nil)


@dataclass(frozen=True, slots=True)
class _Place:
    """A line to draw: its pointer, its block, what it looks like and its name there."""

    path: str
    block: Block
    line: Line
    name: str


class _Drawer:
    """Draws one document; what is asked for each cell is looked up once."""

    def __init__(
        self,
        form: Form,
        answers: Mapping[str, object],
        statuses: Mapping[str, str],
        *,
        verdict: Verdict,
        findings: Sequence[ShownFinding],
        nil: bool,
        usual: Mapping[str, object],
        before: Mapping[str, str],
        locked: Callable[[str], bool] | None,
    ) -> None:
        self.form, self.answers, self.statuses = form, answers, statuses
        self.verdict, self.nil, self.usual, self.before = verdict, nil, usual, before
        self.locked = locked
        self.notes: dict[str, list[ShownFinding]] = defaultdict(list)
        for finding in findings:
            for path in finding.paths:
                self.notes[path].append(finding)
        #: Rows that something is said about: they are shown even when they hold nothing.
        said = [path for path, status in statuses.items() if status != NONE_AROSE]
        said += [path for path in statuses if path.count("/") > _DEPTH_OF_ROWS]
        self.spoken = {"/".join(path.split("/")[:3]) for path in [*said, *self.notes, *self.before]}

    def section(self, section: Section) -> ShownSection:
        return ShownSection(
            key=section.key,
            title=section.title,
            description=section.description,
            fields=tuple(self._field(field) for field in section.fields),
            grid=None if section.grid is None else self._grid(section.grid),
        )

    def _field(self, field: Field) -> ShownCell:
        parts = field.path[1:].split("/")
        block = self.form.shape.blocks.get(parts[0])
        if block is None:
            held, computed = self.answers, self.verdict.computed
        else:
            row = "" if block.kind is BlockKind.LINE else parts[1]
            held = find_row(block, self.answers, row) or {}
            computed = find_row(block, self.verdict.computed, row) or {}
        value = computed.get(parts[-1]) if field.calculated else held.get(parts[-1])
        return self._cell(field.path, field, field.calculated, field.title, value)

    def _grid(self, grid: Grid) -> ShownGrid:
        upper, lower = heads_of(grid)
        titles = full_titles(grid)
        rows = [self._known_row(row, grid, titles) for row in grid.rows]
        blank = None
        if grid.roster is not None:
            block = self.form.shape.blocks[grid.roster.key]
            item = cast(Line, block.item)
            for number, (name, held) in enumerate(rows_of(block, self.answers), start=1):
                place = _Place(f"{grid.roster.path}/{name}", block, item, name)
                rows.append(self._row(place, held, titles, grid, title=str(number)))
            place = _Place(f"{grid.roster.path}/{NEW_ROW}", block, item, NEW_ROW)
            blank = self._row(place, {}, titles, grid, title="")
        return ShownGrid(grid, upper, lower, tuple(rows), blank)

    def _known_row(self, row: Row, grid: Grid, titles: Mapping[str, str]) -> ShownRow:
        block = self.form.shape.blocks[row.path.split("/")[1]]
        line = block.lines["" if block.kind is BlockKind.LINE else row.key]
        held = find_row(block, self.answers, line.key)
        offered = row.ended or row.path in self.spoken
        offered = offered or bool(find_row(block, self.usual, row.key))
        drawn = self._row(
            _Place(row.path, block, line, line.key), held or {}, titles, grid, title=row.title
        )
        hidden = row.kind == "codelist" and not held and not offered
        return replace(drawn, code=row.code or "", kind=row.kind, hidden=hidden, lapsed=row.ended)

    def _row(
        self,
        place: "_Place",
        held: Mapping[str, object],
        titles: Mapping[str, str],
        grid: Grid,
        *,
        title: str,
    ) -> ShownRow:
        computed = find_row(place.block, self.verdict.computed, place.name) or {}
        cells = []
        for column in grid.columns:
            cell = place.line.cells.get(column.key)
            path = f"{place.path}/{column.key}"
            if cell is None:
                cells.append(ShownCell(path, "blank", "", titles[column.key], column))
                continue
            calculated = cell.calculate is not None
            value = (computed if calculated else held).get(column.key)
            cells.append(self._cell(path, column, calculated, titles[column.key], value))
        return ShownRow(
            path=place.path,
            title=title,
            code="",
            kind="roster",
            total=not place.line.typed,
            hidden=False,
            cells=tuple(cells),
        )

    def _cell(
        self, path: str, column: Column | Field, calculated: bool, title: str, value: object
    ) -> ShownCell:
        notes = self.notes.get(path, [])
        status = self._status(path, calculated)
        locked = not calculated and self.locked is not None and self.locked(path)
        kind = "computed" if calculated else "locked" if locked else "typed"
        if path in self.verdict.relevant_off:
            kind, status = "off", "not_applicable"
            if value is None:
                return ShownCell(path, kind, "x", title, column, None, status, locked=locked)
        elif self.nil:
            value, status = None, NONE_AROSE
        return ShownCell(
            path=path,
            kind=kind,
            text=text_of(value, status, column),
            title=title,
            column=column,
            value=value,
            status=status,
            severity=notes[0].severity if notes else "",
            notes=tuple(note.id for note in notes),
            before=self.before.get(path),
            locked=locked,
        )

    def _status(self, path: str, calculated: bool) -> str:
        """The reason that stands at the cell, at its line or at its block."""
        if calculated or not self.statuses:
            return ""
        while path:
            if path in self.statuses:
                return self.statuses[path]
            path = path.rpartition("/")[0]
        return ""
