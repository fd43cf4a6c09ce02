"""What the conditions (``when``) of a workflow may speak about, and whether they make sense.

The vocabulary is closed and typed, so that a slip is found before publishing and the proof can
try every kind of value a fact may have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from server.core.access import Role
from server.core.expression_syntax import COMPARISONS, Node
from server.core.expressions import Expression
from server.core.obligation import ObligationState
from server.core.org_unit import Level
from server.core.period import PeriodType

NUMBER, TEXT, TRUTH, NULL, LIST = "number", "text", "truth", "null", "list"
#: How long a fact stays as it is: for good, until somebody edits the report, or not at all.
FIXED, CONTENT, MOVING = "fixed", "content", "moving"
#: A member chain, or ``("value", pointer)`` for a cell.
Key = tuple[str, ...]
CELL: Final = "value"

_ANY: Final = frozenset({NUMBER, TEXT, TRUTH, NULL, LIST})
_CELL_TYPES: Final = frozenset({NUMBER, TEXT, TRUTH, NULL})
_ORDERED: Final = frozenset({NUMBER, TEXT, TRUTH})
_ACTOR: Final = "actor"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a condition may ask; *values* are all it can be, where that is known."""

    type: str
    lasts: str
    values: tuple[str, ...] = ()
    nullable: bool = False
    least: int = 0

    @property
    def types(self) -> frozenset[str]:
        return frozenset({self.type, NULL} if self.nullable else {self.type})


def _words(values: object) -> tuple[str, ...]:
    return tuple(str(value) for value in cast(tuple[str, ...], values))


FACTS: Final[Mapping[Key, Fact]] = {
    ("unit", "code"): Fact(TEXT, FIXED),
    ("unit", "level"): Fact(TEXT, FIXED, _words(tuple(Level))),
    ("unit", "kind"): Fact(TEXT, FIXED),
    ("period", "id"): Fact(TEXT, FIXED),
    ("period", "type"): Fact(TEXT, FIXED, _words(tuple(PeriodType))),
    ("period", "year"): Fact(NUMBER, FIXED, least=1900),
    ("findings", "errors"): Fact(NUMBER, CONTENT),
    ("findings", "warnings"): Fact(NUMBER, CONTENT),
    ("findings", "open_warnings"): Fact(NUMBER, CONTENT),
    ("obligation", "days_late"): Fact(NUMBER, MOVING),
    ("obligation", "round"): Fact(TEXT, FIXED, nullable=True),
    ("obligation", "state"): Fact(TEXT, MOVING, _words(tuple(ObligationState))),
    (_ACTOR, "role"): Fact(TEXT, MOVING, _words(tuple(Role))),
    (_ACTOR, "level"): Fact(TEXT, MOVING, _words(tuple(Level))),
    ("nil",): Fact(TRUTH, CONTENT),
}


def lasts(key: Key) -> str:
    """How long what *key* names stays as it is."""
    return CONTENT if key[0] == CELL else FACTS[key].lasts


def unknown_names(expression: Expression, *, timed: bool = False) -> tuple[str, ...]:
    """What *expression* reads that no condition may read; time has no actor."""
    found = [f'prev("{path}")' for path in expression.previous]
    found += [f'lastYear("{path}")' for path in expression.last_year]
    found += [f'other("{form}", "{path}")' for form, path in expression.others]
    found += [
        ".".join(path)
        for path in expression.paths
        if path not in FACTS or (timed and path[0] == _ACTOR)
    ]
    return tuple(found)


class WrongType(Exception):
    """An operation that can never have a result; the text says which."""


def refuse_types(expression: Expression) -> None:
    """Raise ``WrongType`` when some part of *expression*, whose names are known, cannot work."""
    _need(_types(expression.root), TRUTH, "the condition as a whole")


def _need(found: frozenset[str], wanted: str, where: str) -> None:
    if wanted not in found:
        raise WrongType(f"{where} is {_shown(found)} and must be a {wanted}")


def _shown(types: frozenset[str]) -> str:
    return " or ".join(sorted(f"a {one}" if one != NULL else one for one in types))


def _types(node: Node) -> frozenset[str]:
    """The types that the result of *node* may have."""
    if not isinstance(node, tuple):
        return frozenset({_type_of(node)})
    operator, parts = cast(str, node[0]), node[1:]
    if operator in ("name", "get"):
        return _fact_types(node)
    if operator == CELL:
        return _CELL_TYPES
    if operator in _SPECIAL:
        return _ANY if operator in ("var", "at") else _macro(operator, node)
    found = [_types(part) for part in parts]
    if operator in COMPARISONS:
        return _compared(operator, found)
    if operator == "in":
        _need(found[1], LIST, "the right side of in")
        return frozenset({TRUTH})
    if operator == "?":
        _need(found[0], TRUTH, "what stands before ?")
        return found[1] | found[2]
    if operator == "+" and TEXT in found[0] and TEXT in found[1]:
        return (found[0] & found[1]) - {TRUTH, NULL, LIST}
    if operator == "coalesce":
        return frozenset().union(*found)
    takes, gives = _OPERATORS[operator]
    for part in found:
        if not part & takes:
            raise WrongType(f"{operator} is applied to {_shown(part)}")
    return gives


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return TRUTH
    return NULL if value is None else TEXT if isinstance(value, str) else NUMBER


def _fact_types(node: tuple[Node, ...]) -> frozenset[str]:
    if node[0] == "name":
        fact = FACTS.get((cast(str, node[1]),))
    else:
        whole = node[1]
        named = isinstance(whole, tuple) and whole[0] == "name"
        key = (str(whole[1]), str(node[2])) if named and isinstance(whole, tuple) else ()
        fact = FACTS.get(key)
    return _ANY if fact is None else fact.types


def _macro(operator: str, node: tuple[Node, ...]) -> frozenset[str]:
    if operator == "has":
        return frozenset({TRUTH})
    _need(_types(node[3]), LIST, f"what {operator} goes through")
    for part in node[4:]:
        _types(part)
    return frozenset({LIST} if operator in ("filter", "map") else {TRUTH})


def _compared(operator: str, sides: list[frozenset[str]]) -> frozenset[str]:
    common = sides[0] & sides[1]
    if not (common if operator in ("==", "!=") else common & _ORDERED):
        raise WrongType(f"{operator} compares {_shown(sides[0])} with {_shown(sides[1])}")
    return frozenset({TRUTH})


_SPECIAL: Final = frozenset({"var", "at", "has", "all", "exists", "exists_one", "filter", "map"})
_NUMBERS: Final = (frozenset({NUMBER}), frozenset({NUMBER}))
_TRUTHS: Final = (frozenset({TRUTH}), frozenset({TRUTH}))
_TEXT_TEST: Final = (frozenset({TEXT}), frozenset({TRUTH}))
_OVER_LIST: Final = (frozenset({LIST}), frozenset({NUMBER, NULL}))
#: Operator -> the types it takes, the types it gives.
_OPERATORS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    **dict.fromkeys(("+", "-", "*", "/", "%", "neg", "round"), _NUMBERS),
    **dict.fromkeys(("&&", "||", "!"), _TRUTHS),
    **dict.fromkeys(("startsWith", "endsWith", "contains"), _TEXT_TEST),
    **dict.fromkeys(("sum", "avg", "count"), _OVER_LIST),
    "size": (frozenset({TEXT, LIST}), frozenset({NUMBER})),
    "near": (frozenset({NUMBER}), frozenset({TRUTH})),
    "change": (frozenset({NUMBER, NULL}), frozenset({NUMBER, NULL})),
    "list": (_ANY, frozenset({LIST})),
}
