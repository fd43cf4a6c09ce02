"""The layout of a form for one period and one document: without codes that do not count then.

A line or a choice whose code is not valid on the period's last day is not offered. One that the
document holds all the same stays, marked, so that nothing typed is ever out of sight.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from server.core.answer_paths import Answers, Statuses, rows_of
from server.core.form import Form
from server.core.layout import Column, Field, Grid, Layout, Row, Section
from server.core.shape import Block, BlockKind, Cell
from server.core.validity import Lapse, lapsed_rows, lapses


def layout_in(form: Form, day: date | None, answers: Answers, statuses: Statuses) -> Layout:
    """What a document of a period that ends on *day* is asked; all there is where none is named."""
    if day is None or not form.dated:
        return form.layout
    narrowed = _Narrowed(form, day, answers, statuses)
    sections = tuple(narrowed.section(section) for section in form.layout.sections)
    return replace(form.layout, sections=sections)


class _Narrowed:
    def __init__(self, form: Form, day: date, answers: Answers, statuses: Statuses) -> None:
        self._form, self._day = form, day
        self._rows = {
            key: (lapsed, held_lines(form.shape.blocks[key], answers, statuses))
            for key, lapsed in lapsed_rows(form.shape, day).items()
        }

    def section(self, section: Section) -> Section:
        fields = tuple(self._field(field) for field in section.fields)
        grid = None if section.grid is None else self._grid(section.grid)
        return replace(section, fields=fields, grid=grid)

    def _field(self, field: Field) -> Field:
        parts = field.path[1:].split("/")
        block = self._form.shape.blocks.get(parts[0])
        if block is None:
            return replace(field, ended=self._ended(self._form.shape.cells[parts[0]]))
        line = block.lines["" if block.kind is BlockKind.LINE else parts[1]]
        return replace(field, ended=self._ended(line.cells[parts[-1]]))

    def _grid(self, grid: Grid) -> Grid:
        keys = dict.fromkeys(row.path.split("/")[1] for row in grid.rows)
        blocks = [self._form.shape.blocks[key] for key in keys]
        if grid.roster is not None:
            blocks.append(self._form.shape.blocks[grid.roster.key])
        columns = tuple(self._column(column, blocks) for column in grid.columns)
        rows = tuple(shown for row in grid.rows if (shown := self._row(row)) is not None)
        return replace(grid, columns=columns, rows=rows)

    def _row(self, row: Row) -> Row | None:
        lapsed, held = self._rows.get(row.path.split("/")[1], ({}, frozenset[str]()))
        lapse = lapsed.get(row.key)
        if lapse is None:
            return row
        if row.key not in held:
            return None
        return replace(row, title=f"{row.title} ({lapse.mark})", ended=True)

    def _column(self, column: Column, blocks: list[Block]) -> Column:
        for block in reversed(blocks):  # as the layout chooses its columns
            for line in block.samples:
                cell = line.cells.get(column.key)
                if cell is not None:
                    return replace(column, ended=self._ended(cell))
        return column

    def _ended(self, cell: Cell) -> tuple[tuple[object, str], ...]:
        found: Mapping[str, Lapse] = lapses(cell.schema, self._day)
        return tuple((code, lapse.mark) for code, lapse in found.items())


def held_lines(block: Block, answers: Answers, statuses: Statuses) -> frozenset[str]:
    """The lines of a grid by code list under which anything stands, a value or a reason."""
    held = {
        key
        for key, row in rows_of(block, answers)
        if any(row.get(column) is not None for column in block.lines[key].cells)
    }
    prefix = f"{block.path}/"
    held |= {path[len(prefix) :].split("/")[0] for path in statuses if path.startswith(prefix)}
    return frozenset(held)
