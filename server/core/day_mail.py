"""The one mail a day of a recipient: its Message-ID says who and when, nothing else.

Whoever writes it first has the day; reminders and notices share it, and any number of workers
come to the same id.
"""

import hashlib
from datetime import date


def day_mark(channel: str, recipient: str, day: date) -> str:
    """What stands in the log for the mail of that day, without the address.

    >>> day_mark("email", "a@x.example", date(2025, 1, 24))
    'd14013e732b24276cae016e9'
    """
    text = f"{channel}|{recipient}|{day.isoformat()}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def day_message_id(channel: str, recipient: str, day: date, domain: str) -> str:
    """The Message-ID of that mail."""
    return f"<reminder.{day_mark(channel, recipient, day)}@{domain}>"
