"""Who gets what on a day: what was recorded of it, and what is still to come as it is planned.

What is past is read from the deliveries and never planned anew: a plan knows what ought to have
been sent, only the record knows what was. Nothing is written here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from server.core.obligation import Obligation
from server.core.org_unit import OrgUnit
from server.core.ports import LOCAL
from server.core.reminder_claim import Claim
from server.core.reminder_plan import CLOSING, working_day
from server.services.reminder_planning import DEFERRED, PlannedStep, Planning
from server.services.reminder_reports import DueReports
from server.storage.mail import MailStore, StoredMail
from server.storage.reminders import SENT, Delivery, ReminderStore

_OPTED_DOWN = "opted-down"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """One reminder to one recipient; *suppressed* says why it does not go, if it does not.

    Of one that is recorded *suppressed* is what became of it: ``sent``, ``waiting``, ``dead``,
    ``bounced`` (the mail came back), or the reason why nothing went out.
    """

    obligation: Obligation
    step: str
    on: date
    recipient: str | None
    channel: str
    unit: OrgUnit
    suppressed: str | None
    addressee: str | None = None
    name: str | None = None
    at: datetime | None = None
    """When it was settled, of what is recorded."""

    def as_json(self) -> dict[str, object]:
        """The shape of ``./run remind --json``."""
        claim = Claim.read(self.step)
        return {
            "org_unit": self.obligation.org_unit,
            "form": self.obligation.form,
            "period": self.obligation.period,
            "step": str(replace(claim, part="")),
            "part": claim.part or None,
            "due_on": self.obligation.due_on.isoformat(),
            "recipient": self.recipient,
            "channel": self.channel,
            "suppressed": self.suppressed,
            "addressee": self.addressee,
            "name": self.name,
            "at": None if self.at is None else self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class ReminderRecord:
    """Reading what became of reminders."""

    store: ReminderStore
    mails: MailStore
    reports: DueReports

    def of(self, day: date, today: date) -> list[PlannedReminder]:
        """What was settled on that day, and what was taken on it and waits; today all that waits.

        Nothing is settled on a day that is still to come.
        """
        since = datetime.combine(day, time(), LOCAL)
        until = datetime.combine(day + timedelta(days=1), time(), LOCAL)
        found = [
            one
            for one in (self.store.recorded(since, until) if day <= today else ())
            if one.settled_at is not None or day == today or one.taken_at >= since
        ]
        return self._all(found)

    def step(self, obligation: Obligation, claim: str) -> list[PlannedReminder]:
        """What became of one step of one report; nothing when it was not taken."""
        found = self.store.deliveries(obligations=[obligation.id])
        return self._all([one for one in reversed(found) if one.step == claim])

    def _all(self, found: Sequence[Delivery]) -> list[PlannedReminder]:
        mails: dict[str, StoredMail] = {}
        owed: dict[str, Obligation] = {}
        for start in range(0, len(found), _BATCH):
            batch = found[start : start + _BATCH]
            mails |= self.mails.many({one.message_id for one in batch if one.message_id})
            ids = sorted({one.obligation for one in batch} - owed.keys())
            owed |= {one.id: one for one in self.reports.obligations.many(ids)}
        return [self._told(one, owed[one.obligation], mails) for one in found]

    def _told(
        self, one: Delivery, obligation: Obligation, mails: Mapping[str, StoredMail]
    ) -> PlannedReminder:
        return PlannedReminder(
            obligation=obligation,
            step=one.step,
            on=(one.settled_at or one.taken_at).astimezone(LOCAL).date(),
            recipient=one.recipient,
            channel=one.channel,
            unit=self.reports.unit(obligation),
            suppressed=fate(one, mails.get(one.message_id or "")),
            addressee=one.addressee,
            name=one.name,
            at=one.settled_at,
        )


def fate(delivery: Delivery, mail: StoredMail | None) -> str:
    """What became of a delivery: its outcome; of one that went out, what became of the mail."""
    return fate_of(mail) if delivery.outcome == SENT and mail is not None else delivery.outcome


def fate_of(mail: StoredMail) -> str:
    """What became of a mail: its state, or that it came back."""
    return "bounced" if mail.returned_at is not None else mail.state


def first_day(now: datetime, national: Callable[[date], bool]) -> date:
    """The first day on which something can still leave, as *national* says whether it is worked."""
    local = now.astimezone(LOCAL)
    day = local.date() + timedelta(days=local.time() >= CLOSING)
    while not national(day):
        day += timedelta(days=1)
    return day


def ahead(
    steps: Iterable[PlannedStep], planning: Planning, day: date, *, today: date, first: date
) -> Iterator[PlannedStep]:
    """Those of *steps* that fall on that day; *planning* is of the working day that it leads to.

    On a day off they wait for that working day, and say so.
    """
    waits = day != planning.day
    for one in steps:
        if one.over:
            continue
        owed = one.obligation
        calendar = planning.calendar_of(owed.responsible_unit)
        goes_on = working_day(max(one.on, owed.opens_on, first), calendar)
        if waits:
            if goes_on == planning.day and max(one.step.on, owed.opens_on, today) <= day:
                yield replace(one, on=goes_on, suppressed=one.suppressed or "day-off")
        elif goes_on == day:
            yield one
        elif day == today and one.suppressed in DEFERRED:
            yield replace(one, on=goes_on)


def shown(planned: PlannedStep) -> Iterable[PlannedReminder]:
    """A line for each recipient; one without when there is none."""
    for one in planned.to or (None,):
        suppressed = planned.suppressed
        if suppressed is None and one is not None and one.declined:
            suppressed = _OPTED_DOWN
        yield PlannedReminder(
            obligation=planned.obligation,
            step=planned.claim,
            on=planned.on,
            recipient=one.recipient if one else None,
            channel=planned.step.channel,
            unit=planned.unit,
            suppressed=suppressed,
            addressee=one.addressee if one else None,
            name=one.name if one else None,
        )


def in_order(found: Iterable[PlannedReminder]) -> list[PlannedReminder]:
    """By due date and unit, then so that equal ones never change places."""
    return sorted(
        found,
        key=lambda item: (
            item.obligation.due_on,
            item.unit.code,
            item.obligation.form,
            item.step,
            item.recipient or "",
        ),
    )
