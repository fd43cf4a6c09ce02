"""What a report says about indicators: its cells turned into observations.

Only cells with an ``x-indicator`` count. What did not arise yields nothing: a sum has no use for
zeros nobody typed, and a missing line is no figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from server.core.answer_paths import Answers, Statuses, row_path, rows_of
from server.core.answer_schema import merged
from server.core.form import Form
from server.core.migration_step import EVERY
from server.core.observation import Observation, scaled
from server.core.shape import Block, BlockKind, Cell, Line, strings


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cell measures: found once per cell, used for every line."""

    indicator: str
    measure_unit: str
    exclude: frozenset[str]
    dimensions: Mapping[str, str]


def observe(
    form: Form,
    answers: Answers,
    statuses: Statuses,
    computed: Mapping[str, object],
    units: Mapping[str, str] | None = None,
) -> tuple[Observation, ...]:
    """The observations of a report; *units* names measure units where the form does not.

    A cell with a reason instead of a value yields an observation without a value, except
    ``none_arose`` of a whole line.
    """
    return tuple(_all(form, merged(form, answers, computed), statuses, units or {}))


def meanings_of(form: Form, units: Mapping[str, str] | None = None) -> dict[str, Meaning]:
    """By path, what each cell that feeds an indicator measures; ``*`` for any line of a roster."""
    found: dict[str, Meaning] = {}
    for key, cell in form.shape.cells.items():
        meaning = _meaning(cell, (), units or {})
        if meaning is not None:
            found[f"/{key}"] = meaning
    for block in form.shape.blocks.values():
        lines = {EVERY: block.item} if block.item is not None else block.lines
        for key, line in lines.items():
            own = _row_dimension(block, key)
            for column, meaning in _meanings(block, line, units or {}).items():
                if key not in meaning.exclude:
                    placed = replace(meaning, dimensions={**own, **meaning.dimensions})
                    found[f"{row_path(block, key)}/{column}"] = placed
    return found


def _all(
    form: Form, document: Mapping[str, object], statuses: Statuses, units: Mapping[str, str]
) -> Iterator[Observation]:
    for key, cell in form.shape.cells.items():
        meaning = _meaning(cell, (), units)
        if meaning is not None:
            yield from _observed(cell, meaning, document.get(key), statuses.get(f"/{key}"))
    for block in form.shape.blocks.values():
        yield from _in_block(block, document, statuses, units)


def _in_block(
    block: Block, document: Mapping[str, object], statuses: Statuses, units: Mapping[str, str]
) -> Iterator[Observation]:
    held = dict(rows_of(block, document))
    meanings: dict[str, Meaning] = {}
    known: Line | None = None
    for key, line in _lines(block, held):
        if known is None or block.kind is BlockKind.FIXED:
            meanings, known = _meanings(block, line, units), line
        row = held.get(key, {})
        path = row_path(block, key)
        own = _row_dimension(block, key)
        for column, meaning in meanings.items():
            if key in meaning.exclude:
                continue
            status = statuses.get(f"{path}/{column}")
            placed = Meaning(
                meaning.indicator,
                meaning.measure_unit,
                meaning.exclude,
                {**own, **meaning.dimensions},
            )
            yield from _observed(line.cells[column], placed, row.get(column), status)


def _lines(block: Block, held: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, Line]]:
    if block.item is not None:
        yield from ((key, block.item) for key in held)
    else:
        yield from block.lines.items()


def _meanings(block: Block, line: Line, units: Mapping[str, str]) -> dict[str, Meaning]:
    around = (line.schema, block.schema) if line.schema is not block.schema else (block.schema,)
    found = {column: _meaning(cell, around, units) for column, cell in line.cells.items()}
    return {column: meaning for column, meaning in found.items() if meaning is not None}


def _meaning(
    cell: Cell, around: tuple[Mapping[str, object], ...], units: Mapping[str, str]
) -> Meaning | None:
    """What *cell* measures; a part of a group (``x-member``) takes the group's indicator."""
    if cell.decimals is None:
        return None
    declared = cell.schema.get("x-indicator")
    if declared is None and "x-member" in cell.schema:
        declared = next((outer["x-indicator"] for outer in around if "x-indicator" in outer), None)
    if declared is None:
        return None
    details = declared if isinstance(declared, Mapping) else {"code": declared}
    code = str(details["code"])
    unit = details.get("measureUnit") or cell.schema.get("x-measure-unit") or units.get(code, "")
    dimensions: dict[str, str] = {}
    for schema in (*reversed(around), cell.schema):
        dimensions.update(_members(schema, (cell.schema, *around)))
    return Meaning(code, str(unit), frozenset(strings(details.get("exclude", ()))), dimensions)


def _members(
    schema: Mapping[str, object], enclosing: tuple[Mapping[str, object], ...]
) -> dict[str, str]:
    """The dimension members that *schema* stands for; a plain one is of the nearest dimension."""
    member = schema.get("x-member")
    if member is None:
        return {}
    if isinstance(member, Mapping):
        return {str(dimension): str(code) for dimension, code in member.items()}
    inside = enclosing[next(at for at, outer in enumerate(enclosing) if outer is schema) :]
    dimension = next((outer["x-dimension"] for outer in inside if "x-dimension" in outer), None)
    return {} if dimension is None else {str(dimension): str(member)}


def _row_dimension(block: Block, key: str) -> dict[str, str]:
    """A line of a code list is a member of its block's dimension."""
    dimension = block.schema.get("x-dimension")
    if block.kind is not BlockKind.CODELIST or dimension is None:
        return {}
    return {str(dimension): key}


def _observed(
    cell: Cell, meaning: Meaning, value: object, status: str | None
) -> Iterator[Observation]:
    assert cell.decimals is not None
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if number is None and status is None:
        return
    yield Observation(
        indicator=meaning.indicator,
        measure_unit=meaning.measure_unit,
        dimensions=meaning.dimensions,
        scaled=None if number is None else scaled(number, cell.decimals),
        scale=cell.decimals,
        status=status,
    )
