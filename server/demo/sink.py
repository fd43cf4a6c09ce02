"""The demonstration's own SMTP server: it delivers nothing and keeps each mail as a file.

The files carry the date of the demonstration's clock, by which the mails were due.
"""

import threading
from email import message_from_bytes
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from server.core.ports import Clock

HOST = "127.0.0.1"


class MailKeeper:
    """Takes every mail and writes it into a folder; names sort by time of arrival."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._number = len(list(folder.glob("*.eml")))

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Called by aiosmtpd with a whole mail; the answer goes into the mail's trace."""
        now = self._clock.now()
        message = message_from_bytes(envelope.content, policy=SMTP)
        if "Date" in message:
            message.replace_header("Date", format_datetime(now))
        with self._lock:
            self._number += 1
            name = f"{now:%Y%m%dT%H%M%S}-{self._number:06}.eml"
        (self._folder / name).write_bytes(message.as_bytes())
        return f"250 2.0.0 Ok: kept as {name}"


def start_sink(folder: Path, clock: Clock, port: int) -> Controller:
    """Listen on this machine alone; *port* is the same for all commands of the demonstration."""
    controller = Controller(MailKeeper(folder, clock), hostname=HOST, port=port)
    controller.start()
    return controller
