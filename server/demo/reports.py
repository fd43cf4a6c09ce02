"""One report through its life, driven through the same use cases as by people.

Units with a signer's account sign in the system; the others send a copy signed on paper.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.core.access import Actor, Role
from server.core.answer_engine import engine_of
from server.core.finding import Severity
from server.core.org_unit import OrgUnit
from server.core.ports import LOCAL
from server.demo.apportioning import hashed
from server.demo.people import Cast
from server.demo.timeline import Timeline
from server.errors import BieumauError
from server.services import Services
from server.services.review import SubmissionView

_SIGNING_TAKES = timedelta(minutes=40)
_EXPLANATION = "Đã đối chiếu với sổ theo dõi của thôn và công an xã, số liệu đúng thực tế."


class StoryBroken(RuntimeError):
    """An act of the story was refused: the definitions and the story no longer agree."""


@dataclass
class Desk:
    """What all reports of the story share."""

    services: Services
    cast: Cast
    timeline: Timeline
    upper: Mapping[str, tuple[str, ...]]  # unit id: ids of the units that approve, from below


@dataclass
class Report:
    """A report of one unit; ``view`` is how it stood after the last act."""

    desk: Desk
    form: str
    unit: OrgUnit
    period: str
    answers: Mapping[str, object]
    round: str | None = None
    statuses: Mapping[str, str] | None = None
    explanations: Mapping[str, str] | None = None
    view: SubmissionView | None = None

    def start_at(self, moment: datetime) -> None:
        self.desk.timeline.at(moment, self._start)

    def send_at(self, moment: datetime) -> None:
        """Leave the unit at *moment*, signed there or on paper."""
        if self.desk.cast.has(Role.SIGNER, self.unit.id):
            self._at(moment - _SIGNING_TAKES, Role.REPORTER, "submit")
            self._at(moment, Role.SIGNER, "sign")
        else:
            self._at(moment, Role.REPORTER, "send", self._signed_copy(moment))

    def approve_at(self, moment: datetime, step: int) -> None:
        """Approve at the *step*-th unit above."""
        actor = self.desk.cast.actor(Role.APPROVER, self.desk.upper[self.unit.id][step])
        self._decide_at(moment, actor, "approve", {})

    def return_at(self, moment: datetime, step: int, supplied: Mapping[str, object]) -> None:
        actor = self.desk.cast.actor(Role.APPROVER, self.desk.upper[self.unit.id][step])
        self._decide_at(moment, actor, "return", supplied)

    def close_at(self, moment: datetime) -> None:
        actor = self.desk.cast.actor(Role.SIGNER, self.desk.upper[self.unit.id][-1])
        self._decide_at(moment, actor, "close", {})

    def refill_at(self, moment: datetime, answers: Mapping[str, object]) -> None:
        """Replace the figures, as the clerk does after a return."""
        self.desk.timeline.at(moment, lambda: self._refill(answers))

    def add_record_at(self, moment: datetime, answers: Mapping[str, object]) -> None:
        """Add a survey record to the return."""
        self.desk.timeline.at(moment, lambda: self._add_record(answers))

    def expect_records_at(self, moment: datetime, number: int) -> None:
        """Say how many survey records the return will have."""
        self.desk.timeline.at(moment, lambda: self._expect_records(number))

    def _signed_copy(self, moment: datetime) -> dict[str, object]:
        number = hashed(f"letter|{self.form}|{self.period}|{self.unit.code}", 180) + 1
        return {
            "signer_title": "Chủ tịch Ủy ban nhân dân",
            "letter_number": f"{number}/BC-UBND",
            "signed_on": moment.astimezone(LOCAL).date().isoformat(),
        }

    def _start(self) -> None:
        try:
            self.view = self.desk.services.submissions.start(
                self.desk.cast.actor(Role.REPORTER, self.unit.id),
                form=self.form,
                org_unit=self.unit.id,
                period=self.period,
                round=self.round,
                answers=self.answers,
                statuses=self.statuses,
            )
        except BieumauError as error:
            raise self._broken("start", error) from error

    def _refill(self, answers: Mapping[str, object]) -> None:
        submission = self._started("refill").submission
        actor = self.desk.cast.actor(Role.REPORTER, self.unit.id)
        self.view = self.desk.services.submissions.save_answers(
            actor, submission.id, seen=submission.edit, answers=answers
        )

    def _add_record(self, answers: Mapping[str, object]) -> None:
        actor = self.desk.cast.actor(Role.REPORTER, self.unit.id)
        try:
            self.desk.services.records.add(actor, self._started("record").submission.id, answers)
        except BieumauError as error:
            raise self._broken("record", error) from error

    def _expect_records(self, number: int) -> None:
        actor = self.desk.cast.actor(Role.REPORTER, self.unit.id)
        self.desk.services.records.expect(actor, self._started("expect").submission.id, number)

    def _started(self, event: str) -> SubmissionView:
        if self.view is None:
            raise StoryBroken(f"{self.form} {self.unit.name}: {event} before the start")
        return self.view

    def _at(
        self, moment: datetime, role: Role, event: str, supplied: Mapping[str, object] | None = None
    ) -> None:
        self._decide_at(moment, self.desk.cast.actor(role, self.unit.id), event, supplied or {})

    def _decide_at(
        self, moment: datetime, actor: Actor, event: str, supplied: Mapping[str, object]
    ) -> None:
        self.desk.timeline.at(moment, lambda: self._decide(actor, event, supplied))

    def _decide(self, actor: Actor, event: str, supplied: Mapping[str, object]) -> None:
        submission = self._started(event).submission
        reasons = self._reasons(actor) if event in ("submit", "send") else ()
        try:
            self.view = self.desk.services.approvals.decide(
                actor,
                submission.id,
                event,
                seen=submission.edit,
                supplied=supplied,
                reasons=reasons,
            )
        except BieumauError as error:
            raise self._broken(event, error) from error

    def _reasons(self, actor: Actor) -> Sequence[Mapping[str, str]]:
        view = self.view
        if view is None:
            return ()
        if engine_of(view.form).other_forms:
            # Reports on other forms may have left the unit since this one was started.
            view = self.desk.services.submissions.get(actor, view.submission.id)
        said = self.explanations or {}
        return [
            {
                "code": finding.code,
                "path": finding.path,
                "text": said.get(finding.code, _EXPLANATION),
            }
            for finding in view.verdict.findings
            if finding.severity is Severity.WARNING
        ]

    def _broken(self, event: str, error: BieumauError) -> StoryBroken:
        where = f"{self.form} {self.period} {self.unit.code} {self.unit.name}"
        return StoryBroken(f"{where}: {event}: {error.code} {error.facts}")
