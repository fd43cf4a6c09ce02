"""Accounts: the people who sign in, their sessions, tokens and grants as they are kept."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from server.core.access import Grant


@dataclass(frozen=True, slots=True)
class Account:
    """A person; without ``password_hash`` only a one-time code lets them in."""

    id: str
    username: str
    name: str
    email: str | None
    org_unit: str | None
    password_hash: str | None
    active: bool
    must_change: bool
    created_at: datetime
    edit: int = 1


@dataclass(frozen=True, slots=True)
class AccountGrant:
    """A grant as it is kept: with its number and whose it is."""

    id: int
    account: str
    grant: Grant
    edit: int = 1


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser, known by the hash of its secret."""

    token_hash: str
    account: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A machine's way in on behalf of an account."""

    id: int
    account: str
    name: str
    created_at: datetime
    ended_at: datetime | None = None


def folded_username(username: str) -> str:
    """What must be unique: compatibility forms and case do not make another name.

    >>> folded_username(" Ｈoa.CL ")
    'hoa.cl'
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username.strip()).casefold())
