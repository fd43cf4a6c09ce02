"""Accounts, passwords, sessions, one-time codes and API tokens.

Secrets are kept as hashes only: passwords by Argon2id, session tokens, API
tokens and one-time codes (all of 128 random bits or more) by SHA-256.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NoReturn

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.core.access import Actor, Grant, Role, held
from server.core.account import Account, Session
from server.core.ports import Clock, NewId, Transaction
from server.core.vietnamese import nfc
from server.errors import Conflict, InputInvalid, NotFound, SignInRefused
from server.storage.accounts import AccountStore
from server.storage.delegations import DelegationStore
from server.storage.events import EventStore

CODE_LIVES = timedelta(days=30)
_THROTTLE_WINDOW = timedelta(minutes=15)
_LONGEST_PASSWORD = 256
_DISTINCT_LETTERS = 5
_GUESSABLE = ("thongke", "bieumau", "matkhau", "password", "12345678", "qwerty", "dantoc")


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How long a session lives, and how many wrong tries a name or an address has."""

    idle: timedelta
    absolute: timedelta
    tries: int
    password_min_length: int


@dataclass(frozen=True, slots=True)
class NewAccount:
    """One line of the account sheet."""

    username: str
    name: str
    email: str | None
    role: Role
    org_unit: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """Use cases of signing in and of keeping accounts."""

    store: AccountStore
    delegations: DelegationStore
    events: EventStore
    transaction: Transaction
    clock: Clock
    new_id: NewId
    new_secret: Callable[[], str]  # 256 random bits, URL-safe
    new_code: Callable[[], str]  # a one-time code that people can type
    hasher: PasswordHasher
    rules: SessionRules
    dummy_hash: str

    def sign_in(self, username: str, password: str, address: str) -> tuple[Account, str]:
        """Check name and password; return the account and a new session token.

        An unknown name costs the same time as a wrong password and reads the same.

        Raises:
            SignInRefused: ``reason`` is ``wrong`` or ``too-many``.
        """
        self._throttle(username, address)
        account = self.store.by_username(username)
        known = account is not None and account.active and account.password_hash is not None
        kept = account.password_hash if account and known else None
        right = self._verify(kept or self.dummy_hash, password)
        if account is None or not known or not right:
            self._refuse(username, address)
        with self.transaction():
            self.store.clear(_pair_key(username, address))
            if self.hasher.check_needs_rehash(kept or self.dummy_hash):
                self.store.set_password(account.id, self.hasher.hash(nfc(password)))
            token = self._open_session(account, address)
        return account, token

    def session(self, token: str) -> tuple[Session, Account] | None:
        """The live session behind *token* and its account; ``None`` when there is none."""
        found = self.store.session(_digest(token))
        now = self.clock.now()
        if found is None or now > found.expires_at or now - found.seen_at > self.rules.idle:
            return None
        account = self.store.get(found.account)
        if not account.active:
            return None
        if now - found.seen_at > timedelta(minutes=1):
            with self.transaction():
                self.store.touch(found.token_hash, now)
        return found, account

    def actor(self, account: Account) -> Actor:
        """The account as an actor, with the grants of today, also those handed to it for a time."""
        today = self.clock.today()
        grants = held(self.store.grants(account.id), today)
        handed = tuple(one.as_grant() for one in self.delegations.standing(account.id, today))
        return Actor(account=account.id, name=account.name, grants=grants + handed)

    def actor_of(self, account_id: str) -> Actor:
        """The account of that id as an actor; for work that goes on in a person's name."""
        return self.actor(self.store.get(account_id))

    def account_of_token(self, token: str) -> Account | None:
        """The account behind an API token."""
        account_id = self.store.account_by_token(_digest(token))
        account = None if account_id is None else self.store.get(account_id)
        return account if account is not None and account.active else None

    def sign_out(self, token: str) -> None:
        with self.transaction():
            self.store.close_session(_digest(token))

    def redeem_code(
        self, username: str, code: str, password: str, address: str
    ) -> tuple[Account, str]:
        """Set the first (or a new) password with a one-time code, and sign in.

        Raises:
            SignInRefused: unknown name, or a wrong, used or expired code.
            InputInvalid: the password is too weak.
        """
        self._throttle(username, address)
        account = self.store.by_username(username)
        code_hash = _digest(_plain(code))
        now = self.clock.now()
        if account is None or not account.active:
            self._refuse(username, address)
        self._check_password(password, account)
        hashed = self.hasher.hash(nfc(password))
        with self.transaction():
            right = self.store.use_code(code_hash, now) == account.id
            if right:
                self.store.set_password(account.id, hashed)
                self.store.close_sessions(account.id)
                self.store.clear(_pair_key(username, address))
                self._record(account.id, "password_set", account.id, {"by": "code"})
                token = self._open_session(account, address)
        if not right:
            self._refuse(username, address)
        return account, token

    def change_password(self, account: Account, old: str, new: str) -> None:
        """Replace the password and end all sessions.

        Raises:
            SignInRefused: the old password is wrong.
            InputInvalid: the new one is too weak.
        """
        if account.password_hash is None or not self._verify(account.password_hash, old):
            raise SignInRefused(reason="wrong")
        self._check_password(new, account)
        hashed = self.hasher.hash(nfc(new))
        with self.transaction():
            self.store.set_password(account.id, hashed)
            self.store.close_sessions(account.id)
            self._record(account.id, "password_set", account.id, {"by": "password"})

    def create(self, by: Actor, new: NewAccount, password: str | None = None) -> Account:
        """Make an account with one grant.

        Raises:
            Conflict: the username exists (case and look-alikes aside).
        """
        if self.store.by_username(new.username) is not None:
            raise Conflict(kind="account", username=new.username)
        account = Account(
            id=self.new_id(),
            username=nfc(new.username),
            name=nfc(new.name),
            email=new.email,
            org_unit=new.org_unit,
            password_hash=None if password is None else self.hasher.hash(nfc(password)),
            active=True,
            must_change=False,
            created_at=self.clock.now(),
        )
        with self.transaction():
            self.store.add(account)
            self.store.add_grant(account.id, Grant(new.role, new.org_unit))
            details = {"role": str(new.role), "org_unit": new.org_unit}
            self._record(account.id, "created", by.account, details)
        return account

    def import_sheet(self, by: Actor, lines: Sequence[NewAccount]) -> list[tuple[Account, str]]:
        """Make an account and a printable one-time code for each line, all or none."""
        made = []
        with self.transaction():
            for line in lines:
                account = self.create(by, line)
                made.append((account, self.issue_code(by, account.id)))
        return made

    def issue_code(self, by: Actor, account_id: str) -> str:
        """A one-time code to set a password with; it lives 30 days."""
        code, now = self.new_code(), self.clock.now()
        with self.transaction():
            self.store.add_code(account_id, _digest(_plain(code)), now + CODE_LIVES)
            self._record(account_id, "code_issued", by.account, {})
        return code

    def create_token(self, by: Actor, account_id: str, name: str) -> str:
        """A new API token; it is shown once and kept as a hash."""
        token = self.new_secret()
        with self.transaction():
            self.store.add_token(account_id, _digest(token), name, self.clock.now())
            self._record(account_id, "token_created", by.account, {"name": name})
        return token

    def grant(self, by: Actor, account_id: str, grant: Grant) -> None:
        with self.transaction():
            self.store.add_grant(account_id, grant)
            details: dict[str, object] = {"role": str(grant.role), "org_unit": grant.org_unit}
            if grant.personal:
                details["personal"] = True
            if grant.manages:
                details["manages"] = True
            self._record(account_id, "granted", by.account, details)

    def end_grant(self, by: Actor, account_id: str, grant_id: int, on: date) -> None:
        """Let one grant of the account end with that day."""
        with self.transaction():
            if all(kept.id != grant_id for kept in self.store.kept_grants(account=account_id)):
                raise NotFound(kind="grant")
            self.store.end_grant(grant_id, on)
            details = {"grant": grant_id, "on": on.isoformat()}
            self._record(account_id, "grant_ended", by.account, details)

    def end_token(self, by: Actor, account_id: str, token_id: int) -> None:
        """Take an API token of the account out of force, for ever."""
        with self.transaction():
            found = [kept for kept in self.store.tokens(account_id) if kept.id == token_id]
            if not found:
                raise NotFound(kind="token")
            self.store.end_token(token_id, self.clock.now())
            self._record(account_id, "token_ended", by.account, {"name": found[0].name})

    def save(self, by: Actor, account: Account) -> None:
        """Change name, address or unit; ``Stale`` when its ``edit`` is no longer current."""
        with self.transaction():
            before = self.store.get(account.id)
            self.store.update(account)
            names = ("name", "email", "org_unit")
            changed = [name for name in names if getattr(before, name) != getattr(account, name)]
            self._record(account.id, "changed", by.account, {"fields": changed})

    def set_active(self, by: Actor, account_id: str, active: bool) -> None:
        """Open or close an account; closing ends its sessions."""
        with self.transaction():
            self.store.update(replace(self.store.get(account_id), active=active))
            if not active:
                self.store.close_sessions(account_id)
            self._record(account_id, "opened" if active else "closed", by.account, {})

    def by_username(self, username: str) -> Account:
        account = self.store.by_username(username)
        if account is None:
            raise NotFound(kind="account")
        return account

    def name_of(self, account_id: str) -> str:
        """The person's name for histories; the id when the account is unknown."""
        if account_id == "system":
            return "Hệ thống"
        try:
            return self.store.get(account_id).name
        except NotFound:
            return account_id

    def holders(self, org_unit: str, role: Role) -> list[Account]:
        """Active accounts that hold *role* at the unit today."""
        today = self.clock.today()
        found = [
            self.store.get(kept.account)
            for kept in self.store.kept_grants(org_units=[org_unit])
            if kept.grant.role is role and kept.grant.holds(today)
        ]
        return [account for account in found if account.active]

    def is_empty(self) -> bool:
        """Whether nobody can sign in yet: a fresh installation."""
        return not self.store.list_(limit=1)

    def purge(self) -> None:
        """Forget ended sessions and failed sign-ins that no throttle counts any more."""
        now = self.clock.now()
        with self.transaction():
            self.store.purge_sessions(now)
            self.store.purge_failures(now - _THROTTLE_WINDOW)

    def _open_session(self, account: Account, address: str) -> str:
        token, now = self.new_secret(), self.clock.now()
        self.store.open_session(
            Session(
                token_hash=_digest(token),
                account=account.id,
                opened_at=now,
                seen_at=now,
                expires_at=now + self.rules.absolute,
                address=address,
            )
        )
        return token

    def _throttle(self, username: str, address: str) -> None:
        since = self.clock.now() - _THROTTLE_WINDOW
        # Name and address are counted together, so that a stranger cannot lock anybody out;
        # the address alone has a wider limit, against guessing over many names.
        if self.store.failures(_pair_key(username, address), since) >= self.rules.tries:
            raise SignInRefused(reason="too-many")
        if self.store.failures(_address_key(address), since) >= self.rules.tries * 10:
            raise SignInRefused(reason="too-many")

    def _refuse(self, username: str, address: str) -> NoReturn:
        with self.transaction():
            now = self.clock.now()
            self.store.count_failure(_pair_key(username, address), now)
            self.store.count_failure(_address_key(address), now)
        raise SignInRefused(reason="wrong")

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self.hasher.verify(kept, nfc(password)[:_LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False

    def _check_password(self, password: str, account: Account) -> None:
        plain = nfc(password)
        lowered = plain.casefold()
        reason = None
        if len(plain) < self.rules.password_min_length:
            reason = "too-short"
        elif len(plain) > _LONGEST_PASSWORD:
            reason = "too-long"
        elif _is_easy(lowered, account.username.casefold()):
            reason = "too-easy"
        if reason:
            raise InputInvalid(errors=[{"path": "/password", "code": reason, "message": reason}])

    def _record(self, account_id: str, name: str, by: str, details: Mapping[str, object]) -> None:
        self.events.append(
            subject=f"account/{account_id}",
            name=f"account.{name}",
            actor=by,
            happened_at=self.clock.now(),
            details=details,
        )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _plain(code: str) -> str:
    """A one-time code as typed: spaces, dashes and case do not matter."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _is_easy(password: str, username: str) -> bool:
    """Whether somebody would try it first: the name, a context word, few letters repeated."""
    if username in password or len(set(password)) < _DISTINCT_LETTERS:
        return True
    return any(word in password and len(password) < 2 * len(word) + 4 for word in _GUESSABLE)


def _name_key(username: str) -> str:
    return f"name:{nfc(username).casefold()}"


def _pair_key(username: str, address: str) -> str:
    return f"{_name_key(username)}@{address}"


def _address_key(address: str) -> str:
    return f"address:{address}"
