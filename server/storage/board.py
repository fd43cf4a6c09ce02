"""What the late board shows beside each expected report: its step, its last reminder and call.

Each answer is one statement whatever the number of reports, so that the board stays quick.
"""

from collections.abc import Collection
from datetime import date, datetime

from server.storage.database import Database
from server.storage.fields import day, instant
from server.storage.reminders import OF_A_PART, SENT
from server.storage.searching import marks


class BoardStore:
    """Facts by id of the obligation; the filters are those of ``ObligationStore.list_``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def steps(
        self,
        form: str | None,
        org_units: Collection[str] | None,
        period: str | None,
        round: str | None,
    ) -> dict[str, tuple[str, str]]:
        """The workflow version (``code/number``) and the state of each report that was begun."""
        rows = self._database.rows(
            *_over(
                "SELECT o.id, s.workflow_version_id, s.state FROM obligation o"
                " JOIN submission s ON s.obligation_id = o.id",
                form, org_units, period, round,
            )
        )  # fmt: skip
        return {id_: (version, state) for id_, version, state in rows}

    def reminded(
        self,
        form: str | None,
        org_units: Collection[str] | None,
        period: str | None,
        round: str | None,
    ) -> dict[str, datetime]:
        """When each was reminded last, by plan or by an officer's mail."""
        chosen = (form, org_units, period, round)
        planned = self._database.rows(
            *_over(
                "SELECT o.id, MAX(d.settled_at) FROM obligation o"
                " JOIN reminder_delivery d ON d.obligation_id = o.id AND d.outcome = ?"
                " AND d.step NOT LIKE ?",
                *chosen, given=(SENT, OF_A_PART), tail="GROUP BY o.id",
            )
        )  # fmt: skip
        by_hand = self._database.rows(
            *_over(
                "SELECT o.id, MAX(u.happened_at) FROM obligation o"
                " JOIN urging u ON u.obligation_id = o.id AND u.kind = 'mail'",
                *chosen, tail="GROUP BY o.id",
            )
        )  # fmt: skip
        found: dict[str, datetime] = {}
        for id_, at in (*planned, *by_hand):
            moment = instant(at)
            found[id_] = max(moment, found.get(id_, moment))
        return found

    def called(
        self,
        form: str | None,
        org_units: Collection[str] | None,
        period: str | None,
        round: str | None,
    ) -> dict[str, date]:
        """The day of the last telephone call about each."""
        rows = self._database.rows(
            *_over(
                "SELECT o.id, MAX(u.day) FROM obligation o"
                " JOIN urging u ON u.obligation_id = o.id AND u.kind = 'call'",
                form, org_units, period, round, tail="GROUP BY o.id",
            )
        )  # fmt: skip
        return {id_: day(on) for id_, on in rows}


def _over(
    head: str,
    form: str | None,
    org_units: Collection[str] | None,
    period: str | None,
    round: str | None,
    *,
    given: tuple[object, ...] = (),
    tail: str = "",
) -> tuple[str, list[object]]:
    """The statement over the chosen obligations, with its values."""
    where, values = ["1 = 1"], list(given)
    for column, value in (("form", form), ("period", period), ("round_id", round)):
        if value is not None:
            where.append(f"o.{column} = ?")
            values.append(value)
    if org_units is not None:
        where.append(f"o.org_unit_id IN ({marks(org_units)})" if org_units else "1 = 0")
        values += sorted(org_units)
    return f"{head} WHERE {' AND '.join(where)} {tail}", values
