"""Calculations of a form as formulas of a workbook, where a workbook can express them.

Totals, differences, products, ratios and rounding are translated; anything else stays a value that
the server calculated. As in the profile, an absent number is no zero: ``–`` reads as 0, and a cell
that waits for a number stays empty. One total is more generous: ``rows.all(…) ? sum(…) : null``
over a code list adds the rows as they stand, where the server waits until each is complete.
"""

from collections.abc import Mapping
from typing import Final, cast

from server.core.expression_syntax import Node
from server.core.form import Form
from server.core.shape import Block, BlockKind, Cell, Line
from server.core.workbook_map import Address, a1

_LONGEST: Final = 7000  # Excel takes 8,192 characters
#: "None arose" as the workbook shows it, and as people type it.
_NONE_AROSE: Final = ('"–"', '"-"')


class _Untold(Exception):
    """A part that no formula says."""


class Formulas:
    """Translates the calculations of one form whose cells stand at *where*."""

    def __init__(self, form: Form, where: Mapping[str, Address]) -> None:
        self._form, self._where = form, where
        self._rosters: dict[str, list[str]] = {}
        for path in where:
            parts = path.split("/")
            block = form.shape.blocks.get(parts[1])
            if block is not None and block.kind is BlockKind.ROSTER:
                lines = self._rosters.setdefault(block.key, [])
                if parts[2] not in lines:
                    lines.append(parts[2])

    def of(self, path: str, cell: Cell, block: Block | None, row: str, line: Line | None) -> str:
        """The formula of the calculated *cell* at *path*; empty when there is none."""
        at = self._where.get(path)
        if at is None or cell.calculate is None or cell.decimals is None:
            return ""
        try:
            found = _Translation(self, at.sheet, block, row, line).whole(cell.calculate.root)
        except _Untold:
            return ""
        formula = f'IFERROR(ROUND({found.text},{cell.decimals}),"")'
        if found.needs:
            formula = f'IF({found.condition},{formula},"")'
        return formula if len(formula) <= _LONGEST else ""

    def shape_block(self, key: str) -> Block | None:
        return self._form.shape.blocks.get(key)

    def has_cell(self, key: str) -> bool:
        return key in self._form.shape.cells

    def rows(self, block: Block) -> list[str]:
        if block.kind is BlockKind.ROSTER:
            return self._rosters.get(block.key, [])
        return list(block.lines)

    def address(self, path: str) -> Address:
        if path not in self._where:
            raise _Untold
        return self._where[path]


class _Text:
    """A formula in the making; *needs* are the conditions under which it has a result."""

    def __init__(self, text: str, needs: tuple[str, ...] = ()) -> None:
        self.text, self.needs = text, tuple(dict.fromkeys(needs))

    @property
    def condition(self) -> str:
        return self.needs[0] if len(self.needs) == 1 else f"AND({','.join(self.needs)})"


class _Translation:
    """One expression where it stands: on the document, or on a line of a block."""

    def __init__(
        self, formulas: Formulas, sheet: str, block: Block | None, row: str, line: Line | None
    ) -> None:
        self._formulas, self._sheet = formulas, sheet
        self._block, self._row, self._line = block, row, line

    def whole(self, node: Node) -> _Text:
        """The expression; ``every row is known ? total : null`` is its total, asked first."""
        if isinstance(node, tuple) and node[0] == "?" and node[3] is None:
            total = self._number(node[2])
            return _Text(total.text, (*self._all_known(node[1]), *total.needs))
        return self._number(node)

    def _number(self, node: Node) -> _Text:
        if isinstance(node, bool) or node is None or isinstance(node, str):
            raise _Untold
        if isinstance(node, float):
            return _Text(f"{node:.15g}")
        kind = node[0]
        if kind in ("+", "-", "*", "/"):
            left, right = self._number(node[1]), self._number(node[2])
            return _Text(f"({left.text}{kind}{right.text})", left.needs + right.needs)
        if kind == "neg":
            inner = self._number(node[1])
            return _Text(f"(-{inner.text})", inner.needs)
        if kind == "round":
            inner = self._number(node[1])
            decimals = 0.0 if len(node) == 2 else node[2]  # noqa: PLR2004 - the value alone
            if not isinstance(decimals, float):
                raise _Untold
            return _Text(f"ROUND({inner.text},{decimals:.0f})", inner.needs)
        if kind == "sum":
            return self._sum(node[1])
        if kind in ("name", "get", "at"):
            cell = self._reference(self._formulas.address(self._path(node)))
            return _Text(f"N({cell})", (_known(cell),))
        raise _Untold

    def _sum(self, node: Node) -> _Text:
        """A total passes over what is absent; of nothing at all there is none."""
        if not isinstance(node, tuple):
            raise _Untold
        if node[0] == "list":
            paths, certain = [self._path(part) for part in node[1:]], False
        elif node[0] == "map":
            paths, certain = self._mapped(node)
        else:
            raise _Untold
        if not paths:
            raise _Untold
        places = self._ranges([self._formulas.address(path) for path in paths])
        total = _Text(f"SUM({','.join(places)})")
        if certain:  # a row of a code list that is left out says "none arose"
            return total
        counts = [f"COUNT({','.join(places)})"]
        counts += [f"COUNTIF({place},{sign})" for place in places for sign in _NONE_AROSE]
        return _Text(total.text, (f"{'+'.join(counts)}>0",))

    def _mapped(self, node: tuple[Node, ...]) -> tuple[list[str], bool]:
        """The paths that ``rows.filter(c, …).map(c, rows[c].key)`` reads."""
        source, body = node[3], node[4]
        if len(node) != 5:  # noqa: PLR2004 - a map with a condition of its own
            raise _Untold
        kept: tuple[Node, ...] | None = None
        if isinstance(source, tuple) and source[0] == "filter":
            kept, source = source, source[3]
        block = self._block_of(source)
        rows = self._formulas.rows(block)
        if kept is not None:
            if block.kind is BlockKind.ROSTER:
                raise _Untold
            rows = [row for row in rows if _keeps(kept[4], kept[1], row)]
        key = self._member(body, node[1], source, block)
        lines = [block.item or block.lines[row] for row in rows]
        paths = [
            f"{block.path}/{row}/{key}"
            for row, line in zip(rows, lines, strict=True)
            if key in line.cells
        ]
        return paths, block.kind is BlockKind.CODELIST

    def _all_known(self, node: Node) -> tuple[str, ...]:
        """``rows.all(c, rows[c].key != null)``: not asked of a code list, else each row is."""
        if not isinstance(node, tuple) or node[0] != "all":
            raise _Untold
        body = node[4]
        if not isinstance(body, tuple) or body[0] != "!=" or body[2] is not None:
            raise _Untold
        block = self._block_of(node[3])
        key = self._member(body[1], node[1], node[3], block)
        if block.kind is BlockKind.CODELIST:
            return ()
        cells = [
            self._reference(self._formulas.address(f"{block.path}/{row}/{key}"))
            for row in self._formulas.rows(block)
        ]
        return tuple(_known(cell) for cell in cells)

    def _member(self, body: Node, slot: Node, source: Node, block: Block) -> str:
        """The column of ``rows[c].key``, or of ``v.key`` where the items are the lines."""
        if not isinstance(body, tuple) or body[0] != "get":
            raise _Untold
        item = ("var", slot) if block.kind is BlockKind.ROSTER else ("at", source, ("var", slot))
        if body[1] != item:
            raise _Untold
        return cast(str, body[2])

    def _block_of(self, node: Node) -> Block:
        if isinstance(node, tuple) and node[0] == "name":
            key = cast(str, node[1])
            block = self._formulas.shape_block(key)
            own = self._line is not None and key in self._line.cells
            if block is not None and block.kind is not BlockKind.LINE and not own:
                return block
        raise _Untold

    def _path(self, node: Node) -> str:
        """The pointer of a member chain whose parts are all known."""
        parts: list[str] = []
        while isinstance(node, tuple) and node[0] in ("get", "at"):
            if not isinstance(node[2], str):
                raise _Untold
            parts.insert(0, node[2])
            node = node[1]
        if not isinstance(node, tuple) or node[0] != "name":
            raise _Untold
        first = cast(str, node[1])
        if self._line is not None and self._block is not None and first in self._line.cells:
            above = self._block.path
            if self._block.kind is not BlockKind.LINE:
                above = f"{above}/{self._row}"
            return f"{above}/{first}"
        if not parts and not self._formulas.has_cell(first):
            raise _Untold
        return "/" + "/".join([first, *parts])

    def _reference(self, address: Address) -> str:
        if address.sheet == self._sheet:
            return address.cell
        quoted = address.sheet.replace("'", "''")
        return f"'{quoted}'!{address.cell}"

    def _ranges(self, found: list[Address]) -> list[str]:
        """Neighbouring cells of one column as one range."""
        places: list[str] = []
        at = 0
        while at < len(found):
            first = found[at]
            last = first
            while at + 1 < len(found) and found[at + 1] == Address(
                first.sheet, last.row + 1, first.column
            ):
                at += 1
                last = found[at]
            text = self._reference(first)
            if last is not first:
                text += f":{a1(last.row, last.column)}"
            places.append(text)
            at += 1
        return places


def _known(cell: str) -> str:
    """Whether a number can be read there."""
    return f"OR(ISNUMBER({cell}),{','.join(f'{cell}={sign}' for sign in _NONE_AROSE)})"


def _keeps(node: Node, slot: Node, row: str) -> bool:
    """Whether a condition on the row's own code holds; anything else is untold."""
    if isinstance(node, tuple):
        kind = node[0]
        if kind == "!":
            return not _keeps(node[1], slot, row)
        if kind == "&&":
            return all(_keeps(part, slot, row) for part in node[1:])
        if kind == "||":
            return any(_keeps(part, slot, row) for part in node[1:])
        if len(node) == 3 and node[1] == ("var", slot):  # noqa: PLR2004 - operator, two sides
            other = node[2]
            if kind in ("==", "!=") and isinstance(other, str):
                return (row == other) is (kind == "==")
            if kind == "in" and isinstance(other, tuple) and other[0] == "list":
                return row in other[1:]
    raise _Untold
