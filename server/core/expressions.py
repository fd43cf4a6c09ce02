"""Expressions of form and workflow definitions: read, look into, evaluate.

The language is CEL in a profile where every number is a double
(``docs/decisions/0006-cel-profile.md``). The browser evaluates ``Expression.to_json()``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Final, Literal, cast

from server.core import expression_syntax
from server.core.expression_program import compiled
from server.core.expression_syntax import MACROS, Node
from server.core.expression_tokens import ExpressionInvalid
from server.core.expression_values import WORK, Context, Program, Refusal, finite, plain, spend

__all__ = [
    "NOT_EVALUABLE",
    "Expression",
    "ExpressionInvalid",
    "NotEvaluable",
    "evaluate",
    "parse",
    "why_not_evaluable",
]

Path = tuple[str, ...]


class NotEvaluable(Enum):
    """The type of the third result, beside a value and null."""

    NOT_EVALUABLE = "not evaluable"

    def __bool__(self) -> Literal[False]:
        return False


NOT_EVALUABLE: Final = NotEvaluable.NOT_EVALUABLE


@dataclass(frozen=True, slots=True)
class Expression:
    """One text, read and checked.

    *names* are the root names it uses, *paths* the member chains from them (``"*"`` for an index
    that only the evaluation knows), *previous* the arguments of ``prev``, *last_year* those of
    ``lastYear``, *others* those of ``other``, *cells* those of ``value``, which the conditions of
    workflows alone may use, *comparison* the two sides and the operator when the whole text is one
    comparison.

    >>> expression = parse("rows['02'].total >= sum(rows.map(k, rows[k].male))")
    >>> sorted(expression.names), expression.paths
    (['rows'], (('rows', '02', 'total'), ('rows',), ('rows', '*', 'male')))
    >>> expression.comparison
    ("rows['02'].total", '>=', 'sum(rows.map(k, rows[k].male))')
    """

    text: str
    names: frozenset[str] = field(compare=False)
    paths: tuple[Path, ...] = field(compare=False)
    previous: tuple[str, ...] = field(compare=False)
    last_year: tuple[str, ...] = field(compare=False)
    others: tuple[tuple[str, str], ...] = field(compare=False)
    cells: tuple[str, ...] = field(compare=False)
    comparison: tuple[str, str, str] | None = field(compare=False)
    root: Node = field(compare=False, repr=False)
    slots: int = field(compare=False, repr=False)
    # Filled at the first evaluation: most texts of a definition are only ever checked.
    programs: list[Program] = field(compare=False, repr=False, default_factory=list)

    def to_json(self) -> object:
        """The tree as JSON, for ``static/js/expressions.js``."""
        return _as_json(self.root)


@lru_cache(maxsize=8192)
def parse(text: str) -> Expression:
    """Read *text*.

    Raises:
        ExpressionInvalid: syntax, an unknown function, a wrong number of arguments, a path of
            ``prev``, ``lastYear``, ``other`` or ``value`` that is no literal, or a text too long,
            too deep or of too many nodes.
    """
    parsed = expression_syntax.read(text)
    uses = _Uses()
    uses.walk(parsed.root)
    return Expression(
        text=text,
        names=frozenset(path[0] for path in uses.paths),
        paths=tuple(uses.paths),
        previous=tuple(uses.previous),
        last_year=tuple(uses.last_year),
        others=tuple(uses.others),
        cells=tuple(uses.cells),
        comparison=parsed.comparison,
        root=parsed.root,
        slots=parsed.slots,
    )


def _nothing_earlier(path: str) -> object:
    return None


def _no_other_form(form: str, path: str) -> object:
    return None


def evaluate(
    expression: Expression,
    values: Mapping[str, object],
    previous: Callable[[str], object],
    last_year: Callable[[str], object] = _nothing_earlier,
    other: Callable[[str, str], object] = _no_other_form,
    *,
    cell: Callable[[str], object] = _nothing_earlier,
) -> object:
    """The result: bool, float, str, list, None, or ``NOT_EVALUABLE``.

    >>> evaluate(parse("male + female"), {"male": 5, "female": 6}, {}.get)
    11.0
    >>> evaluate(parse("male + female"), {"male": 5}, {}.get)
    <NotEvaluable.NOT_EVALUABLE: 'not evaluable'>
    """
    try:
        return _result(expression, values, [WORK, previous, last_year, other, cell])
    except Refusal:
        return NOT_EVALUABLE


def why_not_evaluable(
    expression: Expression,
    values: Mapping[str, object],
    previous: Callable[[str], object],
    last_year: Callable[[str], object] = _nothing_earlier,
    other: Callable[[str, str], object] = _no_other_form,
) -> str | None:
    """The reason (a code) why there is no result, None when there is one.

    >>> why_not_evaluable(parse("1 / 0"), {}, {}.get)
    'division-by-zero'
    """
    try:
        _result(expression, values, [WORK, previous, last_year, other, _nothing_earlier])
    except Refusal as refusal:
        return refusal.reason
    return None


def _result(expression: Expression, values: Mapping[str, object], context: Context) -> object:
    if not expression.programs:
        expression.programs.append(compiled(expression.root))
    if expression.slots:
        context += [None] * expression.slots
    value = expression.programs[0](values, context)
    return value if type(value) is bool else _settled(value, context)


def _settled(value: object, context: Context) -> object:
    value = plain(value)
    if isinstance(value, float):
        return finite(value) + 0.0  # no negative zero on paper
    if isinstance(value, list | tuple):
        spend(context, len(value))
        return [_settled(item, context) for item in value]
    if isinstance(value, Mapping):
        raise Refusal("no-value")
    return value


def _as_json(node: Node) -> object:
    if isinstance(node, tuple):
        return [_as_json(part) for part in node]
    if isinstance(node, float) and node.is_integer() and abs(node) < 2**53:
        return int(node)
    return node


class _Uses:
    """Collects what a tree reads of the document, of earlier reports and of other forms."""

    def __init__(self) -> None:
        self.paths: dict[Path, None] = {}
        self.previous: dict[str, None] = {}
        self.last_year: dict[str, None] = {}
        self.others: dict[tuple[str, str], None] = {}
        self.cells: dict[str, None] = {}
        # What a macro variable stands for: an item of a list at that path, if it is known.
        self._origins: dict[int, Path | None] = {}

    def walk(self, node: Node) -> None:
        if not isinstance(node, tuple):
            return
        if node[0] == "prev":
            self.previous[cast(str, node[1])] = None
        elif node[0] == "lastYear":
            self.last_year[cast(str, node[1])] = None
        elif node[0] == "other":
            self.others[cast(str, node[1]), cast(str, node[2])] = None
        elif node[0] == "value":
            self.cells[cast(str, node[1])] = None
        elif node[0] in MACROS:
            self._macro(node)
        elif node[0] in {"name", "get", "at"}:
            path = self._chain(node)
            if path:
                self.paths[path] = None
        else:
            for part in node[1:]:
                self.walk(part)

    def _macro(self, node: tuple[Node, ...]) -> None:
        slot = cast(int, node[1])
        self.walk(node[3])
        self._origins[slot] = self._items(node[3])
        for part in node[4:]:
            self.walk(part)

    def _items(self, source: Node) -> Path | None:
        """The path of the items that a macro over *source* walks."""
        while isinstance(source, tuple) and source[0] == "filter":
            source = source[3]
        if isinstance(source, tuple) and source[0] in {"name", "var", "get", "at"}:
            path = self._chain(source)
            return (*path, "*") if path else None
        return None

    def _chain(self, node: Node) -> Path | None:
        """The path of a member chain; walks every index that is itself an expression."""
        if not isinstance(node, tuple) or node[0] not in {"name", "var", "get", "at"}:
            self.walk(node)
            return None
        if node[0] == "name":
            return (cast(str, node[1]),)
        if node[0] == "var":
            return self._origins.get(cast(int, node[1]))
        whole = self._chain(node[1])
        index = node[2]
        if isinstance(index, tuple):
            self.walk(index)
        if not whole:
            return None
        if isinstance(index, str):
            return (*whole, index)
        return (*whole, f"{index:.0f}" if isinstance(index, float) else "*")
