"""Starting, filling and reading submissions; moving them on is ``services.approvals``.

Autosaves raise the edit and leave ``draft_change`` rows, not events: the event
of the next transition carries their digest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.access import Actor, Role
from server.core.answers import (
    Conflict as CellConflict,
)
from server.core.answers import (
    Context,
    UnitView,
    Verdict,
    apply_changes,
    check,
    diff,
    seal,
    validate_paths,
    without_calculated,
)
from server.core.consolidation import is_consolidated, refuse_summed
from server.core.event import Event
from server.core.obligation import Obligation, Progress
from server.core.period import Period, PeriodType
from server.core.personal import mask_changes
from server.core.ports import Clock, NewId, Transaction
from server.core.reasons import Reason, with_reasons
from server.core.submission import Change, Edit, Revision, Submission
from server.errors import (
    AccessDenied,
    Conflict,
    NothingOwed,
    PeriodClosed,
    Stale,
    TransitionRefused,
)
from server.services.masking import masked, masked_revision, note_look
from server.services.opening_values import opening_values
from server.services.page import Page
from server.services.periods import asked_period
from server.services.review import Reviewer, SubmissionView, Surroundings
from server.services.saving_again import again_when_stale
from server.storage.events import EventStore
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore


@dataclass(frozen=True, slots=True)
class Submissions:
    """Use cases of the filling screens and of ``/api/v1/submissions``."""

    submissions: SubmissionStore
    obligations: ObligationStore
    events: EventStore
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock
    new_id: NewId

    def start(
        self,
        actor: Actor,
        *,
        form: str,
        org_unit: str,
        period: str,
        round: str | None = None,
        answers: Mapping[str, object] | None = None,
        statuses: Mapping[str, str] | None = None,
    ) -> SubmissionView:
        """Start the report that is owed, pinning form and workflow versions.

        Raises:
            NotFound: no such form, or no such unit in the actor's scope.
            AccessDenied: the unit is seen, but the actor does not fill for it.
            NothingOwed: no obligation of this form, unit and period is open.
            Conflict: the report was started before.
            PeriodClosed: the obligation takes no more reports.
        """
        found = self.reviewer.catalogue.form(form)
        span = asked_period(period)
        found = self.reviewer.catalogue.form_in(form, span)
        own = actor.units(Role.REPORTER)
        known = self.obligations.find(form, org_unit, period)
        answering = {item.responsible_unit for item in known} or {org_unit}
        filing = next(iter(sorted(answering & own)), "")
        tree = self.reviewer.scope.require(actor, org_unit, span, "org_unit", filing=filing)
        if not filing:
            raise AccessDenied(action="start")
        with self.transaction():
            obligation = self._owed(form, org_unit, period, round)
            if obligation.responsible_unit not in own:
                raise AccessDenied(action="start")
            existing = self.submissions.by_obligation(obligation.id)
            if existing is not None:
                raise Conflict(kind="submission", id=existing.id, current=existing.summary())
            unit = tree.by_id[org_unit]
            workflow = self.reviewer.catalogue.workflow_in(
                self.reviewer.workflow_code(found, unit, tree), span
            )
            given = without_calculated(found, answers or {})
            validate_paths(found, given, statuses or {})
            around = self.reviewer.surroundings(
                found, workflow, org_unit, tree, span, filing=obligation.responsible_unit
            )
            if is_consolidated(found, unit.level):
                refuse_summed(found, ({}, {}), (given, statuses or {}))
            elif not given:
                given = opening_values(self.reviewer.reference, found, org_unit, around.context)
            now = self.clock.now()
            submission = Submission(
                id=self.new_id(),
                obligation=obligation.id,
                form=found.code,
                version=found.version,
                workflow=workflow.code,
                workflow_version=workflow.version,
                org_unit=org_unit,
                period=period,
                round=obligation.round,
                state=workflow.initial,
                edit=Edit(1),
                revision=0,
                nil=False,
                answers=given,
                statuses=dict(statuses or {}),
                started_at=now,
                changed_at=now,
                changed_by=actor.account,
                state_since=now,
                responsible=obligation.responsible_unit,
            )
            self.submissions.add(submission)
            for part in self.reviewer.hands(actor, submission, around).parts:
                if part.key in around.owners:  # so that the other unit finds it among its work
                    self.reviewer.parts.put(part)
            self.obligations.set_progress(obligation.id, Progress.STARTED)
            self.events.append(
                subject=f"submission/{submission.id}",
                name="submission.started",
                actor=actor.account,
                happened_at=now,
                details={
                    "form": found.code,
                    "version": found.version,
                    "workflow": f"{workflow.code}/{workflow.version}",
                    "org_unit": org_unit,
                    "period": period,
                },
            )
            return self.reviewer.seen(actor, submission, around)

    def get(self, actor: Actor, submission_id: str) -> SubmissionView:
        """The submission as *actor* sees it; ``NotFound`` when missing or out of scope."""
        view = self.reviewer.view(actor, self.submissions.get(submission_id))
        note_look(actor, view)
        return masked(view)

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
    ) -> Page[Submission]:
        """Submissions in scope; *org_unit* includes all below it on the period's last day."""
        span = asked_period(period) if period else None
        units = self.reviewer.scope.visible(actor, span)
        if org_unit is not None:
            below = self.reviewer.scope.below(actor, org_unit, span)
            units = below if units is None else units & below
        found = self.submissions.list_(
            form=form, org_units=units, period=period, state=state, after=after, limit=limit + 1
        )
        return Page.cut(found, limit)

    def save_cells(
        self,
        actor: Actor,
        submission_id: str,
        changes: Sequence[Change],
        *,
        reasons: Sequence[Reason] = (),
    ) -> tuple[SubmissionView, tuple[CellConflict, ...]]:
        """Save changed cells; a cell whose old value no longer holds is left and reported.

        *reasons* are written beside them: for warnings and for figures that are unusual.

        Raises:
            RequestInvalid: a path that the form does not have.
            AccessDenied, TransitionRefused: not the actor's, or not editable in this state.
        """

        def save() -> tuple[SubmissionView, tuple[CellConflict, ...]]:
            with self.transaction():
                current, around = self._fillable(actor, submission_id)
                applied = apply_changes(around.form, current.answers, current.statuses, changes)
                written = with_reasons(current.reasons, reasons) if reasons else current.reasons
                if applied.applied or written != current.reasons:
                    after = (applied.answers, applied.statuses)
                    self.reviewer.refuse_foreign(actor, current, around, after)
                    self._save(
                        actor,
                        current,
                        applied.answers,
                        applied.statuses,
                        changes=applied.applied,
                        reasons=written,
                    )
                return self._as_now(actor, submission_id, around), applied.conflicts

        return again_when_stale(save)

    def save_answers(
        self,
        actor: Actor,
        submission_id: str,
        *,
        seen: Edit,
        answers: Mapping[str, object],
        statuses: Mapping[str, str] | None = None,
    ) -> SubmissionView:
        """Replace the whole draft; calculated keys are ignored, unknown ones refused."""
        with self.transaction():
            current, around = self._fillable(actor, submission_id, seen)
            given, reasons = without_calculated(around.form, answers), dict(statuses or {})
            validate_paths(around.form, given, reasons)
            changes = diff(around.form, current.answers, current.statuses, given, reasons)
            self.reviewer.refuse_foreign(actor, current, around, (given, reasons))
            self._save(actor, current, given, reasons, changes=changes)
            return self._as_now(actor, submission_id, around)

    def make_nil(
        self, actor: Actor, submission_id: str, *, seen: Edit, nil: bool = True
    ) -> SubmissionView:
        """Say that nothing arose (or take it back); the cells are emptied, the changes kept."""
        with self.transaction():
            current, around = self._fillable(actor, submission_id, seen)
            if current.filing_unit not in actor.units(Role.REPORTER):
                raise AccessDenied(action="nil")
            self.reviewer.refuse_foreign(actor, current, around, ({}, {}))
            changes = diff(around.form, current.answers, current.statuses, {}, {})
            self._save(actor, current, {}, {}, nil=nil, changes=changes)
            return self._as_now(actor, submission_id, around)

    def validate(
        self,
        actor: Actor,
        form: str,
        answers: Mapping[str, object],
        statuses: Mapping[str, str] | None = None,
        *,
        org_unit: str | None = None,
        period: str | None = None,
    ) -> Verdict:
        """What the rules would say; with unit and period as when the report is passed on."""
        found = self.reviewer.catalogue.form(form)
        given = without_calculated(found, answers)
        validate_paths(found, given, statuses or {})
        if org_unit is None or period is None:
            day = self.clock.today()
            span = Period(PeriodType(found.period_type), day.year)
            context = Context(
                unit=UnitView(code="", level="", kind=""),
                period=asked_period(period) if period else span,
                previous=None,
                previous_statuses={},
            )
        else:
            span = asked_period(period)
            tree = self.reviewer.scope.require(actor, org_unit, span, "org_unit")
            previous = self.reviewer.previous(found, org_unit, span)
            context = self.reviewer.context(found, tree.by_id[org_unit], span, previous)
        return check(found, given, statuses or {}, context)

    def history(self, actor: Actor, submission_id: str) -> list[Event]:
        """What happened to the submission, oldest first."""
        self._reachable(actor, submission_id)
        return list(self.events.of(f"submission/{submission_id}"))

    def revisions(self, actor: Actor, submission_id: str) -> list[Revision]:
        view = self.get(actor, submission_id)
        found = self.submissions.revisions(submission_id)
        return [self._shown(view, one) for one in found]

    def revision(self, actor: Actor, submission_id: str, number: int) -> Revision:
        view = self.get(actor, submission_id)
        return self._shown(view, self.submissions.revision(submission_id, number))

    def edition(self, actor: Actor, submission_id: str, number: int) -> Revision:
        """An edition as the version asks it in which the report stands now, for comparison."""
        view = self.get(actor, submission_id)
        return self._shown(view, self.reviewer.edition(view, number))

    def _shown(self, view: SubmissionView, revision: Revision) -> Revision:
        if view.personal:
            return revision
        return masked_revision(self.reviewer.editions.form_of(view.form, revision), revision)

    def diff(
        self, actor: Actor, submission_id: str, from_: int, to: int | None = None
    ) -> tuple[Change, ...]:
        """The cells that changed between two revisions, or from one to what stands now."""
        view = self.reviewer.view(actor, self.submissions.get(submission_id))
        before = self.reviewer.edition(view, from_)
        if to is None:
            # Sealing writes down what did not arise; the draft is compared as it would be sealed.
            answers, statuses = view.submission.answers, view.submission.statuses
            if not view.submission.nil:
                answers, statuses = seal(view.form, answers, statuses, view.period.end)
        else:
            after = self.reviewer.edition(view, to)
            answers, statuses = after.answers, after.statuses
        found = diff(view.form, before.answers, before.statuses, answers, statuses)
        return found if view.personal else mask_changes(view.form, found)

    def _owed(self, form: str, org_unit: str, period: str, round_: str | None) -> Obligation:
        facts = {"form": form, "org_unit": org_unit, "period": period}
        owed = [
            item
            for item in self.obligations.find(form, org_unit, period)
            if round_ is None or item.round == round_
        ]
        today = self.clock.today()
        opened = [item for item in owed if item.opens_on <= today]
        if not opened:
            raise NothingOwed(**facts)
        live = [item for item in opened if str(item.state(today)) != "closed"]
        if not live:
            raise PeriodClosed(closes_on=opened[0].closes_on, **facts)
        fresh = [item for item in live if item.progress is Progress.NONE]
        if len(fresh) > 1:
            raise NothingOwed(reason="round-needed", rounds=[item.round for item in fresh], **facts)
        return (fresh or live)[0]

    def _reachable(self, actor: Actor, submission_id: str) -> Submission:
        """The submission alone, unjudged; ``NotFound`` when missing or out of scope."""
        found = self.submissions.get(submission_id)
        self.reviewer.reach(actor, found)
        return found

    def _fillable(
        self, actor: Actor, submission_id: str, seen: Edit | None = None
    ) -> tuple[Submission, Surroundings]:
        """The draft to be written, unjudged: what it says now is about to be replaced.

        It is held, so that no part of it is handed in between the check and the save.
        """
        self.submissions.hold(submission_id)
        current = self.submissions.get(submission_id)
        around = self.reviewer.around(actor, current)
        if seen is not None and current.edit != seen:
            raise Stale(kind="submission", current=current.summary())
        filling = {current.filing_unit, *around.owners.values()}
        if filling.isdisjoint(actor.units(Role.REPORTER)):
            raise AccessDenied(action="fill")
        if not around.workflow.states[current.state].editable:
            raise TransitionRefused(event="fill", state=current.state, never=False)
        if self.obligations.get(current.obligation).is_shut(self.clock.today()):
            raise PeriodClosed(state="closed")
        return current, around

    def _as_now(self, actor: Actor, submission_id: str, around: Surroundings) -> SubmissionView:
        return self.reviewer.seen(actor, self.submissions.get(submission_id), around)

    def _save(
        self,
        actor: Actor,
        current: Submission,
        answers: Mapping[str, object],
        statuses: Mapping[str, str],
        *,
        nil: bool = False,
        changes: Sequence[Change],
        reasons: tuple[Reason, ...] | None = None,
    ) -> None:
        now = self.clock.now()
        self.submissions.save(
            current,
            answers=answers,
            statuses=statuses,
            nil=nil,
            reasons=current.reasons if reasons is None else reasons,
            by=actor.account,
            at=now,
        )
        self.submissions.add_changes(current.id, list(changes), by=actor.account, at=now)
