"""Delegated administration: whoever keeps the accounts of the units below creates and closes them.

The flag ``manages`` of a grant opens exactly this: clerks and leaders of units strictly below the
grant's unit, on the tree of today. An account that reaches anything else (another role, another
unit, a flag, a delegation from elsewhere) is not there for the keeper, because who may give a code
may come in. The flag shows no report.
"""

from dataclasses import dataclass

from server.core.access import Actor, Role
from server.core.account import Account
from server.core.org_unit import OrgUnit
from server.errors import AccessDenied, NotFound
from server.services.accounts import Accounts, NewAccount
from server.services.reference import Reference

#: What a keeper may give, and what the accounts that it keeps may hold.
KEPT_ROLES = (Role.REPORTER, Role.SIGNER)


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """An account of a unit below, with the roles it holds or will hold."""

    account: Account
    unit: OrgUnit
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class AccountsBelow:
    """Use cases of account keepers."""

    accounts: Accounts
    reference: Reference

    def units(self, actor: Actor) -> list[OrgUnit]:
        """The units strictly below those at which the actor keeps accounts, by code."""
        tree = self.reference.tree(self.accounts.clock.today())
        found = {
            unit
            for grant in actor.grants
            if grant.manages
            for unit in tree.below(grant.org_unit) - {grant.org_unit}
        }
        return sorted((tree.by_id[unit] for unit in found), key=lambda unit: unit.code)

    def people(self, actor: Actor) -> list[KeptAccount]:
        """The accounts that the actor keeps, by unit and name."""
        units = {unit.id: unit for unit in self.units(actor)}
        found, after = [], None
        while batch := self.accounts.store.list_(org_units=units, after=after, limit=500):
            for account in batch:
                kept = self._kept(account, units)
                if kept is not None:
                    found.append(kept)
            after = batch[-1].id
        return sorted(found, key=lambda one: (one.unit.code, one.account.name, one.account.id))

    def create(self, actor: Actor, new: NewAccount) -> tuple[Account, str]:
        """A new clerk or leader of a unit below, with a one-time code.

        Raises:
            NotFound: the unit is none of those below.
            AccessDenied: another role than clerk or leader.
            Conflict: the user name exists; nothing of that account is touched.
        """
        if new.org_unit not in {unit.id for unit in self.units(actor)}:
            raise NotFound(kind="org_unit")
        if new.role not in KEPT_ROLES:
            raise AccessDenied(action="create_account")
        with self.accounts.transaction():
            account = self.accounts.create(actor, new)
            return account, self.accounts.issue_code(actor, account.id)

    def issue_code(self, actor: Actor, account_id: str) -> tuple[Account, str]:
        """A new one-time code; ``NotFound`` unless the actor keeps that account."""
        with self.accounts.transaction():
            account = self._found(actor, account_id)
            if not account.active:
                raise AccessDenied(action="issue_code")
            return account, self.accounts.issue_code(actor, account.id)

    def set_active(self, actor: Actor, account_id: str, active: bool) -> None:
        """Open or close an account; ``NotFound`` unless the actor keeps it."""
        with self.accounts.transaction():
            self.accounts.set_active(actor, self._found(actor, account_id).id, active)

    def _found(self, actor: Actor, account_id: str) -> Account:
        account = self.accounts.store.get(account_id)
        if self._kept(account, {unit.id: unit for unit in self.units(actor)}) is None:
            raise NotFound(kind="account")
        return account

    def _kept(self, account: Account, units: dict[str, OrgUnit]) -> KeptAccount | None:
        """The account when everything that it reaches, now or later, is the keeper's to give."""
        today = self.accounts.clock.today()
        grants = [
            grant
            for grant in self.accounts.store.grants(account.id)
            if grant.valid_to is None or grant.valid_to >= today
        ]
        handed = [
            one for one in self.accounts.delegations.of(deputy=account.id) if not one.is_over(today)
        ]
        if account.org_unit not in units or any(one.org_unit not in units for one in handed):
            return None
        for grant in grants:
            flagged = grant.personal or grant.manages
            if flagged or grant.role not in KEPT_ROLES or grant.org_unit not in units:
                return None
        roles = dict.fromkeys(grant.role for grant in grants)
        return KeptAccount(account, units[account.org_unit], tuple(roles))
