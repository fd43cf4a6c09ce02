"""Delegating: a signer or approver hands a grant of his own to a colleague of the same unit.

Who is a colleague: whoever belongs to the unit of the grant or holds a grant of their own there.
Nobody delegates for another, nobody hands on what was handed to them, and every act of the deputy
says in whose name it was done (``stands_for``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from server.core.access import Actor
from server.core.account import Account, AccountGrant
from server.core.delegation import (
    DELEGABLE,
    LONGEST_DAYS,
    LONGEST_REASON,
    SHORTEST_REASON,
    Delegation,
)
from server.core.form import Form
from server.core.ports import Clock, Transaction
from server.core.vietnamese import nfc
from server.core.workflow import Move, Workflow
from server.errors import InputInvalid, NotFound
from server.services.catalogue import Catalogue
from server.storage.accounts import AccountStore
from server.storage.delegations import DelegationStore
from server.storage.events import EventStore


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to hand over: the number of a grant, to whom, when and why."""

    grant: int
    deputy: str
    valid_from: date
    valid_to: date
    reason: str
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delegations:
    """Use cases of delegation. Which of them hold today ``Accounts.actor`` asks the store."""

    store: DelegationStore
    accounts: AccountStore
    catalogue: Catalogue
    events: EventStore
    transaction: Transaction
    clock: Clock

    def delegable(self, actor: Actor) -> list[AccountGrant]:
        """The actor's own grants that can be handed over; never one that was received."""
        today = self.clock.today()
        return [
            kept
            for kept in self.accounts.kept_grants(account=actor.account)
            if kept.grant.role in DELEGABLE
            and (kept.grant.valid_to is None or kept.grant.valid_to >= today)
        ]

    def colleagues(self, actor: Actor, org_unit: str) -> list[Account]:
        """Active people of that unit besides the actor, by name."""
        today = self.clock.today()
        holders = {
            kept.account
            for kept in self.accounts.kept_grants(org_units=[org_unit])
            if kept.grant.holds(today)
        }
        members = {one.id: one for one in self.accounts.list_(org_units=[org_unit], limit=1000)}
        people = [*members.values(), *(self.accounts.get(one) for one in holders - members.keys())]
        found = [one for one in people if one.active and one.id != actor.account]
        return sorted(found, key=lambda one: (one.name, one.id))

    def given(self, actor: Actor) -> list[Delegation]:
        """What the actor handed over, ended ones too, the newest first."""
        return self.store.of(principal=actor.account)

    def received(self, actor: Actor) -> list[Delegation]:
        """What others handed to the actor, the newest first."""
        return self.store.of(deputy=actor.account)

    def grant(self, actor: Actor, wish: Wish) -> Delegation:
        """Hand over a grant of the actor's own.

        Raises:
            NotFound: the grant is not the actor's own, is over, or cannot be handed over.
            InputInvalid: the person, the days, the forms or the reason do not do.
        """
        with self.transaction():
            own = [kept for kept in self.delegable(actor) if kept.id == wish.grant]
            if not own:
                raise NotFound(kind="grant")
            reason = nfc(wish.reason).strip()
            errors = [*self._faults(actor, own[0], wish), *_reason_faults(reason)]
            if errors:
                raise InputInvalid(errors=errors)
            new = Delegation(
                id=0,
                grant=wish.grant,
                role=own[0].grant.role,
                org_unit=own[0].grant.org_unit,
                principal=actor.account,
                deputy=wish.deputy,
                forms=tuple(sorted(set(wish.forms))),
                valid_from=wish.valid_from,
                valid_to=wish.valid_to,
                reason=reason,
                granted_at=self.clock.now(),
            )
            number = self.store.add(new)
            self._record(actor, new, "granted", number)
            kept = self.store.get(number)
            assert kept is not None  # written just now
            return kept

    def revoke(self, actor: Actor, number: int) -> Delegation:
        """End a delegation now; for who gave it and for administrators.

        Raises:
            NotFound: no such delegation of the actor's.
        """
        with self.transaction():
            found = self.store.get(number)
            if found is None or (found.principal != actor.account and not actor.is_admin):
                raise NotFound(kind="delegation")
            if self.store.revoke(number, by=actor.account, at=self.clock.now()):
                self._record(actor, found, "revoked", number)
            return self.store.get(number) or found

    def _faults(self, actor: Actor, own: AccountGrant, wish: Wish) -> list[Mapping[str, str]]:
        today, found = self.clock.today(), []
        if wish.deputy not in {one.id for one in self.colleagues(actor, own.grant.org_unit)}:
            found.append(_fault("deputy", "not-of-the-unit"))
        if wish.valid_from < today:
            found.append(_fault("valid_from", "past"))
        ends = own.grant.valid_to
        if wish.valid_to < wish.valid_from:
            found.append(_fault("valid_to", "before-first"))
        elif wish.valid_to - wish.valid_from >= timedelta(days=LONGEST_DAYS):
            found.append(_fault("valid_to", "too-long"))
        elif ends is not None and wish.valid_to > ends:
            found.append(_fault("valid_to", "beyond-grant"))
        elif any(
            one.grant == own.id
            and one.deputy == wish.deputy
            and not one.is_over(today)
            and one.valid_from <= wish.valid_to
            and wish.valid_from <= one.valid_to
            for one in self.given(actor)
        ):
            found.append(_fault("deputy", "already"))
        if set(wish.forms) - {form.code for form in self.catalogue.forms()}:
            found.append(_fault("forms", "unknown"))
        return found

    def _record(self, actor: Actor, about: Delegation, name: str, number: int) -> None:
        """In the history of both people: the one gives power away, the other gains it."""
        details: dict[str, object] = {
            "delegation": number,
            "principal": about.principal,
            "deputy": about.deputy,
            "role": str(about.role),
            "org_unit": about.org_unit,
            "forms": list(about.forms),
            "valid_from": about.valid_from.isoformat(),
            "valid_to": about.valid_to.isoformat(),
            "reason": about.reason,
        }
        for account in (about.principal, about.deputy):
            self.events.append(
                subject=f"account/{account}",
                name=f"delegation.{name}",
                actor=actor.account,
                happened_at=self.clock.now(),
                details=details,
            )


class Decidable(Protocol):
    """A report that waits for somebody, with or without its figures."""

    @property
    def form(self) -> Form: ...
    @property
    def workflow(self) -> Workflow: ...
    @property
    def places(self) -> Mapping[str, str]: ...
    @property
    def moves(self) -> tuple[Move, ...]: ...


def stands_for(actor: Actor, view: Decidable, move: Move) -> str | None:
    """In whose name the actor would make that move; None for in the actor's own."""
    declared = next(one for one in view.workflow.transitions if one.number == move.transition)
    people = declared.people[move.place]
    if move.escalated:
        people = view.workflow.states[move.source].escalate or people
    unit = view.places.get(people.at)
    return None if unit is None else actor.within(view.form.code).stands_for(people.role, (unit,))


def stood_for(actor: Actor, view: Decidable) -> str | None:
    """In whose name a report waits for the actor's signature or approval."""
    waiting: Sequence[Move] = [move for move in view.moves if move.event in ("sign", "approve")]
    return stands_for(actor, view, waiting[0]) if waiting else None


def _reason_faults(reason: str) -> list[Mapping[str, str]]:
    fits = SHORTEST_REASON <= len(reason) <= LONGEST_REASON
    readable = all(letter.isprintable() or letter in "\n\r\t" for letter in reason)
    return [] if fits and readable else [_fault("reason", "reason")]


def _fault(field: str, code: str) -> Mapping[str, str]:
    return {"path": f"/{field}", "code": code, "message": ""}
