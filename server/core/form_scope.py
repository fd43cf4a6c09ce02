"""What the names in a form's expressions mean: cells, lines, ``unit``, ``period``, ``row``.

One module answers for all: the order of the calculations, the cells a rule marks, and the
refusal of a definition whose expression names something the form does not have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from server.core.expressions import Expression
from server.core.json_text import tokens
from server.core.shape import Block, BlockKind, Cell, Line, Shape

#: Block, line and column of a cell. Lines that are alike count as one, ``*``; the block of a
#: root cell is ``""``; the column of a block as a whole is ``""``.
Node = tuple[str, str, str]

ANY: Final = "*"
OUTSIDE: Final[Mapping[str, frozenset[str]]] = {
    "unit": frozenset({"code", "level", "kind"}),
    "period": frozenset({"id", "type", "year"}),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: on the document, or on a line of a block."""

    shape: Shape
    block: Block | None = None
    line: Line | None = None

    @property
    def in_rows(self) -> bool:
        """Whether there are many lines, so that ``row`` has a meaning."""
        return self.block is not None and self.block.kind is not BlockKind.LINE

    def meaning(self, path: tuple[str, ...]) -> tuple[Node, ...] | None:
        """The cells that a member chain reads; empty when none, None when it is unknown."""
        first, rest = path[0], path[1:]
        if self.block is not None and self.line is not None and first in self.line.cells:
            return None if rest else (node_of(self.block, self.line, first),)
        if first == "row" and self.in_rows:
            return None if rest else ()
        if first in OUTSIDE:
            return () if len(rest) == 1 and rest[0] in OUTSIDE[first] else None
        if first in self.shape.cells:
            return None if rest else (("", "", first),)
        block = self.shape.blocks.get(first)
        return None if block is None else _in_block(block, rest)

    def unknown(self, expression: Expression) -> tuple[str, ...]:
        """The chains and paths of *expression* that mean nothing here, as an author wrote them."""
        paths = [".".join(path) for path in expression.paths if self.meaning(path) is None]
        earlier = [
            f'{function}("{path}")'
            for function, read in (
                ("prev", expression.previous),
                ("lastYear", expression.last_year),
            )
            for path in read
            if not self.has_previous(path)
        ]
        # A form names its cells; ``value`` is for workflows, which serve many forms.
        return (*paths, *earlier, *(f'value("{path}")' for path in expression.cells))

    def has_previous(self, path: str) -> bool:
        """Whether ``prev(path)`` names a cell, line or block, or a column of the own line.

        ``lastYear`` reads the same paths.
        """
        if not path.startswith("/"):
            return self.line is not None and path in self.line.cells
        try:
            parts = tokens(path)
        except ValueError:
            return False
        if len(parts) == 1:
            return parts[0] in self.shape.cells or parts[0] in self.shape.blocks
        block = self.shape.blocks.get(parts[0]) if parts else None
        if block is None or block.kind is BlockKind.ROSTER or ANY in parts:
            return False
        return _in_block(block, parts[1:]) is not None

    def reads(self, expression: Expression) -> tuple[Node, ...]:
        """The cells of the document that *expression* reads."""
        found: dict[Node, None] = {}
        for path in expression.paths:
            found.update(dict.fromkeys(self.meaning(path) or ()))
        return tuple(found)

    def cell_paths(self, expression: Expression) -> tuple[str, ...]:
        """The single cells a rule names: pointers, and in a line plain column names."""
        found = []
        for path in expression.paths:
            if self.line is not None and path[0] in self.line.cells:
                found.append(path[0])
            elif ANY not in path and path[0] not in OUTSIDE and self.meaning(path):
                found.append("/" + "/".join(path))
        return tuple(dict.fromkeys(found))


def node_of(block: Block, line: Line, column: str) -> Node:
    """The node of a cell of a line."""
    alike = block.kind in (BlockKind.CODELIST, BlockKind.ROSTER)
    return (block.key, ANY if alike else line.key, column)


def cell_of(shape: Shape, node: Node) -> Cell | None:
    """The cell that a node stands for; None for a block as a whole."""
    key, row, column = node
    if not key:
        return shape.cells[column]
    if not column:
        return None
    block = shape.blocks[key]
    line = next(iter(block.samples)) if row == ANY else block.lines[row]
    return line.cells[column]


def _in_block(block: Block, rest: tuple[str, ...]) -> tuple[Node, ...] | None:
    if not rest:
        return ()
    if block.kind is BlockKind.LINE:
        known = len(rest) == 1 and rest[0] in block.lines[""].cells
        return ((block.key, "", rest[0]),) if known else None
    row, columns = rest[0], rest[1:]
    if row != ANY and not (row.isdecimal() if block.item is not None else row in block.lines):
        return None
    if not columns:
        return ()
    lines = [line for line in block.samples if row == ANY or block.kind is not BlockKind.FIXED]
    if block.kind is BlockKind.FIXED and row != ANY:
        lines = [block.lines[row]]
    found = tuple(node_of(block, line, columns[0]) for line in lines if columns[0] in line.cells)
    return found if found and len(columns) == 1 else None
