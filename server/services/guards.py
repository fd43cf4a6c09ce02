"""The built-in guards of workflows: conditions that a move asks for besides role and state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.access import Actor
from server.core.answer_paths import place_of, value_at
from server.core.answers import check, missing
from server.core.event import Event
from server.core.finding import Finding, Severity, blocks
from server.core.obligation import Progress
from server.errors import AnswersInvalid, GuardFailed, ReasonMissing
from server.services.review import SubmissionView
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore
from server.storage.survey_records import SurveyRecordStore

#: Acts by which a person vouches for the figures; nobody vouches twice in one run.
_VOUCHING = ("submission.submit", "submission.sign", "submission.send", "submission.approve")
_RESTARTS = ("submission.return", "submission.recall", "submission.reopen")
_SHORTEST_REASON = 5
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a guard may look at."""

    view: SubmissionView
    actor: Actor
    history: Sequence[Event]
    reasons: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Guards:
    """Checks named guards against an attempt; raises what the caller is told."""

    submissions: SubmissionStore
    obligations: ObligationStore
    records: SurveyRecordStore

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
            return
        errors = [
            finding for finding in view.verdict.findings if finding.severity is Severity.ERROR
        ]
        if errors:
            raise AnswersInvalid(findings=errors)
        given = {
            (reason["code"], reason["path"])
            for reason in attempt.reasons
            if len(reason["text"].strip()) >= _SHORTEST_REASON
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
            if event.name in _RESTARTS:
                vouched.clear()
            elif event.name in _VOUCHING:
                vouched.add(event.actor)
        submission = attempt.view.submission
        typed = self.submissions.editors(submission.id, after_revision=submission.revision)
        if attempt.actor.account in vouched | set(typed):
            raise GuardFailed(guard="not_own_work")

    def _marks_answered(self, attempt: Attempt) -> None:
        """Each cell marked by the last return was changed, or the clerk wrote why it stays."""
        returned = [event for event in attempt.history if event.name == "submission.return"]
        if not returned:
            return
        marks = returned[-1].details.get("marks", [])
        number = returned[-1].details.get("revision")
        if not isinstance(marks, list) or not marks or not isinstance(number, int) or not number:
            return
        view = attempt.view
        submission = view.submission
        before = self.submissions.revision(submission.id, number)
        answered = {reason["path"] for reason in attempt.reasons if reason["code"] == "mark"}
        open_marks = [
            str(mark["path"])
            for mark in marks
            if str(mark["path"]) not in answered
            and _held(view, before.answers, mark) == _held(view, submission.answers, mark)
        ]
        if open_marks:
            raise GuardFailed(guard="marks_answered", paths=open_marks)

    def _children_done(self, attempt: Attempt) -> None:
        view = attempt.view
        form = str(view.form.settings.get("consolidates", view.form.code))
        below = [unit for unit in view.children if unit != view.submission.org_unit]
        waiting = [
            item.org_unit
            for unit in below
            for item in self.obligations.find(form, unit, view.submission.period)
            if item.progress is not Progress.FINAL
        ]
        if waiting:
            raise GuardFailed(guard="children_done", org_units=waiting)


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


def _held(view: SubmissionView, answers: Mapping[str, object], mark: Mapping[str, str]) -> object:
    """What *answers* hold in the marked cell."""
    return value_at(answers, place_of(view.form, mark["path"]))


def empty_cells(view: SubmissionView) -> tuple[str, ...]:
    """Pointers of the cells that still have to be filled; none for a nil report or a survey."""
    if view.submission.nil or view.form.kind == "survey":
        return ()
    submission = view.submission
    return missing(view.form, submission.answers, submission.statuses, view.context)
