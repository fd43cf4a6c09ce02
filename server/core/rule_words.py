"""A form's rule in words: which cells, how they compare, what to do when it does not hold.

Made from the expression and the titles of its cells, once per form, for rules whose author wrote
no ``explain`` or ``fix`` of his own. What is too involved for words gets none: half a rule in
words would be another rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from server.core.expression_syntax import MACROS
from server.core.expression_syntax import Node as Tree
from server.core.expressions import Expression, parse
from server.core.finding import Severity
from server.core.form_scope import ANY, Scope, cell_of
from server.core.json_text import tokens
from server.core.shape import Block, BlockKind, Cell, Line, mapping
from server.core.vietnamese import format_number

_LONGEST: Final = 500
_MOST_CELLS: Final = 6
_ARITHMETIC: Final = {"+": " + ", "-": " − ", "*": " × ", "/": " / "}
_LOOSE: Final = frozenset(["+", "-"])


@dataclass(frozen=True, slots=True)
class Language:
    """The words between the titles."""

    code: str
    comparisons: Mapping[str, str]
    previous: str
    last_year: str
    other: str
    change: str
    total: str
    correct: str
    correct_any: str
    explain: str
    nothing: str


VIETNAMESE: Final = Language(
    code="vi",
    comparisons={
        "<=": "không quá",
        "<": "nhỏ hơn",
        ">=": "không nhỏ hơn",
        ">": "lớn hơn",
        "==": "bằng",
        "!=": "khác",
    },
    previous="{0} kỳ trước",
    last_year="{0} cùng kỳ năm trước",
    other="số liệu của biểu {0}",
    change="thay đổi % của {0} so với {1}",
    total="cộng {0} các dòng của {1}",
    correct="Kiểm tra và sửa: {0}.",
    correct_any="Kiểm tra và sửa các ô liên quan.",
    explain="Nếu số liệu đúng, ghi lý do; nếu sai, sửa lại.",
    nothing="Không phải sửa; nếu số liệu sai thì sửa lại.",
)
ENGLISH: Final = Language(
    code="en",
    comparisons={
        "<=": "is at most",
        "<": "is less than",
        ">=": "is at least",
        ">": "is more than",
        "==": "equals",
        "!=": "differs from",
    },
    previous="{0} of the previous period",
    last_year="{0} of the same period last year",
    other="the figure of the form {0}",
    change="the change in % of {0} against {1}",
    total="the sum of {0} over the lines of {1}",
    correct="Check and correct: {0}.",
    correct_any="Check and correct the cells concerned.",
    explain="If the figures are right, write the reason; if not, correct them.",
    nothing="Nothing has to be done, unless the figures are wrong.",
)


def rule_in_words(expression: Expression, scope: Scope, language: Language) -> str | None:
    """``“Nữ” không quá “Tổng số”.``; None for what is no comparison or too involved."""
    if expression.comparison is None:
        return None
    left, sign, right = expression.comparison
    reading = _Reading(scope, language)
    sides = [reading.words(parse(text).root) for text in (left, right)]
    if sides[0] is None or sides[1] is None:
        return None
    text = f"{sides[0]} {language.comparisons[sign]} {sides[1]}."
    return None if len(text) > _LONGEST else text[:1].upper() + text[1:]


def fix_in_words(
    expression: Expression, scope: Scope, severity: Severity, language: Language
) -> str:
    """What whoever fills the form can do about it."""
    if severity is Severity.WARNING:
        return language.explain
    if severity is Severity.INFO:
        return language.nothing
    names = _typed_cells(expression, scope, language)
    return language.correct.format(names) if names else language.correct_any


def line_title(line: Line, language: Language) -> str:
    return _title(line.schema, line.title, language)


def _typed_cells(expression: Expression, scope: Scope, language: Language) -> str | None:
    """The cells that can be corrected, by their titles; None when there are none or too many."""
    reading = _Reading(scope, language)
    names = []
    for path in expression.paths:
        found = reading.place(path)
        if found is not None and found[2].calculate is None:
            names.append(reading.name(*found))
    names = list(dict.fromkeys(names))
    return ", ".join(names) if 0 < len(names) <= _MOST_CELLS else None


class _Reading:
    """Turns one side's tree into words; None wherever there are no good ones."""

    def __init__(self, scope: Scope, language: Language) -> None:
        self._scope = scope
        self._language = language
        self._items: dict[int, tuple[str, ...]] = {}

    def words(self, tree: Tree) -> str | None:
        if isinstance(tree, float) and not isinstance(tree, bool):
            return format_number(tree)
        if not isinstance(tree, tuple):
            return None
        kind = cast(str, tree[0])
        if kind in {"name", "get", "at"}:
            found = self.place(self._path(tree))
            return None if found is None else self.name(*found)
        if kind in _ARITHMETIC:
            return self._arithmetic(kind, tree)
        if kind in {"round", "coalesce"}:
            return self.words(tree[1])
        if kind == "?":
            return self._choice(tree)
        if kind == "sum":
            return self._sum(tree[1])
        if kind in {"prev", "lastYear"}:
            pattern = self._language.previous if kind == "prev" else self._language.last_year
            title = self._earlier(cast(str, tree[1]))
            return None if title is None else pattern.format(title)
        if kind == "other":
            return self._language.other.format(tree[1])
        if kind == "change":
            parts = [self.words(part) for part in tree[1:]]
            return None if None in parts else self._language.change.format(*parts)
        return None

    def place(self, path: tuple[str, ...] | None) -> tuple[Block | None, str, Cell] | None:
        """Block, line and cell of a member chain; here the line is a title."""
        meaning = self._scope.meaning(path) if path else None
        if not meaning:
            return None
        node = meaning[0]
        cell = cell_of(self._scope.shape, node)
        if cell is None:
            return None
        block = self._scope.shape.blocks.get(node[0])
        if block is None or path is None or len(path) < 3 or path[1] == ANY:  # noqa: PLR2004
            return block, "", cell
        line = block.lines.get(path[1])
        return block, "" if line is None else line_title(line, self._language), cell

    def name(self, block: Block | None, line: str, cell: Cell) -> str:
        """``“Tổng số: Nữ”``; a cell of the rule's own line goes by its title alone."""
        title = _title(cell.schema, cell.title, self._language)
        if block is not None and block is not self._scope.block and block.kind is BlockKind.LINE:
            line = _title(block.schema, block.title, self._language)
        return f"“{line}: {title}”" if line else f"“{title}”"

    def _arithmetic(self, kind: str, tree: tuple[Tree, ...]) -> str | None:
        parts = []
        for place, part in enumerate(tree[1:]):
            words = self.words(part)
            if words is None:
                return None
            inner = part[0] if isinstance(part, tuple) else ""
            loose = inner in _LOOSE and (kind not in _LOOSE or (kind == "-" and place == 1))
            parts.append(f"({words})" if loose else words)
        return _ARITHMETIC[kind].join(parts)

    def _choice(self, tree: tuple[Tree, ...]) -> str | None:
        """Of ``condition ? figure : harmless number`` the figure is what the rule is about."""
        chosen, otherwise = tree[2], tree[3]
        if isinstance(otherwise, float):
            return self.words(chosen)
        return self.words(otherwise) if isinstance(chosen, float) else None

    def _sum(self, tree: Tree) -> str | None:
        if not isinstance(tree, tuple):
            return None
        if tree[0] == "list":
            parts = [self.words(part) for part in tree[1:]]
            return None if None in parts else " + ".join(cast(list[str], parts))
        if tree[0] != "map" or len(tree) != 5:  # noqa: PLR2004 - (map, slot, weight, source, body)
            return None
        source = self._path(tree[3])
        block = self._scope.shape.blocks.get(source[0]) if source and len(source) == 1 else None
        if block is None or source is None:
            return None
        self._items[cast(int, tree[1])] = (*source, ANY)
        found = self.place(self._path(tree[4]))
        if found is None:
            return None
        title = _title(found[2].schema, found[2].title, self._language)
        within = _title(block.schema, block.title, self._language)
        return self._language.total.format(f"“{title}”", f"“{within}”")

    def _earlier(self, path: str) -> str | None:
        parts = tuple(tokens(path)) if path.startswith("/") else (path,)
        found = self.place(parts)
        return None if found is None else self.name(*found)

    def _path(self, tree: Tree) -> tuple[str, ...] | None:
        if not isinstance(tree, tuple) or tree[0] in MACROS:
            return None
        if tree[0] == "name":
            return (cast(str, tree[1]),)
        if tree[0] == "var":
            return self._items.get(cast(int, tree[1]))
        if tree[0] not in {"get", "at"}:
            return None
        whole, index = self._path(tree[1]), tree[2]
        if whole is None:
            return None
        if isinstance(index, str):
            return (*whole, index)
        if isinstance(index, tuple) and index[0] == "var":
            # rows[k] while k walks the keys of rows: the item itself.
            return whole if whole[-1:] == (ANY,) else (*whole, ANY)
        return None


def _title(schema: Mapping[str, object], title: str, language: Language) -> str:
    if language.code == "vi":
        return title
    english = mapping(mapping(schema.get("x-i18n", {})).get(language.code, {}))
    return str(english.get("title", title))
