"""Consolidated reports: made from the approved reports below, made again, corrected with reasons.

The sums of a report are those of its pinned sources; what differs from them is a correction, and
each correction has a reason that is sealed, printed and shown with the report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from server.core.access import Actor, Role
from server.core.answer_changes import Conflict as CellConflict
from server.core.answer_paths import cells_of
from server.core.answers import apply_changes, diff
from server.core.consolidation import (
    CORRECTION,
    INCOMPLETE,
    Source,
    Sums,
    consolidate,
    contributions,
    corrections,
    is_summed,
    source_form,
    taken_over,
)
from server.core.form import Form
from server.core.obligation import Obligation
from server.core.org_unit import Level
from server.core.period import Period
from server.core.ports import Clock, Transaction
from server.core.reasons import with_reasons
from server.core.submission import Change, Edit, Revision
from server.errors import (
    AccessDenied,
    Conflict,
    NotFound,
    PeriodClosed,
    RequestInvalid,
    Stale,
    TransitionRefused,
)
from server.services.children import Child, Children, Condition, Standing
from server.services.circumstances import SHORTEST_REASON
from server.services.consolidation_views import (
    ChangedChild,
    Correction,
    Owed,
    Preview,
    Share,
    Sheet,
)
from server.services.masking import masked
from server.services.review import Reviewer, SubmissionView
from server.services.submissions import Submissions
from server.storage.consolidations import ConsolidationStore, Pin
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore

_NOTHING = Sums({}, {}, {}, nil=False)
#: Sums are taken in like a file; nobody else can write the cell of a sum but as a correction.
_FROM_BELOW = "imported"
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Consolidations:
    """Use cases of the page "Tổng hợp"."""

    store: ConsolidationStore
    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer
    filing: Submissions
    children: Children
    transaction: Transaction
    clock: Clock

    def start(
        self, actor: Actor, *, form: str, org_unit: str, period: str, round: str | None = None
    ) -> SubmissionView:
        """Start the report that is owed and make its first sums.

        Raises: as ``Submissions.start``; ``RequestInvalid`` where the unit consolidates nothing.
        """
        with self.transaction():
            view = self.filing.start(
                actor, form=form, org_unit=org_unit, period=period, round=round
            )
            if not view.consolidated:
                raise RequestInvalid(reason="not-consolidated", path="/form")
            return self.consolidate(actor, view.submission.id, seen=view.submission.edit)

    def consolidate(self, actor: Actor, submission_id: str, *, seen: Edit) -> SubmissionView:
        """Take the children's approved reports as they are now; corrections stay.

        Raises:
            NotFound, AccessDenied, TransitionRefused, PeriodClosed: not the actor's, or not now.
            Stale: the report is no longer as the actor saw it.
        """
        with self.transaction():
            view = self._writable(actor, submission_id, seen)
            standing = self.children.standing(view)
            old = self._sums(view, self._pinned(view))
            taken = self._current(view, standing)
            new = self._sums(view, taken)
            submission = view.submission
            answers, statuses = new.answers, new.statuses
            if not submission.nil:
                answers, statuses = taken_over(
                    view.form, old, new, submission.answers, submission.statuses
                )
            nil = new.nil and len(taken) == standing.expected
            now = self.clock.now()
            pins = [Pin(one.submission, one.number, one.digest, now) for _, one in taken]
            self.store.put_pins(submission_id, pins)
            filled = ({}, {}) if nil else (answers, statuses)
            self._save(actor, view, *filled, nil=nil)
            self.events.append(
                subject=f"submission/{submission_id}",
                name="submission.consolidated",
                actor=actor.account,
                happened_at=now,
                details={
                    "taken": len(taken),
                    "expected": standing.expected,
                    "sources": [f"{pin.child}/{pin.revision}:{pin.digest}" for pin in pins],
                },
            )
            return self._as_now(actor, view)

    def correct(
        self,
        actor: Actor,
        submission_id: str,
        changes: Sequence[Change],
        *,
        seen: Edit,
        reason: str,
    ) -> SubmissionView:
        """Hold summed cells otherwise than the sum, for one reason; the sum itself ends that.

        Raises:
            RequestInvalid: a cell that is no sum, or no reason (at least five characters).
            Conflict: a cell is no longer as the actor saw it.
        """
        with self.transaction():
            view = self._writable(actor, submission_id, seen)
            form, submission = view.form, view.submission
            for change in changes:
                if not is_summed(form, change.path):
                    raise RequestInvalid(reason="not-summed", path=change.path)
            applied = apply_changes(form, submission.answers, submission.statuses, changes)
            _refuse_conflicts(applied.conflicts)
            sums = self._sums(view, self._pinned(view))
            held = {one.path for one in corrections(form, sums, applied.answers, applied.statuses)}
            texts = {change.path: reason.strip() for change in changes if change.path in held}
            if texts and len(reason.strip()) < SHORTEST_REASON:
                raise RequestInvalid(reason="correction-reason", path="/reason")
            said = [
                {"code": CORRECTION, "path": change.path, "text": texts.get(change.path, "")}
                for change in changes
            ]
            kept = with_reasons(submission.reasons, said)
            self._save(actor, view, applied.answers, applied.statuses, reasons=kept)
            return self._as_now(actor, view)

    def explain(
        self, actor: Actor, submission_id: str, reason: str, *, seen: Edit
    ) -> SubmissionView:
        """Say why the report may go without the missing children; an empty text takes it back."""
        with self.transaction():
            view = self._writable(actor, submission_id, seen)
            said = [{"code": INCOMPLETE, "path": "", "text": reason.strip()}]
            kept = with_reasons(view.submission.reasons, said)
            self._save(
                actor, view, view.submission.answers, view.submission.statuses, reasons=kept,
                nil=view.submission.nil,
            )  # fmt: skip
            return self._as_now(actor, view)

    def sheet(self, actor: Actor, submission_id: str) -> Sheet:
        """The report with its children, its sums and its corrections."""
        view = self._view(actor, submission_id)
        sums = self._sums(view, self._pinned(view))
        incomplete = next(
            (one["text"] for one in view.submission.reasons if one["code"] == INCOMPLETE), ""
        )
        found = self._corrections(view, sums)
        return Sheet(
            masked(view),
            self.children.standing(view),
            sums,
            found,
            incomplete,
            self.reviewer.scope.visible(actor, view.period),
        )

    def list_(self, actor: Actor) -> list[Owed]:
        """The consolidated reports in the actor's scope, the newest period first."""
        visible, today = self.reviewer.scope.visible(actor), self.clock.today()
        reference = self.reviewer.reference
        above = {
            unit.id
            for day in (*reference.epochs(), today)
            for unit in reference.units(day)
            if unit.level in (Level.DISTRICT, Level.PROVINCE)
            and (visible is None or unit.id in visible)
        }
        found = []
        for form in self.reviewer.catalogue.forms():
            if source_form(form) is None:
                continue
            owed = self.filing.obligations.list_(form=form.code, org_units=above, limit=_MOST)
            found += [self._owed(actor, form, one, today) for one in owed if one.opens_on <= today]
        return sorted(
            found,
            key=lambda one: (
                one.obligation.due_on,
                one.unit.level is Level.PROVINCE,
                one.unit.code,
            ),
            reverse=True,
        )

    @staticmethod
    def period_title(obligation: Obligation) -> str:
        return Period.parse(obligation.period).title

    @staticmethod
    def summed_paths(sheet: Sheet) -> list[str]:
        """The cells for which the children gave a number, in the order of the form."""
        form = sheet.view.form
        return [path for path, _ in cells_of(form, sheet.sums.answers) if is_summed(form, path)]

    def standing(self, view: SubmissionView) -> Standing:
        """How the children of a report that the caller sees stand."""
        return self.children.standing(view)

    def preview(self, actor: Actor, submission_id: str) -> Preview:
        """What consolidating now would change, before it is done."""
        view = self._view(actor, submission_id)
        standing, pinned = self.children.standing(view), self._pinned(view)
        old, new = self._sums(view, pinned), self._sums(view, self._current(view, standing))
        changes = diff(view.form, old.answers, old.statuses, new.answers, new.statuses)
        before = {one.submission: one for _, one in pinned}
        changed = tuple(
            ChangedChild(child, self._since(view, child, before[child.row.submission]))
            for child in standing.stale
            if child.row.submission in before
        )
        shown = tuple(change for change in changes if is_summed(view.form, change.path))
        return Preview(shown, standing.ready, changed, self._corrections(view, old))

    def breakdown(self, actor: Actor, submission_id: str, path: str) -> tuple[Share, ...]:
        """Which child gave how much to a cell, by the pinned editions."""
        view = self._view(actor, submission_id)
        if not is_summed(view.form, path):
            raise NotFound(kind="cell")
        pinned = self._pinned(view)
        by_unit = {child.unit.id: child for child in self.children.standing(view).children}
        given = contributions(view.form, _sources(pinned), path)
        return tuple(Share(by_unit[one.org_unit], one) for one in given if one.org_unit in by_unit)

    def _owed(self, actor: Actor, form: Form, obligation: Obligation, today: date) -> Owed:
        submission = None
        if obligation.submission is not None:
            submission = self.submissions.get(obligation.submission)
        period = Period.parse(obligation.period)
        tree = self.reviewer.reference.tree_of(obligation.org_unit, period)
        open_ = str(obligation.state(today)) != "closed"
        return Owed(
            obligation=obligation,
            form=form,
            unit=tree.by_id[obligation.org_unit],
            submission=submission,
            standing=self.children.below(form, obligation, obligation.submission),
            may_start=submission is None
            and open_
            and obligation.org_unit in actor.units(Role.REPORTER),
        )

    def _view(self, actor: Actor, submission_id: str) -> SubmissionView:
        view = self.reviewer.view(actor, self.submissions.get(submission_id))
        if not view.consolidated:
            raise NotFound(kind="consolidation")
        return view

    def _writable(self, actor: Actor, submission_id: str, seen: Edit) -> SubmissionView:
        self.submissions.hold(submission_id)
        view = self._view(actor, submission_id)
        if view.submission.edit != seen:
            raise Stale(kind="submission", current=view.submission.summary())
        if view.submission.org_unit not in actor.units(Role.REPORTER):
            raise AccessDenied(action="consolidate")
        if not view.state.editable:
            raise TransitionRefused(event="fill", state=view.submission.state, never=False)
        if view.obligation.is_shut(self.clock.today()):
            raise PeriodClosed(state="closed")
        return view

    def _pinned(self, view: SubmissionView) -> list[tuple[str, Revision]]:
        """The editions that were taken, with the units they are of."""
        found = []
        for pin in self.store.pins(view.submission.id):
            unit = self.submissions.get(pin.child).org_unit
            edition = self.submissions.revision(pin.child, pin.revision)
            found.append((unit, self._read(view, unit, edition)))
        return sorted(found, key=lambda one: one[0])

    def _read(self, view: SubmissionView, unit_id: str, edition: Revision) -> Revision:
        """A child's edition as the parent's version of the form asks it."""
        unit = self.reviewer.reference.tree_of(unit_id, view.period).by_id[unit_id]
        return self.reviewer.editions.read_as(view.form, edition, unit, view.period)

    def _current(self, view: SubmissionView, standing: Standing) -> list[tuple[str, Revision]]:
        """The newest editions of the children whose reports are approved now."""
        chosen = {
            child.row.submission: child.unit.id
            for child in standing.children
            if child.settled and child.row.submission is not None
        }
        latest = self.submissions.latest_revisions(list(chosen))
        found = [
            (chosen[key], self._read(view, chosen[key], edition)) for key, edition in latest.items()
        ]
        return sorted(found, key=lambda one: one[0])

    def _sums(self, view: SubmissionView, taken: Sequence[tuple[str, Revision]]) -> Sums:
        return consolidate(view.form, _sources(taken)) if taken else _NOTHING

    def _corrections(self, view: SubmissionView, sums: Sums) -> tuple[Correction, ...]:
        submission = view.submission
        if submission.nil:
            return ()
        texts = {
            one["path"]: one["text"] for one in submission.reasons if one["code"] == CORRECTION
        }
        return tuple(
            Correction(one.path, one.old, one.new, one.status, texts.get(one.path, ""))
            for one in corrections(view.form, sums, submission.answers, submission.statuses)
        )

    def _since(self, view: SubmissionView, child: Child, before: Revision) -> tuple[Change, ...]:
        """What a child changed: in its newest edition, or in the draft that is open now."""
        after, unit = self.submissions.get(before.submission), child.unit.id
        editions = self.reviewer.editions
        answers, statuses = editions.carried(
            view.form, after.version, after.answers, after.statuses
        )
        if child.condition is Condition.CHANGED:
            newest = self._read(
                view, unit, self.submissions.revision(before.submission, after.revision)
            )
            answers, statuses = newest.answers, newest.statuses
        changes = diff(view.form, before.answers, before.statuses, answers, statuses)
        return tuple(change for change in changes if is_summed(view.form, change.path))

    def _save(
        self,
        actor: Actor,
        view: SubmissionView,
        answers: Mapping[str, object],
        statuses: Mapping[str, str],
        *,
        reasons: tuple[Mapping[str, str], ...] | None = None,
        nil: bool = False,
    ) -> None:
        submission, now = view.submission, self.clock.now()
        self.submissions.save(
            submission,
            answers=answers,
            statuses=statuses,
            nil=nil,
            reasons=submission.reasons if reasons is None else reasons,
            by=actor.account,
            at=now,
        )
        changes = diff(view.form, submission.answers, submission.statuses, answers, statuses)
        if reasons is None:
            changes = tuple(replace(change, origin=_FROM_BELOW) for change in changes)
        self.submissions.add_changes(submission.id, changes, by=actor.account, at=now)

    def _as_now(self, actor: Actor, view: SubmissionView) -> SubmissionView:
        found = self.reviewer.seen(actor, self.submissions.get(view.submission.id), view)
        return masked(found)


def _sources(taken: Sequence[tuple[str, Revision]]) -> list[Source]:
    return [Source(unit, one.answers, one.statuses, one.nil) for unit, one in taken]


def _refuse_conflicts(conflicts: Sequence[CellConflict]) -> None:
    if conflicts:
        errors = [{"path": one.path, "mine": one.mine, "theirs": one.theirs} for one in conflicts]
        raise Conflict(kind="cells", errors=errors)
