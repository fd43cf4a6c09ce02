"""Comments: what people write to each other about a cell, or about a report as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.core.access import Actor
from server.core.event import Event
from server.core.workflow import Workflow

#: Who speaks: somebody of the reporting unit, or of an office that checks its report.
UNIT, OFFICE = "unit", "office"
LONGEST = 2000
_RETURN = "submission.return"


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment. *path* is empty when it is about the whole report.

    *answers_to* names the comment that began the thread, or the return (an event's id) whose
    mark is answered.
    """

    id: str
    submission: str
    path: str
    author: str
    side: str
    written_at: datetime
    text: str
    answers_to: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What a return said of a cell (with an empty *path*: of the report); *event* is its id."""

    event: str
    path: str
    author: str
    written_at: datetime
    text: str
    last: bool  # of the newest return


def side_of(
    actor: Actor, workflow: Workflow, places: Mapping[str, str], org_unit: str
) -> str | None:
    """For whom *actor* speaks about a report of *org_unit*; None for who has no part in it.

    Whoever may fire some event of the report's workflow has a part in it, in every state.
    """
    speaks = None
    for people in (one for move in workflow.transitions for one in move.people):
        unit = places.get(people.at)
        if unit is not None and unit in actor.units(people.role):
            if unit == org_unit:
                return UNIT
            speaks = OFFICE
    return speaks


def marks_of(history: list[Event]) -> list[Mark]:
    """What the returns of a report said, the oldest first."""
    returns = [event for event in history if event.name == _RETURN]
    found = []
    for event in returns:
        last = event is returns[-1]
        note = str(event.details.get("note", ""))
        said = [("", note)] if note else []
        marks = event.details.get("marks", [])
        for mark in marks if isinstance(marks, list) else []:
            said.append((str(mark.get("path", "")), str(mark.get("note", ""))))
        found += [
            Mark(event.id, path, event.actor, event.happened_at, text, last) for path, text in said
        ]
    return found


def is_answered(mark: Mark, comments: list[Comment]) -> bool:
    """Whether the unit wrote something about the marked cell after the return."""
    return any(
        comment.side == UNIT
        and comment.path == mark.path
        and (comment.answers_to == mark.event or comment.written_at > mark.written_at)
        for comment in comments
    )
