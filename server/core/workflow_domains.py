"""Every kind of situation a condition can tell apart: enums, truths, boundary values.

A number is tried at each literal of the conditions and one beside it, a text at each literal and
at one that none of them names. Two situations that give the conditions the same answers need not
both be tried, so this small table stands for all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import ceil, floor
from typing import Final, cast

from server.core.expression_syntax import MACROS, Node
from server.core.expressions import Expression, evaluate
from server.core.org_unit import Level
from server.core.workflow_conditions import CELL, FACTS, TEXT, TRUTH, Key
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
    """The values at which each fact of the conditions is tried.

    Facts that are compared with one another are tried at the literals of all these comparisons.
    """
    groups: list[_Group] = []
    for expression in expressions:
        for atom in _atoms(expression.root):
            group = _Group()
            group.walk(atom)
            for other in [other for other in groups if other.keys.keys() & group.keys.keys()]:
                groups.remove(other)
                group.take(other)
            groups.append(group)
    return {key: group.domain(key) for group in groups for key in group.keys}


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


def _atoms(node: Node) -> Iterator[Node]:
    """The parts of a condition that are true or false by themselves."""
    if isinstance(node, tuple) and node[0] in ("&&", "||", "!", "?"):
        for part in node[1:]:
            yield from _atoms(part)
    else:
        yield node


class _Group:
    """Facts that are compared with one another, and the constants they are compared with."""

    def __init__(self) -> None:
        self.keys: dict[Key, None] = {}
        self._numbers: set[float] = set()
        self._texts: dict[str, None] = {}
        self._truths: set[bool] = set()
        self._operators: set[str] = set()

    def walk(self, node: Node) -> None:
        if isinstance(node, bool):
            self._truths.add(node)
        elif isinstance(node, str):
            self._texts[node] = None
        elif isinstance(node, float):
            self._numbers.add(node)
        elif isinstance(node, tuple):
            self._operators.add(cast(str, node[0]))
            self._walk_operation(node)

    def _walk_operation(self, node: tuple[Node, ...]) -> None:
        operator = node[0]
        if operator == "name":
            self.keys[(cast(str, node[1]),)] = None
        elif operator == "get" and isinstance(node[1], tuple) and node[1][0] == "name":
            self.keys[cast(str, node[1][1]), cast(str, node[2])] = None
        elif operator == CELL:
            self.keys[CELL, cast(str, node[1])] = None
        elif operator != "var":
            for part in node[3 if operator in MACROS else 1 :]:
                self.walk(part)

    def take(self, other: "_Group") -> None:
        """Everything of a group that shares a fact with this one."""
        self.keys = {**other.keys, **self.keys}
        self._numbers |= other._numbers
        self._texts = {**other._texts, **self._texts}
        self._truths |= other._truths
        self._operators |= other._operators

    def domain(self, key: Key) -> tuple[object, ...]:
        """The values at which *key* is tried."""
        if key[0] == CELL:
            texts = self._all_texts() if self._texts or "size" in self._operators else ()
            truths = (False, True) if self._truths else ()
            return (None, *self._all_numbers(None), *texts, *truths)
        fact = FACTS[key]
        nothing = (None,) if fact.nullable else ()
        if fact.type == TRUTH:
            return (False, True)
        if fact.values:
            return (*nothing, *fact.values)
        if fact.type == TEXT:
            return (*nothing, *self._all_texts())
        return (*nothing, *self._all_numbers(fact.least))

    def _all_numbers(self, least: int | None) -> tuple[float, ...]:
        """The least, something large, each literal and its neighbours; counts are whole."""
        found = {float(least or 0), float(_BEYOND)}
        if len(self.keys) > 1 or not self._numbers:
            found.add(float(least or 0) + 1)
        literals = set(self._numbers)
        if self._operators & {"neg", "-"}:
            literals |= {-number for number in self._numbers}
        for number in literals:
            found |= {float(floor(number) - 1), float(ceil(number) + 1)}
            found |= {number} if least is None else {float(floor(number)), float(ceil(number))}
        return tuple(sorted(value for value in found if least is None or value >= least))

    def _all_texts(self) -> tuple[str, ...]:
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
