"""Handing over the work of somebody who leaves: to a colleague of the same unit, in one act.

What moves: the grants in force or to come (from the day after the last one), and the sections of
reports given to the leaver. Administration and the flags of grants do not move, they are given by
name. Delegations from and to the leaver end, sessions and tokens as well; the account stays open
until its last day, for reading what was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from server.core.access import Actor, Grant, Role
from server.core.account import Account, AccountGrant, ApiToken
from server.core.delegation import Delegation
from server.core.part import Part
from server.core.ports import Clock, Transaction
from server.errors import AccessDenied, InputInvalid
from server.services.delegations import Delegations
from server.storage.accounts import AccountStore
from server.storage.events import EventStore
from server.storage.parts import PartStore


@dataclass(frozen=True, slots=True)
class Plan:
    """What a handover does; *kept* are grants that end without going to anybody."""

    leaver: Account
    successor: Account
    last_day: date
    moved: tuple[AccountGrant, ...]
    kept: tuple[AccountGrant, ...]
    parts: tuple[Part, ...]
    delegations: tuple[Delegation, ...]
    sessions: int
    tokens: tuple[ApiToken, ...]


@dataclass(frozen=True, slots=True)
class Handovers:
    """Use cases of administrators when somebody leaves."""

    accounts: AccountStore
    delegations: Delegations
    parts: PartStore
    events: EventStore
    transaction: Transaction
    clock: Clock

    def successors(self, by: Actor, leaver: str) -> list[Account]:
        """Active colleagues of the leaver, at the unit of work or where there are grants."""
        self._check(by)
        person = self.accounts.get(leaver)
        units = {person.org_unit, *(kept.grant.org_unit for kept in self._open(leaver))} - {None}
        myself = Actor(person.id, person.name)
        found = {
            one.id: one for unit in units for one in self.delegations.colleagues(myself, str(unit))
        }
        return sorted(found.values(), key=lambda one: (one.name, one.id))

    def plan(self, by: Actor, leaver: str, successor: str, last_day: date) -> Plan:
        """What would happen; nothing is changed.

        Raises:
            AccessDenied: for whoever does not administer, and for one's own account.
            InputInvalid: the successor is no colleague, or the day has passed.
        """
        self._check(by, leaver)
        today = self.clock.today()
        chosen = [one for one in self.successors(by, leaver) if one.id == successor]
        errors = []
        if not chosen:
            errors.append({"path": "/successor", "code": "not-of-the-unit", "message": ""})
        if last_day < today - timedelta(days=1):
            errors.append({"path": "/last_day", "code": "past", "message": ""})
        if errors:
            raise InputInvalid(errors=errors)
        grants = self._open(leaver)
        moved = tuple(kept for kept in grants if kept.grant.role is not Role.ADMIN)
        store = self.delegations.store
        given = [*store.of(principal=leaver), *store.of(deputy=leaver)]
        return Plan(
            leaver=self.accounts.get(leaver),
            successor=chosen[0],
            last_day=last_day,
            moved=moved,
            kept=tuple(kept for kept in grants if kept not in moved),
            parts=tuple(self.parts.assigned_to(leaver)),
            delegations=tuple(one for one in given if not one.is_over(today)),
            sessions=len(self.accounts.sessions(leaver)),
            tokens=tuple(one for one in self.accounts.tokens(leaver) if one.ended_at is None),
        )

    def carry_out(self, by: Actor, leaver: str, successor: str, last_day: date) -> Plan:
        """Do all of the plan or nothing; what was done."""
        with self.transaction():
            plan = self.plan(by, leaver, successor, last_day)
            held = self.accounts.grants(successor)
            for kept in (*plan.moved, *plan.kept):
                self.accounts.end_grant(kept.id, last_day)
            for kept in plan.moved:
                new = _moved(kept.grant, last_day)
                if new is not None and not _covered(new, held):
                    self.accounts.add_grant(successor, new)
            for delegation in plan.delegations:
                self.delegations.revoke(by, delegation.id)
            self._move_parts(by, plan)
            self.accounts.close_sessions(leaver)
            for token in plan.tokens:
                self.accounts.end_token(token.id, self.clock.now())
            self._record(by, plan)
        return plan

    def _move_parts(self, by: Actor, plan: Plan) -> None:
        for part in plan.parts:
            self.parts.put(replace(part, assignee=plan.successor.id))
            self.events.append(
                subject=f"submission/{part.submission}",
                name="submission.part_assigned",
                actor=by.account,
                happened_at=self.clock.now(),
                details={"part": part.key, "assignee": plan.successor.id, "from": plan.leaver.id},
            )

    def _record(self, by: Actor, plan: Plan) -> None:
        """The same facts in the history of both people."""
        details: dict[str, object] = {
            "from": plan.leaver.id,
            "to": plan.successor.id,
            "last_day": plan.last_day.isoformat(),
            "grants": [kept.id for kept in plan.moved],
            "ended": [kept.id for kept in plan.kept],
            "parts": [f"{part.submission}:{part.key}" for part in plan.parts],
            "delegations": [one.id for one in plan.delegations],
            "sessions": plan.sessions,
            "tokens": [token.id for token in plan.tokens],
        }
        for account, name in ((plan.leaver, "handed_over"), (plan.successor, "took_over")):
            self.events.append(
                subject=f"account/{account.id}",
                name=f"account.{name}",
                actor=by.account,
                happened_at=self.clock.now(),
                details=details,
            )

    def _open(self, account: str) -> list[AccountGrant]:
        """Grants that hold today or will."""
        today = self.clock.today()
        return [
            kept
            for kept in self.accounts.kept_grants(account=account)
            if kept.grant.valid_to is None or kept.grant.valid_to >= today
        ]

    @staticmethod
    def _check(by: Actor, leaver: str | None = None) -> None:
        if not by.is_admin or by.account == leaver:
            raise AccessDenied(action="handover")


def _moved(grant: Grant, last_day: date) -> Grant | None:
    """What the successor gets of a grant: the rest of it, without flags."""
    first = max(last_day + timedelta(days=1), grant.valid_from or date.min)
    if grant.valid_to is not None and grant.valid_to < first:
        return None
    return Grant(grant.role, grant.org_unit, first, grant.valid_to)


def _covered(new: Grant, held: Sequence[Grant]) -> bool:
    """Whether the successor has as much already."""
    return any(
        one.role is new.role
        and one.org_unit == new.org_unit
        and (one.valid_from is None or new.valid_from is None or one.valid_from <= new.valid_from)
        and (one.valid_to is None or (new.valid_to is not None and new.valid_to <= one.valid_to))
        for one in held
    )
