"""Retirements of definitions kept: every decision, the newest first."""

from server.core.definition_life import Retirement
from server.storage.database import Database
from server.storage.fields import day_of, day_text, instant, instant_text


class RetirementStore:
    """Decisions by definition; what holds now is ``CatalogueStore.last_days``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, decided: Retirement) -> None:
        """Keeps a decision; every process sees it with its next question to the catalogue."""
        self._database.run(
            "INSERT INTO definition_retirement (kind, code, version, last_on, reason, decided_by,"
            " decided_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                decided.kind,
                decided.code,
                decided.version,
                day_text(decided.last_on),
                decided.reason,
                decided.decided_by,
                instant_text(decided.decided_at),
            ),
        )
        self._database.run("UPDATE stamp SET value = value + 1 WHERE name = 'catalogue'")

    def of(self, kind: str, code: str) -> list[Retirement]:
        """What was decided about a definition and its versions, the newest first."""
        rows = self._database.rows(
            "SELECT kind, code, version, last_on, reason, decided_by, decided_at"
            " FROM definition_retirement WHERE kind = ? AND code = ? ORDER BY id DESC",
            (kind, code),
        )
        return [
            Retirement(row[0], row[1], row[2], day_of(row[3]), row[4], row[5], instant(row[6]))
            for row in rows
        ]
