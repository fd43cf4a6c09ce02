"""The built-in guards of workflows: conditions that a move asks for besides role and state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.access import Actor
from server.core.answer_paths import place_of, value_at
from server.core.answers import check, missing
from server.core.comment import is_answered, marks_of, placed_now
from server.core.event import Event
from server.core.finding import Finding, Severity, blocks
from server.core.obligation import Progress
from server.core.submission import Revision, Submission
from server.core.workflow_visit import is_partial
from server.errors import AnswersInvalid, GuardFailed, ReasonMissing
from server.services.children import Children
from server.services.circumstances import SHORTEST_REASON
from server.services.editions import Editions
from server.services.review import SubmissionView
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore
from server.storage.survey_records import SurveyRecordStore

#: Acts by which a person vouches for the figures; nobody vouches twice in one run.
_VOUCHING = ("submission.submit", "submission.sign", "submission.send", "submission.approve")
_RESTARTS = ("submission.return", "submission.recall", "submission.reopen")
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a guard may look at."""

    view: SubmissionView
    actor: Actor
    history: Sequence[Event]
    reasons: Sequence[Mapping[str, str]]
    stands_for: str | None = None  # the account in whose name the actor acts, by a delegation


@dataclass(frozen=True, slots=True)
class Guards:
    """Checks named guards against an attempt; raises what the caller is told."""

    submissions: SubmissionStore
    obligations: ObligationStore
    records: SurveyRecordStore
    children: Children
    editions: Editions

    def check(self, names: Sequence[str], attempt: Attempt) -> None:
        """Raise the first objection of the guards in *names*."""
        for name in names:
            getattr(self, f"_{name}")(attempt)

    def _answers_valid(self, attempt: Attempt) -> None:
        view = attempt.view
        if view.submission.nil:
            return
        if view.form.kind == "survey":
            self._records_valid(view)
        errors = [
            finding for finding in view.verdict.findings if finding.severity is Severity.ERROR
        ]
        if errors:
            raise AnswersInvalid(findings=errors)
        given = {
            (reason["code"], reason["path"])
            for reason in attempt.reasons
            if len(reason["text"].strip()) >= SHORTEST_REASON
        }
        unexplained = [
            finding
            for finding in view.verdict.findings
            if finding.severity is Severity.WARNING and (finding.code, finding.path) not in given
        ]
        if unexplained:
            raise ReasonMissing(findings=unexplained)

    def _records_valid(self, view: SubmissionView) -> None:
        faulty = count_faulty(self.records, view)
        if faulty or not self.records.count_records(view.submission.id):
            path = "/records"
            message = f"{faulty} phiếu còn lỗi" if faulty else "Chưa có phiếu nào"
            raise AnswersInvalid(
                findings=[Finding(path, "records", Severity.ERROR, message, paths=(path,))]
            )

    def _not_own_work(self, attempt: Attempt) -> None:
        vouched: set[str] = set()
        for event in attempt.history:
            if event.name in _RESTARTS and not is_partial(event.details):
                vouched.clear()
            elif event.name in _VOUCHING:
                vouched |= {event.actor, str(event.details.get("on_behalf_of") or event.actor)}
        submission = attempt.view.submission
        typed = set(self.submissions.editors(submission.id))  # what was sent before counts too
        if attempt.view.form.kind == "survey":
            typed |= self.records.writers(submission.id)
        # Neither who acts nor in whose name: a deputy is no way around the rule, for nobody.
        if {attempt.actor.account, attempt.stands_for} & (vouched | typed):
            raise GuardFailed(guard="not_own_work")

    def _marks_answered(self, attempt: Attempt) -> None:
        """Each cell marked by the last return was changed, or the unit wrote why it stays.

        What it wrote is a comment on the cell, or a reason with the code ``mark``.
        """
        marks = [mark for mark in marks_of(list(attempt.history)) if mark.last and mark.path]
        returned = [event for event in attempt.history if event.name == "submission.return"]
        if not marks or not returned:
            return
        submission = attempt.view.submission
        answered = {reason["path"] for reason in attempt.reasons if reason["code"] == "mark"}
        said = self.submissions.comments(submission.id)
        comments = placed_now(said, list(attempt.history))
        open_marks = [
            mark.path
            for mark in marks
            if mark.path not in answered
            and not is_answered(mark, comments)
            and not self._changed_since(attempt.view, returned[-1], mark.path)
        ]
        if open_marks:
            raise GuardFailed(guard="marks_answered", paths=open_marks)

    def _changed_since(self, view: SubmissionView, returned: Event, path: str) -> bool:
        """Whether a marked cell holds something else than when the report was returned."""
        submission, number = view.submission, returned.details.get("revision")
        source = view.workflow.states.get(str(returned.details.get("from")))
        if isinstance(number, int) and number and (source is None or source.sent):
            sealed = self.submissions.revision(submission.id, number)
            before = self.editions.read_as(view.form, sealed, view.unit, view.period)
            return _held(view, before, path) != _held(view, submission, path)
        # Inside the unit nothing is sealed yet: the changed cells since the return tell.
        place = place_of(view.form, path)
        return any(
            kept.at >= returned.happened_at and kept.change.old != kept.change.new
            for kept in self.submissions.changes_at(submission.id, {path, *place.above})
        )

    def _children_done(self, attempt: Attempt) -> None:
        view = attempt.view
        if view.consolidated:
            self.children.require(view, attempt.reasons)
            return
        form = view.form.code
        below = [unit for unit in view.children if unit != view.submission.org_unit]
        waiting = [
            item.org_unit
            for unit in below
            for item in self.obligations.find(form, unit, view.submission.period)
            if item.progress is not Progress.FINAL
        ]
        if waiting:
            raise GuardFailed(guard="children_done", org_units=waiting)

    def _parts_in(self, attempt: Attempt) -> None:
        """Each part of other hands is handed in, or waived with a reason."""
        open_parts = [part.key for part in attempt.view.hands.parts if part.awaited]
        if open_parts:
            raise GuardFailed(guard="parts_in", parts=open_parts)


def count_faulty(records: SurveyRecordStore, view: SubmissionView) -> int:
    """How many records of a return hold an error that blocks."""
    faulty, after = 0, None
    while batch := records.records(view.submission.id, after, _BATCH):
        faulty += sum(
            blocks(check(view.form, record.answers, record.statuses, view.context).findings)
            for record in batch
        )
        after = batch[-1].id
    return faulty


def _held(view: SubmissionView, edition: Revision | Submission, path: str) -> object:
    """What an edition holds in the marked cell, and the reason that stands there."""
    return value_at(edition.answers, place_of(view.form, path)), edition.statuses.get(path)


def empty_cells(view: SubmissionView) -> tuple[str, ...]:
    """Pointers of the cells that still have to be filled; none for a nil report or a survey."""
    if view.submission.nil or view.form.kind == "survey":
        return ()
    submission = view.submission
    return missing(view.form, submission.answers, submission.statuses, view.context)
