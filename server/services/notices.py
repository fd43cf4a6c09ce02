"""Thông báo: a person's notices on screen, and one digest a day of what was not read there.

A return has a mail of its own at once (``dispatch``), so it stands in no digest. The digest goes
by the same outbox as every mail, its Message-ID says person and day, so that any number of workers
send it once.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from server.core.access import Actor
from server.core.notice import KEPT_FOR, Notice, NoticeKind
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

#: The hour in Vietnam from which the day's digests go out.
DIGEST_HOUR = 7
#: What nobody read for longer is not mailed any more: it would come as a surprise.
_FRESH = timedelta(days=3)
_MOST_LINES = 50
_IN_DIGEST: dict[NoticeKind, str] = {
    NoticeKind.ARRIVED: "Báo cáo chờ anh/chị ký hoặc duyệt",
    NoticeKind.APPROVED: "Báo cáo đã được duyệt",
    NoticeKind.EXTENDED: "Báo cáo được gia hạn",
    NoticeKind.CLOSED: "Báo cáo đã chốt số liệu",
    NoticeKind.REOPENED: "Báo cáo được mở lại để điều chỉnh",
    NoticeKind.COMMENTED: "Ý kiến về số liệu",
    NoticeKind.OPENED: "Đợt báo cáo mới",
    NoticeKind.EXTENSION_ASKED: "Đề nghị gia hạn chờ anh/chị xem",
    NoticeKind.EXTENSION_REFUSED: "Đề nghị gia hạn không được chấp nhận",
}


@dataclass(frozen=True, slots=True)
class Notices:
    """Use cases of the reader and of the worker."""

    store: NoticeStore
    mails: MailStore
    accounts: Accounts
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

    def send_digests(self) -> int:
        """Put the day's digests into the outbox, one for each person; how many."""
        now = self.clock.now()
        if now.astimezone(LOCAL).hour < DIGEST_HOUR:
            return 0
        sent, day = 0, self.clock.today()
        for account, notices in self.store.waiting(tuple(_IN_DIGEST), now - _FRESH).items():
            with self.transaction():
                sent += self._digest(account, notices, day)
        return sent

    def purge(self) -> int:
        """Forget what is older than ninety days; how many."""
        with self.transaction():
            return self.store.purge(self.clock.now() - KEPT_FOR)

    def _digest(self, account: str, notices: list[Notice], day: date) -> bool:
        person, now = self.accounts.store.get(account), self.clock.now()
        address = None
        for channel in self.plugins.channels() if person.active else ():
            address = address or channel.address(Recipient(person.name, person.email))
        if address is None:
            return False
        mail = Mail(
            message_id=f"<digest.{account}.{day.isoformat()}@{self.mail_domain}>",
            recipient=address,
            subject=f"[Thông báo] {len(notices)} việc mới đến ngày {format_date(day)}",
            body=self._body(person.name, notices),
        )
        if not self.mails.add(mail, kind="digest", obligation=None, step=None, created_at=now):
            return False  # today's has gone; what came since stands in tomorrow's
        self.store.mailed([notice.id for notice in notices], now)
        return True

    def _body(self, name: str, notices: list[Notice]) -> str:
        lines = [f"Kính gửi: {' '.join(name.split())}.", ""]
        for kind, title in _IN_DIGEST.items():
            found = [notice for notice in notices if notice.kind is kind]
            if found:
                lines += [f"{title} ({len(found)}):"]
                lines += [f"- {self._line(notice)}" for notice in found[:_MOST_LINES]]
                if len(found) > _MOST_LINES:
                    lines += [f"- và {len(found) - _MOST_LINES} báo cáo khác"]
                lines += [""]
        return "\n".join([*lines, "Xem trên hệ thống, mục Thông báo.", ""])

    def _line(self, notice: Notice) -> str:
        facts = notice.facts
        form = self.catalogue.form(facts["form"]).title
        unit = self.reference.unit(facts["unit"]).name
        if notice.kind is NoticeKind.OPENED:
            line = f"{facts['round']}: {facts['count']} báo cáo phải gửi, {unit}, hạn sớm nhất"
        else:
            line = f"Biểu {form}, {unit}, {Period.parse(facts['period']).title.lower()}"
        until = facts.get("until")
        if until:
            line += f", đến {format_date(date.fromisoformat(until))}"
        return " ".join(line.split())
