"""Reminders: who is urged on which day, each step once.

Plugins decide the days and the words. What is due is computed from the
database each time and claimed with a unique row, so any number of workers,
restarts and clock jumps send each reminder once.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from server.core.access import SYSTEM
from server.core.form import Form
from server.core.obligation import Obligation, Progress, Round
from server.core.org_unit import OrgUnit, Tree
from server.core.period import Period
from server.core.ports import Clock, Mail, Transaction
from server.errors import NotFound
from server.hooks import DueReport, Message, Recipient, ReminderRule, Step
from server.hooks.manager import Plugins
from server.services.guards import empty_cells
from server.services.review import Reviewer
from server.services.sheets import unit_title
from server.storage.events import EventStore
from server.storage.mail import MailStore
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore

#: A step that was missed while the server was down is still sent for so many days.
CATCH_UP = timedelta(days=7)
_BATCH = 500
_OWED = (Progress.NONE, Progress.STARTED)


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """One reminder as it would be sent; *suppressed* says why it is not, ``None`` when it is."""

    obligation: Obligation
    step: str
    on: date
    recipient: str | None
    channel: str
    unit: OrgUnit
    message: Message | None
    suppressed: str | None
    copy_to: str | None = None

    def as_json(self) -> dict[str, object]:
        """The shape of ``./run remind --json``."""
        return {
            "org_unit": self.obligation.org_unit,
            "form": self.obligation.form,
            "period": self.obligation.period,
            "step": self.step,
            "due_on": self.obligation.due_on.isoformat(),
            "recipient": self.recipient,
            "copy_to": self.copy_to,
            "channel": self.channel,
            "suppressed": self.suppressed,
        }


@dataclass(frozen=True, slots=True)
class Reminders:
    """Use cases of urging."""

    plugins: Plugins
    obligations: ObligationStore
    submissions: SubmissionStore
    mails: MailStore
    events: EventStore
    reviewer: Reviewer
    transaction: Transaction
    clock: Clock
    mail_domain: str

    def plan(self, day: date) -> list[PlannedReminder]:
        """What is to be sent on that day, by due date and unit; nothing is changed.

        Of several steps that were missed only the latest is sent. A report that left its
        unit, was returned or closed, or has an extension that still runs gets none.
        """
        planned = [
            reminder
            for obligation in self._open(day)
            for rule in self.plugins.reminder_rules()
            for reminder in self._of(obligation, rule, day)
        ]
        return sorted(planned, key=lambda item: (item.obligation.due_on, item.unit.code, item.step))

    def send_due(self, day: date, *, dry_run: bool = False) -> list[PlannedReminder]:
        """Put the mails of that day into the outbox, each once; return what was planned."""
        planned = self.plan(day)
        if not dry_run:
            for reminder in planned:
                if reminder.suppressed is None:
                    self._queue(reminder)
        return planned

    def _open(self, day: date) -> Iterator[Obligation]:
        after = None
        while True:
            batch = self.obligations.list_(
                progress=_OWED, open_only=True, after=after, limit=_BATCH
            )
            yield from batch
            if len(batch) < _BATCH:
                return
            after = batch[-1].id

    def _of(
        self, obligation: Obligation, rule: ReminderRule, day: date
    ) -> Iterator[PlannedReminder]:
        if day < obligation.opens_on or str(obligation.state(day)) == "closed":
            return
        form = self.reviewer.catalogue.form(obligation.form)
        tree = self.reviewer.reference.tree_of(obligation.org_unit, Period.parse(obligation.period))
        unit = tree.by_id[obligation.org_unit]
        bare = self._due(obligation, form, unit, tree, day)
        due_steps = [step for step in rule.steps(bare) if step.on <= day]
        if not due_steps:
            return
        step = max(due_steps, key=lambda one: one.on)
        if day - step.on > CATCH_UP:
            return
        suppressed = self._suppressed(obligation, step, day, unit)
        message = None if suppressed else rule.compose(step, self._with_state(bare, obligation))
        copy_to = None
        if "superior" in step.recipients and unit.parent in tree.by_id:
            copy_to = self._address(tree.by_id[unit.parent])
        yield PlannedReminder(
            obligation,
            step.code,
            step.on,
            self._address(unit),
            "email",
            unit,
            message,
            suppressed,
            copy_to,
        )

    def _suppressed(
        self, obligation: Obligation, step: Step, day: date, unit: OrgUnit
    ) -> str | None:
        if step.code in self.mails.reminded(obligation.id):
            return "sent"
        if obligation.excused_until is not None and day <= obligation.excused_until:
            return "excused"
        if self._address(unit) is None:
            return "no-address"
        return None

    def _address(self, unit: OrgUnit) -> str | None:
        for channel in self.plugins.channels():
            address = channel.address(Recipient(unit.name, unit.email))
            if address:
                return address
        return None

    def _due(
        self, obligation: Obligation, form: Form, unit: OrgUnit, tree: Tree, day: date
    ) -> DueReport:
        round_ = self._round(obligation)
        period = Period.parse(obligation.period)
        superior = tree.by_id.get(unit.parent) if unit.parent else None
        return DueReport(
            form_title=form.title,
            form_code=str(form.settings.get("officialCode", form.code)),
            period_title=period.title,
            period_id=period.id,
            org_unit_name=unit_title(unit),
            due_on=obligation.due_on,
            state_title="Chưa nhập",
            issuer=_issuer(form, tree),
            letter_number=round_.letter_number if round_ else None,
            letter_on=round_.letter_on if round_ else None,
            contact=round_.contact if round_ else None,
            phone=round_.phone if round_ else None,
            superior_name=None if superior is None else f"Phòng Dân tộc {_lowered(superior.name)}",
            days_late=max(0, (day - obligation.due_on).days),
        )

    def _with_state(self, due: DueReport, obligation: Obligation) -> DueReport:
        """The report with the step it is at; looked up only for what is really sent."""
        if obligation.submission is None:
            return due
        view = self.reviewer.system_view(self.submissions.get(obligation.submission))
        values = {name: getattr(due, name) for name in DueReport.__dataclass_fields__}
        values |= {"state_title": view.state.title, "missing_cells": len(empty_cells(view)) or None}
        return DueReport(**values)

    def _round(self, obligation: Obligation) -> Round | None:
        if obligation.round is None:
            return None
        try:
            return self.obligations.round(obligation.round)
        except NotFound:
            return None

    def _queue(self, reminder: PlannedReminder) -> None:
        obligation, message = reminder.obligation, reminder.message
        address = self._address(reminder.unit)
        if message is None or address is None:
            return
        with self.transaction():
            if not self.mails.claim_reminder(obligation.id, reminder.step, obligation.due_on):
                return
            mark = hashlib.sha256(f"{obligation.id}|{reminder.step}".encode()).hexdigest()[:24]
            now = self.clock.now()
            copies = [("reminder", address), ("copy", reminder.copy_to)]
            for kind, recipient in copies:
                if recipient is not None:
                    mail = Mail(
                        message_id=f"<{kind}.{mark}@{self.mail_domain}>",
                        recipient=recipient,
                        subject=message.subject,
                        body=message.body,
                    )
                    self.mails.add(
                        mail,
                        kind=kind,
                        obligation=obligation.id,
                        step=reminder.step,
                        created_at=now,
                    )
            self.events.append(
                subject=f"obligation/{obligation.id}",
                name="obligation.reminded",
                actor=SYSTEM.account,
                happened_at=now,
                details={"step": reminder.step, "message": mark},
            )


def _issuer(form: Form, tree: Tree) -> str:
    """Who asks for the report: the owner of the form under the name it has on that tree."""
    owner = tree.by_code.get(str(form.settings.get("owner", "")))
    return "Cơ quan làm công tác dân tộc của tỉnh" if owner is None else owner.name


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]
