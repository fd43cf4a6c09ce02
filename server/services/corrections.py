"""Đính chính: figures of an approved or closed report are corrected by a numbered decision.

The report stays final; a new sealed edition stands beside the old ones, and the event names the
decision and every cell. Sums made from the report are then no longer those of its last edition.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from server.core.access import Actor, Role
from server.core.answer_changes import apply_changes, diff
from server.core.consolidation import CORRECTION, is_summed
from server.core.event import Event
from server.core.finding import Severity
from server.core.ports import Clock, Transaction
from server.core.reasons import with_reasons
from server.core.submission import Change, Edit
from server.errors import (
    AccessDenied,
    AnswersInvalid,
    Conflict,
    InputInvalid,
    RequestInvalid,
    Stale,
    TransitionRefused,
)
from server.services.approvals import Approvals
from server.services.circumstances import SHORTEST_REASON
from server.services.masking import masked
from server.services.review import Reviewer, SubmissionView
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore

_EVENT = "submission.correct"
_LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class Corrections:
    """Use case of the head of the province."""

    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer
    approvals: Approvals
    transaction: Transaction
    clock: Clock

    def correct(
        self,
        actor: Actor,
        submission_id: str,
        changes: Sequence[Change],
        *,
        seen: Edit,
        decision_number: str,
        decided_on: date,
        reason: str,
    ) -> SubmissionView:
        """Seal a corrected edition of a final report; its state stays.

        Raises:
            NotFound, AccessDenied: out of scope; the actor does not head the province.
            TransitionRefused: the report is not final, or a survey's return.
            Stale, Conflict: it changed since the actor saw it.
            InputInvalid: no decision number, a day that has not come, or no reason.
            RequestInvalid: nothing would change.
            AnswersInvalid: the corrected figures break a rule that blocks.
        """
        number, why = decision_number.strip(), reason.strip()
        errors = [
            {"path": path, "code": "required", "message": ""}
            for path, wrong in (
                ("/decision_number", not 0 < len(number) <= _LONGEST_NUMBER),
                ("/decided_on", decided_on > self.clock.today()),
                ("/reason", len(why) < SHORTEST_REASON),
            )
            if wrong
        ]
        with self.transaction():
            self.submissions.hold(submission_id)
            view = self.reviewer.view(actor, self.submissions.get(submission_id))
            self._require(actor, view, seen)
            if errors:
                raise InputInvalid(errors=errors)
            corrected, made = self._corrected(view, changes, f"Quyết định số {number}: {why}")
            submission, now = view.submission, self.clock.now()
            self.submissions.save(
                submission,
                answers=corrected.submission.answers,
                statuses=corrected.submission.statuses,
                nil=False,
                reasons=corrected.submission.reasons,
                by=actor.account,
                at=now,
            )
            self.submissions.add_changes(submission_id, made, by=actor.account, at=now)
            draft_changes = self.submissions.changes_digest(submission_id, submission.revision)
            revision, sealing = self.approvals.seal_edition(
                corrected, actor, now, corrected.submission.reasons
            )
            saved = self.submissions.get(submission_id)
            self.submissions.move(
                saved, state=saved.state, revision=revision.number, by=actor.account, at=now
            )
            self.events.append(
                subject=f"submission/{submission_id}",
                name=_EVENT,
                actor=actor.account,
                happened_at=now,
                details={
                    "from": saved.state,
                    "to": saved.state,
                    "edit": submission.edit,
                    **sealing,
                    "draft_changes": draft_changes,
                    "decision_number": number,
                    "decided_on": decided_on.isoformat(),
                    "note": why,
                    "changed": [change.path for change in made],
                },
            )
            found = self.submissions.get(submission_id)
            return masked(self.reviewer.seen(actor, found, view, corrected.verdict))

    def may_correct(self, actor: Actor, view: SubmissionView) -> bool:
        """Whether *actor* could correct the report as it is now."""
        return (
            view.state.final
            and view.form.kind != "survey"
            and view.places.get("province") in actor.within(view.form.code).units(Role.SIGNER)
        )

    def last(self, submission_id: str) -> Event | None:
        """The last correction of a report that is as it was corrected; none once it reopened."""
        for event in reversed(self.events.of(f"submission/{submission_id}")):
            if event.name == _EVENT:
                return event
            if event.name == "submission.reopen":
                break
        return None

    def _require(self, actor: Actor, view: SubmissionView, seen: Edit) -> None:
        submission = view.submission
        if view.places.get("province") not in actor.within(view.form.code).units(Role.SIGNER):
            raise AccessDenied(action="correct")
        if not self.may_correct(actor, view):
            raise TransitionRefused(event="correct", state=submission.state, never=False)
        if submission.edit != seen:
            raise Stale(kind="submission", current=submission.summary())

    def _corrected(
        self, view: SubmissionView, changes: Sequence[Change], text: str
    ) -> tuple[SubmissionView, tuple[Change, ...]]:
        """The view of the corrected figures, unsaved, and what changes in it."""
        form, submission = view.form, view.submission
        applied = apply_changes(form, submission.answers, submission.statuses, changes)
        if applied.conflicts:
            errors = [
                {"path": one.path, "mine": one.mine, "theirs": one.theirs}
                for one in applied.conflicts
            ]
            raise Conflict(kind="cells", errors=errors)
        made = diff(
            form, submission.answers, submission.statuses, applied.answers, applied.statuses
        )
        if not made:
            raise RequestInvalid(reason="nothing-changed", path="/changes")
        draft = replace(submission, answers=applied.answers, statuses=applied.statuses, nil=False)
        verdict = self.reviewer.verdict(form, draft, view.context)
        blocking = [one for one in verdict.findings if one.severity is Severity.ERROR]
        if blocking:
            raise AnswersInvalid(findings=blocking)
        known = {(one["code"], one["path"]) for one in submission.reasons}
        said = [
            {"code": one.code, "path": one.path, "text": text}
            for one in verdict.findings
            if one.severity is Severity.WARNING and (one.code, one.path) not in known
        ]
        if view.consolidated:
            said += [
                {"code": CORRECTION, "path": one.path, "text": text}
                for one in made
                if is_summed(form, one.path)
            ]
        draft = replace(draft, reasons=with_reasons(submission.reasons, said))
        return replace(view, submission=draft, verdict=verdict), made
