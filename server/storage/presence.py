"""Who is at which report right now. No history: what is older than two minutes is forgotten."""

from dataclasses import dataclass
from datetime import datetime

from server.storage.database import Database
from server.storage.fields import instant, instant_text


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody at a report: who, at which cell, seen when."""

    account: str
    name: str
    path: str
    seen_at: datetime


class PresenceStore:
    """The last beat of each person at each report."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def at(self, submission_id: str, since: datetime) -> list[Sighting]:
        """Who was at the report since then, by name."""
        rows = self._database.rows(
            "SELECT p.account_id, a.name, p.path, p.seen_at FROM presence p"
            " JOIN account a ON a.id = p.account_id"
            " WHERE p.submission_id = ? AND p.seen_at >= ? ORDER BY a.sort_key, a.id",
            (submission_id, instant_text(since)),
        )
        return [Sighting(account, name, path, instant(at)) for account, name, path, at in rows]

    def beat(self, submission_id: str, account: str, path: str, at: datetime) -> None:
        """Notes that somebody is there."""
        self._database.run(
            "INSERT INTO presence (submission_id, account_id, path, seen_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (submission_id, account_id)"
            " DO UPDATE SET path = excluded.path, seen_at = excluded.seen_at",
            (submission_id, account, path, instant_text(at)),
        )

    def forget(self, before: datetime) -> int:
        """Forgets everybody who was not seen since then; how many."""
        return self._database.run("DELETE FROM presence WHERE seen_at < ?", (instant_text(before),))
