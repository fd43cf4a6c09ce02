"""A syntax tree to one Python closure, made once per text and called for every row.

Closures, because a national form asks for hundreds of results at every keystroke
(``docs/decisions/0006-cel-profile.md`` has the figures). Nothing of the text reaches Python as
code.
"""

import math
import operator
from collections.abc import Callable, Mapping
from sys import float_info
from typing import Any, cast

from server.core.expression_functions import FUNCTIONS
from server.core.expression_syntax import MACROS, Node
from server.core.expression_values import (
    MAX_TEXT,
    Context,
    Program,
    Refusal,
    Values,
    close,
    equal,
    finite,
    plain,
    refuse_operands,
    spend,
)

_PREVIOUS, _LAST_YEAR, _OTHER, _CELL, _FIRST_SLOT = range(1, 6)  # places of the context
_LARGEST = float_info.max
_AS_IS = frozenset([float, str, bool, type(None), dict, list])


def compiled(node: Node) -> Program:
    """The closure that evaluates *node*; it raises ``Refusal`` where there is no result."""
    if not isinstance(node, tuple):
        return _constant(node)
    kind = cast(str, node[0])
    if kind in _LEAVES:
        return _LEAVES[kind](node)
    if kind in MACROS:
        return _loop(node)
    if kind == "in" and _is_list_of_texts(node[2]):
        return _in_texts(compiled(node[1]), cast(tuple[str, ...], node[2])[1:])
    if kind == "get" or (kind == "at" and isinstance(node[2], str)):
        return _member(compiled(node[1]), cast(str, node[2]))
    return _BUILDERS[kind](*(compiled(part) for part in node[1:]))


def _constant(value: object) -> Program:
    return lambda values, context: value


def _name(node: tuple[Node, ...]) -> Program:
    name = cast(str, node[1])

    def run(values: Values, context: Context) -> object:
        value = values.get(name)
        return value if value.__class__ in _AS_IS else plain(value)

    return run


def _variable(node: tuple[Node, ...]) -> Program:
    place = _FIRST_SLOT + cast(int, node[1])
    return lambda values, context: context[place]


def _earlier(place: int) -> Callable[[tuple[Node, ...]], Program]:
    """A path, asked of the reader at *place*: in an earlier report, or of the report itself."""

    def build(node: tuple[Node, ...]) -> Program:
        path = cast(str, node[1])
        return lambda values, context: plain(cast(Callable[[str], object], context[place])(path))

    return build


def _other(node: tuple[Node, ...]) -> Program:
    form, path = cast(str, node[1]), cast(str, node[2])
    return lambda values, context: plain(
        cast(Callable[[str, str], object], context[_OTHER])(form, path)
    )


def _has(node: tuple[Node, ...]) -> Program:
    member = compiled(node[1])
    return lambda values, context: member(values, context) is not None


def _list(node: tuple[Node, ...]) -> Program:
    parts = tuple(compiled(part) for part in node[1:])
    return lambda values, context: [part(values, context) for part in parts]


def _member(source: Program, key: str) -> Program:
    def run(values: Values, context: Context) -> object:
        whole = source(values, context)
        if isinstance(whole, dict | Mapping):
            value = whole.get(key)
            return value if value.__class__ in _AS_IS else plain(value)
        if whole is None:
            return None  # what is missing has missing parts
        refuse_operands(whole)

    return run


def _at(source: Program, index: Program) -> Program:
    def run(values: Values, context: Context) -> object:
        whole, key = source(values, context), index(values, context)
        if type(key) is str and isinstance(whole, dict | Mapping):
            value = whole.get(key)
            return value if value.__class__ in _AS_IS else plain(value)
        if isinstance(whole, list | tuple) and type(key) is float:
            if 0 <= key < len(whole) and key.is_integer():
                return plain(whole[int(key)])
            raise Refusal("no-such-item")
        if whole is None and type(key) in {str, float}:
            return None
        refuse_operands(whole, key)

    return run


def _not(part: Program) -> Program:
    def run(values: Values, context: Context) -> object:
        value = part(values, context)
        if type(value) is bool:
            return not value
        refuse_operands(value)

    return run


def _negative(part: Program) -> Program:
    def run(values: Values, context: Context) -> object:
        value = part(values, context)
        if type(value) is float:
            return -value
        refuse_operands(value)

    return run


def _plus(left: Program, right: Program) -> Program:
    def run(values: Values, context: Context) -> object:
        a, b = left(values, context), right(values, context)
        if type(a) is float and type(b) is float:
            total = a + b
            return total if -_LARGEST <= total <= _LARGEST else finite(total)
        if type(a) is str and type(b) is str:
            if len(a) + len(b) > MAX_TEXT:
                raise Refusal("text-too-long")
            return a + b
        refuse_operands(a, b)

    return run


def _quotient(a: float, b: float) -> float:
    if b == 0:
        raise Refusal("division-by-zero")
    return a / b


def _remainder(a: float, b: float) -> float:
    if b == 0:
        raise Refusal("division-by-zero")
    return math.fmod(a, b)


def _arithmetic(
    operation: Callable[[float, float], float],
) -> Callable[[Program, Program], Program]:
    def build(left: Program, right: Program) -> Program:
        def run(values: Values, context: Context) -> object:
            a, b = left(values, context), right(values, context)
            if type(a) is float and type(b) is float:
                return finite(operation(a, b))
            refuse_operands(a, b)

        return run

    return build


def _at_most(a: float, b: float) -> bool:
    return a <= b or close(a, b)


def _less(a: float, b: float) -> bool:
    return a < b and not close(a, b)


def _order(
    numbers: Callable[[float, float], bool], others: Callable[[Any, Any], bool]
) -> Callable[[Program, Program], Program]:
    """A comparison of two numbers, two texts or two truths."""

    def build(left: Program, right: Program) -> Program:
        def run(values: Values, context: Context) -> object:
            a, b = left(values, context), right(values, context)
            if type(a) is float and type(b) is float:
                return numbers(a, b)
            if (type(a) is str and type(b) is str) or (type(a) is bool and type(b) is bool):
                return others(a, b)
            refuse_operands(a, b)

        return run

    return build


def _equality(expected: bool) -> Callable[[Program, Program], Program]:
    def build(left: Program, right: Program) -> Program:
        def run(values: Values, context: Context) -> object:
            a, b = left(values, context), right(values, context)
            if type(a) is float and type(b) is float:
                return (a == b or close(a, b)) is expected
            return equal(a, b, context) is expected

        return run

    return build


def _in(left: Program, right: Program) -> Program:
    def run(values: Values, context: Context) -> object:
        item, whole = left(values, context), right(values, context)
        if isinstance(whole, Mapping):
            return type(item) is str and item in whole
        if isinstance(whole, list | tuple):
            spend(context, len(whole))
            return any(equal(item, other, context) for other in whole)
        refuse_operands(whole)

    return run


def _is_list_of_texts(node: Node) -> bool:
    return (
        isinstance(node, tuple)
        and node[0] == "list"
        and all(isinstance(part, str) for part in node[1:])
    )


def _in_texts(left: Program, texts: tuple[str, ...]) -> Program:
    """Membership in a written list of codes, the commonest rule over rows: one look-up."""
    known, cost = frozenset(texts), len(texts)

    def run(values: Values, context: Context) -> object:
        item = left(values, context)
        spend(context, cost)
        return type(item) is str and item in known

    return run


def _absorbing(decisive: bool) -> Callable[..., Program]:
    """&& and ||: one decisive operand settles the result, whatever has no result beside it."""

    def build(*parts: Program) -> Program:
        def run(values: Values, context: Context) -> object:
            trouble = None
            for part in parts:
                try:
                    value = part(values, context)
                    if value is decisive:
                        return decisive
                    if type(value) is not bool:
                        refuse_operands(value)
                except Refusal as refusal:
                    trouble = trouble or refusal
            if trouble:
                raise trouble
            return not decisive

        return run

    return build


def _choice(condition: Program, chosen: Program, other: Program) -> Program:
    def run(values: Values, context: Context) -> object:
        value = condition(values, context)
        if type(value) is bool:
            return chosen(values, context) if value else other(values, context)
        refuse_operands(value)

    return run


def _items(source: object, context: Context, weight: int) -> list[object]:
    """What a macro walks: the items of a list, or the keys of a map.

    Keys go in ascending order, because a browser puts "10" before "02" whatever the document says.
    """
    if isinstance(source, Mapping):
        spend(context, weight * len(source))
        return sorted(source)
    if isinstance(source, list | tuple):
        spend(context, weight * len(source))
        return [plain(item) for item in source]
    refuse_operands(source)


def _loop(node: tuple[Node, ...]) -> Program:
    macro, weight = node[0], cast(int, node[2])
    place = _FIRST_SLOT + cast(int, node[1])
    source, body, *rest = (compiled(part) for part in node[3:])
    if macro in {"all", "exists"}:
        return _quantified(macro == "exists", place, weight, source, body)
    condition = rest[0] if rest else None

    def holds(test: Program, values: Values, context: Context) -> bool:
        value = test(values, context)
        if type(value) is bool:
            return value
        refuse_operands(value)

    def run(values: Values, context: Context) -> object:
        found = []
        for item in _items(source(values, context), context, weight):
            context[place] = item
            if macro != "map":
                if holds(body, values, context):
                    found.append(item)
            elif condition is None or holds(condition, values, context):
                found.append(body(values, context))
        return len(found) == 1 if macro == "exists_one" else found

    return run


def _quantified(decisive: bool, place: int, weight: int, source: Program, body: Program) -> Program:
    def run(values: Values, context: Context) -> object:
        trouble = None
        for item in _items(source(values, context), context, weight):
            context[place] = item
            try:
                value = body(values, context)
                if value is decisive:
                    return decisive
                if type(value) is not bool:
                    refuse_operands(value)
            except Refusal as refusal:
                trouble = trouble or refusal
        if trouble:
            raise trouble
        return not decisive

    return run


_LEAVES: dict[str, Callable[[tuple[Node, ...]], Program]] = {
    "name": _name,
    "var": _variable,
    "prev": _earlier(_PREVIOUS),
    "lastYear": _earlier(_LAST_YEAR),
    "value": _earlier(_CELL),
    "other": _other,
    "has": _has,
    "list": _list,
}
_BUILDERS: dict[str, Callable[..., Program]] = {
    "at": _at,
    "!": _not,
    "neg": _negative,
    "+": _plus,
    "-": _arithmetic(lambda a, b: a - b),
    "*": _arithmetic(lambda a, b: a * b),
    "/": _arithmetic(_quotient),
    "%": _arithmetic(_remainder),
    "<": _order(_less, operator.lt),
    "<=": _order(_at_most, operator.le),
    ">": _order(lambda a, b: _less(b, a), operator.gt),
    ">=": _order(lambda a, b: a >= b or close(a, b), operator.ge),
    "==": _equality(True),
    "!=": _equality(False),
    "in": _in,
    "&&": _absorbing(False),
    "||": _absorbing(True),
    "?": _choice,
    **FUNCTIONS,
}
