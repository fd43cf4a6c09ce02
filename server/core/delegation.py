"""Delegation: a signer or approver hands one grant to a colleague from a day to a day.

The colleague acts in the other's name. A delegation rests on the grant itself: it ends with it,
and what was received this way cannot be handed on.
"""

from dataclasses import dataclass
from datetime import date, datetime

from server.core.access import Grant, Role

#: Reading is not handed on, filling is work of one's own, and administration stays where it is.
DELEGABLE = frozenset({Role.SIGNER, Role.APPROVER})
LONGEST_DAYS = 366
SHORTEST_REASON = 5
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Delegation:
    """Account *principal* lets *deputy* use the grant numbered *grant*; no *forms* means all."""

    id: int
    grant: int
    role: Role
    org_unit: str
    principal: str
    deputy: str
    forms: tuple[str, ...]
    valid_from: date
    valid_to: date
    reason: str
    granted_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def holds(self, on: date) -> bool:
        return self.revoked_at is None and self.valid_from <= on <= self.valid_to

    def is_over(self, on: date) -> bool:
        return self.revoked_at is not None or on > self.valid_to

    def as_grant(self) -> Grant:
        """What the deputy holds while the delegation does; never the flags of the grant."""
        return Grant(
            self.role,
            self.org_unit,
            self.valid_from,
            self.valid_to,
            stands_for=self.principal,
            forms=self.forms,
        )
