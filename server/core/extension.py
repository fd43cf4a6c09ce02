"""Extensions: a unit asks for more time for one report; the office above grants or refuses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from server.core.obligation import Obligation

SHORTEST_REASON, LONGEST_REASON = 5, 500
#: How long after its due date a report without a closing day may be given time at most.
LONGEST = timedelta(days=365)
#: How long a report is opened again at most whose closing day is over.
LONGEST_REOPENED = timedelta(days=31)


class ExtensionState(StrEnum):
    """What became of a request."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ExtensionRequest:
    """One request; *until* is the day that was granted, which may be another than was asked."""

    id: str
    obligation: str
    asked_until: date
    reason: str
    asked_by: str
    asked_at: datetime
    state: ExtensionState = ExtensionState.OPEN
    until: date | None = None
    answer: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


def latest_day(obligation: Obligation, today: date) -> date:
    """The last day until which more time can be asked for, or given.

    The closing day while it lies ahead: what the round closes, one unit's extension does not keep
    open. A report that is closed already is opened for a month at most, one without a closing day
    for a year after its due date.
    """
    closes = obligation.closes_on
    if closes is not None and closes > obligation.due_on and closes >= today:
        return closes
    again = max(today, obligation.due_on) + LONGEST_REOPENED
    return again if closes is not None else max(again, obligation.due_on + LONGEST)


def is_reason(text: str) -> bool:
    """Whether *text* explains anything."""
    return SHORTEST_REASON <= len(text) <= LONGEST_REASON
