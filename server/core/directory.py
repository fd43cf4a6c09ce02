"""Who is who from a day to a day: contacts of units, and units that stand for owners of forms."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")
_PHONE = re.compile(r"\+?[0-9 .()-]+(?:(?:máy lẻ|số lẻ|ext\.?) *[0-9]{1,5})?")
_BETWEEN_PHONES = re.compile(r"[;,/]")
_LONGEST_EMAIL, _FEWEST_DIGITS, _MOST_DIGITS = 254, 6, 15


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call at a unit, from a day to a day (``None`` = open)."""

    org_unit: str
    name: str
    post: str
    phone: str | None = None
    email: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    edit: int = 1
    id: int = 0

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


def is_email(text: str) -> bool:
    """Whether a mail server would take it as one address."""
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Whether one could call it: a number with its spaces, dots or an extension, or several."""
    for number in _BETWEEN_PHONES.split(text):
        if _PHONE.fullmatch(number.strip()) is None:
            return False
        digits = sum(one.isdigit() for one in re.split(r"[a-zà-ỹ]", number)[0])
        if not _FEWEST_DIGITS <= digits <= _MOST_DIGITS:
            return False
    return True


def contact_faults(contact: Contact) -> list[str]:
    """The fields of a contact by which nobody could be reached; one that is empty is none."""
    faults = ["phone"] if contact.phone and not is_phone(contact.phone) else []
    return faults + (["email"] if contact.email and not is_email(contact.email) else [])


@dataclass(frozen=True, slots=True)
class FormOwner:
    """From a day to a day, *org_unit* is what definitions call *code*; of one form, or of all.

    A ministry is dissolved, an indicator moves to another office: the published form keeps its
    word, this row says whose it is.
    """

    code: str
    form: str | None
    org_unit: str
    decree: str
    valid_from: date | None = None
    valid_to: date | None = None
    edit: int = 1
    id: int = 0

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


def owners_on(owners: Iterable[FormOwner], on: date) -> Mapping[tuple[str, str], str]:
    """The owners of that day: form (empty for all) and code -> id of the unit; the latest wins."""
    return {
        (owner.form or "", owner.code): owner.org_unit
        for owner in sorted(owners, key=lambda owner: owner.valid_from or date.min)
        if owner.holds(on)
    }
