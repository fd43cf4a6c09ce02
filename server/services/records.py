"""Survey records: the many documents below a survey return, one for each household.

A record follows its return: it can be changed while the return can be filled,
and freezes with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.access import Actor, Role
from server.core.answers import (
    Conflict as CellConflict,
)
from server.core.answers import (
    Verdict,
    apply_changes,
    check,
    validate_paths,
    without_calculated,
)
from server.core.ports import Clock, NewId, Transaction
from server.core.submission import Change, SurveyRecord
from server.errors import AccessDenied, NotFound, RequestInvalid, TransitionRefused
from server.services.guards import count_faulty
from server.services.page import Page
from server.services.review import Reviewer, SubmissionView
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore
from server.storage.survey_records import SurveyRecordStore


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record with the verdict of the rules on it."""

    record: SurveyRecord
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Records:
    """Use cases of survey records."""

    records: SurveyRecordStore
    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock
    new_id: NewId

    def list_(
        self, actor: Actor, submission_id: str, *, after: str | None = None, limit: int = 100
    ) -> Page[SurveyRecord]:
        self._survey(actor, submission_id)
        found = self.records.records(submission_id, after, limit + 1)
        return Page.cut(found, limit)

    def get(self, actor: Actor, submission_id: str, record_id: str) -> RecordView:
        view = self._survey(actor, submission_id)
        record = self._record_of(submission_id, record_id)
        return RecordView(record, self._verdict(view, record))

    def add(
        self,
        actor: Actor,
        submission_id: str,
        answers: Mapping[str, object],
        statuses: Mapping[str, str] | None = None,
    ) -> RecordView:
        """Add a record to a return that can still be filled."""
        with self.transaction():
            view = self._fillable(actor, submission_id)
            given = without_calculated(view.form, answers)
            validate_paths(view.form, given, statuses or {})
            now = self.clock.now()
            record = SurveyRecord(
                id=self.new_id(),
                submission=submission_id,
                number=0,
                edit=1,
                answers=given,
                statuses=dict(statuses or {}),
                changed_at=now,
                changed_by=actor.account,
            )
            record = self.records.add_record(record)
            self._record(view, "record_added", actor, {"record": record.id})
            return RecordView(record, self._verdict(view, record))

    def save(
        self, actor: Actor, submission_id: str, record_id: str, changes: Sequence[Change]
    ) -> tuple[RecordView, tuple[CellConflict, ...]]:
        """Change cells of a record; a cell whose old value no longer holds is left and reported."""
        with self.transaction():
            view = self._fillable(actor, submission_id)
            record = self._record_of(submission_id, record_id)
            applied = apply_changes(view.form, record.answers, record.statuses, changes)
            if applied.applied:
                self.records.save_record(
                    record,
                    answers=applied.answers,
                    statuses=applied.statuses,
                    by=actor.account,
                    at=self.clock.now(),
                )
                record = self._record_of(submission_id, record_id)
            return RecordView(record, self._verdict(view, record)), applied.conflicts

    def delete(self, actor: Actor, submission_id: str, record_id: str) -> None:
        with self.transaction():
            view = self._fillable(actor, submission_id)
            record = self._record_of(submission_id, record_id)
            self.records.delete_record(record)
            self._record(view, "record_deleted", actor, {"record": record_id})

    def counts(self, actor: Actor, submission_id: str) -> tuple[int, int]:
        """How many records there are, and how many of them still hold errors."""
        view = self._survey(actor, submission_id)
        return self.records.count_records(submission_id), count_faulty(self.records, view)

    def _survey(self, actor: Actor, submission_id: str) -> SubmissionView:
        view = self.reviewer.view(actor, self.submissions.get(submission_id))
        if view.form.kind != "survey":
            raise RequestInvalid(reason="not-a-survey")
        return view

    def _fillable(self, actor: Actor, submission_id: str) -> SubmissionView:
        view = self._survey(actor, submission_id)
        if view.submission.org_unit not in actor.units(Role.REPORTER):
            raise AccessDenied(action="fill")
        if not view.editable:
            raise TransitionRefused(event="fill", state=view.submission.state, never=False)
        return view

    def _record_of(self, submission_id: str, record_id: str) -> SurveyRecord:
        record = self.records.record(record_id)
        if record.submission != submission_id:
            raise NotFound(kind="record")
        return record

    @staticmethod
    def _verdict(view: SubmissionView, record: SurveyRecord) -> Verdict:
        return check(view.form, record.answers, record.statuses, view.context)

    def _record(
        self, view: SubmissionView, name: str, actor: Actor, details: Mapping[str, object]
    ) -> None:
        self.events.append(
            subject=f"submission/{view.submission.id}",
            name=f"submission.{name}",
            actor=actor.account,
            happened_at=self.clock.now(),
            details=details,
        )
