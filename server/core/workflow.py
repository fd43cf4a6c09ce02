"""The approval machine: a declared, versioned workflow and what it allows whom from which state.

A move may need several people (``by.count``, ``by.all``). Until the last of them has signed the
report stays where it is; the caller keeps the signatures and hands them back as a ``Visit``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.core.access import Actor
from server.core.calendar import DaysOff
from server.core.expressions import evaluate, parse
from server.core.org_unit import Level, Tree
from server.core.shape import mapping, sequence
from server.core.workflow_parts import (
    ESCALATED_EVENTS,
    EVENTS,
    GUARDS,
    PLACES,
    People,
    State,
    StateMap,
    TimedTransition,
    Transition,
    map_of,
    move_of,
    state_of,
)
from server.core.workflow_time import last_day
from server.core.workflow_visit import Visit
from server.errors import TransitionRefused

__all__ = ["EVENTS", "GUARDS", "PLACES", "Move", "Shut", "State", "Transition", "Workflow"]

_FIRST_VISIT = Visit()


@dataclass(frozen=True, slots=True)
class Move:
    """A transition that an actor may fire now.

    *signed* of *of* people have signed once this one has; *place* says which of the declared
    people the actor signs for, *escalated* that a missed deadline lets them.
    """

    event: str
    source: str
    target: str
    guards: tuple[str, ...]
    input: Mapping[str, object] | None
    transition: int = 0
    place: int = 0
    signed: int = 1
    of: int = 1
    title: str | None = None
    escalated: bool = False
    cascade: bool = False

    @property
    def completes(self) -> bool:
        """Whether the report moves on; before the last signature it stays."""
        return self.signed == self.of

    @property
    def reaches(self) -> str:
        """The state in which the report is afterwards."""
        return self.target if self.completes else self.source


@dataclass(frozen=True, slots=True)
class Shut:
    """A transition of this state that an actor may not fire now.

    *why*: ``people`` (somebody else's), ``signed`` (the actor signed already), ``turn`` (others
    sign first), ``taken`` (enough have signed there), ``acted`` (somebody signed, so nothing is
    recalled any more) or ``condition`` (``when`` is not true).
    """

    transition: Transition
    why: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """One published version of an approval machine."""

    code: str
    version: int
    title: str
    initial: str
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    digest: str = ""
    timed: tuple[TimedTransition, ...] = ()
    map: StateMap | None = None

    @classmethod
    def of(cls, source: Mapping[str, object], digest: str = "") -> "Workflow":
        """Build from a checked definition (``workflows/<code>/vNN.json``)."""
        definitions = mapping(source.get("$defs", {}))
        moves = [
            move_of(number, mapping(declared), definitions)
            for number, declared in enumerate(sequence(source["transitions"]))
        ]
        return cls(
            code=str(source["code"]),
            version=int(str(source["version"])),
            title=str(source.get("title", source["code"])),
            initial=str(source["initial"]),
            states={
                code: state_of(code, mapping(declared))
                for code, declared in mapping(source["states"]).items()
            },
            transitions=tuple(move for move in moves if isinstance(move, Transition)),
            digest=digest,
            timed=tuple(move for move in moves if isinstance(move, TimedTransition)),
            map=map_of(mapping(source["map"])) if "map" in source else None,
        )

    def collects(self, state: str) -> bool:
        """Whether some move from *state* takes more than one signature."""
        return any(state in move.sources and move.signatures > 1 for move in self.transitions)

    def judged(
        self,
        state: str,
        *,
        actor: Actor,
        places: Mapping[str, str],
        facts: Mapping[str, object] | None = None,
        visit: Visit = _FIRST_VISIT,
    ) -> tuple[Move | Shut, ...]:
        """Every transition from *state*: the move it is for *actor*, or why it is none."""
        return tuple(
            self._judged(move, state, actor, places, facts=facts or {}, visit=visit)
            for move in self.transitions
            if state in move.sources
        )

    def moves(
        self,
        state: str,
        *,
        actor: Actor,
        places: Mapping[str, str],
        facts: Mapping[str, object] | None = None,
        visit: Visit = _FIRST_VISIT,
    ) -> tuple[Move, ...]:
        """What *actor* may fire from *state*.

        *places* maps each ``at`` to a unit id; *facts* are what the conditions (``when``) of
        transitions speak about besides ``actor`` and ``value()``. A condition that is not true,
        or cannot be evaluated, keeps its move shut.
        """
        found = self.judged(state, actor=actor, places=places, facts=facts, visit=visit)
        return tuple(move for move in found if isinstance(move, Move))

    def fire(
        self,
        event: str,
        *,
        state: str,
        actor: Actor,
        places: Mapping[str, str],
        facts: Mapping[str, object] | None = None,
        visit: Visit = _FIRST_VISIT,
    ) -> Move:
        """The move for *event*; raise ``TransitionRefused`` with ``never`` telling 403 from 409.

        ``never`` is true when no state offers this event to this actor at these places.
        """
        for move in self.moves(state, actor=actor, places=places, facts=facts, visit=visit):
            if move.event == event:
                return move
        never = not any(
            move.event == event
            and (
                any(_is_one_of(people, actor, places) for people in move.people)
                or any(self._stands_in(move, source, actor, places) for source in move.sources)
            )
            for move in self.transitions
        )
        raise TransitionRefused(event=event, state=state, never=never)

    def due(
        self,
        state: str,
        *,
        since: date,
        today: date,
        calendar: DaysOff,
        facts: Mapping[str, object],
        visit: Visit = _FIRST_VISIT,
    ) -> TimedTransition | None:
        """The move that time makes for a report in *state* since that day, the longest due."""
        found = [
            (last_day(since, move.after, calendar), move.number, move)
            for move in self.timed
            if state in move.sources and _holds(move.when, facts, visit)
        ]
        day, _, move = min(found, default=(today, 0, None))
        return move if day < today else None

    def is_open(
        self, move: TimedTransition, facts: Mapping[str, object], visit: Visit = _FIRST_VISIT
    ) -> bool:
        """Whether the condition of a move of time is true."""
        return _holds(move.when, facts, visit)

    def moved_state(self, old_version: int, state: str) -> str | None:
        """The state here of a report that is in *state* of an earlier version.

        None when this version declares no map from that one, or has no such state.
        """
        if self.map is None or self.map.version != old_version:
            return None
        found = self.map.states.get(state, state)
        return found if found in self.states else None

    def _judged(
        self,
        move: Transition,
        state: str,
        actor: Actor,
        places: Mapping[str, str],
        *,
        facts: Mapping[str, object],
        visit: Visit,
    ) -> Move | Shut:
        hands = {hand for one in visit.signed if one.event == move.event for hand in one.hands}
        if actor.account in hands:
            return Shut(move, "signed")
        if move.event == "recall" and visit.signed:
            return Shut(move, "acted")
        given = [one.place for one in visit.signed if one.transition == move.number]
        open_ = [
            place for place, people in enumerate(move.people) if given.count(place) < people.count
        ]
        own = [
            place for place, people in enumerate(move.people) if _is_one_of(people, actor, places)
        ]
        stands_in = visit.overdue and self._stands_in(move, state, actor, places)
        awaited = open_[:1] if move.ordered else open_
        chosen = [place for place in awaited if place in own]
        escalated = not chosen and stands_in
        if escalated:
            chosen = awaited
        if not chosen:
            waits = any(place in open_ for place in own)
            return Shut(move, "people" if not own else "turn" if waits else "taken")
        for place in chosen:
            people = self.states[state].escalate if escalated else move.people[place]
            assert people is not None  # whoever stands in was named by the state
            if actor.stands_for(people.role, (places.get(people.at, ""),)) in hands:
                return Shut(move, "signed")
            acting = {"role": str(people.role), "level": _level(people, places, visit)}
            if _holds(move.when, {**facts, "actor": acting}, visit):
                return Move(
                    move.event,
                    state,
                    move.target,
                    move.guards,
                    move.input,
                    transition=move.number,
                    place=place,
                    signed=len(given) + 1,
                    of=move.signatures,
                    title=move.people[place].title,
                    escalated=escalated,
                    cascade=move.cascade,
                )
        return Shut(move, "condition")

    def _stands_in(
        self, move: Transition, state: str, actor: Actor, places: Mapping[str, str]
    ) -> bool:
        people = self.states[state].escalate
        return (
            people is not None
            and move.event in ESCALATED_EVENTS
            and _is_one_of(people, actor, places)
        )


def places_of(tree: Tree, org_unit: str, owner: str | None, form: str = "") -> dict[str, str]:
    """The unit ids that the ``at`` words of a workflow mean for a report of *org_unit*."""
    found = {"unit": org_unit}
    unit = tree.by_id.get(org_unit)
    if unit is not None and unit.parent is not None:
        found["parent"] = unit.parent
    for level in Level:
        above = tree.at_level(org_unit, level)
        if above is not None:
            found[str(level)] = above.id
    owning = None if owner is None else tree.owner(form, owner)
    if owning is not None:
        found["owner"] = owning.id
    return found


def levels_of(tree: Tree, places: Mapping[str, str]) -> dict[str, str]:
    """The level of each unit of *places*, by its id."""
    return {unit: str(tree.by_id[unit].level) for unit in places.values() if unit in tree.by_id}


def _is_one_of(people: People, actor: Actor, places: Mapping[str, str]) -> bool:
    unit = places.get(people.at)
    return unit is not None and unit in actor.units(people.role)


def _level(people: People, places: Mapping[str, str], visit: Visit) -> str | None:
    return visit.levels.get(places.get(people.at, ""))


def _holds(when: str | None, facts: Mapping[str, object], visit: Visit) -> bool:
    if when is None:
        return True
    return evaluate(parse(when), facts, _nothing, cell=visit.value) is True


def _nothing(path: str) -> None:
    """A workflow's conditions know no previous report."""
