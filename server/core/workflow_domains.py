"""Every kind of situation a condition can tell apart: enums, truths, boundary values.

A number is tried at each literal of the conditions and one beside it, a text at each literal and
at one that none of them names. Two situations that give the conditions the same answers need not
both be tried, so this small table stands for all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import ceil, floor
from typing import Final, cast

from server.core.expression_syntax import Node
from server.core.expressions import Expression, evaluate
from server.core.org_unit import Level
from server.core.workflow_conditions import CELL, FACTS, NUMBER, TEXT, TRUTH, Key
from server.core.workflow_parts import People

Situation = Mapping[Key, object]
Domains = Mapping[Key, tuple[object, ...]]

#: More situations than these are not tried; such conditions are refused as too wide.
MOST: Final = 20_000
_OTHER_TEXT: Final = "\N{MIDDLE DOT}"
_LONGEST_SAMPLE: Final = 100
_BEYOND: Final = 1_000_000
_TEXT_PARTS: Final = frozenset({"startsWith", "endsWith", "contains"})


class TooWide(Exception):
    """The conditions tell more situations apart than are tried."""


def keys_of(expressions: Sequence[Expression]) -> tuple[Key, ...]:
    """What the conditions read, in the order in which they name it."""
    found: dict[Key, None] = {}
    for expression in expressions:
        found.update(dict.fromkeys(expression.paths))
        found.update({(CELL, path): None for path in expression.cells})
    return tuple(found)


def domains_of(expressions: Sequence[Expression]) -> Domains:
    """The values at which each fact of the conditions is tried."""
    literals = _Literals()
    for expression in expressions:
        literals.walk(expression.root)
    return {key: _domain(key, literals) for key in keys_of(expressions)}


def narrowed(domains: Domains, people: Sequence[People]) -> Domains:
    """The same, were one of *people* acting."""
    roles = tuple(sorted({str(one.role) for one in people}))
    levels = tuple(sorted({level for one in people for level in _levels(one.at)}))
    acting: Domains = {("actor", "role"): roles, ("actor", "level"): levels}
    return {key: acting.get(key, values) for key, values in domains.items()}


def situations(domains: Domains, keys: Sequence[Key]) -> Iterator[Situation]:
    """Each combination of the values of *keys* that can occur; ``TooWide`` beyond the limit."""
    size = 1
    for key in keys:
        size *= len(domains[key])
        if size > MOST:
            raise TooWide
    for values in product(*(domains[key] for key in keys)):
        situation = dict(zip(keys, values, strict=True))
        if _occurs(situation):
            yield situation


def holds(expression: Expression | None, situation: Situation) -> bool:
    """Whether the condition is true there; none at all is always true."""
    if expression is None:
        return True
    facts: dict[str, object] = {}
    for key, value in situation.items():
        if len(key) == 1:
            facts[key[0]] = value
        elif key[0] != CELL:
            cast(dict[str, object], facts.setdefault(key[0], {}))[key[1]] = value

    def cell(path: str) -> object:
        return situation.get((CELL, path))

    return evaluate(expression, facts, cell, cell=cell) is True


def shown(situation: Situation) -> dict[str, object]:
    """A situation as an author would write it.

    >>> shown({("unit", "level"): "commune", ("value", "/total"): None})
    {'unit.level': 'commune', 'value("/total")': None}
    """
    return {
        f'value("{key[1]}")' if key[0] == CELL else ".".join(key): value
        for key, value in situation.items()
    }


def _occurs(situation: Situation) -> bool:
    """A warning without a reason is a warning."""
    open_, all_ = (situation.get(("findings", name)) for name in ("open_warnings", "warnings"))
    return open_ is None or all_ is None or cast(float, open_) <= cast(float, all_)


def _levels(at: str) -> tuple[str, ...]:
    if at in set(Level):
        return (at,)
    if at == "parent":
        return (str(Level.PROVINCE), str(Level.DISTRICT))
    return tuple(str(level) for level in Level)


def _domain(key: Key, literals: "_Literals") -> tuple[object, ...]:
    if key[0] == CELL:
        return (None, *literals.numbers_from(None), *literals.texts(), *literals.truths)
    fact = FACTS[key]
    if fact.type == TRUTH:
        return (False, True)
    nothing = (None,) if fact.nullable else ()
    if fact.values:
        return (*nothing, *fact.values)
    if fact.type == TEXT:
        return (*nothing, *literals.texts())
    assert fact.type == NUMBER
    return (*nothing, *literals.numbers_from(fact.least))


class _Literals:
    """The constants that the conditions compare with."""

    def __init__(self) -> None:
        self._numbers: set[float] = set()
        self._texts: dict[str, None] = {}
        self._truths: dict[bool, None] = {}
        self._operators: set[str] = set()

    def walk(self, node: Node) -> None:
        if isinstance(node, bool):
            self._truths[node] = None
        elif isinstance(node, str):
            self._texts[node] = None
        elif isinstance(node, float):
            self._numbers.add(node)
        elif isinstance(node, tuple):
            operator = cast(str, node[0])
            self._operators.add(operator)
            if operator in ("name", "var", CELL):
                return
            if operator == "get":
                self.walk(node[1])
                return
            macro = operator in ("all", "exists", "exists_one", "filter", "map")
            for part in node[3 if macro else 1 :]:
                self.walk(part)

    @property
    def truths(self) -> tuple[bool, ...]:
        return (False, True) if self._truths else ()

    def numbers_from(self, least: int | None) -> tuple[float, ...]:
        """Zero, one, something large, and each literal with its neighbours; counts are whole."""
        found = {0.0, 1.0, float(_BEYOND)}
        if least is not None:
            found.add(float(least))
        for number in self._numbers:
            for value in (number, -number):
                found |= {float(floor(value) - 1), float(ceil(value) + 1)}
                found |= {float(floor(value)), float(ceil(value))} if least is not None else {value}
        return tuple(sorted(value for value in found if least is None or value >= least))

    def texts(self) -> tuple[str, ...]:
        found = dict.fromkeys([*self._texts, _OTHER_TEXT])
        if self._operators & _TEXT_PARTS:
            found |= {a + b: None for a in self._texts for b in self._texts}
        if "size" in self._operators:
            lengths = {int(number) + step for number in self._numbers for step in (-1, 0, 1)}
            found |= {
                _OTHER_TEXT * length: None
                for length in sorted(lengths)
                if 0 <= length <= _LONGEST_SAMPLE
            }
        return tuple(found)
