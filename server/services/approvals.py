"""Moving submissions on: submit, sign, send, approve, return, recall, close and reopen.

Every event of every workflow goes through ``Approvals.decide``, on exactly the
edit that the actor saw. Observations, mails and plugins follow later, from the
event row, so that none of them can undo a signature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from server.core.access import SYSTEM, Actor
from server.core.answers import seal
from server.core.calendar import add_working_days
from server.core.evidence import sealed_document
from server.core.json_text import digest
from server.core.obligation import Obligation, Progress
from server.core.ports import Clock, Transaction
from server.core.reasons import with_reasons
from server.core.submission import Edit, Revision
from server.core.workflow import Move
from server.core.workflow_parts import MOVE_DETAILS
from server.errors import BieumauError, GuardFailed, PeriodClosed, Stale
from server.services.cascades import Cascades, supplied_above
from server.services.delegations import stands_for
from server.services.due_moves import due_candidates, due_move
from server.services.guards import Attempt, Guards
from server.services.masking import masked
from server.services.move_details import (
    checked_input,
    finding_counts,
    require_signed_copy,
    sealing_details,
    signature_details,
)
from server.services.page import Page
from server.services.review import Reviewer, SubmissionView
from server.services.waiting import InboxItem, waiting_for
from server.storage.attachments import AttachmentStore
from server.storage.events import EventStore
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore

log = structlog.get_logger()
#: Working days that a unit has to correct a returned report when the return names no day.
RETURN_DAYS = 3
_SEALING = ("sign", "send")
_PASSING_ON = ("submit", "send")


@dataclass(frozen=True, slots=True)
class Decision:
    """The result of one of several decisions made at once."""

    submission: str
    error: BieumauError | None


@dataclass(frozen=True, slots=True)
class Approvals:
    """Use cases of signing and approving. Built once, in ``server.app``."""

    submissions: SubmissionStore
    obligations: ObligationStore
    events: EventStore
    reviewer: Reviewer
    guards: Guards
    attachments: AttachmentStore
    cascades: Cascades
    transaction: Transaction
    clock: Clock
    receipt_prefix: str

    def decide(
        self,
        actor: Actor,
        submission_id: str,
        event: str,
        *,
        seen: Edit,
        supplied: Mapping[str, object] | None = None,
        reasons: Sequence[Mapping[str, str]] = (),
    ) -> SubmissionView:
        """Fire *event* on exactly the edit that the actor saw; return the view after it.

        Raises:
            NotFound: no such submission in the actor's scope.
            Stale: the submission is no longer as the actor saw it.
            TransitionRefused: the workflow does not allow the move.
            GuardFailed, AnswersInvalid, ReasonMissing, InputInvalid: a condition is not met.
            PeriodClosed: the obligation takes no more reports.
        """
        with self.transaction():
            # Held first: no record of a survey may be written between the check and the move.
            self.submissions.hold(submission_id)
            view = self.reviewer.view(actor, self.submissions.get(submission_id))
            submission = view.submission
            if submission.edit != seen:
                raise Stale(kind="submission", current=submission.summary())
            kept = with_reasons(submission.reasons, reasons)
            if reasons:  # the conditions of moves see what is explained now
                given_reasons = replace(submission, reasons=kept)
                view = self.reviewer.seen(actor, given_reasons, view, view.verdict)
            move = view.workflow.fire(
                event,
                state=submission.state,
                actor=actor.within(view.form.code),
                places=view.places,
                facts=view.facts,
                visit=view.visit,
            )
            principal = stands_for(actor, view, move)
            if event in _PASSING_ON and view.obligation.is_shut(self.clock.today()):
                raise PeriodClosed(state="closed")
            attached = self.attachments.of(submission.id)
            given = checked_input(move, supplied or {}, attached)
            history = self.events.of(f"submission/{submission.id}")
            names = move.guards
            if event in _PASSING_ON and "parts_in" not in names:
                names = (*names, "parts_in")  # whatever the workflow says
            if event == "approve" and view.consolidated and "children_done" not in names:
                names = (*names, "children_done")  # nobody approves sums of figures that changed
            self.guards.check(names, Attempt(view, actor, history, kept, principal))
            if event == "send":
                require_signed_copy(view.form, attached, history)
            self._carry_out(view, move, actor, given, kept, principal=principal)
            if move.cascade and move.completes:
                self._reopen_above(actor, submission.id, supplied or {})
            # A move changes no answer, so the verdict stands.
            moved = self.submissions.get(submission_id)
            return masked(self.reviewer.seen(actor, moved, view, view.verdict))

    def decide_many(
        self, actor: Actor, event: str, chosen: Sequence[tuple[str, Edit]]
    ) -> list[Decision]:
        """Decide several submissions, each by itself; each reports its own result."""
        results = []
        for submission_id, seen in chosen:
            try:
                self.decide(actor, submission_id, event, seen=seen)
            except BieumauError as error:
                results.append(Decision(submission_id, error))
            else:
                results.append(Decision(submission_id, None))
        return results

    def fire_due(self, limit: int = 100) -> int:
        """Fire the moves of time that are due, each once; how many reports moved.

        A report whose guards object stays, and is asked again at the next tick.
        """
        fired = 0
        for submission_id in due_candidates(self.reviewer, self.submissions, self.clock.now()):
            if fired >= limit:
                break
            fired += self._fire_due(submission_id)
        return fired

    def _fire_due(self, submission_id: str) -> bool:
        try:
            with self.transaction():
                self.submissions.hold(submission_id)
                view = self.reviewer.system_view(self.submissions.get(submission_id))
                due = due_move(view, self.clock.today(), self.reviewer.reference.holidays())
                if due is None:
                    return False  # another worker was here first
                history = self.events.of(f"submission/{submission_id}")
                reasons = view.submission.reasons
                self.guards.check(due.move.guards, Attempt(view, SYSTEM, history, reasons))
                self._carry_out(view, due.move, SYSTEM, due.given, reasons)
        except BieumauError as objection:
            log.info("workflow.not_moved", submission=submission_id, reason=objection.code)
            return False
        return True

    def inbox(self, actor: Actor, *, after: str | None = None, limit: int = 500) -> Page[InboxItem]:
        """What waits for this actor's signature or approval, the longest overdue first."""
        return waiting_for(self.reviewer, actor, after=after, limit=limit)

    def _reopen_above(self, actor: Actor, child: str, supplied: Mapping[str, object]) -> None:
        """Reopen the final reports that were summed from *child*, in the same act or not at all."""
        for view, move in self.cascades.above(actor, child):
            if not move.completes:
                raise GuardFailed(guard="cascade", org_units=[view.submission.org_unit])
            attached = self.attachments.of(view.submission.id)
            given = checked_input(move, supplied_above(move, supplied), attached)
            history = self.events.of(f"submission/{view.submission.id}")
            principal = stands_for(actor, view, move)
            reasons = view.submission.reasons
            self.guards.check(move.guards, Attempt(view, actor, history, reasons, principal))
            self._carry_out(
                view, move, actor, given, reasons, principal=principal, cascade_of=child
            )

    def _carry_out(
        self,
        view: SubmissionView,
        move: Move,
        actor: Actor,
        given: Mapping[str, object],
        reasons: tuple[Mapping[str, str], ...],
        *,
        principal: str | None = None,
        cascade_of: str | None = None,
    ) -> None:
        now, submission = self.clock.now(), view.submission
        details: dict[str, object] = {
            "from": move.source,
            "to": move.reaches,
            "edit": submission.edit,
            "revision": submission.revision,
            **signature_details(move),
        }
        if move.event in _PASSING_ON or not move.completes:
            details["draft_changes"] = self.submissions.changes_digest(
                submission.id, submission.revision
            )
            details["findings"] = finding_counts(view.verdict.findings)
        if move.event in _SEALING and move.completes:
            revision, sealing = self.seal_edition(view, actor, now, reasons)
            submission = replace(submission, revision=revision.number)
            details |= sealing
            attached = self.attachments.of(submission.id)
            if attached:
                details["attachments"] = sorted({f"{one.kind}:{one.sha256}" for one in attached})
        elif submission.revision:
            sealed = self.submissions.revision(submission.id, submission.revision)
            details["digest"] = sealed.digest
        given = {key: value for key, value in given.items() if key not in MOVE_DETAILS}
        details |= {key: value for key, value in given.items() if key not in details}
        if principal is not None:
            details["on_behalf_of"] = principal
        if cascade_of is not None:
            details["cascade_of"] = cascade_of
        if move.completes:
            self.submissions.move(
                submission,
                state=move.target,
                revision=submission.revision,
                reasons=reasons,
                by=actor.account,
                at=now,
            )
            self._follow(view, move, given, now)
        else:  # a signature among several: the report stays, and its deadline runs on
            self.submissions.save(
                submission,
                answers=submission.answers,
                statuses=submission.statuses,
                nil=submission.nil,
                reasons=reasons,
                by=actor.account,
                at=now,
            )
        self.events.append(
            subject=f"submission/{submission.id}",
            name=f"submission.{move.event}",
            actor=actor.account,
            happened_at=now,
            details=details,
        )

    def seal_edition(
        self,
        view: SubmissionView,
        actor: Actor,
        now: datetime,
        reasons: tuple[Mapping[str, str], ...],
    ) -> tuple[Revision, dict[str, object]]:
        """Seal what the report of *view* says as its next edition, inside the caller's move.

        Returns: the edition, and what the event row of the move says of it.
        """
        submission = view.submission
        answers, statuses = submission.answers, submission.statuses
        if not submission.nil:
            answers, statuses = seal(view.form, answers, statuses, view.period.end)
        number, records = submission.revision + 1, None
        if view.form.kind == "survey":
            records = self.submissions.content_digest(submission.id)
        sealed = sealed_document(
            submission,
            number,
            answers=answers,
            statuses=statuses,
            nil=submission.nil,
            reasons=reasons,
            records=records,
        )
        revision = Revision(
            submission=submission.id,
            number=number,
            answers=answers,
            statuses=statuses,
            computed=view.verdict.computed,
            reasons=reasons,
            nil=submission.nil,
            digest=digest(sealed),
            receipt=self._receipt(view, number),
            sealed_at=now,
            sealed_by=actor.account,
            version=submission.version,
        )
        self.submissions.add_revision(revision)
        return revision, sealing_details(view, revision, records)

    def _receipt(self, view: SubmissionView, number: int) -> str:
        """A code such as ``BK24-DS01-01879-2``: period, form, unit and how many times sent.

        Other periods than years are named too (``BK2503``, ``BK25Q1``); two rounds that ask for
        the same period count on.
        """
        prefix = str(view.form.settings.get("prefix", view.form.code)).upper()
        period = view.period.id[2:].replace("-", "")
        stem = f"{self.receipt_prefix}{period}-{prefix}-{view.unit.code.upper()}"
        while self.submissions.has_receipt(f"{stem}-{number}"):
            number += 1
        return f"{stem}-{number}"

    def _follow(
        self, view: SubmissionView, move: Move, given: Mapping[str, object], now: datetime
    ) -> None:
        """Keep the obligation in step with the report."""
        obligation, target = view.obligation, view.workflow.states[move.target]
        if target.final:
            progress = Progress.FINAL
        elif target.sent:
            progress = Progress.SENT
        elif (
            move.event == "return" and view.workflow.states[move.source].sent
        ) or obligation.progress is Progress.RETURNED:
            progress = Progress.RETURNED
        else:
            progress = Progress.STARTED
        self.obligations.set_progress(
            obligation.id,
            progress,
            sent_at=_sent_at(obligation, progress, now),
            return_due_on=self._return_due(obligation, progress, move, given),
        )

    def _return_due(
        self, obligation: Obligation, progress: Progress, move: Move, given: Mapping[str, object]
    ) -> date | None:
        if progress is not Progress.RETURNED:
            return None
        if move.event != "return":
            return obligation.return_due_on
        named = given.get("due_on")
        if isinstance(named, str):
            return date.fromisoformat(named)
        holidays = self.reviewer.reference.holidays()
        return add_working_days(self.clock.today(), RETURN_DAYS, holidays)


def _sent_at(obligation: Obligation, progress: Progress, now: datetime) -> datetime | None:
    """The first moment at which the report left the unit and was not returned since."""
    if progress not in (Progress.SENT, Progress.FINAL):
        return None
    if obligation.progress is Progress.RETURNED:
        return now
    return obligation.sent_at or now
