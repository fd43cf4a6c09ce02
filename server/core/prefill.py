"""What a new report starts with: opening values that equal last period's closing ones.

A cell says with ``x-previous`` which cell of the previous report it continues: a plain name
means the same line, a JSON Pointer any cell.
"""

from collections.abc import Mapping
from datetime import date

from server.core.answer_paths import place_of, rows_of, value_at
from server.core.form import Form
from server.core.shape import BlockKind, Cell
from server.core.validity import lapsed_rows, lapses

_KEYWORD = "x-previous"


def prefilled(
    form: Form, previous: Mapping[str, object] | None, day: date | None = None
) -> dict[str, object]:
    """The answers a report begins with; *previous* is the last report with its results.

    Nothing continues under a code that is not valid on *day*, the last one of the period.
    """
    if previous is None:
        return {}
    lapsed = lapsed_rows(form.shape, day) if form.dated else {}
    answers: dict[str, object] = {}
    for key, cell in form.shape.cells.items():
        value = _continued(form, cell, previous, {}, day)
        if value is not None:
            answers[key] = value
    for key, block in form.shape.blocks.items():
        # A roster's lines are named anew each period; nothing continues there.
        if block.item is not None:
            continue
        rows: dict[str, object] = {}
        for name, held in rows_of(block, previous):
            line = block.lines.get(name)
            if line is None or name in lapsed.get(key, ()):
                continue
            values = {
                column: value
                for column, cell in line.cells.items()
                if (value := _continued(form, cell, previous, held, day)) is not None
            }
            if values:
                rows[name] = values
        if rows:
            answers[key] = rows[""] if block.kind is BlockKind.LINE else rows
    return answers


def _continued(
    form: Form,
    cell: Cell,
    previous: Mapping[str, object],
    line: Mapping[str, object],
    day: date | None,
) -> object:
    source = cell.schema.get(_KEYWORD)
    if not isinstance(source, str) or cell.calculate is not None:
        return None
    if source.startswith("/"):
        value = value_at(previous, place_of(form, source))
    else:
        value = line.get(source)
    return None if isinstance(value, str) and value in lapses(cell.schema, day) else value
