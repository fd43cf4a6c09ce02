"""Survey records: the many documents below a survey return, one for each household.

A record follows its return: it is added, changed, deleted and restored only while the return can
be filled, and freezes with it. Every writer holds the return first, so that no record slips in
while the return is being passed on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from server.core.access import Actor, Role
from server.core.answers import (
    Conflict as CellConflict,
)
from server.core.answers import (
    apply_changes,
    check,
    validate_paths,
    without_calculated,
)
from server.core.feeds import summed
from server.core.observation import Observation
from server.core.ports import Clock, NewId, Transaction
from server.core.submission import Change, SurveyRecord
from server.core.survey import (
    RecordQuery,
    RecordState,
    carried_from,
    duplicate_findings,
    survey_of,
)
from server.core.vietnamese import nfc
from server.errors import (
    AccessDenied,
    InputInvalid,
    NotFound,
    PeriodClosed,
    RequestInvalid,
    TransitionRefused,
)
from server.services.masking import note_look
from server.services.page import Page
from server.services.record_views import (
    Progress,
    RecordPage,
    RecordView,
    asked_by,
    hidden_from,
    shown_to,
    standing_in,
)
from server.services.review import Reviewer, SubmissionView
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore
from server.storage.survey_records import SurveyRecordStore

#: The reason of a deletion, in characters.
SHORTEST_REASON, LONGEST_REASON = 5, 500
MOST_EXPECTED = 1_000_000


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

    # Reading

    def list_(
        self,
        actor: Actor,
        submission_id: str,
        *,
        after: str | None = None,
        limit: int = 100,
        query: RecordQuery | None = None,
    ) -> Page[SurveyRecord]:
        """Records by number after the record *after*."""
        view = self._survey(actor, submission_id)
        found = self.records.records(submission_id, after, limit + 1, asked_by(view, query))
        note_look(actor, view, records=len(found))
        return Page.cut(shown_to(view, found), limit)

    def page(
        self, actor: Actor, submission_id: str, query: RecordQuery, *, number: int, size: int
    ) -> RecordPage:
        """The page *number* (from 1) of what *query* finds; the last one when there are fewer."""
        view = self._survey(actor, submission_id)
        asked = asked_by(view, query)
        found = self.records.count_listed(submission_id, asked)
        number = max(1, min(number, -(-found // size)))
        listed = self.records.listed(submission_id, asked, skip=(number - 1) * size, limit=size)
        note_look(actor, view, records=len(listed))
        return RecordPage(tuple(shown_to(view, listed)), found, number, size)

    def get(self, actor: Actor, submission_id: str, record_id: str) -> RecordView:
        view = self._survey(actor, submission_id)
        found = self._judged(view, self._live(submission_id, record_id))
        before, after = self.records.neighbours(found.record)
        note_look(actor, view, record=record_id)
        return hidden_from(view, replace(found, before=before, after=after))

    def deleted(self, actor: Actor, submission_id: str) -> list[SurveyRecord]:
        """The deleted records, the last one first."""
        view = self._survey(actor, submission_id)
        return shown_to(view, self.records.deleted(submission_id))

    def counts(self, actor: Actor, submission_id: str) -> tuple[int, int]:
        """How many records there are, and how many of them still hold errors."""
        progress = self.progress(actor, submission_id)
        return progress.count, progress.faulty

    def progress(self, actor: Actor, submission_id: str) -> Progress:
        """How far the return is, as its records stood when they were written."""
        view = self._survey(actor, submission_id)
        standings = self.records.standings(submission_id)
        states = dict.fromkeys(RecordState, 0)
        by_tally: dict[str, int] = {}
        for (state, tally), number in standings.items():
            states[RecordState(state or RecordState.DRAFT)] += number
            by_tally[tally or ""] = by_tally.get(tally or "", 0) + number
        tallies = survey_of(view.form).tallies
        count = sum(states.values())
        done = sum(by_tally.get(tally.code, 0) for tally in tallies if tally.done)
        return Progress(
            expected=self.records.expected(submission_id),
            count=count,
            done=done if tallies else count,
            states=states,
            tallies=tuple((tally, by_tally.get(tally.code, 0)) for tally in tallies),
            same=tuple(
                (rule, tuple(numbers))
                for rule, numbers in self.records.groups_of_same(submission_id)
            ),
        )

    def totals(self, actor: Actor, submission_id: str) -> tuple[Observation, ...]:
        """What the records say about indicators now, those with errors included."""
        view = self._survey(actor, submission_id)
        units = self.reviewer.catalogue.measure_units()
        portions = self.records.portions(submission_id)
        return summed(view.form, [] if portions is None else [portions], units)

    # Writing

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
            return self._add(actor, view, given, statuses or {})

    def add_next(self, actor: Actor, submission_id: str) -> RecordView:
        """The next empty sheet, begun with what the form carries over from the last one.

        A sheet that the same person opened last and left as it was is opened again.
        """
        with self.transaction():
            view = self._fillable(actor, submission_id)
            last = self.records.last(submission_id)
            given = {} if last is None else carried_from(view.form, last.answers)
            untouched = (
                last is not None
                and last.edit == 1
                and last.changed_by == actor.account
                and last.answers == given
                and not last.statuses
            )
            if last is not None and untouched:
                return self._judged(view, last)
            return self._add(actor, view, given, {})

    def save(
        self, actor: Actor, submission_id: str, record_id: str, changes: Sequence[Change]
    ) -> tuple[RecordView, tuple[CellConflict, ...]]:
        """Change cells of a record; a cell whose old value no longer holds is left and reported."""
        with self.transaction():
            view = self._fillable(actor, submission_id)
            record = self._live(submission_id, record_id)
            applied = apply_changes(view.form, record.answers, record.statuses, changes)
            if applied.applied:
                verdict = check(view.form, applied.answers, applied.statuses, view.context)
                self.records.save_record(
                    record,
                    answers=applied.answers,
                    statuses=applied.statuses,
                    standing=standing_in(view, applied.answers, applied.statuses, verdict),
                    by=actor.account,
                    at=self.clock.now(),
                )
                record = self._live(submission_id, record_id)
            return self._judged(view, record), applied.conflicts

    def delete(self, actor: Actor, submission_id: str, record_id: str, *, reason: str) -> None:
        """Take a record out of the return, with the reason; it can be restored.

        Raises:
            InputInvalid: the reason is too short or too long.
        """
        given = nfc(reason).strip()
        if not SHORTEST_REASON <= len(given) <= LONGEST_REASON:
            raise InputInvalid(errors=[{"path": "/reason", "code": "reason", "message": ""}])
        with self.transaction():
            view = self._fillable(actor, submission_id)
            record = self._live(submission_id, record_id)
            self.records.delete_record(record, by=actor.account, at=self.clock.now(), reason=given)
            # A reason may name people: it stands where it can be erased.
            self._record(view, "record_deleted", actor, record, personal={"reason": given})

    def restore(self, actor: Actor, submission_id: str, record_id: str) -> RecordView:
        """Put a deleted record back; one that was not deleted stays as it is."""
        with self.transaction():
            view = self._fillable(actor, submission_id)
            record = self._record_of(submission_id, record_id)
            if record.deleted_at is None:
                return self._judged(view, record)
            verdict = check(view.form, record.answers, record.statuses, view.context)
            standing = standing_in(view, record.answers, record.statuses, verdict)
            self.records.restore_record(record, standing)
            self._record(view, "record_restored", actor, record)
            return self._judged(view, self._live(submission_id, record_id))

    def expect(self, actor: Actor, submission_id: str, number: int) -> Progress:
        """Say how many records the return will have."""
        if not 0 <= number <= MOST_EXPECTED:
            raise InputInvalid(errors=[{"path": "/expected", "code": "expected", "message": ""}])
        with self.transaction():
            view = self._fillable(actor, submission_id)
            before = self.records.expected(submission_id)
            if before != number:
                self.records.set_expected(submission_id, number)
                self.events.append(
                    subject=f"submission/{view.submission.id}",
                    name="submission.records_expected",
                    actor=actor.account,
                    happened_at=self.clock.now(),
                    details={"expected_before": before, "expected": number},
                )
            return self.progress(actor, submission_id)

    def _add(
        self,
        actor: Actor,
        view: SubmissionView,
        answers: Mapping[str, object],
        statuses: Mapping[str, str],
    ) -> RecordView:
        record = SurveyRecord(
            id=self.new_id(),
            submission=view.submission.id,
            number=0,
            edit=1,
            answers=answers,
            statuses=dict(statuses),
            changed_at=self.clock.now(),
            changed_by=actor.account,
        )
        verdict = check(view.form, answers, statuses, view.context)
        record = self.records.add_record(record, standing_in(view, answers, statuses, verdict))
        self._record(view, "record_added", actor, record)
        return self._judged(view, record)

    def _survey(self, actor: Actor, submission_id: str) -> SubmissionView:
        view = self.reviewer.view(actor, self.submissions.get(submission_id))
        if view.form.kind != "survey":
            raise RequestInvalid(reason="not-a-survey")
        return view

    def _fillable(self, actor: Actor, submission_id: str) -> SubmissionView:
        """The return, held against everybody who would move it; its records all judged."""
        self.records.hold(submission_id)
        view = self._survey(actor, submission_id)
        if view.submission.filing_unit not in actor.units(Role.REPORTER):
            raise AccessDenied(action="fill")
        if not view.editable:
            raise TransitionRefused(event="fill", state=view.submission.state, never=False)
        if view.obligation.is_shut(self.clock.today()):
            raise PeriodClosed(state="closed")
        for record in self.records.unjudged(submission_id):
            verdict = check(view.form, record.answers, record.statuses, view.context)
            standing = standing_in(view, record.answers, record.statuses, verdict)
            self.records.put_standing(record, standing)
        return view

    def _record_of(self, submission_id: str, record_id: str) -> SurveyRecord:
        record = self.records.record(record_id)
        if record.submission != submission_id:
            raise NotFound(kind="record")
        return record

    def _live(self, submission_id: str, record_id: str) -> SurveyRecord:
        record = self._record_of(submission_id, record_id)
        if record.deleted_at is not None:
            raise NotFound(kind="record")
        return record

    def _judged(self, view: SubmissionView, record: SurveyRecord) -> RecordView:
        verdict = check(view.form, record.answers, record.statuses, view.context)
        same = tuple(self.records.same_as(record))
        findings = (*verdict.findings, *duplicate_findings(view.form, same))
        return RecordView(record, replace(verdict, findings=findings), same)

    def _record(
        self,
        view: SubmissionView,
        name: str,
        actor: Actor,
        record: SurveyRecord,
        *,
        personal: Mapping[str, object] | None = None,
    ) -> None:
        self.events.append(
            subject=f"submission/{view.submission.id}",
            name=f"submission.{name}",
            actor=actor.account,
            happened_at=self.clock.now(),
            details={"record": record.id, "number": record.number},
            personal=personal,
        )
