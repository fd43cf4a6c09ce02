"""Comments: what people write to each other about a cell, or about a report as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.core.access import Actor
from server.core.event import Event
from server.core.workflow import Workflow

#: Who speaks: somebody of the reporting unit, or of an office that checks its report.
UNIT, OFFICE = "unit", "office"
LONGEST = 2000
_RETURN = "submission.return"
#: A report went to a newer version of its form; it went back.
CARRIED, TAKEN_BACK = "submission.form_changed", "submission.form_restored"


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
    moves = carried(history)
    found = []
    for event in returns:
        last = event is returns[-1]
        note = str(event.details.get("note", ""))
        said = [("", note)] if note else []
        marks = event.details.get("marks", [])
        for mark in marks if isinstance(marks, list) else []:
            path = _now(str(mark.get("path", "")), event.sequence, moves)
            said.append((path, str(mark.get("note", ""))))
        found += [
            Mark(event.id, path, event.actor, event.happened_at, text, last) for path, text in said
        ]
    return found


def placed_now(comments: Sequence[Comment], history: list[Event]) -> list[Comment]:
    """The comments, each at the place that its cell has in the present version of the form.

    What was said of a cell that is gone is said of the report.
    """
    moves = carried(history)
    if not moves:
        return list(comments)
    found = []
    for one in comments:
        said = [event.sequence for event in history if event.details.get("comment") == one.id]
        found.append(replace(one, path=_now(one.path, min(said, default=0), moves)))
    return found


def carried(history: list[Event]) -> list[Event]:
    """The moves to a newer version of the form that were not taken back, the oldest first."""
    found: list[Event] = []
    for event in history:
        if event.name == CARRIED:
            found.append(event)
        elif event.name == TAKEN_BACK and found:
            found.pop()
    return found


def _now(path: str, since: int, moves: list[Event]) -> str:
    for event in moves:
        places = event.details.get("paths")
        if event.sequence > since and isinstance(places, Mapping):
            path = str(places.get(path, path))
    return path


def is_answered(mark: Mark, comments: list[Comment]) -> bool:
    """Whether the unit wrote something about the marked cell after the return."""
    return any(
        comment.side == UNIT
        and comment.path == mark.path
        and (comment.answers_to == mark.event or comment.written_at > mark.written_at)
        for comment in comments
    )
