"""Reminders of parts: who owes a share of another unit's report gets the plan's steps for it.

A step of a part is claimed like one of a report, by the step and the key of the part. The day of a
part moves with letters and extensions; claims keep the day that they counted from, so each day has
steps of its own, none is claimed twice, and a new day urges nobody about days gone by.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from server.core.obligation import Obligation
from server.core.reminder_claim import Claim
from server.hooks import DueReport
from server.hooks.door import GuardedReminderRule
from server.services.part_duties import PartDuties, PartDuty
from server.services.reminder_planning import PlannedStep, Planning, standing
from server.services.sheets import unit_title
from server.storage.reminders import ReminderStore

DONE = "part-done"
_STATE = {"vi": "Phần của đơn vị chưa xong", "en": "The part of your unit is not done"}
_NAMED = {"vi": "{form} (phần {part} trong báo cáo của {unit})", "en": "{form} ({part}, {unit})"}


@dataclass(frozen=True, slots=True)
class PartReminders:
    """The steps of open parts on one day."""

    duties: PartDuties
    store: ReminderStore

    def pass_over(self, planning: Planning) -> Iterator[PlannedStep]:
        """Every step of a part that has come and is not taken."""
        for together in self.duties.every():
            claims = self.store.part_claims(together.keys())
            for duty in (duty for duties in together.values() for duty in duties):
                taken = _of_part(claims.get(duty.owed.id, {}), duty.part.key)
                for rule in planning.rules:
                    yield from _steps(planning, duty, rule, taken)

    def owed(self, obligation: Obligation, claim: Claim, day: date) -> Obligation | str:
        """The report as the owner of that part owes it; why it is not urged when it is not."""
        duty = self.duties.one(obligation.id, claim.part)
        if duty is None:
            return standing(obligation, day) or DONE
        claims = self.store.part_claims([obligation.id]).get(obligation.id, {})
        taken = _of_part(claims, claim.part)
        if _edition(taken, duty.owed.due_on)[0] != claim.edition:
            return "date-changed"
        return standing(duty.owed, day) or duty.owed

    def facts(self, due: DueReport, owed: Obligation, key: str) -> DueReport:
        """What a reminder says of a part: whose it is, which sections, how much is missing."""
        duty = self.duties.one(owed.id, key)
        if duty is None:
            return due
        language = "en" if due.language == "en" else "vi"
        named = _NAMED[language].format(
            form=due.form_title, part=f"“{duty.sections}”", unit=due.org_unit_name
        )
        return replace(
            due,
            form_title=named,
            org_unit_name=unit_title(duty.owner),
            state_title=_STATE[language],
            missing_cells=self.duties.missing(owed)[key] or None,
        )


def _of_part(claims: Mapping[Claim, date], key: str) -> Mapping[Claim, date]:
    return {claim: due for claim, due in claims.items() if claim.part == key}


def _steps(
    planning: Planning, duty: PartDuty, rule: GuardedReminderRule, taken: Mapping[Claim, date]
) -> Iterator[PlannedStep]:
    owed, day = duty.owed, planning.day
    edition, fresh = _edition(taken, owed.due_on)
    come = sorted(
        (
            (on, step)
            for step in planning.steps(owed, rule)
            if (on := planning.day_of(owed, step)) <= day
        ),
        key=lambda one: (one[0], one[1].on),
    )
    if not come:
        return
    _on, latest = come[-1]
    for on, step in come:
        claim = Claim(step.code, edition, duty.part.key)
        if claim not in taken:
            reason = "merged" if step is not latest else planning.reason(owed, on, part=True)
            if fresh and on < day:
                reason = "date-changed"
            planned = planning.planned(owed, rule, step, on, reason)
            yield replace(planned, claim=str(claim))


def _edition(taken: Mapping[Claim, date], due_on: date) -> tuple[int, bool]:
    """The number of a due day among those that steps were claimed for; whether it is a new one."""
    for claim, due in taken.items():
        if due == due_on:
            return claim.edition, False
    last = max((claim.edition for claim in taken), default=0)
    return last + 1, last > 0
