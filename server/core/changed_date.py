"""That a second letter changed a date of an expected report: from which day, by which letter.

The records stand beside the reasons of the dates (``Obligation.why``), so that the first due date
stays readable. Apart from ``due_date``, which says why a day is that day at all.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from server.core.shape import mapping
from server.core.vietnamese_numbers import format_date

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "vi": {
        "letter": "theo công văn số {number} ngày {day}",
        "from": " (đổi hạn từ {was})",
        "first": " (đổi hạn từ {was}, hạn ban đầu {first})",
    },
    "en": {
        "letter": "by letter {number} of {day}",
        "from": " (changed from {was})",
        "first": " (changed from {was}, first {first})",
    },
}


@dataclass(frozen=True, slots=True)
class ChangedDate:
    """One change of one date; *was* is none where there was no such date before."""

    change: str  # the id of the change, which stands in the event rows too
    on: date
    letter_number: str
    letter_on: date
    was: date | None

    def as_json(self) -> dict[str, object]:
        return {
            "change": self.change,
            "on": self.on.isoformat(),
            "letter": self.letter_number,
            "letter_on": self.letter_on.isoformat(),
            "was": self.was.isoformat() if self.was else None,
        }

    @classmethod
    def read(cls, kept: Mapping[str, object]) -> "ChangedDate":
        was = kept["was"]
        return cls(
            str(kept["change"]),
            date.fromisoformat(str(kept["on"])),
            str(kept["letter"]),
            date.fromisoformat(str(kept["letter_on"])),
            date.fromisoformat(str(was)) if was else None,
        )


def changes_in(facts: Mapping[str, object]) -> tuple[ChangedDate, ...]:
    """The changes of one date, the first one first, from what is kept of it."""
    kept = facts.get("changed", ())
    assert isinstance(kept, Sequence)
    return tuple(ChangedDate.read(mapping(one)) for one in kept)


def due_changes(why: str) -> tuple[ChangedDate, ...]:
    """The changes of the due date or its grace, each letter once; cheap for reports without."""
    if '"changed"' not in why:
        return ()
    kept = mapping(json.loads(why))
    named = [mapping(kept[stage]) for stage in ("grace", "due") if stage in kept]
    found = {one.change: one for facts in named for one in changes_in(facts)}
    return tuple(sorted(found.values(), key=lambda one: one.on))


def is_changed_by(why: str, change: str) -> bool:
    """Whether that change touched any date of the report."""
    return change in why and any(
        one.change == change
        for facts in mapping(json.loads(why)).values()
        for one in changes_in(mapping(facts))
    )


def by_letter(changes: Sequence[ChangedDate], language: str = "vi") -> str:
    """Who set the day that holds now, and the days before it.

    >>> by_letter([ChangedDate("c", date(2025, 3, 1), "7/BDT", date(2025, 2, 28),
    ...                        date(2025, 3, 15))])
    'theo công văn số 7/BDT ngày 28/02/2025 (đổi hạn từ 15/03/2025)'
    """
    words, last, first = _WORDS["en" if language == "en" else "vi"], changes[-1], changes[0].was
    said = words["letter"].format(number=last.letter_number, day=format_date(last.letter_on))
    if last.was is None:
        return said
    known = "from" if first in (None, last.was) else "first"
    days = {"was": format_date(last.was), "first": format_date(first or last.was)}
    return said + words[known].format(**days)
