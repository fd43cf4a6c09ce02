"""Who may do what where: roles, dated grants at org units, the actor of a use case."""

from collections.abc import Iterable
from dataclasses import dataclass
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
    ADMINISTER = "administer"


_ROLES: dict[Right, frozenset[Role]] = {
    Right.SIGNED_IN: frozenset(Role),
    Right.FILL: frozenset({Role.REPORTER}),
    Right.SIGN: frozenset({Role.SIGNER}),
    Right.APPROVE: frozenset({Role.APPROVER, Role.SIGNER}),
    Right.READ: frozenset(Role),
    Right.ADMINISTER: frozenset({Role.ADMIN}),
}
#: These reach only the unit of their grant; the others also the units below it.
OWN_UNIT_ROLES = frozenset({Role.REPORTER, Role.SIGNER})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at an org unit, from a day to a day (both inclusive, ``None`` = open)."""

    role: Role
    org_unit: str
    valid_from: date | None = None
    valid_to: date | None = None

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
        return any(grant.role in _ROLES[right] for grant in self.grants)

    def units(self, *roles: Role) -> frozenset[str]:
        """Org units at which the actor holds one of *roles* (the units themselves)."""
        return frozenset(grant.org_unit for grant in self.grants if grant.role in roles)

    @property
    def is_admin(self) -> bool:
        return any(grant.role is Role.ADMIN for grant in self.grants)


#: Time-driven work of the server itself; it holds no grant and no use case of people takes it.
SYSTEM = Actor(account="system", name="Hệ thống")


def held(grants: Iterable[Grant], on: date) -> tuple[Grant, ...]:
    """The grants in force on that day."""
    return tuple(grant for grant in grants if grant.holds(on))
