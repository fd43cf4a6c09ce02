"""What people did by hand to urge units, and which mails people want."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from server.storage.database import Database
from server.storage.fields import day, day_of, day_text, instant, instant_text
from server.storage.searching import marks


@dataclass(frozen=True, slots=True)
class Urging:
    """One reminder by hand of an obligation: ``mail``, ``call``, ``copied`` or ``letter``."""

    obligation: str
    kind: str
    day: date
    text: str
    account: str
    happened_at: datetime
    promised_on: date | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class MailPreference:
    """What a person wants to get besides what is mandatory, and in which language."""

    only_mandatory: bool = False
    language: str = "vi"


_COLUMNS = "obligation_id, kind, day, text, account_id, happened_at, promised_on, message_id"


class UrgingStore:
    """Urgings by obligation; of one kind the first of a day is unique, more must be asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, urging: Urging, *, again: bool = False) -> bool:
        """Keeps one; false when there is one of that day and *again* was not said."""
        number = 0
        if again:
            found = self._database.row(
                "SELECT COUNT(*) FROM urging WHERE obligation_id = ? AND kind = ? AND day = ?",
                (urging.obligation, urging.kind, day_text(urging.day)),
            )
            number = int(found[0]) if found else 0
        return bool(
            self._database.run(
                f"INSERT INTO urging ({_COLUMNS}, again) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (
                    urging.obligation,
                    urging.kind,
                    day_text(urging.day),
                    urging.text,
                    urging.account,
                    instant_text(urging.happened_at),
                    day_text(urging.promised_on),
                    urging.message_id,
                    number,
                ),
            )
        )

    def of(self, obligations: Collection[str]) -> list[Urging]:
        """What was done for these obligations, the newest first."""
        if not obligations:
            return []
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM urging WHERE obligation_id IN ({marks(obligations)})"
            " ORDER BY id DESC",
            sorted(obligations),
        )
        return [
            Urging(
                obligation=row[0],
                kind=row[1],
                day=day(row[2]),
                text=row[3],
                account=row[4],
                happened_at=instant(row[5]),
                promised_on=day_of(row[6]),
                message_id=row[7],
            )
            for row in rows
        ]


class MailPreferenceStore:
    """Wishes by person; who said nothing gets everything, in Vietnamese."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, accounts: Collection[str]) -> dict[str, MailPreference]:
        """The wishes of those of *accounts* who have any."""
        if not accounts:
            return {}
        rows = self._database.rows(
            "SELECT account_id, only_mandatory, language FROM mail_preference"
            f" WHERE account_id IN ({marks(accounts)})",
            sorted(accounts),
        )
        return {account: MailPreference(bool(only), language) for account, only, language in rows}

    def put(self, account: str, wish: MailPreference, at: datetime) -> None:
        self._database.run(
            "INSERT INTO mail_preference (account_id, only_mandatory, language, changed_at)"
            " VALUES (?, ?, ?, ?) ON CONFLICT (account_id) DO UPDATE SET"
            " only_mandatory = excluded.only_mandatory, language = excluded.language,"
            " changed_at = excluded.changed_at",
            (account, wish.only_mandatory, wish.language, instant_text(at)),
        )
