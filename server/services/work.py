"""Việc của tôi: what the units of a person owe, the most urgent first."""

from dataclasses import dataclass
from datetime import date

from server.core.access import Actor, Role
from server.core.form import Form
from server.core.obligation import Obligation, ObligationState, Progress
from server.core.org_unit import OrgUnit
from server.core.period import Period
from server.core.ports import Clock
from server.core.submission import Submission
from server.services.guards import empty_cells
from server.services.review import Reviewer
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore

#: How far a report is that has left its unit.
LEFT = frozenset({Progress.SENT, Progress.FINAL})
_BATCH = 500


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One line of "Việc của tôi": what is owed, how far it is, what is missing.

    *handed_to* is the unit that answers for the report now, where it is none of the actor's.
    """

    obligation: Obligation
    form: Form
    unit: OrgUnit
    submission: Submission | None
    state: ObligationState
    state_title: str | None
    missing: int | None
    days_late: int
    may_fill: bool
    handed_to: OrgUnit | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What waits for the people of a unit; after a reorganisation, of the unit that answers."""

    obligations: ObligationStore
    submissions: SubmissionStore
    reviewer: Reviewer
    clock: Clock

    def of(self, actor: Actor, *, sent: bool | None = None) -> list[WorkItem]:
        """What the actor's own units owe or answer for, the most urgent first.

        *sent* narrows it to the reports that have left the unit, or to those that have not;
        what is missing is counted for the latter only.
        """
        own = actor.units(Role.REPORTER, Role.SIGNER)
        if not own:
            return []
        today = self.clock.today()
        progress = None if sent is None else LEFT if sent else set(Progress) - LEFT
        items, after = [], None
        while True:
            batch = self.obligations.list_(
                concerning=own, progress=progress, after=after, limit=_BATCH
            )
            for obligation in batch:
                state = obligation.state(today)
                if state not in (ObligationState.UPCOMING, ObligationState.CLOSED):
                    items.append(self._item(actor, obligation, state))
            if len(batch) < _BATCH:
                return sorted(items, key=_urgency)
            after = batch[-1].id

    def count_sent(self, actor: Actor) -> int:
        """How many reports have left the actor's own units."""
        own = actor.units(Role.REPORTER, Role.SIGNER)
        counts = self.obligations.counts(org_units=own) if own else {}
        return sum(counts.get(progress, 0) for progress in LEFT)

    def _item(self, actor: Actor, obligation: Obligation, state: ObligationState) -> WorkItem:
        submission, missing, title = None, None, None
        reference = self.reviewer.reference
        period = Period.parse(obligation.period)
        unit = reference.tree_of(obligation.org_unit, period).by_id[obligation.org_unit]
        form = self.reviewer.catalogue.form(obligation.form)
        if obligation.submission is not None:
            view = self.reviewer.view(actor, self.submissions.get(obligation.submission))
            submission, form, title = view.submission, view.form, view.state.title
            missing = None if obligation.progress in LEFT else len(empty_cells(view))
        answers = obligation.responsible_unit
        handed = answers not in actor.units(Role.REPORTER, Role.SIGNER)
        return WorkItem(
            obligation=obligation,
            form=form,
            unit=unit,
            submission=submission,
            state=state,
            state_title=title,
            missing=missing,
            days_late=obligation.days_late(self.clock.today(), obligation.sent_on),
            may_fill=answers in actor.units(Role.REPORTER),
            handed_to=reference.unit(answers) if handed else None,
        )


def _urgency(item: WorkItem) -> tuple[int, date, str, str]:
    order = {
        ObligationState.RETURNED: 0,
        ObligationState.LATE: 1,
        ObligationState.EXCUSED: 1,
        ObligationState.GRACE: 1,
        ObligationState.OPEN: 2,
    }
    return (order.get(item.state, 3), item.obligation.due_on, item.form.code, item.unit.code)
