"""The shape of a form's answers: its cells, its lines of cells, and what each cell declares.

Read once from the compiled definition. Paths, views, calculations, layout and observations
all walk this shape, so that none of them has to understand JSON Schema again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import cast

from server.core.expressions import Expression, parse
from server.core.json_text import pointer

ROW_ID = "_id"
NUMERIC = frozenset({"integer", "number"})


class BlockKind(StrEnum):
    """How the lines of a root property are known."""

    LINE = "line"  # an object of cells: one line
    CODELIST = "codelist"  # one line per code of a list
    FIXED = "fixed"  # one line per property
    ROSTER = "roster"  # lines as they come, each with its ``_id``


@dataclass(frozen=True, slots=True)
class Cell:
    """One question: a typed or calculated value. ``decimals`` is None unless it is a number."""

    key: str
    title: str
    type: str
    schema: Mapping[str, object]
    required: bool
    decimals: int | None
    calculate: Expression | None
    relevant: Expression | None
    required_when: Expression | None

    @property
    def numeric(self) -> bool:
        return self.decimals is not None


@dataclass(frozen=True, slots=True)
class Line:
    """The cells that stand side by side, and the pointer of each; a roster's item has none."""

    key: str
    title: str
    path: str
    schema: Mapping[str, object]
    cells: Mapping[str, Cell]
    pointers: Mapping[str, str]
    calculated: frozenset[str]

    @property
    def typed(self) -> bool:
        """Whether a person fills any cell of it."""
        return len(self.calculated) < len(self.cells)


@dataclass(frozen=True, slots=True)
class Block:
    """A root property with lines; a roster has no known ones, all of them look like ``item``."""

    key: str
    kind: BlockKind
    title: str
    path: str
    schema: Mapping[str, object]
    required: bool
    relevant: Expression | None
    lines: Mapping[str, Line]
    item: Line | None
    required_lines: frozenset[str]

    @property
    def samples(self) -> Iterator[Line]:
        """Lines that between them show every cell: one of a code list, for its rows are alike."""
        if self.item is not None:
            yield self.item
        elif self.kind is BlockKind.CODELIST:
            yield from list(self.lines.values())[:1]
        else:
            yield from self.lines.values()


@dataclass(frozen=True, slots=True)
class Shape:
    """All root properties in the order of the definition."""

    cells: Mapping[str, Cell]
    blocks: Mapping[str, Block]
    order: tuple[str, ...]


def shape_of(document: Mapping[str, object]) -> Shape:
    """Read a compiled definition."""
    properties = mapping(document["properties"])
    required = strings(document.get("required", ()))
    cells: dict[str, Cell] = {}
    blocks: dict[str, Block] = {}
    for key, declared in properties.items():
        schema = resolved(mapping(declared), document)
        if schema["type"] in ("object", "array"):
            blocks[key] = _block(key, schema, document, key in required)
        else:
            cells[key] = _cell(key, schema, key in required)
    return Shape(cells, blocks, tuple(properties))


def resolved(schema: Mapping[str, object], document: Mapping[str, object]) -> Mapping[str, object]:
    """*schema* with its local ``$ref`` followed; what stands beside the ``$ref`` wins."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    target = mapping(mapping(document["$defs"])[str(reference).removeprefix("#/$defs/")])
    return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}


def decimals_of(schema: Mapping[str, object]) -> int | None:
    """Decimals of a number by its ``multipleOf``; None for what is no number.

    >>> decimals_of({"type": "number", "multipleOf": 0.01}), decimals_of({"type": "integer"})
    (2, 0)
    """
    if schema["type"] == "integer":
        return 0
    if schema["type"] != "number":
        return None
    exponent = Decimal(str(schema.get("multipleOf", 1))).normalize().as_tuple().exponent
    return max(0, -int(exponent))


def mapping(value: object) -> Mapping[str, object]:
    """*value*, which a checked definition says is an object."""
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return value


def sequence(value: object) -> Sequence[object]:
    """*value*, which a checked definition says is a list."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(value)
    return value


def strings(value: object) -> tuple[str, ...]:
    """*value*, which a checked definition says is a list of texts."""
    return tuple(str(item) for item in sequence(value))


def _block(
    key: str, schema: Mapping[str, object], document: Mapping[str, object], required: bool
) -> Block:
    path = pointer(key)
    lines: dict[str, Line] = {}
    item = None
    required_lines: frozenset[str] = frozenset()
    if schema["type"] == "array":
        kind = BlockKind.ROSTER
        item = _line("", None, resolved(mapping(schema["items"]), document))
    elif "x-rows" in schema:
        kind = BlockKind.CODELIST
        lines = _code_lines(path, schema, document)
    elif _holds_rows(schema, document):
        kind = BlockKind.FIXED
        required_lines = frozenset(strings(schema.get("required", ())))
        lines = {
            row: _line(row, f"{path}/{row}", resolved(mapping(declared), document))
            for row, declared in mapping(schema["properties"]).items()
        }
    else:
        kind = BlockKind.LINE
        lines = {"": _line("", path, schema)}
    return Block(
        key=key,
        kind=kind,
        title=str(schema.get("title", key)),
        path=path,
        schema=schema,
        required=required,
        relevant=_expression(schema, "x-relevant"),
        lines=lines,
        item=item,
        required_lines=required_lines,
    )


def _holds_rows(schema: Mapping[str, object], document: Mapping[str, object]) -> bool:
    return any(
        resolved(mapping(declared), document).get("type") == "object"
        for declared in mapping(schema["properties"]).values()
    )


def _code_lines(
    path: str, schema: Mapping[str, object], document: Mapping[str, object]
) -> dict[str, Line]:
    """One line per code; their cells are one and the same object, which keeps a form small."""
    lines: dict[str, Line] = {}
    cells: Mapping[str, Cell] | None = None
    for code, declared in mapping(schema["properties"]).items():
        row = resolved(mapping(declared), document)
        line = _line(code, f"{path}/{code}", row, cells)
        cells = line.cells
        lines[code] = line
    return lines


def _line(
    key: str,
    path: str | None,
    schema: Mapping[str, object],
    cells: Mapping[str, Cell] | None = None,
) -> Line:
    if cells is None:
        required = strings(schema.get("required", ()))
        cells = {
            column: _cell(column, mapping(declared), column in required)
            for column, declared in mapping(schema["properties"]).items()
            if column != ROW_ID
        }
    pointers = {} if path is None else {column: f"{path}/{column}" for column in cells}
    title = str(schema.get("title", key))
    calculated = frozenset(key for key, cell in cells.items() if cell.calculate is not None)
    return Line(key, title, path or "", schema, cells, pointers, calculated)


def _cell(key: str, schema: Mapping[str, object], required: bool) -> Cell:
    calculate = _expression(schema, "x-calculate")
    return Cell(
        key=key,
        title=str(schema.get("title", key)),
        type=str(schema["type"]),
        schema=schema,
        required=required and calculate is None,
        decimals=decimals_of(schema),
        calculate=calculate,
        relevant=_expression(schema, "x-relevant"),
        required_when=_expression(schema, "x-required-when"),
    )


def _expression(schema: Mapping[str, object], keyword: str) -> Expression | None:
    text = schema.get(keyword)
    return None if text is None else parse(cast(str, text))
