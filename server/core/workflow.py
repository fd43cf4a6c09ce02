"""The approval machine: a declared, versioned workflow and what it allows whom from which state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.access import Actor, Role
from server.core.expressions import evaluate, parse
from server.core.org_unit import Level, Tree
from server.errors import TransitionRefused

EVENTS = ("submit", "sign", "send", "approve", "return", "recall", "close", "reopen")
GUARDS = ("answers_valid", "marks_answered", "not_own_work", "children_done")
PLACES = ("unit", "parent", "province", "district", "commune", "department", "owner")


@dataclass(frozen=True, slots=True)
class State:
    """A state; ``sent``: the report has left the unit, ``final``: approved."""

    code: str
    title: str
    editable: bool = False
    sent: bool = False
    final: bool = False
    deadline: str | None = None
    escalate: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A move: who (role at a place) may fire which event from which states."""

    event: str
    sources: tuple[str, ...]
    target: str
    role: Role
    at: str
    guards: tuple[str, ...] = ()
    when: str | None = None
    input: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A transition that an actor may fire now."""

    event: str
    source: str
    target: str
    guards: tuple[str, ...]
    input: Mapping[str, object] | None


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

    @classmethod
    def of(cls, source: Mapping[str, object], digest: str = "") -> "Workflow":
        """Build from a checked definition (``workflows/<code>/vNN.json``)."""
        definitions = _mapping(source.get("$defs", {}))
        states = {
            code: _state(code, _mapping(declared))
            for code, declared in _mapping(source["states"]).items()
        }
        transitions = tuple(
            _transition(_mapping(declared), definitions)
            for declared in _sequence(source["transitions"])
        )
        return cls(
            code=str(source["code"]),
            version=int(str(source["version"])),
            title=str(source.get("title", source["code"])),
            initial=str(source["initial"]),
            states=states,
            transitions=transitions,
            digest=digest,
        )

    def moves(
        self,
        state: str,
        *,
        actor: Actor,
        places: Mapping[str, str],
        facts: Mapping[str, object] | None = None,
    ) -> tuple[Move, ...]:
        """What *actor* may fire from *state*.

        *places* maps each ``at`` to a unit id; *facts* are the ``unit`` and ``period`` that the
        conditions (``when``) of transitions speak about. A condition that is not true, or cannot
        be evaluated, keeps its move shut.
        """
        return tuple(
            Move(move.event, state, move.target, move.guards, move.input)
            for move in self.transitions
            if state in move.sources
            and self._allows(move, actor, places)
            and (move.when is None or evaluate(parse(move.when), facts or {}, _nothing) is True)
        )

    def fire(
        self,
        event: str,
        *,
        state: str,
        actor: Actor,
        places: Mapping[str, str],
        facts: Mapping[str, object] | None = None,
    ) -> Move:
        """The move for *event*; raise ``TransitionRefused`` with ``never`` telling 403 from 409.

        ``never`` is true when no state offers this event to this actor at these places.
        """
        for move in self.moves(state, actor=actor, places=places, facts=facts):
            if move.event == event:
                return move
        never = not any(
            move.event == event and self._allows(move, actor, places) for move in self.transitions
        )
        raise TransitionRefused(event=event, state=state, never=never)

    @staticmethod
    def _allows(move: Transition, actor: Actor, places: Mapping[str, str]) -> bool:
        unit = places.get(move.at)
        return unit is not None and unit in actor.units(move.role)


def places_of(tree: Tree, org_unit: str, owner: str | None) -> dict[str, str]:
    """The unit ids that the ``at`` words of a workflow mean for a report of *org_unit*."""
    found = {"unit": org_unit}
    unit = tree.by_id.get(org_unit)
    if unit is not None and unit.parent is not None:
        found["parent"] = unit.parent
    for level in Level:
        above = tree.at_level(org_unit, level)
        if above is not None:
            found[str(level)] = above.id
    if owner is not None and owner in tree.by_code:
        found["owner"] = tree.by_code[owner].id
    return found


def _nothing(path: str) -> None:
    """A workflow's conditions know no previous report."""


def _state(code: str, declared: Mapping[str, object]) -> State:
    escalate = declared.get("escalate")
    deadline = declared.get("deadline")
    return State(
        code=code,
        title=str(declared["title"]),
        editable=bool(declared.get("editable", False)),
        sent=bool(declared.get("sent", False)),
        final=bool(declared.get("final", False)),
        deadline=None if deadline is None else str(deadline),
        escalate=None if escalate is None else {k: str(v) for k, v in _mapping(escalate).items()},
    )


def _transition(declared: Mapping[str, object], definitions: Mapping[str, object]) -> Transition:
    by = _mapping(declared["by"])
    supplied = declared.get("input")
    if supplied is not None:
        reference = str(_mapping(supplied).get("$ref", ""))
        if reference:
            supplied = definitions[reference.removeprefix("#/$defs/")]
    when = declared.get("when")
    return Transition(
        event=str(declared["event"]),
        sources=tuple(str(source) for source in _sequence(declared["from"])),
        target=str(declared["to"]),
        role=Role(str(by["role"])),
        at=str(by["at"]),
        guards=tuple(str(guard) for guard in _sequence(declared.get("guards", ()))),
        when=None if when is None else str(when),
        input=None if supplied is None else _mapping(supplied),
    )


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return value


def _sequence(value: object) -> Sequence[object]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(value)
    return value
