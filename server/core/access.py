"""Who may do what where: roles, dated grants at org units, the actor of a use case."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What a grant allows at its org unit. ``signer`` is the head of a unit."""

    REPORTER = "reporter"
    SIGNER = "signer"
    APPROVER = "approver"
    READER = "reader"
    ADMIN = "admin"


class Right(StrEnum):
    """What a route asks of a signed-in person; the policy of every route names one."""

    SIGNED_IN = "signed_in"
    FILL = "fill"
    SIGN = "sign"
    APPROVE = "approve"
    READ = "read"
    FOLLOW = "follow"
    ADMINISTER = "administer"
    MANAGE_ACCOUNTS = "manage_accounts"


_ROLES: dict[Right, frozenset[Role]] = {
    Right.SIGNED_IN: frozenset(Role),
    Right.FILL: frozenset({Role.REPORTER}),
    Right.SIGN: frozenset({Role.SIGNER}),
    Right.APPROVE: frozenset({Role.APPROVER, Role.SIGNER}),
    Right.READ: frozenset(Role),
    Right.FOLLOW: frozenset({Role.APPROVER, Role.SIGNER, Role.READER, Role.ADMIN}),
    Right.ADMINISTER: frozenset({Role.ADMIN}),
}
#: These reach only the unit of their grant; the others also the units below it.
OWN_UNIT_ROLES = frozenset({Role.REPORTER, Role.SIGNER})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at an org unit, from a day to a day (both inclusive, ``None`` = open).

    A *personal* one also shows the personal values that reports hold there and below; with
    *manages* its holder keeps the accounts of the units below (``accounts_below``). With
    *stands_for* it is the grant of that account, handed to the actor for a time (``delegation``),
    and with *forms* for these forms only.
    """

    role: Role
    org_unit: str
    valid_from: date | None = None
    valid_to: date | None = None
    personal: bool = False
    manages: bool = False
    stands_for: str | None = None
    forms: tuple[str, ...] = ()

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or machine on whose behalf a use case runs, with the grants of that day."""

    account: str
    name: str
    grants: tuple[Grant, ...] = ()

    def may(self, right: Right) -> bool:
        if right is Right.MANAGE_ACCOUNTS:  # a flag, whatever the role
            return any(grant.manages for grant in self.grants)
        return any(grant.role in _ROLES[right] for grant in self.grants)

    def units(self, *roles: Role) -> frozenset[str]:
        """Org units at which the actor holds one of *roles* (the units themselves)."""
        return frozenset(grant.org_unit for grant in self.grants if grant.role in roles)

    def stands_for(self, role: Role, units: Collection[str]) -> str | None:
        """In whose name the actor uses *role* at one of *units*; None for by a grant of its own."""
        found = [
            grant.stands_for
            for grant in self.grants
            if grant.role is role and grant.org_unit in units
        ]
        return None if None in found else min(filter(None, found), default=None)

    def handed_by(self, principal: str | None) -> "Actor":
        """The actor with only what that account handed over; None: with only its own grants."""
        kept = tuple(grant for grant in self.grants if grant.stands_for == principal)
        return replace(self, grants=kept)

    @property
    def principals(self) -> tuple[str, ...]:
        """The accounts that handed something to the actor."""
        return tuple(sorted({grant.stands_for for grant in self.grants if grant.stands_for}))

    def within(self, form: str) -> "Actor":
        """The actor without what was handed to it for other forms than *form*."""
        kept = tuple(grant for grant in self.grants if not grant.forms or form in grant.forms)
        return self if len(kept) == len(self.grants) else replace(self, grants=kept)

    def owns_personal(self, unit: str) -> bool:
        """Whether the actor fills or signs for *unit*: its personal values are the actor's work."""
        return unit in self.units(*OWN_UNIT_ROLES)

    def sees_personal(self, unit: str, above: Collection[str]) -> bool:
        """Whether personal values of *unit* are shown; *above* are the units over it."""
        return self.owns_personal(unit) or any(
            grant.personal and (grant.org_unit == unit or grant.org_unit in above)
            for grant in self.grants
        )

    @property
    def is_admin(self) -> bool:
        return any(grant.role is Role.ADMIN for grant in self.grants)


#: Time-driven work of the server itself; it holds no grant and no use case of people takes it.
SYSTEM = Actor(account="system", name="Hệ thống")


def held(grants: Iterable[Grant], on: date) -> tuple[Grant, ...]:
    """The grants in force on that day."""
    return tuple(grant for grant in grants if grant.holds(on))
