"""What crosses the hooks of reminders and channels: reports that are due, texts, mails.

A rule decides when and with which words; which reports are still owed, and that each step is
sent once, is decided by the server. A channel only carries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from server.core.ports import Mail
from server.core.reminder_plan import Addressee, PlanStep, ReminderPlan, Words, fill_words

__all__ = [
    "Addressee",
    "Channel",
    "DueReport",
    "Mail",
    "Message",
    "PlanStep",
    "Recipient",
    "ReminderPlan",
    "ReminderRule",
    "Step",
    "Words",
    "fill_words",
]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is to be reached: a unit or a person."""

    name: str
    email: str | None = None
    phone: str | None = None
    code: str | None = None
    """The official code of a unit, or the user name of a person."""


class Channel(Protocol):
    """Carries messages over one medium."""

    @property
    def code(self) -> str:
        """The stable name of the medium, unique over all plugins: ``email``."""
        ...

    def address(self, recipient: Recipient) -> str | None:
        """Where this channel reaches the *recipient*; ``None`` when it cannot."""
        ...

    def send(self, mail: Mail) -> str:
        """Hand over one message and return what the other side answered, or raise ``Refused``.

        A retry brings the same ``message_id`` again.
        """
        ...


@dataclass(frozen=True, slots=True)
class DueReport:
    """One expected report as a reminder speaks of it."""

    form_title: str
    form_code: str
    period_title: str
    period_id: str
    org_unit_name: str
    due_on: date
    state_title: str
    """The step the report is at, without the count of missing cells: ``Đang nhập``."""
    issuer: str
    """Who asked for the report: ``Ban Dân tộc tỉnh``."""
    missing_cells: int | None = None
    letter_number: str | None = None
    letter_on: date | None = None
    contact: str | None = None
    phone: str | None = None
    superior_name: str | None = None
    days_late: int = 0
    """On the day of sending; 0 until the due date and the days of grace have passed."""
    plan: ReminderPlan | None = None
    """What the office decided for this form; without it the plugin goes by its own options."""
    language: str = "vi"
    """Of who reads the words: ``vi`` or ``en``."""
    late_after: date | None = None
    """The last day of grace, where one was given after the due date; ``D+1`` is the day after."""

    @property
    def counted_from(self) -> date:
        """The last day that is not late: what is sent after it counts as late."""
        return self.due_on if self.late_after is None else max(self.due_on, self.late_after)


@dataclass(frozen=True, slots=True)
class Step:
    """One planned reminder: ``D-7`` is seven days before the due date, ``D+1`` a day after.

    Steps after the date count from the last day of grace, where there is one.

    *on* is the day by the calendar; a step that falls on a day off goes out on a working day. What
    is not *mandatory* a person may decline.
    """

    code: str
    on: date
    recipients: tuple[Addressee, ...] = ("unit",)
    channel: str = "email"
    mandatory: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    """What is said, in plain text."""

    subject: str
    body: str


class ReminderRule(Protocol):
    """Plans and words the reminders of one report. Pure: no clock, no writing.

    A rule that works on plans as data has ``default_plan() -> ReminderPlan`` as well: what its
    options say, shown where the office writes a plan of its own, which then comes in ``due.plan``.
    """

    @property
    def code(self) -> str:
        """The stable name of the rule, unique over all plugins."""
        ...

    def steps(self, due: DueReport) -> Iterable[Step]:
        """All reminders of this report, by day."""
        ...

    def compose(self, step: Step, due: DueReport) -> Message:
        """The words of one of them."""
        ...
