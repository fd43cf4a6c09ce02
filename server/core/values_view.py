"""The answers as expressions see them: numbers as doubles, reasons as zero or nothing.

``none_arose`` reads as 0, every other reason as null; a line of a code list that is absent as a
whole reads 0 in all its numbers. Built once per judgement and then filled by the calculations.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from server.core.answer_paths import Answers, Statuses, row_path, rows_of
from server.core.shape import Block, BlockKind, Cell, Line, Shape

NONE_AROSE = "none_arose"


@dataclass(slots=True)
class RowView:
    """One line: *values* are what expressions read, *held* what was typed, None if absent."""

    key: str
    path: str
    line: Line
    values: dict[str, object]
    held: Mapping[str, object] | None
    computed: dict[str, object] = field(default_factory=dict)

    def pointer(self, column: str) -> str:
        return self.line.pointers.get(column) or f"{self.path}/{column}"


@dataclass(slots=True)
class View:
    """The document as expressions see it: *values* by root name, and the lines of each block."""

    values: dict[str, object]
    rows: dict[str, list[RowView]]


def view_of(
    shape: Shape, answers: Answers, statuses: Statuses, *, with_calculated: bool = False
) -> View:
    """The view of *answers*; calculated values come from the answers only when asked for."""
    values: dict[str, object] = {}
    for key, cell in shape.cells.items():
        skip = cell.calculate is not None and not with_calculated
        status = statuses.get(f"/{key}") if statuses else None
        values[key] = None if skip else _read(cell, answers.get(key), status)
    rows: dict[str, list[RowView]] = {}
    for key, block in shape.blocks.items():
        rows[key] = _rows(block, answers, statuses, with_calculated)
        if block.kind is BlockKind.LINE:
            values[key] = rows[key][0].values
        elif block.kind is BlockKind.ROSTER:
            values[key] = [row.values for row in rows[key]]
        else:
            values[key] = {row.key: row.values for row in rows[key]}
    return View(values, rows)


def _rows(
    block: Block, answers: Answers, statuses: Statuses, with_calculated: bool
) -> list[RowView]:
    held = dict(rows_of(block, answers)) if block.item is None else {}
    if block.item is not None:
        return [
            _row(block, key, block.item, row, statuses, with_calculated=with_calculated)
            for key, row in rows_of(block, answers)
        ]
    if block.kind is not BlockKind.CODELIST:
        return [
            _row(block, key, line, held.get(key, {}), statuses, with_calculated=with_calculated)
            for key, line in block.lines.items()
        ]
    spoken = _spoken_rows(block, statuses)
    absent: dict[str, object] = {}
    found = []
    for key, line in block.lines.items():
        if key in held or key in spoken:
            row = held.get(key, {})
            found.append(_row(block, key, line, row, statuses, with_calculated=with_calculated))
        else:
            if not absent:
                absent = {name: 0.0 if cell.numeric else None for name, cell in line.cells.items()}
            found.append(RowView(key, line.path, line, absent, None))
    return found


def _spoken_rows(block: Block, statuses: Statuses) -> set[str]:
    """Lines that are absent but for reasons: they are no longer "none arose" by themselves.

    A line whose only reason is ``none_arose`` on the whole of it reads like an absent one.
    """
    prefix = f"{block.path}/"
    spoken = set()
    for path, status in statuses.items():
        if path.startswith(prefix):
            row, _, column = path.removeprefix(prefix).partition("/")
            if column or status != NONE_AROSE:
                spoken.add(row)
        elif path == block.path and status != NONE_AROSE:
            spoken.update(block.lines)
    return spoken


def _row(
    block: Block,
    key: str,
    line: Line,
    held: Mapping[str, object],
    statuses: Statuses,
    *,
    with_calculated: bool,
) -> RowView:
    values: dict[str, object] = dict.fromkeys(line.cells)
    for column, raw in held.items():
        cell = line.cells.get(column)
        if cell is not None and (cell.calculate is None or with_calculated):
            values[column] = _read(cell, raw, None)
    path = line.path or row_path(block, key)
    if statuses:
        whole = statuses.get(path) or statuses.get(block.path)
        for column, cell in line.cells.items():
            status = statuses.get(f"{path}/{column}") or whole
            # A calculated cell has no reason of its own: it follows from the others.
            if status is not None and (cell.calculate is None or with_calculated):
                values[column] = _read(cell, held.get(column), status)
    return RowView(key, path, line, values, held)


def _read(cell: Cell, raw: object, status: str | None) -> object:
    """A typed value as expressions see it; of the wrong type, it is no value."""
    if status is not None and status != "estimated":
        return 0.0 if status == NONE_AROSE and cell.numeric else None
    if cell.decimals is not None:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return None
        try:
            number = float(raw)
        except OverflowError:
            return None
        return number if isfinite(number) else None
    if cell.type == "string":
        return raw if isinstance(raw, str) else None
    return raw if isinstance(raw, bool) else None


def previous_value(view: View, tokens: tuple[str, ...]) -> object:
    """The cell, line or block at a pointer's *tokens* in the view of the previous period."""
    value: object = view.values
    for token in tokens:
        if not isinstance(value, Mapping):
            return None
        value = value.get(token)
    return value
