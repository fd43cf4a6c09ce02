"""Obligations: which unit owes which report for which period and round, and how late it is."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.core.ports import LOCAL


class ObligationState(StrEnum):
    """The state of an expected report as the board and the API show it."""

    UPCOMING = "upcoming"
    OPEN = "open"
    GRACE = "grace"  # due, and not counted as late yet
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


_FEW_DAYS, _MANY_DAYS = 5, 10
_DATES = ("opens", "due", "grace", "closes")


class Timeliness(StrEnum):
    """How a report stands to its due date, for rates and emulation points."""

    DUE = "due"  # not sent, still time
    ON_TIME = "on_time"
    EXCUSED = "excused"  # late, within an extension
    LATE = "late"


class LateClass(StrEnum):
    """The classes of lateness that rules on statistical reports tell apart."""

    IN_TIME = "in_time"
    UNDER_5 = "under_5"
    FROM_5_TO_10 = "from_5_to_10"
    OVER_10 = "over_10"


def late_class(days: int) -> LateClass:
    """The class of so many days late: under 5, 5 to 10, more than 10.

    >>> [late_class(days).value for days in (0, 4, 5, 10, 11)]
    ['in_time', 'under_5', 'from_5_to_10', 'from_5_to_10', 'over_10']
    """
    if days <= 0:
        return LateClass.IN_TIME
    if days < _FEW_DAYS:
        return LateClass.UNDER_5
    return LateClass.FROM_5_TO_10 if days <= _MANY_DAYS else LateClass.OVER_10


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
    why: str = "{}"  # why the dates are these days; ``core.due_date.explained`` reads it

    @property
    def sent_on(self) -> date | None:
        """The local day on which it left the unit."""
        return None if self.sent_at is None else self.sent_at.astimezone(LOCAL).date()

    @property
    def late_after(self) -> date:
        """The last day that is not late: the day of grace where one was given, else the due date.

        Everything that counts lateness (state, rates, classes, reminders after the date) asks this.
        """
        return self.due_on if self.grace_on is None else max(self.due_on, self.grace_on)

    @property
    def deadline(self) -> date:
        """The day by which it must leave the unit: a return or an extension may set it."""
        if self.progress is Progress.RETURNED and self.return_due_on is not None:
            return self.return_due_on
        if self.excused_until is not None and self.progress not in (Progress.SENT, Progress.FINAL):
            return max(self.due_on, self.excused_until)
        return self.due_on

    def state(self, today: date) -> ObligationState:
        """The state on that day; a returned report follows the return, not the calendar."""
        by_progress = {
            Progress.FINAL: ObligationState.APPROVED,
            Progress.SENT: ObligationState.SUBMITTED,
            Progress.RETURNED: ObligationState.RETURNED,
        }
        if self.progress in by_progress:
            return by_progress[self.progress]
        if self.is_shut(today):
            return ObligationState.CLOSED
        if self.late_after < today and self.is_extended(today):
            return ObligationState.EXCUSED
        if today < self.opens_on:
            return ObligationState.UPCOMING
        if today > self.late_after:
            return ObligationState.LATE
        return ObligationState.GRACE if today > self.due_on else ObligationState.OPEN

    def is_extended(self, today: date) -> bool:
        """Whether an extension runs on that day; it ends by itself."""
        return self.excused_until is not None and today <= self.excused_until

    def is_shut(self, today: date) -> bool:
        """Whether nothing more is taken: closed by hand, or past the closing day.

        An extension opens a report that its day had closed. What left the unit once and came back
        (returned, reopened) is not held up by a day of the calendar.
        """
        if self.closed:
            return True
        past = self.closes_on is not None and today > self.closes_on
        return past and self.sent_at is None and not self.is_extended(today)

    def timeliness(self, today: date) -> Timeliness:
        """Against the original due date and its grace: an extension makes nothing timely."""
        sent = self.progress in (Progress.SENT, Progress.FINAL)
        until = self.sent_on if sent and self.sent_on else today
        if until <= self.late_after:
            return Timeliness.ON_TIME if sent else Timeliness.DUE
        excused = self.excused_until is not None and until <= self.excused_until
        return Timeliness.EXCUSED if excused else Timeliness.LATE

    def days_late(self, today: date, sent_on: date | None = None) -> int:
        """Days past due date and grace, never negative: until it was sent, else until today.

        A returned report is late by its return's own deadline.
        """
        if self.progress is Progress.RETURNED and self.return_due_on is not None:
            return max(0, (today - self.return_due_on).days)
        until = sent_on if self.progress in (Progress.SENT, Progress.FINAL) and sent_on else today
        return max(0, (until - self.late_after).days)


@dataclass(frozen=True, slots=True)
class RoundDates:
    """Days that a letter sets for a level, a form or both; an empty word stands for all."""

    level: str = ""
    form: str = ""
    opens: date | None = None
    due: date | None = None
    grace: date | None = None
    closes: date | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """The file of the letter; the bytes stand in the folder of attachments by digest."""

    name: str
    media_type: str
    size: int
    sha256: str


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
    dates: tuple[RoundDates, ...] = ()
    ad_hoc: bool = False
    letter: Letter | None = None

    def dates_of(self, form: str, level: str) -> RoundDates:
        """The days set for a form at a level, each by the most precise line that names it."""
        found: dict[str, date] = {}
        for place in (("", ""), ("", level), (form, ""), (form, level)):
            for line in self.dates:
                if (line.form, line.level) == place:
                    days = {name: getattr(line, name) for name in _DATES}
                    found |= {name: day for name, day in days.items() if day is not None}
        return RoundDates(level=level, form=form, **found)
