"""Whether the people that a workflow asks for are there: unit by unit, state by state.

The proof of a workflow knows roles and places; this looks at real accounts and grants, and at the
rule that nobody accepts what they vouched for themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.core.access import OWN_UNIT_ROLES, Grant, Role
from server.core.expressions import parse
from server.core.workflow import Workflow
from server.core.workflow_domains import domains_of, holds, keys_of, narrowed, situations
from server.core.workflow_graph import BACKWARD, AnyMove, actors_of, moves_of
from server.core.workflow_parts import People, TimedTransition, Transition

_VOUCHING: Final = ("submit", "sign", "send", "approve")
#: So many different ways to a state are looked at; a shipped workflow has a handful.
_MOST_WAYS: Final = 500


@dataclass(frozen=True, slots=True)
class ReportingUnit:
    """A unit that owes reports.

    *places* are those of ``workflow.places_of``, *above* the ids of the units over it, its own
    included: who approves or reads there sees its reports.
    """

    id: str
    code: str
    level: str
    kind: str
    places: Mapping[str, str]
    above: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gap:
    """A state in which reports of a unit would stay for want of people.

    *why*: ``nobody`` (no move onward has anybody), ``out-of-scope`` (those who are there do not
    see the unit's reports), ``too-few`` (not enough different people for the signatures),
    ``own-work`` (only people who vouched for the report before). *missing* are the people asked
    for by the first move onward.
    """

    org_unit: str
    state: str
    why: str
    missing: tuple[People, ...]


def staffing_gaps(
    workflow: Workflow, units: Sequence[ReportingUnit], grants: Mapping[str, Sequence[Grant]]
) -> tuple[Gap, ...]:
    """Where reports of *units* would stay; *grants* are those in force, by account."""
    holders: dict[tuple[str, str], set[str]] = {}
    for account, held in grants.items():
        for grant in held:
            holders.setdefault((str(grant.role), grant.org_unit), set()).add(account)
    return tuple(gap for unit in units for gap in _Unit(workflow, unit, holders).gaps())


class _Unit:
    """One unit's way through the workflow with the people there are."""

    def __init__(
        self,
        workflow: Workflow,
        unit: ReportingUnit,
        holders: Mapping[tuple[str, str], set[str]],
    ) -> None:
        self._workflow, self._unit, self._holders = workflow, unit, holders
        self._seeing: set[str] = set()
        for (role, where), accounts in holders.items():
            own = role in OWN_UNIT_ROLES and where == unit.id
            if own or role == Role.ADMIN or (role not in OWN_UNIT_ROLES and where in unit.above):
                self._seeing |= accounts
        self._onward: dict[str, list[AnyMove]] = {code: [] for code in workflow.states}
        targets: dict[str, set[str]] = {code: set() for code in workflow.states}
        for move in moves_of(workflow):
            for state in move.sources:
                if self._may_open(move, state):
                    targets[state].add(move.target)
                    if move.event not in BACKWARD:
                        self._onward[state].append(move)
        self._reached = {workflow.initial}
        while more := {to for code in self._reached for to in targets[code]} - self._reached:
            self._reached |= more

    def gaps(self) -> Iterator[Gap]:
        for code, state in self._workflow.states.items():
            moves = self._onward[code]
            if state.final or code not in self._reached or not moves:
                continue  # never here, or a fault of the workflow itself
            # What is only reached by a return or a reopening begins anew.
            why = self._why_stuck(moves, list(self._ways(code)) or [[]])
            if why is not None:
                asked = next(move for move in moves if isinstance(move, Transition))
                missing = tuple(one for one in asked.people if not self._people(one))
                yield Gap(self._unit.id, code, why, missing or asked.people)

    def _why_stuck(self, moves: list[AnyMove], ways: list[list[People]]) -> str | None:
        if any(isinstance(move, TimedTransition) for move in moves):
            return None
        of_people = [move for move in moves if isinstance(move, Transition)]
        manned = [move for move in of_people if all(self._people(one) for one in move.people)]
        if not manned:
            there = any(all(self._held(one) for one in move.people) for move in of_people)
            return "out-of-scope" if there else "nobody"
        enough = [move for move in manned if self._distinct(list(move.people))]
        if not enough:
            return "too-few"
        # A way that has a gap of its own is told there.
        manned_ways = [way for way in ways if self._distinct(way)]
        if not manned_ways or any(
            "not_own_work" not in move.guards or self._distinct([*way, *move.people])
            for move in enough
            for way in manned_ways
        ):
            return None
        return "own-work"

    def _may_open(self, move: AnyMove, state: str) -> bool:
        """Whether the condition can be true for this unit at all."""
        if move.when is None:
            return True
        condition = parse(move.when)
        known = {"code": self._unit.code, "level": self._unit.level, "kind": self._unit.kind}
        domains = narrowed(domains_of([condition]), actors_of(self._workflow, move, state))
        fitted = {
            key: (known[key[1]],) if key[0] == "unit" else values for key, values in domains.items()
        }
        tried = situations(fitted, keys_of([condition]))
        return any(holds(condition, situation) for situation in tried)

    def _ways(self, wanted: str) -> Iterator[list[People]]:
        """Who vouches on each way to a state that goes through no state twice."""
        found = 0
        waiting: list[tuple[str, frozenset[str], list[People]]] = [
            (self._workflow.initial, frozenset(), [])
        ]
        while waiting and found < _MOST_WAYS:
            state, passed, vouched = waiting.pop()
            if state == wanted:
                found += 1
                yield vouched
                continue
            for move in self._onward[state]:
                if move.target in passed or self._workflow.states[state].final:
                    continue
                signs = isinstance(move, Transition) and move.event in _VOUCHING
                more = [*move.people] if signs and isinstance(move, Transition) else []
                waiting.append((move.target, passed | {state}, [*vouched, *more]))

    def _people(self, people: People) -> set[str]:
        """Who could sign: holds the role, and sees the reports."""
        return self._held(people) & self._seeing

    def _held(self, people: People) -> set[str]:
        unit = self._unit.places.get(people.at)
        return set() if unit is None else self._holders.get((str(people.role), unit), set())

    def _distinct(self, asked: list[People]) -> bool:
        """Whether different people can be found for all these signatures (a matching)."""
        seats = [self._people(one) for one in asked for _ in range(one.count)]
        seated: dict[str, int] = {}

        def seat(number: int, tried: set[str]) -> bool:
            for account in sorted(seats[number] - tried):
                tried.add(account)
                if account not in seated or seat(seated[account], tried):
                    seated[account] = number
                    return True
            return False

        return all(seat(number, set()) for number in range(len(seats)))
