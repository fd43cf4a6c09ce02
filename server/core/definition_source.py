"""A definition's source as an author wrote it: where the declarations of its cells stand.

The checks speak about the form's shape, the author reads lines of a file; this module leads
from one to the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.core.form_scope import ANY, Node
from server.core.json_text import pointer
from server.core.shape import Block, BlockKind, mapping

_DEFS = "#/$defs/"


@dataclass(frozen=True, slots=True)
class LineSource:
    """One declared line of cells: inline, or an entry of ``$defs`` that several blocks may use."""

    path: str
    schema: Mapping[str, object]

    @property
    def cells(self) -> Iterator[tuple[str, str, Mapping[str, object]]]:
        """Path, key and declaration of each cell."""
        for key, declared in mapping(self.schema["properties"]).items():
            yield f"{self.path}/properties/{key}", key, mapping(declared)


def lines_of(source: Mapping[str, object]) -> Iterator[LineSource]:
    """Every declared line: those of ``$defs`` and those written inline."""
    for name, declared in mapping(source.get("$defs", {})).items():
        yield LineSource(pointer("$defs", name), mapping(declared))
    for key, declared in mapping(source["properties"]).items():
        yield from _inline(pointer("properties", key), mapping(declared))


def root_cells(source: Mapping[str, object]) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Path, key and declaration of each cell that stands on its own."""
    for key, declared in mapping(source["properties"]).items():
        held = mapping(declared)
        if "$ref" not in held and held["type"] not in ("object", "array"):
            yield pointer("properties", key), key, held


def _inline(path: str, declared: Mapping[str, object]) -> Iterator[LineSource]:
    if "$ref" in declared or "x-rows" in declared:
        return
    if declared["type"] == "array":
        items = mapping(declared["items"])
        if "$ref" not in items:
            yield LineSource(f"{path}/items", items)
    elif declared["type"] == "object":
        rows = {
            key: mapping(row)
            for key, row in mapping(declared["properties"]).items()
            if "$ref" in mapping(row) or mapping(row)["type"] == "object"
        }
        if not rows:
            yield LineSource(path, declared)
        for key, row in rows.items():
            if "$ref" not in row:
                yield LineSource(f"{path}/properties/{key}", row)


def references(source: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every ``$ref`` with the path of the object that holds it."""

    def walk(value: object, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, Mapping):
            if isinstance(value.get("$ref"), str):
                yield f"{path}/$ref", str(value["$ref"])
            for key, held in value.items():
                yield from walk(held, path + pointer(key))

    yield from walk(source["properties"], "/properties")


def line_source(source: Mapping[str, object], block: Block, row: str) -> LineSource:
    """Where the line *row* of *block* is declared (``*`` where all lines are alike)."""
    path = pointer("properties", block.key)
    declared = mapping(mapping(source["properties"])[block.key])
    if block.kind is BlockKind.CODELIST:
        return _followed(source, "", mapping(declared["additionalProperties"]))
    if block.kind is BlockKind.ROSTER:
        return _followed(source, f"{path}/items", mapping(declared["items"]))
    if block.kind is BlockKind.FIXED and row != ANY:
        inner = mapping(mapping(declared["properties"])[row])
        return _followed(source, f"{path}/properties/{row}", inner)
    return _followed(source, path, declared)


def source_path(source: Mapping[str, object], blocks: Mapping[str, Block], node: Node) -> str:
    """The path of a cell's declaration."""
    key, row, column = node
    if not key:
        return pointer("properties", column)
    if not column:
        return pointer("properties", key)
    return f"{line_source(source, blocks[key], row).path}/properties/{column}"


def _followed(
    source: Mapping[str, object], path: str, declared: Mapping[str, object]
) -> LineSource:
    reference = declared.get("$ref")
    if reference is None:
        return LineSource(path, declared)
    name = str(reference).removeprefix(_DEFS)
    return LineSource(pointer("$defs", name), mapping(mapping(source["$defs"])[name]))
