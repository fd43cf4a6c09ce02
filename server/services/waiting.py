"""What waits for a person's signature or approval: the desk's list, read in a few queries.

Apart from ``review`` because a list of 500 reports needs none of their figures: which moves are
open follows from the state alone, and the warnings were counted when the report was passed on.
Only a report whose workflow puts a condition on such a move is judged as a whole.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.core.access import OWN_UNIT_ROLES, Actor, Role
from server.core.finding import Severity
from server.core.form import Form
from server.core.obligation import Obligation
from server.core.org_unit import OrgUnit, Tree
from server.core.period import Period
from server.core.ports import LOCAL
from server.core.submission import Edit, Whereabouts
from server.core.workflow import Move, State, Workflow, levels_of, places_of
from server.core.workflow_time import last_day, overdue
from server.core.workflow_visit import Signature, Visit, collected
from server.services.page import Page
from server.services.review import Reviewer

DECISIONS = ("sign", "approve")
#: Events whose rows say how many findings were let pass.
_COUNTED = ("submission.submit", "submission.send")


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A report in a list, without its figures; the fields are called as in ``SubmissionView``."""

    submission: Whereabouts
    form: Form
    workflow: Workflow
    unit: OrgUnit
    obligation: Obligation
    period: Period
    places: dict[str, str]
    moves: tuple[Move, ...]

    @property
    def state(self) -> State:
        return self.workflow.states[self.submission.state]


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One report that waits for the actor: the desk's row.

    *decide_on* is the last day of the step's own time; where the step has none, the day on which
    the report is due.
    """

    view: WaitingView
    waiting_since: datetime | None
    warnings: int
    due_on: date
    decide_on: date

    @property
    def token(self) -> tuple[str, Edit]:
        """The report and the edit that the list shows."""
        return self.view.submission.id, self.view.submission.edit


def waiting_for(
    reviewer: Reviewer, actor: Actor, *, after: str | None = None, limit: int = 500
) -> Page[InboxItem]:
    """What waits for *actor*, the longest overdue first."""
    if not actor.units(*(Role.SIGNER, Role.APPROVER)):
        return Page(())
    found = reviewer.submissions.whereabouts(
        org_units=reviewer.scope.visible(actor),
        states=_states(reviewer),
        filing=actor.units(Role.SIGNER),
        after=after,
        limit=limit + 1,
    )
    page = Page.cut(found, limit)
    reader = _Reader(reviewer, actor, page.items)
    items = [item for one in page.items if (item := reader.item(one)) is not None]
    items.sort(
        key=lambda item: (item.decide_on, item.due_on, item.view.unit.code, item.view.form.code)
    )
    return Page(tuple(items), page.next)


def _states(reviewer: Reviewer) -> Collection[str]:
    return sorted(
        {
            source
            for workflow in reviewer.catalogue.every_workflow()
            for transition in workflow.transitions
            if transition.event in DECISIONS
            for source in transition.sources
        }
    )


class _Reader:
    """One list for one person; what many reports share is looked up once."""

    def __init__(self, reviewer: Reviewer, actor: Actor, found: Sequence[Whereabouts]) -> None:
        self.reviewer, self.actor = reviewer, actor
        self.today = reviewer.reference.clock.today()
        self.holidays = reviewer.reference.holidays()
        self.obligations = reviewer.obligations.by_ids([one.obligation for one in found])
        subjects = [f"submission/{one.id}" for one in found]
        self.passed_on = reviewer.events.latest(subjects, _COUNTED)
        self.periods = {one.period: Period.parse(one.period) for one in found}
        self.trees = {id_: reviewer.reference.tree(one.end) for id_, one in self.periods.items()}
        self.units = frozenset(grant.org_unit for grant in actor.grants)
        self.moves: dict[tuple[object, ...], tuple[Move, ...]] = {}
        self.ends: dict[tuple[date, str], date] = {}

    def item(self, one: Whereabouts) -> InboxItem | None:
        """The row of a report, None when it is not for this person to decide."""
        form = self.reviewer.catalogue.form(one.form, one.version)
        workflow = self.reviewer.catalogue.workflow(one.workflow, one.workflow_version)
        if not any(one.state in move.sources and move.event in DECISIONS
                   for move in workflow.transitions):  # fmt: skip
            return None
        period, tree = self.periods[one.period], self._tree(one)
        obligation = self.obligations[one.obligation]
        filing = obligation.responsible_unit
        answers = filing in self.actor.units(*OWN_UNIT_ROLES)
        if not answers and not self.reviewer.scope.covers(self.actor, one.org_unit, tree):
            return None
        owner = form.settings.get("owner")
        places = places_of(tree, one.org_unit, None if owner is None else str(owner), form.code)
        places["unit"] = filing
        moves = self._moves(one, form, workflow, places, tree)
        if not any(move.event in DECISIONS for move in moves):
            return None
        view = WaitingView(
            submission=one,
            form=form,
            workflow=workflow,
            unit=tree.by_id[one.org_unit],
            obligation=obligation,
            period=period,
            places=places,
            moves=moves,
        )
        return InboxItem(
            view=view,
            waiting_since=one.state_since,
            warnings=self._warnings(one.id),
            due_on=obligation.due_on,
            decide_on=self._decide_on(one, view.state, obligation),
        )

    def _tree(self, one: Whereabouts) -> Tree:
        tree = self.trees[one.period]
        if one.org_unit in tree.by_id:
            return tree
        return self.reviewer.reference.tree_of(one.org_unit, self.periods[one.period])

    def _moves(
        self,
        one: Whereabouts,
        form: Form,
        workflow: Workflow,
        places: dict[str, str],
        tree: Tree,
    ) -> tuple[Move, ...]:
        if any(one.state in move.sources and move.when for move in workflow.transitions):
            whole = self.reviewer.submissions.get(one.id)
            return self.reviewer.view(self.actor, whole).moves
        state = workflow.states[one.state]
        late = False
        if state.escalate is not None and one.state_since is not None:
            since = one.state_since.astimezone(LOCAL).date()
            late = overdue(state, since, self.today, self.holidays)
        signed: tuple[Signature, ...] = ()
        if workflow.collects(one.state):
            signed = collected(self.reviewer.events.of(f"submission/{one.id}"), one.edit)
        # Without signatures the moves follow from where of all places the actor stands.
        own = tuple((at, unit) for at, unit in places.items() if unit in self.units)
        like = (workflow.code, workflow.version, one.state, form.code, late, own)
        known = None if signed else self.moves.get(like)
        if known is None:
            levels = levels_of(tree, places)
            known = workflow.moves(
                one.state,
                actor=self.actor.within(form.code),
                places=places,
                visit=Visit(signed=signed, overdue=late, levels=levels),
            )
            if not signed:
                self.moves[like] = known
        return known

    def _warnings(self, submission_id: str) -> int:
        event = self.passed_on.get(f"submission/{submission_id}")
        counts = {} if event is None else event.details.get("findings")
        number = counts.get(str(Severity.WARNING), 0) if isinstance(counts, dict) else 0
        return number if isinstance(number, int) else 0

    def _decide_on(self, one: Whereabouts, state: State, obligation: Obligation) -> date:
        if state.deadline is None or one.state_since is None:
            return obligation.due_on
        since = one.state_since.astimezone(LOCAL).date()
        if (since, state.deadline) not in self.ends:
            self.ends[since, state.deadline] = last_day(since, state.deadline, self.holidays)
        return self.ends[since, state.deadline]
