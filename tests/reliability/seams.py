"""Where a worker can die between two steps of a reminder, and a death at one of them.

The exception is no ``Exception``: nothing in the server catches it, and what was not committed is
rolled back, as when the process is gone. Two seams lie after the mail server took the mail.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from server.core.ports import Mail
from server.hooks import Recipient
from server.hooks.door import GuardedChannel
from server.storage.mail import MailStore
from server.storage.reminders import ReminderStore

BEFORE_SMTP, AFTER_SMTP, NOTED = "outbox, not sent", "sent, not noted", "noted, not committed"
#: The place in the code of each seam: which method, and whether before or after it.
PLACES = {
    "before the claim": (MailStore, "claim_reminder", False),
    "claimed, not committed": (ReminderStore, "add", False),
    "all claimed, no digest": (ReminderStore, "waiting_places", True),
    "between two digests": (ReminderStore, "waiting", True),
    "mail written, not committed": (MailStore, "add", True),
    "mail leased, not committed": (MailStore, "due", True),
    AFTER_SMTP: (MailStore, "sent", False),
    NOTED: (MailStore, "sent", True),
}
SEAMS = (*PLACES, BEFORE_SMTP)


class Killed(BaseException):
    """The worker is gone."""


@dataclass
class Killer:
    """Kills at the *left*-th time that the chosen seam is passed, once."""

    seam: str = ""
    left: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    doubled: Counter[str] = field(default_factory=Counter)
    """Message-IDs that were sent and not noted."""

    def arm(self, seam: str, left: int) -> None:
        self.seam, self.left = seam, left

    def disarm(self) -> None:
        self.seam = ""

    def passes(self, seam: str, message_id: str = "") -> None:
        if seam != self.seam:
            return
        self.left -= 1
        if self.left > 0:
            return
        self.seam = ""
        self.fired[seam] += 1
        if seam in (AFTER_SMTP, NOTED):
            self.doubled[message_id] += 1
        raise Killed


@dataclass
class KillableChannel:
    """The e-mail channel, with the seam between the outbox and the mail server."""

    inner: GuardedChannel
    killer: Killer
    code: str = "email"

    def address(self, recipient: Recipient) -> str | None:
        return self.inner.address(recipient)

    def send(self, mail: Mail) -> str:
        self.killer.passes(BEFORE_SMTP)
        return self.inner.send(mail)


@contextmanager
def seams(killer: Killer) -> Iterator[None]:
    """All seams in the code lead to *killer*; afterwards the code is as it was."""
    kept: dict[tuple[type, str], Callable[..., object]] = {}
    for owner, name, _after in PLACES.values():
        kept[owner, name] = getattr(owner, name)
    for (owner, name), method in kept.items():
        before = [seam for seam, place in PLACES.items() if place == (owner, name, False)]
        after = [seam for seam, place in PLACES.items() if place == (owner, name, True)]
        setattr(owner, name, _watched(method, killer, before, after))
    try:
        yield
    finally:
        for (owner, name), method in kept.items():
            setattr(owner, name, method)


def _watched(
    method: Callable[..., object], killer: Killer, before: list[str], after: list[str]
) -> Callable[..., object]:
    def watched(self: object, *arguments: object, **given: object) -> object:
        what = str(arguments[0]) if arguments else ""
        for seam in before:
            killer.passes(seam, what)
        found = method(self, *arguments, **given)
        for seam in after:
            if found or method.__name__ == "sent":  # nothing claimed or found is no step
                killer.passes(seam, what)
        return found

    return watched
