"""iCalendar (RFC 5545): all-day entries written as a calendar that programs subscribe to.

Only what a feed of due dates needs; texts are escaped and lines folded here, nowhere else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

_MOST_OCTETS: Final = 75
_PRODUCT: Final = "-//Bieumau//Due dates//VI"


@dataclass(frozen=True, slots=True)
class Entry:
    """One all-day entry; *sequence* grows with every change of it, *uid* stays for ever."""

    uid: str
    on: date
    summary: str
    description: str
    address: str
    sequence: int
    changed_at: datetime


def calendar_text(entries: Iterable[Entry], *, name: str, zone: str) -> str:
    """The calendar, by day and uid, so that equal entries make equal bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
        f"X-WR-TIMEZONE:{zone}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for entry in sorted(entries, key=lambda one: (one.on, one.uid)):
        lines += _entry_lines(entry)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    r"""A TEXT value: backslash, semicolon, comma and line end get a backslash.

    >>> escaped("Biểu 1; hộ, khẩu\nxã")
    'Biểu 1\\; hộ\\, khẩu\\nxã'
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(char for char in plain if char in "\n\t" or (char >= " " and char != "\x7f"))
    for char in ("\\", ";", ","):
        plain = plain.replace(char, f"\\{char}")
    return plain.replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """*line* in parts of at most 75 octets, cut between characters; the later ones begin with a
    space."""
    part, octets = "", 0
    for char in line:
        size = len(char.encode())
        if octets + size > _MOST_OCTETS:
            yield part
            part, octets = " ", 1
        part += char
        octets += size
    yield part


def _entry_lines(entry: Entry) -> list[str]:
    stamp = entry.changed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{stamp}",
        f"LAST-MODIFIED:{stamp}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(entry.summary)}",
        f"DESCRIPTION:{escaped(entry.description)}",
        f"URL:{entry.address}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]
