"""One pass over what is owed on a day: which steps have come, for whom, and why not for others.

Nothing is written here, so that a preview and the worker can never disagree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from server.core.calendar import Calendar
from server.core.changed_date import due_changes
from server.core.obligation import Obligation, Progress
from server.core.org_unit import OrgUnit
from server.core.reminder_claim import Claim
from server.core.reminder_plan import (
    CATCH_UP,
    FIRST_DAY,
    LAST_DAY,
    ReminderPlan,
    working_day,
)
from server.hooks import DueReport, Step
from server.hooks.door import GuardedReminderRule
from server.services.reminder_recipients import Addressed, Directory
from server.services.reminder_reports import DueReports
from server.storage.reminders import EVERY_FORM, ReminderStore

#: Reasons that leave a step open: it goes out as soon as they are gone.
DEFERRED = frozenset({"day-off", "no-address", "not-open", "other-part"})
_BATCH = 500
#: Days off in a row that a step may be moved by.
_SLACK = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of one obligation that has come; *suppressed* says why it does not go out now."""

    obligation: Obligation
    unit: OrgUnit
    rule: str
    step: Step
    on: date
    to: tuple[Addressed, ...]
    suppressed: str | None
    over: bool = False
    """Whether its time is over, so that a reason that might have gone away is the last one."""
    claim: str = ""
    """By what it is claimed: the step, of which due date."""

    @property
    def settled(self) -> bool:
        """Whether nothing will ever come of it."""
        return self.suppressed is not None and (self.over or self.suppressed not in DEFERRED)


@dataclass(slots=True)
class Planning:
    """A pass on one day, with what it has looked up already."""

    day: date
    rules: tuple[GuardedReminderRule, ...]
    plans: dict[str, ReminderPlan]
    reports: DueReports
    directory: Directory
    store: ReminderStore
    calendar_of: Callable[[str], Calendar]
    waits_for_others: Callable[[Obligation], bool]
    _steps: dict[tuple[object, ...], tuple[Step, ...]] = field(default_factory=dict)

    def plan_of(self, form: str) -> ReminderPlan | None:
        """The office's plan for that form; none where the plugin decides by its options."""
        return self.plans.get(form) or self.plans.get(EVERY_FORM)

    def pass_over(self, since: date) -> Iterator[PlannedStep]:
        """Every step that has come since then and is not taken."""
        first, last = self._reach(since)
        after = None
        while True:
            batch = self.store.due_between(first, last, after, _BATCH)
            taken = self.store.taken([one.id for one in batch])
            for obligation in batch:
                for rule in self.rules:
                    known = taken.get(obligation.id, frozenset())
                    yield from self._of(obligation, rule, known)
            if len(batch) < _BATCH:
                return
            after = batch[-1].id

    def bare(self, obligation: Obligation) -> DueReport:
        """The facts of an obligation on this day."""
        superior = self.directory.superior(obligation)
        due = self.reports.bare(obligation, self.day, self.plan_of(obligation.form), superior)
        if due.contact and not self.directory.has_left(due.contact):
            return due
        issuer = self.reports.issuer(obligation)
        if due.contact:
            known = self.directory.came_after(due.contact, issuer)
        else:
            known = self.directory.contact(issuer)
        return replace(due, contact=known.name, phone=known.phone) if known else due

    def steps(self, obligation: Obligation, rule: GuardedReminderRule) -> tuple[Step, ...]:
        """The rule's steps; asked once for reports that are alike."""
        superior = self.directory.superior(obligation)
        key = (
            rule.code,
            obligation.form,
            obligation.period,
            obligation.due_on,
            obligation.late_after,
            superior.id if superior else None,
        )
        if key not in self._steps:
            self._steps[key] = rule.steps(self.bare(obligation))
        return self._steps[key]

    def day_of(self, obligation: Obligation, step: Step) -> date:
        """The working day of a step, at the unit that answers for the report."""
        days = self.calendar_of(obligation.responsible_unit)
        return working_day(step.on, days, back=step.on <= obligation.due_on)

    def _reach(self, since: date) -> tuple[date, date]:
        """Due dates, or ends of grace, of what can have a step between *since* and today."""
        days = [step.days for plan in self.plans.values() for step in plan.steps]
        for rule in self.rules:
            plan = rule.default_plan()
            days += [step.days for step in plan.steps] if plan else [FIRST_DAY, LAST_DAY]
        if not days:
            return self.day, self.day
        start = min(since, self.day)
        return (
            _shifted(start, -max(days) - (CATCH_UP + _SLACK).days),
            _shifted(self.day, -min(days) + _SLACK.days),
        )

    def _of(
        self, obligation: Obligation, rule: GuardedReminderRule, taken: frozenset[str]
    ) -> Iterator[PlannedStep]:
        come = [
            (on, step)
            for step in self.steps(obligation, rule)
            if (on := self.day_of(obligation, step)) <= self.day
        ]
        if not come:
            return
        come.sort(key=lambda one: (one[0], one[1].on))
        _on, latest = come[-1]
        changes = due_changes(obligation.why)
        claims = {step.code: str(Claim(step.code, len(changes) + 1)) for _on, step in come}
        for on, step in come:
            if claims[step.code] not in taken:
                reason = "merged" if step is not latest else self.reason(obligation, on)
                if changes and on <= changes[-1].on:
                    reason = "date-changed"  # a new date urges nobody about days gone by
                planned = self.planned(obligation, rule, step, on, reason)
                yield replace(planned, claim=claims[step.code])

    def planned(
        self,
        obligation: Obligation,
        rule: GuardedReminderRule,
        step: Step,
        on: date,
        reason: str | None,
    ) -> PlannedStep:
        unit = self.reports.unit(obligation)
        to: list[Addressed] = []
        if reason in (None, "merged", "too-late", "day-off", "excused"):
            to = self.directory.of(obligation, step)
        over = reason in ("merged", "too-late")
        if not to and (over or reason is None):
            reason = "no-address"  # it may still be given, until the next step comes
        return PlannedStep(obligation, unit, rule.code, step, on, tuple(to), reason, over)

    def reason(self, obligation: Obligation, on: date, *, part: bool = False) -> str | None:
        """Why the latest step, or one of a part, does not go out, as the report stands now."""
        return (
            standing(obligation, self.day)
            or ("too-late" if self.day - on > CATCH_UP else None)
            or ("not-open" if self.day < obligation.opens_on else None)
            or ("other-part" if not part and self.waits_for_others(obligation) else None)
            or (None if self._works(obligation) else "day-off")
        )

    def _works(self, obligation: Obligation) -> bool:
        return self.calendar_of(obligation.responsible_unit).is_working(self.day)


def standing(obligation: Obligation, day: date) -> str | None:
    """Why a report is not to be urged on that day; ``None`` when it is."""
    if obligation.progress in (Progress.SENT, Progress.FINAL):
        return "submitted"
    if obligation.progress is Progress.RETURNED:
        return "returned"
    if obligation.excused_until is not None and day <= obligation.excused_until:
        return "excused"
    return "closed" if str(obligation.state(day)) == "closed" else None


def _shifted(day: date, days: int) -> date:
    """That many days on; a clock at the end of time stays inside it."""
    number = day.toordinal() + days
    return date.fromordinal(min(max(number, 1), date.max.toordinal()))
