"""Accounts kept: people and their grants. How they sign in is kept in ``sign_ins``."""

from collections.abc import Collection
from datetime import date

from server.core.access import Grant, Role
from server.core.account import Account, AccountGrant, folded_username
from server.core.vietnamese import collation_key, fold
from server.errors import Conflict, NotFound, Stale
from server.storage.database import Database
from server.storage.fields import day_of, day_text, instant, instant_text
from server.storage.models import AccountGrantRow, AccountRow
from server.storage.searching import ESCAPED, contains, marks
from server.storage.sign_ins import SignInStore

_COLUMNS = (
    "id, username, name, email, org_unit_id, password_hash, active, must_change, created_at, edit"
)


class AccountStore(SignInStore):
    """People by id and by user name, their grants, their passwords."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database

    def add(self, account: Account) -> None:
        """Adds a person.

        Raises:
            Conflict: the user name, or one that looks like it, is taken.
        """
        added = self._database.run(
            f"INSERT INTO account ({_COLUMNS}, username_folded, folded, sort_key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                account.id,
                account.username,
                account.name,
                account.email,
                account.org_unit,
                account.password_hash,
                account.active,
                account.must_change,
                instant_text(account.created_at),
                folded_username(account.username),
                fold(account.name),
                collation_key(account.name),
            ),
        )
        if not added:
            raise Conflict(kind="account", username=account.username)

    def get(self, account_id: str) -> Account:
        """One person; raise ``NotFound``."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM account WHERE id = ?", (account_id,))
        if row is None:
            raise NotFound(kind="account", id=account_id)
        return _account(row)

    def by_username(self, username: str) -> Account | None:
        """The person of that user name, however it is written."""
        row = self._database.row(
            f"SELECT {_COLUMNS} FROM account WHERE username_folded = ?",
            (folded_username(username),),
        )
        return None if row is None else _account(row)

    def names(self, account_ids: Collection[str]) -> dict[str, str]:
        """The names of these people, for lists."""
        if not account_ids:
            return {}
        found = self._database.rows(
            f"SELECT id, name FROM account WHERE id IN ({marks(account_ids)})", tuple(account_ids)
        )
        return dict(found)

    def list_(
        self,
        *,
        org_units: Collection[str] | None = None,
        active: bool | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Account]:
        """People by id, those after *after*; ``None`` as a filter is no filter."""
        if org_units is not None and not org_units:
            return []
        where: list[str] = ["1 = 1"]
        values: list[object] = []
        if org_units is not None:
            where.append(f"org_unit_id IN ({marks(org_units)})")
            values += sorted(org_units)
        if active is not None:
            where.append("active = ?")
            values.append(active)
        if after is not None:
            where.append("id > ?")
            values.append(after)
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM account WHERE {' AND '.join(where)} ORDER BY id LIMIT ?",
            (*values, limit),
        )
        return [_account(row) for row in rows]

    def search(self, text: str, limit: int = 20) -> list[Account]:
        """People whose name or user name holds *text*, accents and case aside, sorted by name."""
        pattern = contains(fold(text))
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM account WHERE folded LIKE ? {ESCAPED}"
            f" OR username_folded LIKE ? {ESCAPED} ORDER BY sort_key, id LIMIT ?",
            (pattern, pattern, limit),
        )
        return [_account(row) for row in rows]

    def update(self, account: Account) -> Account:
        """Writes name, mail, unit and whether the person may sign in, on the edit that was read.

        Raises:
            Stale: the account changed meanwhile.
        """
        row = AccountRow
        changed = (
            row.update(
                name=account.name,
                folded=fold(account.name),
                sort_key=collation_key(account.name),
                email=account.email,
                org_unit=account.org_unit,
                active=account.active,
                edit=row.edit + 1,
            )
            .where(row.id == account.id, row.edit == account.edit)
            .execute()
        )
        current = self.get(account.id)
        if not changed:
            raise Stale(kind="account", current={"edit": current.edit})
        return current

    def set_password(
        self, account_id: str, password_hash: str | None, *, must_change: bool = False
    ) -> None:
        """Sets the hash, or with ``None`` takes the password away; raise ``NotFound``."""
        changed = self._database.run(
            "UPDATE account SET password_hash = ?, must_change = ?, edit = edit + 1 WHERE id = ?",
            (password_hash, must_change, account_id),
        )
        if not changed:
            raise NotFound(kind="account", id=account_id)

    # Grants

    def grants(self, account_id: str) -> tuple[Grant, ...]:
        """All grants the person ever had; ``core.access.held`` picks those of a day."""
        return tuple(kept.grant for kept in self.kept_grants(account=account_id))

    def kept_grants(
        self, *, account: str | None = None, org_units: Collection[str] | None = None
    ) -> list[AccountGrant]:
        """Grants with their numbers, of a person or at units."""
        where: list[str] = ["1 = 1"]
        values: list[object] = []
        if account is not None:
            where.append("account_id = ?")
            values.append(account)
        if org_units is not None:
            if not org_units:
                return []
            where.append(f"org_unit_id IN ({marks(org_units)})")
            values += sorted(org_units)
        rows = self._database.rows(
            "SELECT id, account_id, role, org_unit_id, valid_from, valid_to, personal, manages,"
            f" edit FROM account_grant WHERE {' AND '.join(where)} ORDER BY id",
            values,
        )
        return [
            AccountGrant(
                id_,
                whose,
                Grant(Role(role), unit, day_of(first), day_of(last), bool(personal), bool(manages)),
                edit,
            )
            for id_, whose, role, unit, first, last, personal, manages, edit in rows
        ]

    def add_grant(self, account_id: str, grant: Grant) -> int:
        """Grants a role; the number of the grant."""
        row = self._database.row(
            "INSERT INTO account_grant"
            " (account_id, role, org_unit_id, valid_from, valid_to, personal, manages)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                account_id,
                grant.role.value,
                grant.org_unit,
                day_text(grant.valid_from),
                day_text(grant.valid_to),
                grant.personal,
                grant.manages,
            ),
        )
        if row is None:
            raise NotFound(kind="account", id=account_id)
        return int(row[0])

    def end_grant(self, grant_id: int, on: date) -> None:
        """Lets a grant end with that day; raise ``NotFound``."""
        row = AccountGrantRow
        ending = row.update(valid_to=on, edit=row.edit + 1).where(row.id == grant_id)
        if not ending.execute():
            raise NotFound(kind="grant", id=grant_id)


def _account(row: tuple) -> Account:
    id_, username, name, email, unit, password_hash, active, must_change, created_at, edit = row
    return Account(
        id=id_,
        username=username,
        name=name,
        email=email,
        org_unit=unit,
        password_hash=password_hash,
        active=bool(active),
        must_change=bool(must_change),
        created_at=instant(created_at),
        edit=edit,
    )
