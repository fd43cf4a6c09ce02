"""What waits for a person becomes one mail a day: alone in the plugin's words, several as a list,
and behind them the notices that the person has not read.

Whether a report is still owed is asked again here, in the transaction that writes the mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from server.core.access import SYSTEM
from server.core.changed_date import due_changes
from server.core.day_mail import day_mark, day_message_id
from server.core.notice import Notice
from server.core.obligation import Obligation
from server.core.period import Period
from server.core.ports import Clock, Mail, Transaction
from server.core.reminder_claim import Claim
from server.errors import NotFound, PluginFault
from server.hooks import DueReport, Message, Step
from server.hooks.manager import Plugins
from server.services.notices import Notices
from server.services.part_reminders import PartReminders
from server.services.reminder_planning import Planning, standing
from server.storage.events import EventStore
from server.storage.mail import MailStore
from server.storage.obligations import ObligationStore
from server.storage.reminders import SENT, Delivery, ReminderStore

log = structlog.get_logger()
_OWN = frozenset({"unit", "responsible", "deputy"})
_MOST_LINES = 200
_WORDS = {
    "vi": {
        "subject": "[Nhắc hạn] {count} báo cáo cần gửi",
        "below_subject": "[Nhắc hạn] {count} báo cáo của đơn vị cấp dưới chưa gửi",
        "greeting": "Kính gửi: {name}.",
        "own": "Báo cáo của đơn vị ({count}):",
        "below": "Báo cáo của đơn vị cấp dưới ({count}):",
        "more": "- và {count} báo cáo khác",
        "ask": "Đề nghị hoàn thành và gửi trên hệ thống.",
        "ask_below": "Đề nghị đôn đốc các đơn vị hoàn thành và gửi trên hệ thống.",
        "news": ", {count} thông báo mới",
    },
    "en": {
        "subject": "[Reminder] {count} reports to send",
        "below_subject": "[Reminder] {count} reports of units below not sent",
        "greeting": "To: {name}.",
        "own": "Reports of your unit ({count}):",
        "below": "Reports of units below ({count}):",
        "more": "- and {count} other reports",
        "ask": "Please complete and send them in the system.",
        "ask_below": "Please urge these units to complete and send them in the system.",
        "news": ", {count} new notices",
    },
}


@dataclass(frozen=True, slots=True)
class Line:
    """One waiting delivery with its words."""

    delivery: Delivery
    obligation: Obligation
    due: DueReport
    message: Message


@dataclass(frozen=True, slots=True)
class Digests:
    """Turns waiting deliveries into mails of the outbox."""

    plugins: Plugins
    obligations: ObligationStore
    store: ReminderStore
    mails: MailStore
    events: EventStore
    notices: Notices
    parts: PartReminders
    transaction: Transaction
    clock: Clock
    mail_domain: str

    def send(self, planning: Planning) -> int:
        """One mail for everybody for whom something waits and who got none today; how many."""
        sent, places = 0, self.store.waiting_places()
        notices = self.notices.waiting() if places else {}
        for channel, recipient in places:
            told = notices.get((channel, recipient), ())
            try:
                with self.transaction():
                    sent += self._send_one(planning, channel, recipient, told)
            except PluginFault:
                # The others' mails must go; this one waits for the plugin to be mended.
                log.exception("reminder.wording_failed", channel=channel)
        return sent

    def words(
        self, planning: Planning, obligation: Obligation, rule: str, step: Step, language: str
    ) -> Message:
        """What one reminder says alone, with the state the report is at now."""
        return self._compose(rule, step, _facts(planning, obligation, language))

    def _send_one(
        self, planning: Planning, channel: str, recipient: str, notices: Sequence[Notice]
    ) -> bool:
        now = self.clock.now()
        waiting = self.store.waiting(channel, recipient)
        message_id = day_message_id(channel, recipient, planning.day, self.mail_domain)
        if not waiting or self.mails.find(message_id) is not None:
            return False  # today's has gone; what came since stands in the next day's
        lines: list[Line] = []
        for delivery in waiting:
            obligation = self.obligations.get(delivery.obligation)
            owed = self._owed(planning, delivery, obligation)
            if isinstance(owed, str):
                self.store.settle([delivery.id], owed, now)
            else:
                lines.append(self._line(planning, delivery, owed))
        if not lines:
            return False
        message = lines[0].message if len(lines) == 1 else _digest(lines)
        alone = lines[0] if len(lines) == 1 else None
        message = self._with_notices(message, notices, lines[0].delivery.language)
        added = self.mails.add(
            Mail(message_id, recipient, message.subject, message.body),
            kind="reminder" if any(_is_own(line) for line in lines) else "copy",
            obligation=alone.obligation.id if alone else None,
            step=alone.delivery.step if alone else None,
            created_at=now,
            channel=channel,
        )
        if not added:
            return False  # another worker has just written today's
        self.notices.told(notices)
        self.store.settle([line.delivery.id for line in lines], SENT, now, message_id)
        for key in dict.fromkeys((line.obligation.id, line.delivery.step) for line in lines):
            self.events.append(
                subject=f"obligation/{key[0]}",
                name="obligation.reminded",
                actor=SYSTEM.account,
                happened_at=now,
                details={
                    "step": key[1],
                    "message": day_mark(channel, recipient, planning.day),
                },
            )
        return True

    def _with_notices(self, message: Message, notices: Sequence[Notice], language: str) -> Message:
        """The reminder and, behind it, what else the person is to know of that day."""
        if not notices:
            return message
        count = len({(notice.kind, notice.event) for notice in notices})
        lines = [message.body.rstrip(), "", *self.notices.listed(notices, language), ""]
        news = _WORDS[language]["news"].format(count=count)
        return Message(f"{message.subject}{news}", "\n".join(lines))

    def _owed(
        self, planning: Planning, delivery: Delivery, obligation: Obligation
    ) -> Obligation | str:
        """The report as its recipient owes it; why nobody is urged, when nobody is."""
        claim = Claim.read(delivery.step)
        if claim.part:
            return self.parts.owed(obligation, claim, planning.day)
        if claim.edition <= len(due_changes(obligation.why)):
            return (
                "date-changed"  # taken for a date that no longer holds: it would say nothing true
            )
        return standing(obligation, planning.day) or obligation

    def _line(self, planning: Planning, delivery: Delivery, obligation: Obligation) -> Line:
        due = _facts(planning, obligation, delivery.language)
        if part := Claim.read(delivery.step).part:
            due = self.parts.facts(due, obligation, part)
        step = self._step(planning, delivery, obligation)
        return Line(delivery, obligation, due, self._compose(delivery.rule, step, due))

    def _step(self, planning: Planning, delivery: Delivery, obligation: Obligation) -> Step:
        """The step as the rule plans it now; as it was taken, when the plan has changed since."""
        code = Claim.read(delivery.step).step
        for rule in planning.rules:
            if rule.code == delivery.rule:
                for step in planning.steps(obligation, rule):
                    if step.code == code:
                        return step
        return Step(code, delivery.planned_on, channel=delivery.channel)

    def _compose(self, rule: str, step: Step, due: DueReport) -> Message:
        for one in self.plugins.reminder_rules():
            if one.code == rule:
                return one.compose(step, due)
        raise NotFound(kind="reminder_rule", code=rule)


def _digest(lines: Sequence[Line]) -> Message:
    """One text for several reminders; each keeps the plugin's own subject as its line."""
    first = lines[0].delivery
    words = _WORDS[first.language]
    own = [line for line in lines if _is_own(line)]
    below = [line for line in lines if not _is_own(line)]
    parts = [words["greeting"].format(name=" ".join((first.name or "").split())), ""]
    for title, chosen, ask in (("own", own, "ask"), ("below", below, "ask_below")):
        if chosen:
            parts.append(words[title].format(count=len(chosen)))
            parts += [_listed(line, named=title == "below") for line in chosen[:_MOST_LINES]]
            if len(chosen) > _MOST_LINES:
                parts.append(words["more"].format(count=len(chosen) - _MOST_LINES))
            parts += [words[ask], ""]
    subject = words["subject" if own else "below_subject"].format(count=len(lines))
    return Message(subject, "\n".join(parts).rstrip() + "\n")


def _listed(line: Line, *, named: bool) -> str:
    text = line.message.subject
    if text.startswith("["):
        text = text.partition("]")[2]
    unit = f"{line.due.org_unit_name}: " if named else ""
    return f"- {unit}{' '.join(text.split())}"


def _is_own(line: Line) -> bool:
    return line.delivery.addressee in _OWN


def _facts(planning: Planning, obligation: Obligation, language: str) -> DueReport:
    """What is known of the report now, its form and period under their names in that language."""
    due = planning.reports.with_state(planning.bare(obligation), obligation)
    if language != "en":
        return due
    form = planning.reports.reviewer.catalogue.form(obligation.form)
    return replace(
        due,
        language=language,
        form_title=form.title_en or form.title,
        period_title=Period.parse(obligation.period).label(language),
    )
