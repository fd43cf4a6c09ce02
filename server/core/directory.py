"""Who is who from a day to a day: contacts of units, and units that stand for owners of forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


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
