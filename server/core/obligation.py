"""Obligations: which unit owes which report for which period and round, and how late it is."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ObligationState(StrEnum):
    """The state of an expected report as the board and the API show it."""

    UPCOMING = "upcoming"
    OPEN = "open"
    LATE = "late"
    RETURNED = "returned"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    EXCUSED = "excused"
    CLOSED = "closed"


class Progress(StrEnum):
    """How far the report itself is, kept beside the obligation at each transition."""

    NONE = "none"
    STARTED = "started"
    RETURNED = "returned"
    SENT = "sent"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One expected report. ``org_unit`` is its subject for ever; who is responsible may change."""

    id: str
    form: str
    org_unit: str
    responsible_unit: str
    period: str
    round: str | None
    opens_on: date
    due_on: date
    grace_on: date | None
    closes_on: date | None
    progress: Progress = Progress.NONE
    sent_at: datetime | None = None
    excused_until: date | None = None
    excuse: str | None = None
    closed: bool = False
    return_due_on: date | None = None
    submission: str | None = None

    def state(self, today: date) -> ObligationState:
        """The state on that day; a returned report follows the return, not the calendar."""
        by_progress = {
            Progress.FINAL: ObligationState.APPROVED,
            Progress.SENT: ObligationState.SUBMITTED,
            Progress.RETURNED: ObligationState.RETURNED,
        }
        if self.progress in by_progress:
            return by_progress[self.progress]
        if self.closed or (self.closes_on is not None and today > self.closes_on):
            return ObligationState.CLOSED
        if self.excused_until is not None and self.due_on < today <= self.excused_until:
            return ObligationState.EXCUSED
        if today < self.opens_on:
            return ObligationState.UPCOMING
        return ObligationState.LATE if today > self.due_on else ObligationState.OPEN

    def days_late(self, today: date, sent_on: date | None = None) -> int:
        """Days past the due date, never negative: until it was sent, else until today.

        A returned report is late by its return's own deadline.
        """
        if self.progress is Progress.RETURNED and self.return_due_on is not None:
            return max(0, (today - self.return_due_on).days)
        until = sent_on if self.progress in (Progress.SENT, Progress.FINAL) and sent_on else today
        return max(0, (until - self.due_on).days)


@dataclass(frozen=True, slots=True)
class Round:
    """A collection opened by a letter; its dates win over those of the form."""

    id: str
    code: str
    title: str
    period: str
    letter_number: str
    letter_on: date
    contact: str
    phone: str
    level: str  # estimate, preliminary or official
    forms: tuple[str, ...]
    opens_on: date
