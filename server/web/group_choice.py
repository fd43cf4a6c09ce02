"""Nhóm của tôi: the choice of a group of units, alike on the desk and on the board.

Whoever looks after groups sees these first; ``?group=all`` shows every unit in reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core.unit_group import UnitGroup, units_of
from server.web.language import gettext as _
from server.web.session import current_actor, services

#: Every unit in reach, whatever groups the reader looks after.
ALL_GROUPS = "all"


@dataclass(frozen=True, slots=True)
class ReaderGroups:
    """The groups that a reader can choose, and those that are the reader's own."""

    within: Sequence[UnitGroup]
    own: Sequence[UnitGroup]

    def units(self, chosen: str) -> frozenset[str] | None:
        """The units of the chosen group, by default of the reader's own ones; None for all."""
        if chosen == ALL_GROUPS:
            return None
        found = [one for one in self.within if one.id == chosen] if chosen else self.own
        return units_of(found, services().clock.today()) if found else None

    def choices(self) -> list[tuple[str, str]]:
        """What a list offers; nothing where there are no groups."""
        if not self.within:
            return []
        mine = [("", _("Nhóm của tôi"))] if self.own else []
        every = [(ALL_GROUPS if self.own else "", _("Tất cả đơn vị"))]
        return [*mine, *every, *((group.id, group.name) for group in self.within)]


def groups_of_reader() -> ReaderGroups:
    """The groups of whoever is signed in."""
    actor = current_actor()
    service = services().unit_groups
    return ReaderGroups(service.in_reach(actor), service.own(actor))
