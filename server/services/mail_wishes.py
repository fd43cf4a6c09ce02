"""Which mails a person wants besides what is mandatory, and in which language."""

from dataclasses import dataclass

from server.core.access import Actor
from server.core.ports import Clock, Transaction
from server.core.reminder_plan import LANGUAGES
from server.errors import InputInvalid
from server.storage.events import EventStore
from server.storage.urgings import MailPreference, MailPreferenceStore


@dataclass(frozen=True, slots=True)
class MailWishes:
    """Use cases of the person's own page."""

    store: MailPreferenceStore
    events: EventStore
    transaction: Transaction
    clock: Clock

    def of(self, actor: Actor) -> MailPreference:
        return self.store.of([actor.account]).get(actor.account, MailPreference())

    def save(self, actor: Actor, *, only_mandatory: bool, language: str) -> None:
        """Write what the person wants.

        Raises:
            InputInvalid: no such language.
        """
        if language not in LANGUAGES:
            fault = {"path": "/language", "code": "unknown", "message": "vi or en"}
            raise InputInvalid(errors=[fault])
        now = self.clock.now()
        with self.transaction():
            self.store.put(actor.account, MailPreference(only_mandatory, language), now)
            self.events.append(
                subject=f"account/{actor.account}",
                name="account.mail_wishes",
                actor=actor.account,
                happened_at=now,
                details={"only_mandatory": only_mandatory, "language": language},
            )
