"""Reminders: who is urged on which day, each step once.

Plugins decide the days and the words. What is due is computed from the database each time and
claimed with a unique row together with who is to get it; then everybody's share of the day leaves
as one mail. So any number of workers, restarts and clock jumps send each reminder once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import structlog

from server.core.access import SYSTEM, Actor
from server.core.calendar import is_working_day
from server.core.obligation import Obligation
from server.core.org_unit import OrgUnit
from server.core.ports import Clock, Transaction
from server.core.reminder_plan import LONGEST_SILENCE, ReminderPlan, is_quiet
from server.errors import AccessDenied, NotFound
from server.hooks import Message, Step
from server.hooks.manager import Plugins
from server.services.accounts import Accounts
from server.services.reminder_digests import Digests
from server.services.reminder_planning import PlannedStep, Planning
from server.services.reminder_plans import ReminderPlans
from server.services.reminder_recipients import Addressed, Directory
from server.services.reminder_reports import DueReports
from server.storage.events import EventStore
from server.storage.mail import MailStore
from server.storage.reminders import WAITING, Delivery, Gate, ReminderStore
from server.storage.urgings import MailPreferenceStore

log = structlog.get_logger()
_OPTED_DOWN = "opted-down"


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """One reminder to one recipient; *suppressed* says why it does not go, if it does not."""

    obligation: Obligation
    step: str
    on: date
    recipient: str | None
    channel: str
    unit: OrgUnit
    suppressed: str | None
    addressee: str | None = None
    name: str | None = None

    def as_json(self) -> dict[str, object]:
        """The shape of ``./run remind --json``."""
        return {
            "org_unit": self.obligation.org_unit,
            "form": self.obligation.form,
            "period": self.obligation.period,
            "step": self.step,
            "due_on": self.obligation.due_on.isoformat(),
            "recipient": self.recipient,
            "channel": self.channel,
            "suppressed": self.suppressed,
            "addressee": self.addressee,
            "name": self.name,
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """What one step would say to whom, for one report that is really owed."""

    reminders: tuple[PlannedReminder, ...]
    message: Message


@dataclass(frozen=True, slots=True)
class Reminders:
    """Use cases of urging by plan."""

    plugins: Plugins
    plans: ReminderPlans
    store: ReminderStore
    mails: MailStore
    events: EventStore
    reports: DueReports
    accounts: Accounts
    preferences: MailPreferenceStore
    digests: Digests
    transaction: Transaction
    clock: Clock

    def plan(self, day: date) -> list[PlannedReminder]:
        """Who gets what on that day, by due date and unit; nothing is changed.

        Of several steps that were missed only the latest is sent. A report that left its unit,
        was returned or closed, or has an extension that still runs gets none, and that is said.
        """
        planning = self._planning(day)
        steps = planning.pass_over(self._since(day), all_=True)
        return _in_order(one for step in steps if not step.over for one in _shown(step))

    def send_due(
        self, day: date, *, dry_run: bool = False, confirmed: bool = False
    ) -> list[PlannedReminder]:
        """Put the mails of that day into the outbox, each once; return what was planned.

        Nothing leaves at night or on a day off. After a long silence the clock may be wrong:
        nothing leaves until it is *confirmed* (``confirm_clock``).
        """
        if dry_run:
            return self.plan(day)
        if not self._passes(day, confirmed=confirmed) or self._rests(day):
            return []
        planning, since = self._planning(day), self._since(day)
        found: list[PlannedReminder] = []
        for step in planning.pass_over(since, all_=False):
            if (step.suppressed is None or step.settled) and self._take(step):
                found += _shown(step)
        with self.transaction():
            self.store.pass_gate(day)
        self.digests.send(planning)
        return _in_order(found)

    def preview(
        self, obligation: Obligation, step: str, plan: ReminderPlan | None = None
    ) -> Preview:
        """What that step says for that report, and who would get it, on the day of the step.

        *plan* is one that is not kept yet; else the one in force.
        """
        planning = self._planning(self.clock.today())
        if plan is not None:
            planning.plans[obligation.form] = plan
        for rule in planning.rules:
            for one in planning.steps(obligation, rule):
                if one.code == step:
                    on = planning.day_of(obligation, one)
                    planning = self._planning(on)
                    if plan is not None:
                        planning.plans[obligation.form] = plan
                    return self._preview(planning, obligation, rule.code, one, on)
        raise NotFound(kind="reminder_step", code=step)

    def held(self) -> Gate | None:
        """The jump of the clock that waits for a person's word, if there is one."""
        gate = self.store.gate()
        return gate if gate is not None and gate.held_day is not None else None

    def confirm_clock(self, actor: Actor) -> None:
        """Say that today is really today, so that reminders go on."""
        if not actor.is_admin and actor != SYSTEM:
            raise AccessDenied(action="confirm_clock")
        today = self.clock.today()
        with self.transaction():
            self.store.pass_gate(today)
            self.events.append(
                subject="reminders",
                name="reminders.clock_confirmed",
                actor=actor.account,
                happened_at=self.clock.now(),
                details={"day": today.isoformat()},
            )

    def _preview(
        self, planning: Planning, obligation: Obligation, rule: str, step: Step, on: date
    ) -> Preview:
        unit, to = planning.reports.unit(obligation), planning.directory.of(obligation, step)
        reason = None if to else "no-address"
        planned = PlannedStep(obligation, unit, rule, step, on, tuple(to), reason)
        message = self.digests.words(planning, obligation, rule, step, "vi")
        return Preview(tuple(_shown(planned)), message)

    def _planning(self, day: date) -> Planning:
        directory = Directory(
            day, self.reports.reviewer.reference, self.accounts, self.preferences, self.plugins
        )
        return Planning(
            day,
            self.plugins.reminder_rules(),
            self.plans.own(),
            self.reports,
            directory,
            self.store,
            self.reports.reviewer.reference.calendars(day),
        )

    def _since(self, day: date) -> date:
        gate = self.store.gate()
        return day if gate is None else min(day, gate.day)

    def _passes(self, day: date, *, confirmed: bool) -> bool:
        """Whether the day can be believed; one that cannot is kept for the administrators."""
        gate = self.store.gate()
        if confirmed or gate is None or day - gate.day <= LONGEST_SILENCE:
            return True
        with self.transaction():
            if self.store.hold(day, self.clock.now()):
                log.error("reminders.held", last=gate.day.isoformat(), now=day.isoformat())
        return False

    def _rests(self, day: date) -> bool:
        """At night and on days off; a day off is no silence."""
        if is_quiet(self.clock.now()):
            return True
        if is_working_day(day, self.reports.reviewer.reference.holidays()):
            return False
        with self.transaction():
            self.store.pass_gate(day)
        return True

    def _take(self, planned: PlannedStep) -> bool:
        """Claim a step with its recipients, or with the reason why there are none."""
        obligation = planned.obligation
        with self.transaction():
            if not self.mails.claim_reminder(obligation.id, planned.step.code, obligation.due_on):
                return False
            if planned.suppressed is not None or not planned.to:
                self.store.add([self._delivery(planned, None, planned.suppressed)])
                return True
            deliveries = [
                self._delivery(planned, one, _OPTED_DOWN if one.declined else WAITING)
                for one in planned.to
            ]
            self.store.add(deliveries)
        return True

    def _delivery(
        self, planned: PlannedStep, to: Addressed | None, outcome: str | None
    ) -> Delivery:
        now, outcome = self.clock.now(), outcome or "no-address"
        return Delivery(
            obligation=planned.obligation.id,
            step=planned.step.code,
            rule=planned.rule,
            planned_on=planned.step.on,
            addressee=to.addressee if to else None,
            account=to.account if to else None,
            name=to.name if to else None,
            recipient=to.recipient if to else None,
            channel=planned.step.channel,
            language=to.language if to else "vi",
            taken_at=now,
            outcome=outcome,
            settled_at=None if outcome == WAITING else now,
        )


def _shown(planned: PlannedStep) -> Iterable[PlannedReminder]:
    """A line for each recipient; one without when there is none."""
    for one in planned.to or (None,):
        suppressed = planned.suppressed
        if suppressed is None and one is not None and one.declined:
            suppressed = _OPTED_DOWN
        yield PlannedReminder(
            obligation=planned.obligation,
            step=planned.step.code,
            on=planned.on,
            recipient=one.recipient if one else None,
            channel=planned.step.channel,
            unit=planned.unit,
            suppressed=suppressed,
            addressee=one.addressee if one else None,
            name=one.name if one else None,
        )


def _in_order(found: Iterable[PlannedReminder]) -> list[PlannedReminder]:
    return sorted(found, key=lambda item: (item.obligation.due_on, item.unit.code, item.step))
