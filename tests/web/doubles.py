"""Small stand-ins for the services the web foundation asks: accounts in memory, a unit, a clock."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace

from server.core.access import Actor, Grant, Role
from server.core.account import Account, Session
from server.core.org_unit import Level, OrgUnit
from server.core.ports import FixedClock
from server.errors import InputInvalid, NotFound, SignInRefused

FRIDAY = FixedClock(datetime(2025, 1, 24, 3, 0, tzinfo=UTC))
PASSWORD = "đường về bản xa"


@dataclass
class MemoryAccounts:
    """The sign-in use cases of ``server.services.accounts`` over dictionaries."""

    people: dict[str, Account] = field(default_factory=dict)
    grants: dict[str, tuple[Grant, ...]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    codes: dict[tuple[str, str], bool] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def add(self, username: str, role: Role, *, name: str, must_change: bool = False) -> Account:
        account = Account(
            id=f"a-{username}",
            username=username,
            name=name,
            email=None,
            org_unit="u-co-linh",
            password_hash="kept",
            active=True,
            must_change=must_change,
            created_at=FRIDAY.now(),
        )
        self.people[username] = account
        self.grants[account.id] = (Grant(role, "u-co-linh"),)
        self.passwords[account.id] = PASSWORD
        return account

    def sign_in(self, username: str, password: str, address: str) -> tuple[Account, str]:
        if self.failures.get(address, 0) >= 5:
            raise SignInRefused(reason="too-many")
        account = self.people.get(username.casefold())
        if account is None or self.passwords[account.id] != password:
            self.failures[address] = self.failures.get(address, 0) + 1
            raise SignInRefused(reason="wrong")
        return account, self._open(account)

    def _open(self, account: Account) -> str:
        token = secrets.token_urlsafe(32)
        self.open[token] = account.username
        return token

    def session(self, token: str) -> tuple[Session, Account] | None:
        username = self.open.get(token)
        if username is None:
            return None
        now = FRIDAY.now()
        account = self.people[username]
        return Session(token, account.id, now, now, now), account

    def actor(self, account: Account) -> Actor:
        return Actor(account.id, account.name, self.grants[account.id])

    def account_of_token(self, token: str) -> Account | None:
        username = self.tokens.get(token)
        return None if username is None else self.people[username]

    def sign_out(self, token: str) -> None:
        self.open.pop(token, None)

    def redeem_code(
        self, username: str, code: str, password: str, address: str
    ) -> tuple[Account, str]:
        if not self.codes.pop((username, code), False):
            raise SignInRefused(reason="wrong")
        account = self.people[username]
        self._set(account, password)
        return account, self._open(account)

    def change_password(self, account: Account, old: str, new: str) -> None:
        if self.passwords[account.id] != old:
            raise SignInRefused(reason="wrong")
        self._set(account, new)

    def _set(self, account: Account, password: str) -> None:
        if len(password) < 12:
            raise InputInvalid(errors=[{"path": "/password", "code": "too-short", "message": ""}])
        self.passwords[account.id] = password
        self.people[account.username] = replace(account, must_change=False)
        for token in [each for each, name in self.open.items() if name == account.username]:
            del self.open[token]


class OneUnit:
    """A reference in which there is Cổ Linh."""

    units: Mapping[str, OrgUnit] = {
        "u-co-linh": OrgUnit(
            "u-co-linh", "01879", "Xã Cổ Linh", Level.COMMUNE, "xa", None, None, None
        )
    }

    def unit(self, unit_id: str, on: object = None) -> OrgUnit:
        if unit_id not in self.units:
            raise NotFound(kind="org_unit")
        return self.units[unit_id]


def make_services(accounts: MemoryAccounts) -> SimpleNamespace:
    return SimpleNamespace(accounts=accounts, reference=OneUnit(), clock=FRIDAY)
