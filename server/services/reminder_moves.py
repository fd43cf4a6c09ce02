"""What a change of due dates does to the steps of reminders: which were sent, which come when.

Shown before the change is made; the worker computes the same days anew afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.core.changed_date import due_changes
from server.core.obligation import Obligation
from server.core.reminder_claim import Claim
from server.services.reminder_planning import Planning


@dataclass(frozen=True, slots=True)
class StepMove:
    """One step of so many reports: its day so far and its new one.

    *sent* of them had it for the old date, which is never taken back nor sent again; for *ahead* of
    them it comes on the new day, for *passed* the new day is over and nothing is sent.
    """

    code: str
    was: date
    now: date
    sent: int
    ahead: int
    passed: int


def step_moves(
    planning: Planning, pairs: Sequence[tuple[Obligation, Obligation]]
) -> tuple[StepMove, ...]:
    """The steps of reports before and after their due dates change, by step and days."""
    taken: dict[str, frozenset[str]] = {}
    for start in range(0, len(pairs), 500):
        taken |= planning.store.taken([before.id for before, _after in pairs[start : start + 500]])
    counts: dict[tuple[str, date, date], list[int]] = {}
    for before, after in pairs:
        known, edition = taken.get(before.id, frozenset()), len(due_changes(before.why)) + 1
        for rule in planning.rules:
            days = {step.code: planning.day_of(after, step) for step in planning.steps(after, rule)}
            for step in planning.steps(before, rule):
                if step.code not in days:
                    continue
                now = days[step.code]
                key = (step.code, planning.day_of(before, step), now)
                count = counts.setdefault(key, [0, 0, 0])
                count[0] += str(Claim(step.code, edition)) in known
                count[1 if now > planning.day else 2] += 1
    return tuple(
        StepMove(code, was, now, *found)
        for (code, was, now), found in sorted(counts.items(), key=lambda one: one[0][1:])
    )
