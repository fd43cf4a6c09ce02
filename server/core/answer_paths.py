"""Where things stand in answers: JSON Pointers to cells, lines and blocks of one form.

A roster's line is addressed by its ``_id``, never by a position, so that two people who add
and remove lines at the same time still mean the same cell.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from server.core.form import Form
from server.core.json_text import pointer, tokens
from server.core.shape import ROW_ID, Block, BlockKind, Cell, Line
from server.errors import RequestInvalid

_ROW_NAME: Final = re.compile(r"(?!-?[0-9]*\Z)[0-9A-Za-z_-]{1,64}", re.ASCII)
#: The numbers of columns by block and column: a difference asks for them cell by cell.
_NUMBERS: "WeakKeyDictionary[Form, dict[tuple[str, str], str | None]]" = WeakKeyDictionary()

Answers = Mapping[str, object]
Statuses = Mapping[str, str]


class PathUnknown(RequestInvalid):
    """The form has nothing at this path. Facts: ``reason`` and ``path``."""

    def __init__(self, path: str) -> None:
        super().__init__(reason="path-unknown", path=path)
        self.path = path


@dataclass(frozen=True, slots=True)
class Place:
    """What a pointer means: a cell (of a line, of a block), a line, or a block as a whole."""

    path: str
    block: Block | None
    row: str | None
    line: Line | None
    cell: Cell | None

    @property
    def above(self) -> tuple[str, ...]:
        """Pointers of the line and the block it belongs to, nearest first."""
        if self.block is None:
            return ()
        row = () if self.row is None else (pointer(self.block.key, self.row),)
        return tuple(path for path in (*row, self.block.path) if path != self.path)


def place_of(form: Form, path: str) -> Place:
    """The place at *path*; ``PathUnknown`` when the form has none."""
    try:
        parts = tokens(path)
    except ValueError:
        raise PathUnknown(path) from None
    if len(parts) == 1 and parts[0] in form.shape.cells:
        return Place(path, None, None, None, form.shape.cells[parts[0]])
    block = form.shape.blocks.get(parts[0]) if parts else None
    if block is None:
        raise PathUnknown(path)
    if len(parts) == 1:
        return Place(path, block, None, None, None)
    if block.kind is BlockKind.LINE:
        line, row, rest = block.lines[""], None, parts[1:]
    else:
        row, rest = parts[1], parts[2:]
        found = row_line(block, row)
        if found is None:
            raise PathUnknown(path)
        line = found
    if not rest:
        return Place(path, block, row, line, None)
    if len(rest) > 1 or rest[0] not in line.cells:
        raise PathUnknown(path)
    return Place(path, block, row, line, line.cells[rest[0]])


def row_line(block: Block, row: str) -> Line | None:
    """How the line *row* of a grid or roster looks; None if no line can have that name."""
    if block.item is not None:
        return block.item if is_row_name(row) else None
    return block.lines.get(row)


def is_row_name(name: object) -> bool:
    """Whether *name* may be a roster line's ``_id``: letters, digits, - and _, never a number."""
    return isinstance(name, str) and _ROW_NAME.fullmatch(name) is not None


def rows_of(block: Block, answers: Answers) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The lines of *block* that the answers hold, with their keys; other things are passed over."""
    held = answers.get(block.key)
    if block.kind is BlockKind.LINE:
        if isinstance(held, Mapping):
            yield "", held
    elif block.kind is BlockKind.ROSTER:
        for place, row in enumerate(held if isinstance(held, list | tuple) else ()):
            if isinstance(row, Mapping):
                name = row.get(ROW_ID)
                yield (name if isinstance(name, str) and name else str(place)), row
    elif isinstance(held, Mapping):
        for key, row in held.items():
            if isinstance(row, Mapping) and key in block.lines:
                yield key, row


def row_path(block: Block, row: str) -> str:
    """The pointer of a line."""
    return block.path if block.kind is BlockKind.LINE else pointer(block.key, row)


def find_row(block: Block, answers: Answers, row: str | None) -> Mapping[str, object] | None:
    """The line as the answers hold it."""
    held = answers.get(block.key)
    if block.kind is BlockKind.LINE:
        return held if isinstance(held, Mapping) else None
    if block.kind is BlockKind.ROSTER:
        return next((found for key, found in rows_of(block, answers) if key == row), None)
    found = held.get(row) if isinstance(held, Mapping) else None
    return found if isinstance(found, Mapping) else None


def value_at(answers: Answers, place: Place) -> object:
    """What the answers hold there, None when nothing."""
    if place.block is None:
        return answers.get(place.path[1:])
    if place.cell is None:
        if place.line is None:
            return answers.get(place.block.key)
        return find_row(place.block, answers, place.row)
    row = find_row(place.block, answers, place.row)
    return None if row is None else row.get(place.cell.key)


def cells_of(form: Form, answers: Answers) -> Iterator[tuple[str, object]]:
    """Each typed cell that has a value, with its pointer, in the order of the form."""
    for key in form.shape.order:
        cell = form.shape.cells.get(key)
        if cell is not None:
            if cell.calculate is None and answers.get(key) is not None:
                yield f"/{key}", answers[key]
            continue
        block = form.shape.blocks[key]
        for row, held in rows_of(block, answers):
            line = block.item or block.lines[row]
            path = row_path(block, row)
            for column, found in line.cells.items():
                if found.calculate is None and held.get(column) is not None:
                    yield f"{path}/{column}", held[column]


def validate_paths(form: Form, answers: Answers, statuses: Statuses) -> None:
    """Raise ``PathUnknown`` for the first key that the form lacks; values are not judged."""
    for key, held in answers.items():
        if key in form.shape.cells:
            continue
        block = form.shape.blocks.get(key)
        if block is None:
            raise PathUnknown(pointer(key))
        _validate_block(block, held)
    for path in statuses:
        place_of(form, path)


def _validate_block(block: Block, held: object) -> None:
    if block.kind is BlockKind.LINE:
        _validate_line(block.lines[""], held, block.path)
    elif block.item is not None:
        for place, row in enumerate(held if isinstance(held, list | tuple) else ()):
            _validate_line(block.item, row, pointer(block.key, place))
    elif isinstance(held, Mapping):
        for key, row in held.items():
            if key not in block.lines:
                raise PathUnknown(pointer(block.key, key))
            _validate_line(block.lines[key], row, pointer(block.key, key))


def _validate_line(line: Line, held: object, path: str) -> None:
    for key in held if isinstance(held, Mapping) else ():
        if key not in line.cells and not (key == ROW_ID and not line.path):
            raise PathUnknown(path + pointer(key))


def calculated_paths(form: Form, answers: Answers) -> Iterator[str]:
    """Pointers of calculated cells that the answers hold nevertheless."""
    for key, cell in form.shape.cells.items():
        if cell.calculate is not None and key in answers:
            yield f"/{key}"
    for block in form.shape.blocks.values():
        for row, held in rows_of(block, answers):
            line = block.item or block.lines[row]
            for column, cell in line.cells.items():
                if cell.calculate is not None and column in held:
                    yield f"{row_path(block, row)}/{column}"


def without_calculated(form: Form, answers: Answers) -> dict[str, object]:
    """A copy of the answers that holds no calculated value; what people typed stays as it is."""
    kept: dict[str, object] = {}
    for key, held in answers.items():
        cell, block = form.shape.cells.get(key), form.shape.blocks.get(key)
        if cell is not None and cell.calculate is not None:
            continue
        if block is None:
            kept[key] = held
        elif block.item is not None and isinstance(held, list | tuple):
            kept[key] = [_typed(block.item, row) for row in held]
        elif block.kind is BlockKind.LINE:
            kept[key] = _typed(block.lines[""], held)
        elif isinstance(held, Mapping):
            rows = {
                row: _typed(block.lines[row], value) if row in block.lines else value
                for row, value in held.items()
            }
            kept[key] = {row: value for row, value in rows.items() if value != {} or not held[row]}
        else:
            kept[key] = held
        if not kept[key] and held and isinstance(kept[key], Mapping):
            del kept[key]
    return kept


def _typed(line: Line, held: object) -> object:
    if not isinstance(held, Mapping):
        return held
    return {
        key: value
        for key, value in held.items()
        if key not in line.cells or line.cells[key].calculate is None
    }


def cell_title(form: Form, path: str, answers: Answers | None = None) -> str:
    """The Vietnamese name of a cell: ``Mông, cột 9 (Nữ)``; the path itself when it is unknown.

    With *answers*, a roster's line is called by its place: ``Thành viên, dòng 2``.
    """
    try:
        place = place_of(form, path)
    except PathUnknown:
        return path
    if place.block is None:
        return place.cell.title if place.cell else path
    if place.line is None:
        return place.block.title
    row = _row_title(place, answers)
    if place.cell is None:
        return row
    column = _column_of(form, place.block.key, place.cell.key)
    if column is None:
        return f"{row}: {place.cell.title}"
    return f"{row}, cột {column} ({place.cell.title})"


def _row_title(place: Place, answers: Answers | None) -> str:
    assert place.block is not None and place.line is not None
    if place.block.item is None:
        return place.line.title
    names = [name for name, _ in rows_of(place.block, answers or {})]
    number = names.index(place.row) + 1 if place.row in names else place.row
    return f"{place.block.title}, dòng {number}"


def _column_of(form: Form, block: str, column: str) -> str | None:
    """The number of a column where the block stands in a grid; ``3=1-2`` is called 3."""
    known = _NUMBERS.setdefault(form, {})
    if (block, column) not in known:
        known[block, column] = _number_of(form, block, column)
    return known[block, column]


def _number_of(form: Form, block: str, column: str) -> str | None:
    path = form.shape.blocks[block].path
    for section in form.layout.sections:
        grid = section.grid
        if grid is None:
            continue
        lines = [row.path for row in grid.rows] + [grid.roster.path if grid.roster else ""]
        if any(line == path or line.startswith(f"{path}/") for line in lines):
            numbers = (found.number for found in grid.columns if found.key == column)
            return next((number.partition("=")[0].strip() for number in numbers), None)
    return None
