"""Nhóm đơn vị: which communes an officer of the province looks after, whom a rule may name.

Groups narrow lists and say who owes a form; they give no right. They are kept by administrators;
each change is an event of the group, so that it can be told later who was in it when.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from server.core.access import Actor, Role
from server.core.account import Account
from server.core.assignment import AssignmentRule
from server.core.ports import Clock, NewId, Transaction
from server.core.unit_group import LONGEST_NAME, GroupUnit, UnitGroup
from server.core.vietnamese import nfc
from server.errors import AccessDenied, Conflict, InputInvalid, NotFound
from server.services.reference import Reference
from server.services.scope import Scope
from server.storage.accounts import AccountStore
from server.storage.assignments import AssignmentStore
from server.storage.delegations import DelegationStore
from server.storage.events import EventStore
from server.storage.unit_groups import UnitGroupStore


@dataclass(frozen=True, slots=True)
class GroupWish:
    """What an administrator writes of a group."""

    name: str
    members: tuple[GroupUnit, ...]
    officers: tuple[str, ...]
    substitutes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitGroups:
    """Use cases around groups of units."""

    store: UnitGroupStore
    assignments: AssignmentStore
    accounts: AccountStore
    delegations: DelegationStore
    reference: Reference
    scope: Scope
    events: EventStore
    transaction: Transaction
    clock: Clock
    new_id: NewId

    def all(self) -> list[UnitGroup]:
        return self.store.all()

    def get(self, group_id: str) -> UnitGroup:
        return self.store.get(group_id)

    def in_reach(self, actor: Actor) -> list[UnitGroup]:
        """Groups of which the actor may see at least one unit."""
        visible = self.scope.visible(actor)
        today = self.clock.today()
        return [
            group
            for group in self.store.all()
            if visible is None or not visible.isdisjoint(group.units(today))
        ]

    def own(self, actor: Actor) -> list[UnitGroup]:
        """The groups that the actor looks after today, substitutes and deputies included."""
        groups = self.store.all()
        if not groups:
            return []
        away = frozenset(
            account
            for group in groups
            if actor.account in group.substitutes
            for account in group.officers
            if self._is_away(account)
        )
        return [group for group in groups if group.is_for(actor, away)]

    def candidates(self) -> list[Account]:
        """Who can look after units: active approvers, by name."""
        today = self.clock.today()
        holders = {
            kept.account
            for kept in self.accounts.kept_grants()
            if kept.grant.role is Role.APPROVER and kept.grant.holds(today)
        }
        people = [self.accounts.get(one) for one in holders]
        return sorted((one for one in people if one.active), key=lambda one: (one.name, one.id))

    def add(self, actor: Actor, wish: GroupWish) -> UnitGroup:
        """Make a group.

        Raises:
            AccessDenied: not an administrator.
            InputInvalid: the name, a unit, a day or a person does not do.
            Conflict: the name is taken.
        """
        group = self._wished(actor, UnitGroup(self.new_id(), ""), wish)
        with self.transaction():
            self.store.add(group)
            self._record(actor, group, "added")
        return group

    def save(self, actor: Actor, group_id: str, wish: GroupWish, *, edit: int) -> UnitGroup:
        """Change a group on the edit that was shown; besides as ``add``, ``Stale``."""
        group = self._wished(actor, replace(self.store.get(group_id), edit=edit), wish)
        with self.transaction():
            self.store.save(group)
            self._record(actor, group, "changed")
        return group

    def remove(self, actor: Actor, group_id: str) -> None:
        """Forget a group: its units are nobody's in particular from now on.

        Raises:
            Conflict: a rule of assignment names it; old rounds are explained by that rule.
        """
        _require_admin(actor)
        with self.transaction():
            group = self.store.lock(group_id)
            rules = self.rules_of(group_id)
            if rules:
                raise Conflict(kind="unit-group-used", rules=[rule.title for rule in rules])
            self.store.remove(group_id)
            self._record(actor, group, "removed")

    def rules_of(self, group_id: str) -> list[AssignmentRule]:
        """The rules of assignment that name the group, ended ones as well."""
        return self.assignments.of_group(group_id)

    def _wished(self, actor: Actor, group: UnitGroup, wish: GroupWish) -> UnitGroup:
        _require_admin(actor)
        name = nfc(wish.name).strip()
        errors = [*_name_faults(name), *self._member_faults(wish.members)]
        known = {account.id for account in self.candidates()}
        kept = {*group.officers, *group.substitutes}  # who was chosen once may have left since
        for field, people in (("officers", wish.officers), ("substitutes", wish.substitutes)):
            if set(people) - known - kept:
                errors.append(_fault(field, "not-approver"))
        if set(wish.officers) & set(wish.substitutes):
            errors.append(_fault("substitutes", "officer-too"))
        if errors:
            raise InputInvalid(errors=errors)
        return replace(
            group,
            name=name,
            members=wish.members,
            officers=tuple(sorted(set(wish.officers))),
            substitutes=tuple(sorted(set(wish.substitutes))),
        )

    def _member_faults(self, members: Sequence[GroupUnit]) -> list[dict[str, str]]:
        if not members:
            return [_fault("units", "none")]
        faults = []
        for member in members:
            first, last = member.valid_from, member.valid_to
            if first is not None and last is not None and last < first:
                faults.append(_fault("units", "before-first"))
            try:
                self.reference.unit(member.org_unit)
            except NotFound:
                faults.append(_fault("units", "unknown"))
        if _overlapping(members):
            faults.append(_fault("units", "twice"))
        return faults

    def _is_away(self, account: str) -> bool:
        """Whether an officer handed work over for today, or left."""
        today = self.clock.today()
        given = any(one.holds(today) for one in self.delegations.of(principal=account))
        return given or not self.accounts.get(account).active

    def _record(self, actor: Actor, group: UnitGroup, name: str) -> None:
        self.events.append(
            subject=f"unit_group/{group.id}",
            name=f"unit_group.{name}",
            actor=actor.account,
            happened_at=self.clock.now(),
            details={
                "name": group.name,
                "units": [
                    [
                        member.org_unit,
                        member.valid_from.isoformat() if member.valid_from else None,
                        member.valid_to.isoformat() if member.valid_to else None,
                    ]
                    for member in group.members
                ],
                "officers": list(group.officers),
                "substitutes": list(group.substitutes),
            },
        )


def _overlapping(members: Sequence[GroupUnit]) -> bool:
    """Whether a unit is in the group twice on some day."""
    ordered = sorted(members, key=lambda one: (one.org_unit, one.valid_from or date.min))
    return any(
        one.org_unit == following.org_unit
        and (one.valid_to or date.max) >= (following.valid_from or date.min)
        for one, following in pairwise(ordered)
    )


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise AccessDenied(action="unit_groups")


def _name_faults(name: str) -> list[dict[str, str]]:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return [_fault("name", "name")]
    return []


def _fault(field: str, code: str) -> dict[str, str]:
    return {"path": f"/{field}", "code": code, "message": ""}
