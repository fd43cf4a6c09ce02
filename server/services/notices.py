"""Thông báo: a person's notices on screen, and one digest a day of what was not read there.

A return has a mail of its own at once (``dispatch``), so it stands in no digest. The digest is the
one mail of its address and day, so that any number of workers send it once; where a reminder goes
out on that day, it stands in the mail of the reminder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from server.core.access import Actor
from server.core.day_mail import day_message_id
from server.core.notice import KEPT_FOR, OF_DEFINITIONS, Notice, NoticeKind
from server.core.period import Period
from server.core.ports import LOCAL, Clock, Mail, Transaction
from server.core.vietnamese_numbers import format_date
from server.errors import NotFound
from server.hooks import Recipient
from server.hooks.manager import Plugins
from server.services.accounts import Accounts
from server.services.catalogue import Catalogue
from server.services.reference import Reference
from server.storage.mail import MailStore
from server.storage.notices import NoticeStore
from server.storage.urgings import MailPreference, MailPreferenceStore

#: The hour in Vietnam from which the day's digests go out.
DIGEST_HOUR = 7
#: What nobody read for longer is not mailed any more: it would come as a surprise.
_FRESH = timedelta(days=3)
_MOST_LINES = 50
#: A return has a mail of its own.
_IN_DIGEST = tuple(kind for kind in NoticeKind if kind is not NoticeKind.RETURNED)
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "vi": {
        "subject": "[Thông báo] {count} việc mới đến ngày {day}",
        "greeting": "Kính gửi: {name}.",
        "more": "- và {count} báo cáo khác",
        "see": "Xem trên hệ thống, mục Thông báo.",
        "opens": "{round}: {count} báo cáo phải gửi, {unit}, hạn sớm nhất",
        "about": "Biểu {form}, {unit}, {period}",
        "until": ", đến {day}",
        "arrived": "Báo cáo chờ anh/chị ký hoặc duyệt",
        "approved": "Báo cáo đã được duyệt",
        "extended": "Báo cáo được gia hạn",
        "closed": "Báo cáo đã chốt số liệu",
        "reopened": "Báo cáo được mở lại để điều chỉnh",
        "commented": "Ý kiến về số liệu",
        "opened": "Đợt báo cáo mới",
        "extension_asked": "Đề nghị gia hạn chờ anh/chị xem",
        "extension_refused": "Đề nghị gia hạn không được chấp nhận",
        "reopen_asked": "Đề nghị mở lại báo cáo chờ anh/chị xem",
        "reopen_refused": "Đề nghị mở lại không được chấp nhận",
        "redated": "{round}: {count} báo cáo đổi hạn theo công văn số {letter}, {unit},"
        " hạn sớm nhất",
        "dates_changed": "Đợt báo cáo đổi hạn",
        "escalated": "Báo cáo chờ quá hạn xử lý, nay chuyển anh/chị",
        "form_changed": "Báo cáo đang nhập đã chuyển sang phiên bản mới của biểu mẫu",
        "review_asked": "Bản sửa biểu mẫu, quy trình, chỉ tiêu chờ anh/chị duyệt",
        "review_returned": "Bản sửa bị trả lại để sửa",
        "review_published": "Bản sửa đã được duyệt và ban hành",
        "version": ", phiên bản {version}",
        "dropped": ", {count} số cũ không còn chỗ",
    },
    "en": {
        "subject": "[Notice] {count} new matters up to {day}",
        "greeting": "To: {name}.",
        "more": "- and {count} other reports",
        "see": "See them in the system under Notices.",
        "opens": "{round}: {count} reports to send, {unit}, earliest due date",
        "about": "Form {form}, {unit}, {period}",
        "until": ", until {day}",
        "arrived": "Reports that wait for your signature or approval",
        "approved": "Reports that were approved",
        "extended": "Reports with more time",
        "closed": "Reports whose figures were closed",
        "reopened": "Reports reopened for adjustment",
        "commented": "Remarks on figures",
        "opened": "New collection rounds",
        "extension_asked": "Requests for more time that wait for you",
        "extension_refused": "Requests for more time that were refused",
        "reopen_asked": "Requests to reopen a report that wait for you",
        "reopen_refused": "Requests to reopen a report that were refused",
        "redated": "{round}: {count} reports with new dates by letter {letter}, {unit},"
        " earliest due date",
        "dates_changed": "Collection rounds with new dates",
        "escalated": "Reports that waited past their deadline and are now yours to decide",
        "form_changed": "Reports being filled that went to a new version of their form",
        "review_asked": "Drafts of forms, workflows or indicators that wait for your review",
        "review_returned": "Drafts that were returned for correction",
        "review_published": "Drafts that were approved and published",
        "version": ", version {version}",
        "dropped": ", {count} old values without a place",
    },
}


@dataclass(frozen=True, slots=True)
class Notices:
    """Use cases of the reader and of the worker."""

    store: NoticeStore
    mails: MailStore
    accounts: Accounts
    preferences: MailPreferenceStore
    catalogue: Catalogue
    reference: Reference
    plugins: Plugins
    transaction: Transaction
    clock: Clock
    mail_domain: str

    def of(self, actor: Actor, after: int | None = None, limit: int = 50) -> list[Notice]:
        """The actor's notices, the newest first."""
        return self.store.of(actor.account, after, limit)

    def unread(self, actor: Actor) -> int:
        """How many the actor has not read."""
        return self.store.unread(actor.account)

    def open(self, actor: Actor, number: int) -> Notice:
        """Mark one as read, to go to what it is about.

        Raises:
            NotFound: it is not the actor's, or was forgotten.
        """
        with self.transaction():
            found = self.store.get(actor.account, number)
            if found is None:
                raise NotFound(kind="notice")
            self.store.read(actor.account, self.clock.now(), number=number)
            return found

    def read_all(self, actor: Actor) -> int:
        """Mark all as read; how many were not."""
        with self.transaction():
            return self.store.read(actor.account, self.clock.now())

    def waiting(self) -> dict[tuple[str, str], list[Notice]]:
        """What stands in no mail yet, by channel and address, from seven o'clock on.

        People may share an address, and an address gets one mail a day: theirs go together.
        """
        now = self.clock.now()
        if now.astimezone(LOCAL).hour < DIGEST_HOUR:
            return {}
        found: dict[tuple[str, str], list[Notice]] = {}
        for account, notices in self.store.waiting(tuple(_IN_DIGEST), now - _FRESH).items():
            place = self._place(account)
            if place is not None:
                found.setdefault(place, []).extend(notices)
        return found

    def send_digests(self) -> int:
        """Put the day's digests into the outbox, one for each address; how many.

        Who gets a reminder today finds the notices in that mail (``reminder_digests``), which the
        worker writes before.
        """
        sent = 0
        for (channel, address), notices in self.waiting().items():
            with self.transaction():
                sent += self._digest(channel, address, notices)
        return sent

    def told(self, notices: Sequence[Notice]) -> None:
        """Note that they stand in a mail; inside the transaction that writes it."""
        self.store.mailed([notice.id for notice in notices], self.clock.now())

    def listed(self, notices: Sequence[Notice], language: str) -> list[str]:
        """The lines of a mail about them, by kind; what two people were told of stands once."""
        words, lines = _WORDS[language], list[str]()
        for kind in _IN_DIGEST:
            once = {one.event: one for one in notices if one.kind is kind}
            if once:
                lines += [f"{words[kind.value]} ({len(once)}):"]
                shown = list(once.values())[:_MOST_LINES]
                lines += [f"- {self._line(notice, language)}" for notice in shown]
                if len(once) > _MOST_LINES:
                    lines += [words["more"].format(count=len(once) - _MOST_LINES)]
                lines += [""]
        return [*lines, words["see"]]

    def purge(self) -> int:
        """Forget what is older than ninety days; how many."""
        with self.transaction():
            return self.store.purge(self.clock.now() - KEPT_FOR)

    def _place(self, account: str) -> tuple[str, str] | None:
        """The first channel that reaches the person, and the address there."""
        person = self.accounts.store.get(account)
        for channel in self.plugins.channels() if person.active else ():
            address = channel.address(Recipient(person.name, person.email))
            if address is not None:
                return channel.code, address
        return None

    def _digest(self, channel: str, address: str, notices: Sequence[Notice]) -> bool:
        now, day = self.clock.now(), self.clock.today()
        people = list(dict.fromkeys(notice.account for notice in notices))
        wishes = self.preferences.of(people)
        language = wishes.get(people[0], MailPreference()).language
        words = _WORDS[language]
        names = "; ".join(" ".join(self.accounts.store.get(one).name.split()) for one in people)
        count = len({(notice.kind, notice.event) for notice in notices})
        mail = Mail(
            message_id=day_message_id(channel, address, day, self.mail_domain),
            recipient=address,
            subject=words["subject"].format(count=count, day=format_date(day)),
            body="\n".join(
                [words["greeting"].format(name=names), "", *self.listed(notices, language), ""]
            ),
        )
        added = self.mails.add(
            mail, kind="digest", obligation=None, step=None, created_at=now, channel=channel
        )
        if added:  # else today's has gone; what came since stands in tomorrow's
            self.told(notices)
        return added

    def _line(self, notice: Notice, language: str) -> str:
        facts, words = notice.facts, _WORDS[language]
        if notice.kind in OF_DEFINITIONS:
            line = facts["title"] + words["version"].format(version=facts["version"])
            return " ".join(line.split())
        form, unit = self.catalogue.form(facts["form"]), self.reference.unit(facts["unit"]).name
        if notice.kind is NoticeKind.OPENED:
            line = words["opens"].format(round=facts["round"], count=facts["count"], unit=unit)
        elif notice.kind is NoticeKind.DATES_CHANGED:
            line = words["redated"].format(
                round=facts["round"], count=facts["count"], letter=facts["letter"], unit=unit
            )
        else:
            title = (form.title_en if language == "en" else None) or form.title
            period = Period.parse(facts["period"]).label(language).lower()
            line = words["about"].format(form=title, unit=unit, period=period)
        if notice.kind is NoticeKind.FORM_CHANGED:
            line += words["version"].format(version=facts["version"])
            if facts["dropped"] != "0":
                line += words["dropped"].format(count=facts["dropped"])
        until = facts.get("until")
        if until:
            line += words["until"].format(day=format_date(date.fromisoformat(until)))
        return " ".join(line.split())
