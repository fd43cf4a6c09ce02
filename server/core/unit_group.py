"""Groups of units that an officer looks after where no district stands between.

After 01/07/2025 one office checks all communes of a province. A group narrows what its officer
sees first; it is no right: scope and grants decide what anybody may see and do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.core.access import Actor

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class GroupUnit:
    """A unit in a group, from a day to a day (both inclusive, ``None`` = open)."""

    org_unit: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """One group with the accounts of its officers and of those who step in for them."""

    id: str
    name: str
    members: tuple[GroupUnit, ...] = ()
    officers: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()
    edit: int = 1

    def units(self, on: date) -> frozenset[str]:
        """The units of the group on that day."""
        return frozenset(member.org_unit for member in self.members if member.holds(on))

    def is_for(self, actor: Actor, away: frozenset[str] = frozenset()) -> bool:
        """Whether the group is the actor's to look after.

        It is its officers', that of whoever acts for one of them by a delegation, and that of its
        substitutes while all its officers are *away*.
        """
        if actor.account in self.officers or not set(actor.principals).isdisjoint(self.officers):
            return True
        return actor.account in self.substitutes and away.issuperset(self.officers)


def units_of(groups: Sequence[UnitGroup], on: date) -> frozenset[str]:
    """The units of several groups on that day."""
    return frozenset(unit for group in groups for unit in group.units(on))
