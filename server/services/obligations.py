"""What is owed: opening rounds, the list of reports to send, extensions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.core.access import Actor, Role
from server.core.calendar import next_working_day
from server.core.consolidation import is_consolidated, source_form
from server.core.form import Form
from server.core.obligation import Obligation, ObligationState, Progress, Round
from server.core.org_unit import OrgUnit, Tree
from server.core.period import Period
from server.core.ports import LOCAL, Clock, NewId, Transaction
from server.core.submission import Submission
from server.errors import AccessDenied, NotFound, RequestInvalid
from server.services.guards import empty_cells
from server.services.page import Page
from server.services.periods import asked_period
from server.services.review import Reviewer
from server.storage.events import EventStore
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore

#: Days before the due date at which a report can be started when no round says otherwise.
OPENS_BEFORE = 90
#: How far a report is that has left its unit.
_LEFT = frozenset({Progress.SENT, Progress.FINAL})
_BATCH = 500


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One line of "Việc của tôi": what is owed, how far it is, what is missing."""

    obligation: Obligation
    form: Form
    unit: OrgUnit
    submission: Submission | None
    state: ObligationState
    state_title: str | None
    missing: int | None
    days_late: int
    may_fill: bool


@dataclass(frozen=True, slots=True)
class Obligations:
    """Use cases around expected reports."""

    obligations: ObligationStore
    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock
    new_id: NewId

    def open_round(
        self,
        actor: Actor,
        round_: Round,
        *,
        due: Mapping[str, date] | None = None,
        units: Mapping[str, Sequence[str]] | None = None,
        parents: bool = True,
    ) -> int:
        """Open a collection: write the round and one obligation for each unit that owes a form.

        *due* gives the last day per form code and wins over the form's own rule; a due day
        that is no working day moves to the next one. *units* narrows a form to these unit
        ids. Opening the same round again adds only what is missing. Without *parents* the
        units above owe no consolidated reports.

        Returns: how many obligations are new.
        """
        period = Period.parse(round_.period)
        if not actor.is_admin and not actor.units(Role.APPROVER, Role.SIGNER):
            raise AccessDenied(action="open_round")
        with self.transaction():
            self.obligations.add_round(round_)
            owed: list[Obligation] = []
            for code in round_.forms:
                form = self.reviewer.catalogue.form(code)
                chosen = None if units is None or code not in units else set(units[code])
                fixed = (due or {}).get(code)
                owed += [
                    self._obligation(form, unit, period, round_, fixed)
                    for unit in self._assigned(form, period, round_, parents=parents)
                    if chosen is None or unit.id in chosen
                ]
            added = self.obligations.add_many(owed)
            self.events.append(
                subject=f"round/{round_.id}",
                name="round.opened",
                actor=actor.account,
                happened_at=self.clock.now(),
                details={"code": round_.code, "period": round_.period, "obligations": added},
            )
        return added

    def work(self, actor: Actor, *, sent: bool | None = None) -> list[WorkItem]:
        """What the actor's own units owe, the most urgent first.

        *sent* narrows it to the reports that have left the unit, or to those that have not;
        what is missing is counted for the latter only.
        """
        own = actor.units(Role.REPORTER, Role.SIGNER)
        if not own:
            return []
        today = self.clock.today()
        progress = None if sent is None else _LEFT if sent else set(Progress) - _LEFT
        items, after = [], None
        while True:
            batch = self.obligations.list_(
                org_units=own, progress=progress, after=after, limit=_BATCH
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
        return sum(counts.get(progress, 0) for progress in _LEFT)

    def list_(
        self,
        actor: Actor,
        *,
        form: str | None = None,
        org_unit: str | None = None,
        period: str | None = None,
        state: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> Page[Obligation]:
        """Expected reports in scope; *state* is the state of today."""
        if state is not None and state not in set(ObligationState):
            raise RequestInvalid(reason="state", path="/state")
        units = self._in_scope(actor, org_unit, period)
        today = self.clock.today()
        found: list[Obligation] = []
        while len(found) <= limit:
            batch = self.obligations.list_(
                form=form, org_units=units, period=period, after=after, limit=500
            )
            found += [item for item in batch if state is None or str(item.state(today)) == state]
            if len(batch) < 500:  # noqa: PLR2004 - a short batch is the last one
                break
            after = batch[-1].id
        return Page.cut(found[: limit + 1], limit)

    def get(self, actor: Actor, obligation_id: str) -> Obligation:
        obligation = self.obligations.get(obligation_id)
        period = Period.parse(obligation.period)
        self.reviewer.scope.require(actor, obligation.org_unit, period, "obligation")
        return obligation

    def rounds(self) -> list[Round]:
        return list(self.obligations.rounds())

    def excuse(self, actor: Actor, obligation_id: str, *, until: date, reason: str) -> None:
        """Grant an extension: the report still counts as late, excused until that day."""
        with self.transaction():
            obligation = self.get(actor, obligation_id)
            actor = actor.within(obligation.form)
            above = {
                unit.id
                for unit in self._tree(obligation).ancestors(obligation.org_unit)
                if unit.id != obligation.org_unit
            }
            if not actor.is_admin and above.isdisjoint(actor.units(Role.APPROVER)):
                raise AccessDenied(action="excuse")
            details = {"until": until.isoformat(), "reason": reason}
            principal = None if actor.is_admin else actor.stands_for(Role.APPROVER, above)
            if principal is not None:
                details["on_behalf_of"] = principal
            self.obligations.excuse(obligation_id, until, reason)
            self.events.append(
                subject=f"obligation/{obligation_id}",
                name="obligation.excused",
                actor=actor.account,
                happened_at=self.clock.now(),
                details=details,
            )

    def days_late(self, obligation: Obligation) -> int:
        """Days past the due date in local days; counts to the sending once it was sent."""
        sent_on = obligation.sent_at.astimezone(LOCAL).date() if obligation.sent_at else None
        return obligation.days_late(self.clock.today(), sent_on)

    def _item(self, actor: Actor, obligation: Obligation, state: ObligationState) -> WorkItem:
        submission, missing, title = None, None, None
        unit = self._tree(obligation).by_id[obligation.org_unit]
        form = self.reviewer.catalogue.form(obligation.form)
        if obligation.submission is not None:
            view = self.reviewer.view(actor, self.submissions.get(obligation.submission))
            submission, form, title = view.submission, view.form, view.state.title
            missing = None if obligation.progress in _LEFT else len(empty_cells(view))
        return WorkItem(
            obligation=obligation,
            form=form,
            unit=unit,
            submission=submission,
            state=state,
            state_title=title,
            missing=missing,
            days_late=self.days_late(obligation),
            may_fill=obligation.org_unit in actor.units(Role.REPORTER),
        )

    def _assigned(
        self, form: Form, period: Period, round_: Round, *, parents: bool
    ) -> list[OrgUnit]:
        """The units that owe *form*: by level, kind or code, alive when the round opens.

        A unit is judged on the day the round opens, because it may end inside the period. Who
        stands above one of them owes the sum where the form is consolidated.
        """
        rule = form.settings.get("assignedTo", {})
        if not isinstance(rule, Mapping):
            return []
        levels, kinds = set(rule.get("levels", ())), set(rule.get("kinds", ()))
        codes = set(rule.get("units", ()))
        day = max(round_.opens_on, period.start)
        found = [
            unit
            for unit in self.reviewer.reference.units(day)
            if unit.code in codes
            or (str(unit.level) in levels and (not kinds or unit.kind in kinds))
        ]
        if not parents or source_form(form) != form.code:
            return found
        tree, own = self.reviewer.reference.tree(day), {unit.id for unit in found}
        above = {
            over.id: over
            for unit in found
            for over in tree.ancestors(unit.id)
            if over.id not in own and is_consolidated(form, over.level)
        }
        return [*found, *above.values()]

    def _obligation(
        self, form: Form, unit: OrgUnit, period: Period, round_: Round, fixed: date | None
    ) -> Obligation:
        holidays = self.reviewer.reference.holidays()
        due = fixed or form.due_on(str(unit.level), period)
        return Obligation(
            id=self.new_id(),
            form=form.code,
            org_unit=unit.id,
            responsible_unit=unit.id,
            period=period.id,
            round=round_.id,
            opens_on=round_.opens_on,
            due_on=next_working_day(due, holidays),
            grace_on=form.grace_on(str(unit.level), period),
            closes_on=form.closes_on(str(unit.level), period),
        )

    def _tree(self, obligation: Obligation) -> Tree:
        period = Period.parse(obligation.period)
        return self.reviewer.reference.tree_of(obligation.org_unit, period)

    def _in_scope(
        self, actor: Actor, org_unit: str | None, period: str | None
    ) -> frozenset[str] | None:
        span = None if period is None else asked_period(period)
        units = self.reviewer.scope.visible(actor, span)
        if org_unit is None:
            return units
        if units is not None and org_unit not in units:
            raise NotFound(kind="org_unit")
        tree = (
            self.reviewer.reference.tree_of(org_unit, span)
            if span is not None
            else self.reviewer.reference.tree(self.clock.today())
        )
        below = tree.below(org_unit)
        return below if units is None else units & below


def _urgency(item: WorkItem) -> tuple[int, date, str, str]:
    order = {
        ObligationState.RETURNED: 0,
        ObligationState.LATE: 1,
        ObligationState.EXCUSED: 1,
        ObligationState.OPEN: 2,
    }
    return (order.get(item.state, 3), item.obligation.due_on, item.form.code, item.unit.code)
