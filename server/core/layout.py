"""How a form is laid out: sections, fields, grids. Screen, print and workbook all draw this.

Titles, limits and choices come from the definition's properties, order and headings from its
``x-layout``; nothing here depends on a medium.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from server.core.shape import Block, BlockKind, Cell, Line, Shape, mapping, sequence, strings

Choice = tuple[object, str]

_SINGLE: Final = "single"
_YES_NO: Final[Mapping[object, str]] = {True: "true", False: "false"}


@dataclass(frozen=True, slots=True)
class Column:
    """What a cell is, wherever it stands. ``number`` is its column number: ``1`` or ``3=1-2``."""

    key: str
    title: str
    number: str
    type: str
    decimals: int | None
    choices: tuple[Choice, ...] | None
    calculated: bool
    relevant_text: str | None
    personal: bool
    required: bool
    minimum: float | int | None
    maximum: float | int | None
    max_length: int | None
    description: str | None
    format: str | None
    unit: str | None
    previous: bool = False
    owner: str | None = None
    ended: tuple[Choice, ...] = ()  # choices that do not count in the period, with what marks them


@dataclass(frozen=True, slots=True)
class Field:
    """A cell of its own, with its path."""

    path: str
    key: str
    title: str
    type: str
    decimals: int | None
    choices: tuple[Choice, ...] | None
    calculated: bool
    relevant_text: str | None
    personal: bool
    required: bool
    minimum: float | int | None
    maximum: float | int | None
    max_length: int | None
    description: str | None
    format: str | None
    unit: str | None
    previous: bool = False
    owner: str | None = None
    ended: tuple[Choice, ...] = ()  # choices that do not count in the period, with what marks them


@dataclass(frozen=True, slots=True)
class Row:
    """A known line of a grid: ``kind`` is codelist, fixed or single."""

    path: str
    key: str
    title: str
    code: str | None
    kind: str
    columns: frozenset[str]
    calculated: bool
    ended: bool = False  # its code does not count in the period, but something stands there


@dataclass(frozen=True, slots=True)
class Roster:
    """Lines that people add; ``source`` says where the server proposes them from."""

    path: str
    key: str
    title: str
    min_items: int
    max_items: int | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines and columns. Groups are headings over columns; a roster grows below the known rows."""

    row_header: str
    code_header: str | None
    columns: tuple[Column, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    rows: tuple[Row, ...]
    roster: Roster | None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the form: fields or one grid."""

    key: str
    title: str
    fields: tuple[Field, ...]
    grid: Grid | None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole form."""

    sections: tuple[Section, ...]
    paper: str
    orientation: str


def layout_of(document: Mapping[str, object], shape: Shape) -> Layout:
    """The layout of a compiled definition."""
    declared = mapping(document["x-layout"])
    return Layout(
        sections=tuple(
            _section(mapping(section), shape) for section in sequence(declared["sections"])
        ),
        paper=str(declared.get("paper", "A4")),
        orientation=str(declared.get("orientation", "portrait")),
    )


def choices_of(cell: Cell) -> tuple[Choice, ...] | None:
    """The values a cell offers with their names, None when it takes any value of its type."""
    labels = mapping(cell.schema.get("x-labels", {}))
    if cell.type == "boolean":
        if not labels:
            return None
        return tuple((value, str(labels.get(key, key))) for value, key in _YES_NO.items())
    if "enum" not in cell.schema:
        return None
    return tuple(
        (value, str(labels.get(str(value), value))) for value in sequence(cell.schema["enum"])
    )


def marked_title(cell: Column | Field, value: object) -> str | None:
    """What a chosen value is called; one that does not count in the period says so."""
    for choice, title in cell.choices or ():
        if choice == value and isinstance(choice, bool) is isinstance(value, bool):
            mark = next((mark for ended, mark in cell.ended if ended == value), None)
            return title if mark is None else f"{title} ({mark})"
    return None


def offered(cell: Column | Field) -> tuple[Choice, ...] | None:
    """The choices that count in the period."""
    if not cell.ended or cell.choices is None:
        return cell.choices
    ended = {value for value, _ in cell.ended}
    return tuple(choice for choice in cell.choices if choice[0] not in ended)


def _section(declared: Mapping[str, object], shape: Shape) -> Section:
    description = declared.get("description")
    fields: list[Field] = []
    for key in strings(declared.get("fields", ())):
        fields.extend(_fields(key, shape))
    return Section(
        key=str(declared["key"]),
        title=str(declared["title"]),
        fields=tuple(fields),
        grid=_grid(declared, shape) if "grid" in declared else None,
        description=None if description is None else str(description),
    )


def _fields(key: str, shape: Shape) -> list[Field]:
    """A root cell, or the cells of a line one below the other."""
    if key in shape.cells:
        cell = shape.cells[key]
        return [_field(f"/{key}", cell, cell.title)]
    block = shape.blocks[key]
    return [
        _field(line.pointers[cell.key], cell, f"{line.title}: {cell.title}")
        for line in block.lines.values()
        for cell in line.cells.values()
    ]


def _field(path: str, cell: Cell, title: str) -> Field:
    column = _column(cell, "")
    facts = {
        name: getattr(column, name)
        for name in Column.__dataclass_fields__
        if name not in ("title", "number")
    }
    return Field(path=path, title=title, **facts)


def _grid(declared: Mapping[str, object], shape: Shape) -> Grid:
    blocks = [shape.blocks[key] for key in strings(declared["grid"])]
    numbers = {
        **mapping(declared.get("numbers", {})),
        **mapping(declared.get("formulas", {})),
    }
    code_header = declared.get("codeHeader")
    columns: dict[str, Cell] = {}
    # The last source decides the columns; what only other lines have comes after them.
    for block in reversed(blocks):
        for line in block.samples:
            for key, cell in line.cells.items():
                columns.setdefault(key, cell)
    return Grid(
        row_header=str(declared.get("rowHeader", "")),
        code_header=None if code_header is None else str(code_header),
        columns=tuple(
            _column(cell, str(numbers.get(key, place)))
            for place, (key, cell) in enumerate(columns.items(), start=1)
        ),
        groups=tuple(
            (str(mapping(group)["title"]), strings(mapping(group)["columns"]))
            for group in sequence(declared.get("groups", ()))
        ),
        rows=tuple(_row(line, block) for block in blocks for line in block.lines.values()),
        roster=next((_roster(block) for block in blocks if block.item is not None), None),
    )


def _row(line: Line, block: Block) -> Row:
    single = block.kind is BlockKind.LINE
    return Row(
        path=line.path,
        key=block.key if single else line.key,
        title=line.title,
        code=line.key if block.kind is BlockKind.CODELIST else None,
        kind=_SINGLE if single else str(block.kind),
        columns=frozenset(line.cells),
        calculated=not line.typed,
    )


def _roster(block: Block) -> Roster:
    source = block.schema.get("x-rowsource")
    return Roster(
        path=block.path,
        key=block.key,
        title=block.title,
        min_items=int(str(block.schema.get("minItems", 0))),
        max_items=_whole(block.schema.get("maxItems")),
        source=None if source is None else str(source),
    )


def _column(cell: Cell, number: str) -> Column:
    schema = cell.schema
    return Column(
        key=cell.key,
        title=cell.title,
        number=number,
        type=cell.type,
        decimals=cell.decimals,
        choices=choices_of(cell),
        calculated=cell.calculate is not None,
        relevant_text=None if cell.relevant is None else cell.relevant.text,
        personal=bool(schema.get("x-personal", False)),
        required=cell.required,
        minimum=_number(schema.get("minimum")),
        maximum=_number(schema.get("maximum")),
        max_length=_whole(schema.get("maxLength")),
        description=_text(schema.get("description")),
        format=_text(schema.get("format")),
        unit=_text(schema.get("x-measure-unit")),
        previous=bool(schema.get("x-previous", False)),
        owner=_text(schema.get("x-owner")),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _number(value: object) -> float | int | None:
    return value if isinstance(value, int | float) else None
