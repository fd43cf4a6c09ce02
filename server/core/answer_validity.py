"""What stands under codes that do not count in the period: ``schema.x-validity``.

Found by its own walk, because a plain JSON Schema validator knows no period. Both kinds are found:
anything on a line of a grid by code list, and a value chosen from a list.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from server.core.answer_paths import Answers, Statuses, row_path, rows_of
from server.core.answer_schema import built_in
from server.core.finding import Finding
from server.core.form import Form
from server.core.json_text import pointer
from server.core.shape import Block, BlockKind, Cell
from server.core.validity import KEYWORD, NOTHING, Lapse, lapses


def lapsed_values(form: Form, answers: Answers, statuses: Statuses, day: date) -> Iterator[Finding]:
    """One finding per cell that holds a value, or a reason, under a code not valid on *day*."""
    if not form.dated:
        return
    walk = _Walk(day)
    for key in form.shape.order:
        cell, block = form.shape.cells.get(key), form.shape.blocks.get(key)
        if cell is not None:
            yield from walk.chosen(cell, answers.get(key), pointer(key))
        elif block is not None:
            yield from walk.block(block, answers, statuses)


class _Walk:
    """Days are compared once for each column, not for each line."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._lapses: dict[int, Mapping[str, Lapse]] = {}

    def block(self, block: Block, answers: Answers, statuses: Statuses) -> Iterator[Finding]:
        lapsed = lapses(block.schema, self._day) if block.kind is BlockKind.CODELIST else NOTHING
        rows = list(rows_of(block, answers))
        for key, row in rows:
            line = block.item or block.lines.get(key)
            if key not in lapsed and line is not None:
                for column, cell in line.cells.items():
                    path = f"{row_path(block, key)}/{column}"
                    yield from self.chosen(cell, row.get(column), path)
        held = dict(rows) if lapsed else {}
        for key, lapse in lapsed.items():
            if key in block.lines:
                yield from _line(block, key, held.get(key, {}), statuses, lapse)

    def chosen(self, cell: Cell, value: object, path: str) -> Iterator[Finding]:
        if not isinstance(value, str) or cell.calculate is not None or KEYWORD not in cell.schema:
            return
        lapsed = self._lapses.get(id(cell))
        if lapsed is None:
            lapsed = self._lapses[id(cell)] = lapses(cell.schema, self._day)
        if value in lapsed:
            yield built_in(KEYWORD, path, cell, limit=lapsed[value])


def _line(
    block: Block, key: str, row: Mapping[str, object], statuses: Statuses, lapse: Lapse
) -> Iterator[Finding]:
    line = block.lines[key]
    if line.path in statuses:
        yield built_in(KEYWORD, line.path, None, limit=lapse)
    for column, cell in line.cells.items():
        path = line.pointers[column]
        typed = cell.calculate is None and row.get(column) is not None
        if typed or path in statuses:
            yield built_in(KEYWORD, path, cell, limit=lapse)
