"""A submission drawn as a workbook to be filled away from the server, with its stamp.

Texts are Vietnamese whatever the reader's language: the workbook is the official form.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from server.core.answer_paths import is_row_name, place_of, rows_of, value_at
from server.core.answer_schema import merged
from server.core.form import Form
from server.core.layout import Column, Field, marked_title, offered
from server.core.period_layout import layout_in
from server.core.shape import BlockKind
from server.core.workbook_cells import held_at
from server.core.workbook_formulas import Formulas
from server.core.workbook_map import PlacedSection, Spot, addresses, place
from server.core.workbook_stamp import Stamp, StampCell, StampSheet
from server.core.workbook_values import TYPED_SIGNS, Held, options_of, takes_signs
from server.hooks import Workbook, WorkbookCell, WorkbookCheck, WorkbookSheet
from server.hooks.workbook import CellData, WorkbookValue
from server.services.sheets import DEMO_NOTICE, STATUS_SIGNS, unit_title
from server.services.workbook_frame import DrawnReport, frame_of, says_limits

#: Empty lines of a roster beyond those it has.
SPARE_LINES: Final = 30
_KEPT: Final = "nhập trên trang"
#: What validation lets through beside values; Excel compares without regard to case.
_SIGNS: Final = tuple(sign for sign in TYPED_SIGNS if sign not in ("—", "−", "X"))


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What every worksheet is drawn from."""

    view: DrawnReport
    whole: Mapping[str, object]
    formulas: Formulas


def draw(view: DrawnReport, *, new_line: Callable[[], str], at: datetime, demo: bool) -> Workbook:
    """The workbook of what stands in *view*; *new_line* names the empty lines of rosters."""
    form, submission = view.form, view.submission
    whole = merged(form, submission.answers, view.verdict.computed)
    day, answers = view.period.end, submission.answers
    layout = layout_in(form, day, answers, submission.statuses)
    sections = place(form, _rosters(form, answers, new_line), layout)
    drawing = _Drawing(view, whole, Formulas(form, addresses(sections)))
    sheets, stamps = [], []
    for section in sections:
        cells = tuple(_cells(drawing, section))
        framed = frame_of(view, section, demo=demo)
        sheets.append(
            WorkbookSheet(
                name=section.name,
                cells=framed.cells + cells,
                spans=framed.spans,
                widths=framed.widths,
                frozen_rows=section.first_row if section.rows else 0,
                frozen_columns=section.first_column if section.rows else 0,
                repeated_rows=framed.repeated_rows,
                paper="A3" if form.layout.paper == "A3" else "A4",
                orientation="landscape" if form.layout.orientation == "landscape" else "portrait",
            )
        )
        stamps.append(_stamp_sheet(view, section, framed.cells + cells))
    title = f"{form.title}, {unit_title(view.unit)}, {view.period.title}"
    stamp = Stamp(
        title=title,
        form=form.code,
        version=form.version,
        digest=form.digest,
        submission=submission.id,
        edit=submission.edit,
        org_unit=submission.org_unit,
        period=submission.period,
        created_at=at.isoformat(),
        sheets=tuple(stamps),
    )
    return Workbook(title, tuple(sheets), stamp.text(), DEMO_NOTICE if demo else form.title)


def shown_value(held: Held, cell: Column | Field) -> WorkbookValue:
    """What stands in the file for what a cell holds."""
    value = held.value
    if value is None:
        return STATUS_SIGNS.get(held.status or "")
    named = marked_title(cell, value)
    if named is not None:
        return named
    if isinstance(value, bool):
        return dict(options_of(cell) or ()).get(value, str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if cell.format == "date":
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return str(value)
    return str(value)


def _rosters(
    form: Form, answers: Mapping[str, object], new_line: Callable[[], str]
) -> dict[str, Sequence[str]]:
    """The lines of each roster that are drawn: those it has, then empty ones."""
    found: dict[str, Sequence[str]] = {}
    for block in form.shape.blocks.values():
        if block.kind is not BlockKind.ROSTER:
            continue
        held = [name for name, _ in rows_of(block, answers) if is_row_name(name)]
        most = block.schema.get("maxItems")
        room = max(0, most - len(held)) if isinstance(most, int) else SPARE_LINES
        found[block.key] = held + [new_line() for _ in range(min(SPARE_LINES, room))]
    return found


def _cells(drawing: _Drawing, section: PlacedSection) -> Iterator[WorkbookCell]:
    bold = {row.row for row in section.rows if row.kind == "single"}
    for spot in section.spots:
        if spot.kind == "input" and spot.path not in drawing.view.verdict.relevant_off:
            yield _open(drawing, spot)
        else:
            yield _closed(drawing, spot, bold=spot.row in bold)


def _open(drawing: _Drawing, spot: Spot) -> WorkbookCell:
    submission = drawing.view.submission
    held = held_at(drawing.view.form, spot.path, submission.answers, submission.statuses)
    return WorkbookCell(
        row=spot.row,
        column=spot.column,
        value=shown_value(held, spot.cell),
        style="input",
        data=_data(spot.cell),
        decimals=spot.cell.decimals or 0,
        check=_check(spot.cell),
    )


def _closed(drawing: _Drawing, spot: Spot, *, bold: bool) -> WorkbookCell:
    """A calculated cell with its formula, one that is not asked, one that is kept out of files."""
    view = drawing.view
    value: WorkbookValue = None
    formula = ""
    if spot.kind == "kept":
        value = _KEPT
    elif spot.path in view.verdict.relevant_off:
        value = STATUS_SIGNS["not_applicable"]
    else:
        found = place_of(view.form, spot.path)
        value = shown_value(Held(value_at(drawing.whole, found)), spot.cell)
        if spot.kind == "calculated" and found.cell is not None:
            formula = drawing.formulas.of(
                spot.path, found.cell, found.block, found.row or "", found.line
            )
    return WorkbookCell(
        row=spot.row,
        column=spot.column,
        value=value,
        style="locked",
        data=_data(spot.cell),
        decimals=spot.cell.decimals or 0,
        formula=formula or None,
        bold=bold,
    )


def _data(cell: Column | Field) -> CellData:
    if cell.choices is None and cell.type in ("integer", "number"):
        return "number"
    return "date" if cell.format == "date" and cell.choices is None else "text"


def _check(cell: Column | Field) -> WorkbookCheck | None:
    options = options_of(cell)
    signs = _SIGNS if takes_signs(cell) else ()
    message = says_limits(cell)
    if options is not None:
        # A list is read from top to bottom: one way to write each sign is enough.
        return WorkbookCheck(
            "choice",
            message,
            tuple(STATUS_SIGNS.values()),
            choices=tuple(title for _, title in offered(cell) or options),
        )
    if _data(cell) == "number":
        return WorkbookCheck(
            "number", message, signs, cell.decimals or 0, cell.minimum, cell.maximum
        )
    if _data(cell) == "date":
        return WorkbookCheck("date", message, signs)
    if cell.max_length is None:
        return None
    return WorkbookCheck("text", message, longest=cell.max_length)


def _stamp_sheet(
    view: DrawnReport, section: PlacedSection, cells: Sequence[WorkbookCell]
) -> StampSheet:
    answers, statuses = view.submission.answers, view.submission.statuses
    opened = {(cell.row, cell.column) for cell in cells if cell.style == "input"}
    stamped = []
    for spot in section.spots:
        if (spot.row, spot.column) in opened:
            held = held_at(view.form, spot.path, answers, statuses)
            stamped.append(StampCell(spot.row, spot.column, spot.path, held.value, held.status))
    labels = tuple(
        (cell.row, cell.column, str(cell.value))
        for cell in cells
        if cell.style in ("label", "heading") and cell.value
    )
    named = {(row, column) for row, column, _ in labels}
    locked = tuple(
        (cell.row, cell.column)
        for cell in cells
        if cell.style != "input" and (cell.row, cell.column) not in named
    )
    return StampSheet(section.name, tuple(stamped), labels, locked)
