"""Which stays of reports in a state were told of, because they outlasted the state's deadline."""

from collections.abc import Collection
from datetime import datetime

from server.storage.database import Database
from server.storage.fields import instant_text
from server.storage.searching import marks


class EscalationStore:
    """One row for each stay; who writes it first tells of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def untold(
        self,
        workflow: str,
        states: Collection[str],
        since: datetime,
        *,
        after: str = "",
        limit: int = 100,
    ) -> list[str]:
        """Ids of reports, those after *after*, in one of *states* since before that moment.

        *workflow* is a code and a version; a stay that was told of already is left out.
        """
        rows = self._database.rows(
            "SELECT s.id FROM submission s WHERE s.workflow_version_id = ?"
            f" AND s.state IN ({marks(states)}) AND s.state_since < ? AND s.id > ?"
            " AND NOT EXISTS (SELECT 1 FROM escalation e WHERE e.submission_id = s.id"
            " AND e.state_since = s.state_since) ORDER BY s.id LIMIT ?",
            (workflow, *sorted(states), instant_text(since), after, limit),
        )
        return [id_ for (id_,) in rows]

    def claim(self, submission: str, state: str, since: datetime, at: datetime) -> bool:
        """Takes the telling of one stay; true once, for whoever is first."""
        return bool(
            self._database.run(
                "INSERT INTO escalation (submission_id, state_since, state, told_at)"
                " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (submission, instant_text(since), state, instant_text(at)),
            )
        )
