"""Calendar feeds kept: whose secret is whose, and when what they tell was changed last."""

from collections.abc import Sequence
from datetime import datetime

from server.storage.database import Database
from server.storage.fields import instant, instant_of, instant_text
from server.storage.searching import marks

_AT_ONCE = 500


class CalendarFeedStore:
    """Feeds by person and by digest of the secret."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account: str, token_hash: str, at: datetime) -> None:
        """Keeps a person's new feed; the one before must have been revoked."""
        self._database.run(
            "INSERT INTO calendar_feed (account_id, token_hash, created_at) VALUES (?, ?, ?)",
            (account, token_hash, instant_text(at)),
        )

    def revoke(self, account: str, at: datetime) -> bool:
        """Ends the person's feed; false when there is none."""
        return bool(
            self._database.run(
                "UPDATE calendar_feed SET revoked_at = ?"
                " WHERE account_id = ? AND revoked_at IS NULL",
                (instant_text(at), account),
            )
        )

    def created_at(self, account: str) -> datetime | None:
        """Since when the person has a feed."""
        row = self._database.row(
            "SELECT created_at FROM calendar_feed WHERE account_id = ? AND revoked_at IS NULL",
            (account,),
        )
        return None if row is None else instant(row[0])

    def account_of(self, token_hash: str) -> str | None:
        """Whose standing feed has that digest."""
        row = self._database.row(
            "SELECT account_id FROM calendar_feed WHERE token_hash = ? AND revoked_at IS NULL",
            (token_hash,),
        )
        return None if row is None else str(row[0])

    def changes(self, obligations: Sequence[str]) -> dict[str, tuple[int, datetime | None]]:
        """How often each expected report was changed, and when something of it was the last
        time; no moment where nothing was since it was opened."""
        found: dict[str, tuple[int, datetime | None]] = {}
        for start in range(0, len(obligations), _AT_ONCE):
            part = obligations[start : start + _AT_ONCE]
            rows = self._database.rows(
                "SELECT o.id, o.edit, o.sent_at, s.state_since,"
                " (SELECT MAX(e.happened_at) FROM event e WHERE e.subject = 'obligation/' || o.id)"
                " FROM obligation o LEFT JOIN submission s ON s.obligation_id = o.id"
                f" WHERE o.id IN ({marks(part)})",
                part,
            )
            for id_, edit, *moments in rows:
                known = [moment for each in moments if (moment := instant_of(each)) is not None]
                found[id_] = (int(edit), max(known, default=None))
        return found
