"""The worker's sign of life: when it last looked for work."""

from datetime import UTC, datetime

from server.storage.database import Database

_NAME = "worker_tick"


class TickStore:
    """One instant for all workers together."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, at: datetime) -> None:
        """A worker is alive; seconds are exact enough."""
        self._database.run(
            "INSERT INTO stamp (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (_NAME, int(at.timestamp())),
        )

    def last(self) -> datetime | None:
        row = self._database.row("SELECT value FROM stamp WHERE name = ?", (_NAME,))
        return None if row is None else datetime.fromtimestamp(int(row[0]), UTC)
