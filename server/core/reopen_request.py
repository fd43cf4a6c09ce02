"""Đề nghị mở lại: the unit of a final report asks those above to open it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from server.core.event import Event
from server.core.reasons import LONGEST
from server.core.workflow import Workflow
from server.core.workflow_visit import is_partial

ASKED: Final = "submission.reopen_asked"
REFUSED: Final = "submission.reopen_refused"
REOPEN: Final = "reopen"
SHORTEST_REASON, LONGEST_REASON = 5, LONGEST


@dataclass(frozen=True, slots=True)
class ReopenRequest:
    """One request; *id* is that of its event, *reason* is empty once it was erased."""

    id: str
    submission: str
    asked_by: str
    asked_at: datetime
    reason: str
    on_behalf_of: str | None = None


def is_reason(text: str) -> bool:
    """Whether *text* explains anything, in characters that can be read."""
    readable = all(letter.isprintable() or letter in "\n\t" for letter in text)
    return readable and SHORTEST_REASON <= len(text) <= LONGEST_REASON


def is_askable(workflow: Workflow, state: str) -> bool:
    """Whether a report in *state* is locked and somebody could open it again."""
    return not workflow.states[state].editable and any(
        move.event == REOPEN and state in move.sources for move in workflow.transitions
    )


def unanswered(history: Sequence[Event]) -> Event | None:
    """The request after which the report was neither reopened nor left closed with a reason."""
    found = None
    for event in history:
        if event.name == ASKED:
            found = event
        elif event.name == REFUSED or (
            event.name == f"submission.{REOPEN}" and not is_partial(event.details)
        ):
            found = None
    return found
