"""Scope: which units' reports a person may know of.

Reporters and signers reach the unit of their grant, approvers and readers also those below it on
the tree of the period's last day (what ended before: on that of its own last day), admins all. What
lies outside does not exist for the caller: services raise ``NotFound``, never ``AccessDenied``. One
report reaches further: reporters of a unit that owns cells of it see it too.
"""

from collections.abc import Collection
from dataclasses import dataclass

from server.core.access import OWN_UNIT_ROLES, Actor, Role
from server.core.org_unit import Tree
from server.core.period import Period
from server.errors import NotFound
from server.services.reference import Reference


@dataclass(frozen=True, slots=True)
class Scope:
    """Answers "may this person see that unit", on the tree of the period's last day."""

    reference: Reference

    def visible(self, actor: Actor, period: Period | None = None) -> frozenset[str] | None:
        """Ids of the units in scope, ``None`` for all; without a period, over all epochs.

        With a period these are the units that ``require`` lets pass.
        """
        if actor.is_admin:
            return None
        found = set(actor.units(*OWN_UNIT_ROLES))
        above = actor.units(Role.APPROVER, Role.READER)
        if period is not None:
            return frozenset(found.union(*(self.reference.below(unit, period) for unit in above)))
        for day in self.reference.epochs():
            tree = self.reference.tree(day)
            found = found.union(*(tree.below(unit) for unit in above))
        return frozenset(found)

    def covers(self, actor: Actor, unit_id: str, tree: Tree) -> bool:
        """Whether *unit_id* is in scope on that tree."""
        if actor.is_admin or unit_id in actor.units(*OWN_UNIT_ROLES):
            return True
        above = {unit.id for unit in tree.ancestors(unit_id)}
        return not above.isdisjoint(actor.units(Role.APPROVER, Role.READER))

    def require(
        self,
        actor: Actor,
        unit_id: str,
        period: Period,
        kind: str,
        *,
        owners: Collection[str] = (),
        form: str = "",
        filing: str = "",
    ) -> Tree:
        """The tree to judge by; ``NotFound(kind)`` when the unit is out of scope or missing.

        *owners* are codes of units that fill a part of a report on *form*: it exists for their
        reporters, and for the people of the unit *filing*, which answers for it.
        """
        tree = self.reference.tree_of(unit_id, period)
        if filing in actor.units(*OWN_UNIT_ROLES) or self.covers(actor, unit_id, tree):
            return tree
        if not _fills_for(actor, owners, tree, form):
            raise NotFound(kind=kind)
        return tree

    def below(self, actor: Actor, unit_id: str, period: Period | None = None) -> frozenset[str]:
        """The unit and all below it, without a period on all trees; else ``NotFound``."""
        if period is not None:
            tree = self.require(actor, unit_id, period, "org_unit")
            return tree.below(unit_id) | self.reference.below(unit_id, period)
        found: set[str] = set()
        for day in self.reference.epochs():
            tree = self.reference.tree(day)
            if unit_id in tree.by_id and self.covers(actor, unit_id, tree):
                found |= tree.below(unit_id)
        if not found:
            raise NotFound(kind="org_unit")
        return frozenset(found)


def _fills_for(actor: Actor, codes: Collection[str], tree: Tree, form: str) -> bool:
    owners = {owner.id for code in codes if (owner := tree.owner(form, code)) is not None}
    return not owners.isdisjoint(actor.units(Role.REPORTER))
