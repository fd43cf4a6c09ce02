"""The outbox: mails written with the use case, sent afterwards, each attempt kept as a trace."""

import smtplib
from dataclasses import dataclass
from datetime import timedelta

from server.core.ports import Clock, Transaction
from server.errors import PluginFault
from server.hooks.manager import Plugins
from server.services.page import Page
from server.storage.mail import MailStore, StoredMail

#: Minutes to wait before the next try; after the last one the mail is dead and an admin decides.
_PAUSES = (1, 5, 15, 30, 60, 120, 240, 480, 960, 1440)
_LEASE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class MailDesk:
    """Use cases of the outbox and of its trace."""

    store: MailStore
    plugins: Plugins
    transaction: Transaction
    clock: Clock

    def flush(self, limit: int = 50) -> int:
        """Send what is due; return how many mails the server took.

        A mail is claimed before it is sent and marked afterwards. A crash in between sends it
        again with the same Message-ID: over SMTP nothing better exists.
        """
        channels = self.plugins.channels()
        if not channels:
            return 0
        with self.transaction():
            claimed = self.store.due(self.clock.now(), limit, _LEASE_SECONDS)
        taken = 0
        for trace in claimed:
            try:
                response = channels[0].send(trace.mail)
            except (PluginFault, OSError, smtplib.SMTPException) as error:
                self._failed(trace, error)
            else:
                with self.transaction():
                    self.store.sent(trace.mail.message_id, self.clock.now(), response)
                taken += 1
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

    def _failed(self, trace: StoredMail, error: Exception) -> None:
        now = self.clock.now()
        retry = None
        hopeless = isinstance(error, PluginFault) and error.facts.get("permanent") is True
        if trace.tries < len(_PAUSES) and not hopeless:
            retry = now + timedelta(minutes=_PAUSES[trace.tries])
        with self.transaction():
            self.store.failed(trace.mail.message_id, now, str(error)[:500], retry_at=retry)
