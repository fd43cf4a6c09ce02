"""What other units still owe inside reports that are due: open parts with their day and owner.

Read by reminders and by the late board; what people do with parts is ``parts``.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from server.core.calendar import Calendar
from server.core.due_date import part_due
from server.core.form import Form
from server.core.obligation import Obligation, Round
from server.core.org_unit import OrgUnit
from server.core.part import Part, ownership_of
from server.core.period import Period
from server.services.guards import empty_cells
from server.services.review import Reviewer
from server.storage.obligations import ObligationStore
from server.storage.parts import PartStore
from server.storage.submissions import SubmissionStore

_BATCH, _IDS = 200, 10_000


@dataclass(frozen=True, slots=True)
class PartDuty:
    """One open part; *owed* is the report as the owner owes it: who answers for it and by when."""

    part: Part
    owner: OrgUnit
    owed: Obligation
    sections: str

    def days_late(self, today: date) -> int:
        return max(0, (today - self.owed.late_after).days)


def part_day(
    owner: OrgUnit,
    form: Form,
    owed: Obligation,
    round_of: Callable[[str], Round],
    days_of: Callable[[str], Calendar],
) -> date:
    """The day of a part; the filing unit's own sections are due with the report."""
    if owner.id in (owed.org_unit, owed.responsible_unit):
        return owed.deadline
    round_ = None if owed.round is None else round_of(owed.round)
    return part_due(form, str(owner.level), round_, owed, days_of(owner.id))


@dataclass(frozen=True, slots=True)
class PartDuties:
    """Open parts of other units, in reports that have not left theirs."""

    parts: PartStore
    obligations: ObligationStore
    submissions: SubmissionStore
    reviewer: Reviewer

    def every(self) -> Iterator[Mapping[str, list[PartDuty]]]:
        """All of them by id of the report, some hundred reports at a time."""
        after = ""
        while ids := self.parts.awaited_reports(after, _BATCH):
            yield self.of(ids)
            after = ids[-1]

    def of(self, obligations: Collection[str]) -> Mapping[str, list[PartDuty]]:
        """The parts that these reports wait for, by id of the report."""
        found: dict[str, list[PartDuty]] = {}
        ids = sorted(obligations)
        for start in range(0, len(ids), _BATCH):
            for duty in self._duties(self.parts.awaited(ids[start : start + _BATCH])):
                found.setdefault(duty.owed.id, []).append(duty)
        return found

    def one(self, obligation: str, key: str) -> PartDuty | None:
        """One part of a report; none when nobody waits for it any more."""
        duties = self.of([obligation]).get(obligation, ())
        return next((duty for duty in duties if duty.part.key == key), None)

    def missing(self, owed: Obligation) -> Counter[str]:
        """How many cells are empty, by key of the part; a clerk's open section counts as one."""
        assert owed.submission is not None
        view = self.reviewer.system_view(self.submissions.get(owed.submission))
        counts = Counter(view.hands.key_of(path) for path in empty_cells(view))
        counts.update(part.key for part in view.hands.parts if part.section and part.awaited)
        return counts

    def reports(self) -> frozenset[str]:
        """The ids of all reports that wait for a part of another unit."""
        known: set[str] = set()
        after = ""
        while ids := self.parts.awaited_reports(after, _IDS):
            known.update(ids)
            after = ids[-1]
        return frozenset(known)

    def waiting(self) -> Callable[[Obligation], bool]:
        """``waits_for_others`` for many reports: most of them are known to have no parts."""
        known = self.reports()
        return lambda owed: owed.id in known and self.waits_for_others(owed)

    def waits_for_others(self, owed: Obligation) -> bool:
        """Whether the unit has done its own share, and other units have not done theirs."""
        others = {duty.part.key for duty in self.of([owed.id]).get(owed.id, ())}
        return bool(others) and others.issuperset(self.missing(owed))

    def _duties(self, found: Iterable[tuple[str, Part]]) -> Iterator[PartDuty]:
        listed, rounds = list(found), dict[str, Round]()
        reports = self.obligations.by_ids(sorted({id_ for id_, _part in listed}))

        def round_of(id_: str) -> Round:
            if id_ not in rounds:
                rounds[id_] = self.obligations.round(id_)
            return rounds[id_]

        for id_, part in listed:
            report, reference = reports[id_], self.reviewer.reference
            if part.owner_unit in (report.org_unit, report.responsible_unit):
                continue
            form = self.reviewer.catalogue.form(report.form)
            tree = reference.tree_of(part.owner_unit, Period.parse(report.period))
            owner = tree.by_id[part.owner_unit]
            due_on = part_day(owner, form, report, round_of, reference.calendars(report.opens_on))
            sections = ownership_of(form).sections_of(part.key)
            # An extension of the report has moved the day of the part already.
            owed = replace(
                report,
                responsible_unit=owner.id,
                due_on=due_on,
                grace_on=report.grace_on if due_on == report.due_on else None,
                excused_until=None,
                why="{}",
            )
            yield PartDuty(part, owner, owed, "; ".join(one.title for one in sections))
