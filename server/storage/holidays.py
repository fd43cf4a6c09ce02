"""Days off and worked weekend days, kept: for the whole country or for one unit and those below."""

from datetime import date

from server.core.calendar import DayEntry
from server.storage.database import Database
from server.storage.fields import day, day_text


class HolidayStore:
    """The calendar that the office keeps; one entry per day and unit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[DayEntry]:
        """Every line in order of days, that of the whole country first."""
        rows = self._database.rows(
            "SELECT day, title, kind, org_unit_id FROM holiday"
            " ORDER BY day, COALESCE(org_unit_id, '')"
        )
        return [DayEntry(day(on), title, kind, unit) for on, title, kind, unit in rows]

    def put(self, entry: DayEntry) -> None:
        """Enters a day, or changes its entry."""
        changed = self._database.run(
            "UPDATE holiday SET title = ?, kind = ?"
            " WHERE day = ? AND COALESCE(org_unit_id, '') = ?",
            (entry.title, entry.kind, day_text(entry.day), entry.org_unit or ""),
        )
        if not changed:
            self._database.run(
                "INSERT INTO holiday (day, title, kind, org_unit_id) VALUES (?, ?, ?, ?)",
                (day_text(entry.day), entry.title, entry.kind, entry.org_unit),
            )
        self._raise_stamp()

    def remove(self, on: date, org_unit: str | None = None) -> bool:
        """Removes the entry; false when there was none."""
        removed = self._database.run(
            "DELETE FROM holiday WHERE day = ? AND COALESCE(org_unit_id, '') = ?",
            (day_text(on), org_unit or ""),
        )
        self._raise_stamp()
        return bool(removed)

    def _raise_stamp(self) -> None:
        # Whoever keeps the tree of units in memory keeps the days off beside it.
        self._database.run("UPDATE stamp SET value = value + 1 WHERE name = 'org_units'")
