"""The parts of an approval machine as its file declares them: states, people, moves, time.

Apart from ``workflow``, which plays them, because the proof and the simulator read them too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from server.core.access import Role
from server.core.shape import mapping, sequence

EVENTS: Final = ("submit", "sign", "send", "approve", "return", "recall", "close", "reopen")
GUARDS: Final = ("answers_valid", "marks_answered", "not_own_work", "children_done", "parts_in")
PLACES: Final = ("unit", "parent", "province", "district", "commune", "department", "owner")
#: What time may do; a signature is never given by a clock.
TIMED_EVENTS: Final = ("approve", "return", "recall", "close", "reopen")
#: What the people of an escalation may do in the place of those who let the deadline pass.
ESCALATED_EVENTS: Final = ("sign", "approve", "return")
#: What the event row of a move says by itself; no input may be called so.
MOVE_DETAILS: Final = frozenset(
    {
        *("from", "to", "edit", "revision", "draft_changes", "findings", "digest", "receipt"),
        *("attachments", "on_behalf_of"),
        *("transition", "place", "signed", "of", "title", "escalated", "cascade_of"),
    }
)
#: The ``format`` of an input whose value names a file that is attached to the report.
FILE: Final = "attachment"
_DEFS: Final = "#/$defs/"


@dataclass(frozen=True, slots=True)
class People:
    """Who signs: so many different holders of a role at a place; *title* names the signature."""

    role: Role
    at: str
    count: int = 1
    title: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A state; ``sent``: the report has left the unit, ``final``: approved."""

    code: str
    title: str
    editable: bool = False
    sent: bool = False
    final: bool = False
    deadline: str | None = None
    escalate: People | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A move of people: who may fire which event from which states, alone or together.

    *number* is its place in the file, by which a signature names it. With *ordered* the people
    sign one after the other as they are declared. *cascade*: what was summed from the report is
    reopened with it.
    """

    number: int
    event: str
    sources: tuple[str, ...]
    target: str
    people: tuple[People, ...]
    ordered: bool = False
    guards: tuple[str, ...] = ()
    when: str | None = None
    input: Mapping[str, object] | None = None
    cascade: bool = False

    @property
    def role(self) -> Role:
        """The role of whoever signs first."""
        return self.people[0].role

    @property
    def at(self) -> str:
        """The place of whoever signs first."""
        return self.people[0].at

    @property
    def signatures(self) -> int:
        """How many different people it takes."""
        return sum(one.count for one in self.people)


@dataclass(frozen=True, slots=True)
class TimedTransition:
    """A move of time: fired by the worker when *after* working days of the state have passed."""

    number: int
    event: str
    sources: tuple[str, ...]
    target: str
    after: str
    guards: tuple[str, ...] = ()
    when: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class StateMap:
    """Where running reports of an earlier version go: state by state; others keep their code."""

    version: int
    states: Mapping[str, str]


def state_of(code: str, declared: Mapping[str, object]) -> State:
    """One entry of ``states``."""
    escalate, deadline = declared.get("escalate"), declared.get("deadline")
    return State(
        code=code,
        title=str(declared["title"]),
        editable=bool(declared.get("editable", False)),
        sent=bool(declared.get("sent", False)),
        final=bool(declared.get("final", False)),
        deadline=None if deadline is None else str(deadline),
        escalate=None if escalate is None else _people(mapping(escalate)),
    )


def move_of(
    number: int, declared: Mapping[str, object], definitions: Mapping[str, object]
) -> Transition | TimedTransition:
    """One entry of ``transitions``; *definitions* are the file's ``$defs``."""
    event, target = str(declared["event"]), str(declared["to"])
    sources = tuple(str(source) for source in sequence(declared["from"]))
    guards = tuple(str(guard) for guard in sequence(declared.get("guards", ())))
    when = None if declared.get("when") is None else str(declared["when"])
    if "after" in declared:
        note = None if declared.get("note") is None else str(declared["note"])
        after = str(declared["after"])
        return TimedTransition(number, event, sources, target, after, guards, when, note)
    people, ordered = people_of(mapping(declared["by"]))
    supplied = None if declared.get("input") is None else mapping(declared["input"])
    if supplied is not None and "$ref" in supplied:
        supplied = mapping(definitions[str(supplied["$ref"]).removeprefix(_DEFS)])
    cascade = bool(declared.get("cascade", False))
    return Transition(
        number, event, sources, target, people, ordered, guards, when, supplied, cascade
    )


def file_fields(supplied: Mapping[str, object] | None) -> tuple[str, ...]:
    """The fields of an ``input`` that ask for a file."""
    declared = {} if supplied is None else mapping(supplied.get("properties", {}))
    return tuple(key for key, one in declared.items() if mapping(one).get("format") == FILE)


def people_of(by: Mapping[str, object]) -> tuple[tuple[People, ...], bool]:
    """Who signs a move, and whether in the order in which they are named."""
    if "all" not in by:
        return (_people(by),), False
    return tuple(_people(mapping(one)) for one in sequence(by["all"])), by.get("order") == "given"


def map_of(declared: Mapping[str, object]) -> StateMap:
    """The entry ``map``."""
    states = mapping(declared["states"])
    return StateMap(int(str(declared["from"])), {old: str(new) for old, new in states.items()})


def _people(declared: Mapping[str, object]) -> People:
    title = declared.get("title")
    return People(
        role=Role(str(declared["role"])),
        at=str(declared["at"]),
        count=int(str(declared.get("count", 1))),
        title=None if title is None else str(title),
    )
