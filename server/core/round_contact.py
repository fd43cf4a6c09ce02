"""Whom to ask about a round today: the person whom its letter names, or who came after them.

A letter names a person in words; people leave while the round runs. The dated directory and the
accounts of the offices say who has left. A name that stands in neither is taken as it is: it may
be an office ("Phòng Tổng hợp").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from server.core.directory import Contact
from server.core.vietnamese import fold, spelling_key


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who has an account of an office: whether it is still in use, and at which units."""

    name: str
    active: bool
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Offices:
    """Contacts of the offices, ended ones as well, and the people who have accounts there."""

    contacts: tuple[Contact, ...] = ()
    colleagues: tuple[Colleague, ...] = ()


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers: as the letter says, unless *gone*; then *now*, where the directory knows it.

    *last_on* is the last day of whoever has left, where the directory has one.
    """

    gone: bool = False
    last_on: date | None = None
    now: Contact | None = None


def answering(named: str, offices: Offices, on: date, issuers: Sequence[str] = ()) -> Answering:
    """Who answers on that day for the person *named* by a letter of *issuers* (ids of units)."""
    contacts = [one for one in offices.contacts if is_named(one.name, named)]
    people = [one for one in offices.colleagues if is_named(one.name, named)]
    if any(one.holds(on) for one in contacts):
        return Answering()
    ended = [one for one in contacts if one.valid_to is not None and one.valid_to < on]
    if ended:
        latest = max(ended, key=lambda one: one.valid_to or date.min)
        places = (latest.org_unit, *issuers)
        now = _successor(offices.contacts, places, latest.post, on)
        return Answering(True, latest.valid_to, now)
    if contacts or not people or any(one.active for one in people):
        return Answering()
    places = (*sorted(people[0].units), *issuers)
    return Answering(True, None, _successor(offices.contacts, places, "", on))


def _successor(
    contacts: Iterable[Contact], places: Sequence[str], post: str, on: date
) -> Contact | None:
    """Of the first place that has anybody: who has the same post, else the newest."""
    here = [one for one in contacts if one.holds(on)]
    for place in places:
        found = [one for one in here if one.org_unit == place]
        if found:
            return max(
                found,
                key=lambda one: (
                    fold(one.post) == fold(post),
                    one.valid_from or date.min,
                    -one.id,
                ),
            )
    return None


def is_named(name: str, text: str) -> bool:
    """Whether the words of *name*, two at least, stand in *text* one after the other."""
    sought, words = _words(name), _words(text)
    spans = range(len(words) - len(sought) + 1)
    return len(sought) > 1 and any(words[at : at + len(sought)] == sought for at in spans)


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in spelling_key(text)).split()
