"""The outbox: mails written with the use case, sent afterwards, each attempt kept as a trace."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from server.core.access import Actor
from server.core.ports import Clock, Transaction
from server.errors import AccessDenied, Conflict, NotFound, PluginFault
from server.hooks.manager import Plugins
from server.services.page import Page
from server.storage.events import EventStore
from server.storage.mail import MailStore, StoredMail

#: Minutes to wait before the next try, four days in all; then the mail is dead and an
#: administrator decides.
PAUSES = (1, 5, 15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440)
#: Longer than any channel may take for one message.
_LEASE_SECONDS = 120
#: So many faults in a row, and the rest waits for the next turn: the server is away.
_MOST_FAULTS = 3


@dataclass(frozen=True, slots=True)
class MailDesk:
    """Use cases of the outbox and of its trace."""

    store: MailStore
    plugins: Plugins
    events: EventStore
    transaction: Transaction
    clock: Clock

    def flush(self, limit: int = 50, stop: Callable[[], bool] = lambda: False) -> int:
        """Send what is due, one by one until *stop* says so; return how many mails were taken.

        A mail is claimed before it is sent and marked afterwards. A crash in between sends it
        again with the same Message-ID: over SMTP nothing better exists. Only one is claimed at a
        time, so that a slow server can never let the claims of the others run out.
        """
        channels = {channel.code: channel for channel in self.plugins.channels()}
        taken = faults = 0
        for _number in range(limit if channels else 0):
            if stop():
                break
            with self.transaction():
                claimed = self.store.due(self.clock.now(), 1, _LEASE_SECONDS)
            if not claimed:
                break
            [trace] = claimed
            try:
                if trace.channel not in channels:
                    raise PluginFault(plugin=trace.channel, reason="no such channel")
                response = channels[trace.channel].send(trace.mail)
            except (PluginFault, OSError, smtplib.SMTPException) as error:
                self._failed(trace, error)
                faults += 1
                if faults >= _MOST_FAULTS:
                    break
            else:
                with self.transaction():
                    self.store.sent(trace.mail.message_id, self.clock.now(), response)
                taken, faults = taken + 1, 0
        return taken

    def trace(
        self,
        *,
        kind: str | None = None,
        state: str | None = None,
        obligation: str | None = None,
        after: int | None = None,
        limit: int = 100,
    ) -> Page[StoredMail]:
        """What was mailed to whom when, the newest first, with tries and the last answer."""
        found = self.store.list_(
            kind=kind, state=state, obligation=obligation, after=after, limit=limit + 1
        )
        return Page.cut(list(found), limit)

    def retry(self, actor: Actor, number: int) -> None:
        """Send a mail again that was given up, or that came back.

        Raises:
            Conflict: it waits already, or has arrived.
        """
        trace = self._own(actor, number)
        with self.transaction():
            if not self.store.revive(number, self.clock.now()):
                raise Conflict(kind="mail", reason="not-dead")
            self._record(trace, "mail.retried", actor, {"tries": trace.tries})

    def note_return(self, actor: Actor, number: int, why: str) -> None:
        """Note that a mail the server took did not arrive (a bounce, a call).

        Raises:
            Conflict: it was not sent, or this is noted already.
        """
        self._note(actor, self._own(actor, number), why)

    def note_return_of(self, actor: Actor, message_id: str, why: str) -> StoredMail:
        """The same by Message-ID, as a returned mail names it; ``NotFound`` for others' mails."""
        found = self.store.find(message_id)
        if found is None:
            raise NotFound(kind="mail", message_id=message_id)
        self._note(actor, found, why)
        return found

    def _note(self, actor: Actor, trace: StoredMail, why: str) -> None:
        with self.transaction():
            noted = " ".join(why.split())[:500]
            if not self.store.returned(trace.mail.message_id, self.clock.now(), noted):
                raise Conflict(kind="mail", reason="not-sent")
            self._record(trace, "mail.returned", actor, {})

    def _own(self, actor: Actor, number: int) -> StoredMail:
        if not actor.is_admin:
            raise AccessDenied(action="mail")
        found = self.store.get(number)
        if found is None:
            raise NotFound(kind="mail")
        return found

    def _record(
        self, trace: StoredMail, name: str, actor: Actor, details: dict[str, object]
    ) -> None:
        self.events.append(
            subject=f"mail/{trace.id}",
            name=name,
            actor=actor.account,
            happened_at=self.clock.now(),
            details=details,
        )

    def _failed(self, trace: StoredMail, error: Exception) -> None:
        now = self.clock.now()
        retry = None
        hopeless = isinstance(error, PluginFault) and error.facts.get("permanent") is True
        if trace.tries <= len(PAUSES) and not hopeless:
            retry = now + timedelta(minutes=PAUSES[trace.tries - 1])
        with self.transaction():
            self.store.failed(trace.mail.message_id, now, str(error)[:500], retry_at=retry)
