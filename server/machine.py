"""What the machine gives: the time, new identifiers and random words.

Only the composition root takes from here; everything below is handed what it needs.
"""

import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from server.core.ports import LOCAL, Clock

#: Letters and digits that people do not take for one another.
_CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_ID_TIME_DIGITS = 11


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(LOCAL).date()


@dataclass
class ShiftedClock:
    """A clock that was set to another day and runs on from there; the demo's."""

    shift: timedelta = timedelta()

    def set(self, instant: datetime) -> None:
        self.shift = instant - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def today(self) -> date:
        return self.now().astimezone(LOCAL).date()


class IdMaker:
    """Opaque ids of 24 hexadecimal digits that grow with time, also within one millisecond."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0

    def __call__(self) -> str:
        with self._lock:
            moment = int(self._clock.now().timestamp() * 1000) << 8
            self._last = max(moment, self._last + 1)
            return f"{self._last:0{_ID_TIME_DIGITS + 2}x}{secrets.token_hex(6)[:11]}"


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A one-time code of 80 random bits in groups, to be printed and typed."""
    letters = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))
