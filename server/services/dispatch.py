"""What follows from events after commit: observations, and notices on screen and by mail.

Deliveries are claimed one by one; a failing one is tried again later and does
not hold up the others. Each consumer computes from what stands in the database
now, so that a delivery that comes twice or late does no harm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from server.core.access import Role
from server.core.event import Event
from server.core.feeds import Document, observe_records
from server.core.observe import observe
from server.core.ports import Clock, Mail, Transaction
from server.core.vietnamese_numbers import format_date
from server.hooks import Recipient
from server.hooks.manager import Plugins
from server.services.accounts import Accounts
from server.services.review import Reviewer, SubmissionView
from server.services.sheets import unit_title
from server.services.telling import Telling
from server.storage.events import EventStore
from server.storage.mail import MailStore
from server.storage.obligations import ObligationStore
from server.storage.observations import ObservationStore
from server.storage.submissions import SubmissionStore

OBSERVATIONS = "observations"
NOTICES = "notices"
CONSUMERS = (OBSERVATIONS, NOTICES)
_LEASE_SECONDS = 60
_BATCH = 200
_RETRY = timedelta(seconds=30)
_SUBMISSION = "submission/"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The worker's work that events ask for."""

    events: EventStore
    submissions: SubmissionStore
    obligations: ObligationStore
    observations: ObservationStore
    mails: MailStore
    reviewer: Reviewer
    accounts: Accounts
    telling: Telling
    plugins: Plugins
    transaction: Transaction
    clock: Clock
    mail_domain: str

    def run(self, limit: int = 100, consumers: Sequence[str] = CONSUMERS) -> int:
        """Take a batch of deliveries for every consumer; return how many were done."""
        done = 0
        for consumer in consumers:
            with self.transaction():
                claimed = self.events.claim(
                    consumer, limit=limit, now=self.clock.now(), lease_seconds=_LEASE_SECONDS
                )
            for event in claimed:
                done += self._deliver(consumer, event)
        return done

    def rebuild(self) -> int:
        """Throw every observation away and compute them again; return how many reports count."""
        with self.transaction():
            self.observations.clear()
        count, after = 0, None
        while batch := self.submissions.list_(after=after, limit=200):
            for submission in batch:
                with self.transaction():
                    count += self._project(submission.id)
            after = batch[-1].id
        return count

    def _deliver(self, consumer: str, event: Event) -> int:
        try:
            with self.transaction():
                if consumer == OBSERVATIONS:
                    self._observe(event)
                else:
                    self.telling.tell(event)
                    self._notify(event)
                self.events.done(consumer, event.id)
        except Exception as error:
            log.exception("delivery.failed", consumer=consumer, event_id=event.id)
            with self.transaction():
                self.events.failed(
                    consumer, event.id, error=repr(error)[:500], retry_at=self.clock.now() + _RETRY
                )
            return 0
        return 1

    def _observe(self, event: Event) -> None:
        if event.subject.startswith(_SUBMISSION) and "to" in event.details:
            self._project(event.subject.removeprefix(_SUBMISSION))

    def _project(self, submission_id: str) -> int:
        """Make the observations of a submission equal to its last sealed revision."""
        view = self.reviewer.system_view(self.submissions.get(submission_id))
        submission = view.submission
        if view.consolidated or not (view.state.sent or view.state.final):
            # The figures of a consolidated report are those of the reports it was summed from.
            self.observations.remove(submission.id)
            return 0
        sealed = self.submissions.revision(submission.id, submission.revision)
        units = self.reviewer.catalogue.measure_units()
        if view.form.kind == "survey":
            # The return holds no figures of its own; its records are frozen as long as it is sent.
            found = observe_records(view.form, self._documents(submission.id), view.context, units)
        else:
            form = self.reviewer.editions.form_of(view.form, sealed)
            found = observe(form, sealed.answers, sealed.statuses, sealed.computed, units)
        round_ = self.obligations.round(view.obligation.round) if view.obligation.round else None
        self.observations.replace(
            submission.id,
            sealed.number,
            form=submission.form,
            org_unit=submission.org_unit,
            period=submission.period,
            publication_level=round_.level if round_ else "official",
            final=view.state.final,
            observations=() if sealed.nil else found,
        )
        return 1

    def _documents(self, submission_id: str) -> Iterator[Document]:
        """The records of a return, some at a time."""
        after = None
        while batch := self.submissions.records(submission_id, after, _BATCH):
            for record in batch:
                yield record.answers, record.statuses
            after = batch[-1].id

    def _notify(self, event: Event) -> None:
        if event.name != "submission.return" or event.details.get("from") == "awaiting_signature":
            return
        view = self.reviewer.system_view(
            self.submissions.get(event.subject.removeprefix(_SUBMISSION))
        )
        note = _one_line(str(event.details.get("note", "")))
        who = _one_line(self.accounts.name_of(event.actor))
        due = view.obligation.return_due_on
        back = f" Gửi lại trước 17 giờ ngày {format_date(due)}." if due else ""
        title = f"Biểu {view.form.title}, {view.period.title.lower()}"
        body = (
            f"Kính gửi: {_one_line(unit_title(view.unit))}.\n\n"
            f"{title}: {who} trả lại để sửa. Lý do: {note}{back}\n\n"
            "Đề nghị đơn vị sửa và gửi lại trên hệ thống.\n"
        )
        recipients = {view.unit.email, *self._reporters(view)} - {None}
        for address in sorted(str(recipient) for recipient in recipients):
            mail = Mail(
                message_id=f"<return.{event.id}.{_mark(address)}@{self.mail_domain}>",
                recipient=address,
                subject=f"[Trả lại để sửa] {title}",
                body=body,
            )
            self.mails.add(
                mail,
                kind="return",
                obligation=view.obligation.id,
                step=None,
                created_at=self.clock.now(),
            )

    def _reporters(self, view: SubmissionView) -> set[str | None]:
        people = self.accounts.holders(view.unit.id, Role.REPORTER)
        return {
            channel.address(Recipient(person.name, person.email))
            for channel in self.plugins.channels()
            for person in people
        }


def _one_line(text: str) -> str:
    """Typed text inside a mail: line breaks and other white space become single spaces."""
    return " ".join(text.split())


def _mark(address: str) -> str:
    """A part of a Message-ID that stands for the address."""
    return address.encode().hex()[:24]
