"""What the core and the services are handed from outside: time, randomness, mail, files."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The instant in UTC, aware."""
        ...

    def today(self) -> date:
        """The day in Asia/Ho_Chi_Minh."""
        ...


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests and ``--as-of``."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant.astimezone(UTC)

    def today(self) -> date:
        return self.instant.astimezone(LOCAL).date()


#: Opens one write transaction; nested use joins the outer one.
Transaction = Callable[[], AbstractContextManager[object]]
#: A new opaque id, growing with time.
NewId = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Mail:
    """A message ready to leave; ``message_id`` is stable over retries."""

    message_id: str
    recipient: str
    subject: str
    body: str
