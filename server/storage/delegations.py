"""Delegations kept: whose grant is in whose hands, from when to when."""

from datetime import date, datetime

from server.core.access import Role
from server.core.delegation import Delegation
from server.storage.database import Database
from server.storage.fields import day, day_text, instant, instant_of, instant_text

_SELECT = (
    "SELECT d.id, d.grant_id, g.role, g.org_unit_id, d.principal_id, d.deputy_id, d.forms,"
    " d.valid_from, d.valid_to, d.reason, d.granted_at, d.revoked_at, d.revoked_by"
    " FROM delegation d JOIN account_grant g ON g.id = d.grant_id"
)


class DelegationStore:
    """Delegations by number, by whose grant it is and by who acts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, delegation: Delegation) -> int:
        """Keeps a new delegation; its number."""
        rows = self._database.rows(
            "INSERT INTO delegation (grant_id, principal_id, deputy_id, forms, valid_from,"
            " valid_to, reason, granted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                delegation.grant,
                delegation.principal,
                delegation.deputy,
                " ".join(delegation.forms),
                day_text(delegation.valid_from),
                day_text(delegation.valid_to),
                delegation.reason,
                instant_text(delegation.granted_at),
            ),
        )
        return int(rows[0][0])

    def get(self, number: int) -> Delegation | None:
        """The delegation of that number."""
        row = self._database.row(f"{_SELECT} WHERE d.id = ?", (number,))
        return None if row is None else _delegation(row)

    def of(self, *, principal: str | None = None, deputy: str | None = None) -> list[Delegation]:
        """What somebody gave or received, the newest first."""
        column, account = (
            ("d.deputy_id", deputy)
            if principal is None
            else (
                "d.principal_id",
                principal,
            )
        )
        rows = self._database.rows(f"{_SELECT} WHERE {column} = ? ORDER BY d.id DESC", (account,))
        return [_delegation(row) for row in rows]

    def standing(self, deputy: str, on: date) -> list[Delegation]:
        """What *deputy* may use on that day: the grant itself holds, and its owner is active."""
        text = day_text(on)
        rows = self._database.rows(
            f"{_SELECT} JOIN account a ON a.id = d.principal_id"
            " WHERE d.deputy_id = ? AND d.revoked_at IS NULL"
            " AND d.valid_from <= ? AND d.valid_to >= ? AND a.active = ?"
            " AND (g.valid_from IS NULL OR g.valid_from <= ?)"
            " AND (g.valid_to IS NULL OR g.valid_to >= ?) ORDER BY d.id",
            (deputy, text, text, True, text, text),
        )
        return [_delegation(row) for row in rows]

    def revoke(self, number: int, *, by: str, at: datetime) -> bool:
        """Ends a delegation; false when it was revoked before."""
        return bool(
            self._database.run(
                "UPDATE delegation SET revoked_at = ?, revoked_by = ?"
                " WHERE id = ? AND revoked_at IS NULL",
                (instant_text(at), by, number),
            )
        )


def _delegation(row: tuple) -> Delegation:
    return Delegation(
        id=row[0],
        grant=row[1],
        role=Role(row[2]),
        org_unit=row[3],
        principal=row[4],
        deputy=row[5],
        forms=tuple(row[6].split()),
        valid_from=day(row[7]),
        valid_to=day(row[8]),
        reason=row[9],
        granted_at=instant(row[10]),
        revoked_at=instant_of(row[11]),
        revoked_by=row[12],
    )
