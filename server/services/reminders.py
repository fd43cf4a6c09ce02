"""Reminders: who is urged on which day, each step once.

Plugins decide the days and the words. What is due is computed from the database each time and
claimed with a unique row together with who is to get it; then everybody's share of the day leaves
as one mail. So any number of workers, restarts and clock jumps send each reminder once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import structlog

from server.core.access import SYSTEM, Actor
from server.core.calendar import is_working_day
from server.core.changed_date import due_changes
from server.core.obligation import Obligation
from server.core.ports import Clock, Transaction
from server.core.reminder_claim import Claim
from server.core.reminder_plan import LONGEST_SILENCE, ReminderPlan, is_quiet, working_day
from server.errors import AccessDenied, NotFound
from server.hooks import Message, Step
from server.hooks.manager import Plugins
from server.services.accounts import Accounts
from server.services.reminder_days import (
    PlannedReminder,
    ReminderRecord,
    ahead,
    first_day,
    in_order,
    shown,
)
from server.services.reminder_digests import Digests
from server.services.reminder_planning import PlannedStep, Planning, standing
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

        Of a day gone by, and of today as far as it is settled, this is what was recorded; the rest
        is planned. Of several steps that were missed only the latest is sent. A report that left
        its unit, was returned or closed, or has an extension that still runs gets none, and that
        is said.
        """
        today, found = self.clock.today(), list(self._record().of(day, self.clock.today()))
        if day >= today:
            holidays = self.reports.reviewer.reference.holidays()
            first = first_day(self.clock.now(), lambda one: is_working_day(one, holidays))
            planning = self.planning(working_day(day, holidays))
            steps = self._pass(planning, self._since(planning.day))
            for step in ahead(steps, planning, day, today=today, first=first):
                found += shown(step)
        return in_order(found)

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
        planning, since = self.planning(day), self._since(day)
        found: list[PlannedReminder] = []
        for step in self._pass(planning, since):
            if (step.suppressed is None or step.settled) and self._take(step):
                found += shown(step)
        with self.transaction():
            self.store.pass_gate(day)
        self.digests.send(planning)
        return in_order(found)

    def preview(
        self, obligation: Obligation, step: str, plan: ReminderPlan | None = None
    ) -> Preview:
        """What that step says for that report, and who would get it, on the day of the step.

        Of a step that was taken already: what became of it; of one that is over and was not taken,
        that it has ``passed``. *plan* is one that is not kept yet; else the one in force.
        """
        planning = self.planning(self.clock.today())
        if plan is not None:
            planning.plans[obligation.form] = plan
        for rule in planning.rules:
            for one in planning.steps(obligation, rule):
                if one.code == step:
                    on = planning.day_of(obligation, one)
                    planning = self.planning(on)
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
        message = self.digests.words(planning, obligation, rule, step, "vi")
        edition = len(due_changes(obligation.why)) + 1
        recorded = self._record().step(obligation, str(Claim(step.code, edition)))
        if recorded:
            return Preview(tuple(recorded), message)
        unit, to = planning.reports.unit(obligation), planning.directory.of(obligation, step)
        reason = standing(obligation, on) or (None if to else "no-address")
        if on < self.clock.today():
            to, reason = [], "passed"
        planned = PlannedStep(obligation, unit, rule, step, on, tuple(to), reason, claim=step.code)
        return Preview(tuple(shown(planned)), message)

    def planning(self, day: date) -> Planning:
        """A pass on that day, by the plans in force."""
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
            self.digests.parts.duties.waiting(),
        )

    def _pass(self, planning: Planning, since: date) -> Iterator[PlannedStep]:
        """The steps of reports, then those of parts that other units owe inside them."""
        yield from planning.pass_over(since)
        yield from self.digests.parts.pass_over(planning)

    def _record(self) -> ReminderRecord:
        return ReminderRecord(self.store, self.mails, self.reports)

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
            if not self.mails.claim_reminder(obligation.id, planned.claim, obligation.due_on):
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
            step=planned.claim,
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
