"""Days off and worked weekend days, kept."""

from datetime import date

from server.storage.database import Database
from server.storage.fields import day, day_text


class HolidayStore:
    """The calendar that the office keeps; one entry per day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[tuple[date, str, str]]:
        """Day, title and kind, in order of days."""
        rows = self._database.rows("SELECT day, title, kind FROM holiday ORDER BY day")
        return [(day(on), title, kind) for on, title, kind in rows]

    def put(self, on: date, title: str, kind: str) -> None:
        """Enters a day, or changes its entry."""
        self._database.run(
            "INSERT INTO holiday (day, title, kind) VALUES (?, ?, ?)"
            " ON CONFLICT (day) DO UPDATE SET title = excluded.title, kind = excluded.kind",
            (day_text(on), title, kind),
        )
        self._raise_stamp()

    def remove(self, on: date) -> bool:
        """Removes the entry; false when there was none."""
        removed = self._database.run("DELETE FROM holiday WHERE day = ?", (day_text(on),))
        self._raise_stamp()
        return bool(removed)

    def _raise_stamp(self) -> None:
        # Whoever keeps the tree of units in memory keeps the days off beside it.
        self._database.run("UPDATE stamp SET value = value + 1 WHERE name = 'org_units'")
