"""Extensions: a unit asks for more time for one report; the office above grants or refuses."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

SHORTEST_REASON, LONGEST_REASON = 5, 500


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


def is_reason(text: str) -> bool:
    """Whether *text* explains anything."""
    return SHORTEST_REASON <= len(text) <= LONGEST_REASON
