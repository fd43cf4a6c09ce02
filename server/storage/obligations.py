"""Obligations kept: what is owed and how far it is; the rounds that opened it are ``rounds``."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from server.core.obligation import Obligation, Progress, Round
from server.errors import NotFound
from server.storage.database import Database
from server.storage.fields import day, day_of, day_text, instant_of, instant_text
from server.storage.rounds import RoundStore
from server.storage.searching import marks

_COLUMNS = (
    "id, form, org_unit_id, responsible_unit_id, period, round_id, opens_on, due_on, grace_on,"
    " closes_on, progress, sent_at, excused_until, excuse, closed, return_due_on, why"
)
_SELECT = (
    f"SELECT {', '.join('o.' + column.strip() for column in _COLUMNS.split(','))}, s.id"
    " FROM obligation o LEFT JOIN submission s ON s.obligation_id = o.id"
)
_AT_ONCE = 500


class ObligationStore:
    """Expected reports; each unit owes a form once per period and round."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.kept_rounds = RoundStore(database)

    def add_many(self, obligations: Sequence[Obligation]) -> int:
        """Adds those that are not owed already; how many are new."""
        return self._database.run_many(
            f"INSERT INTO obligation ({_COLUMNS}) VALUES",
            [
                (
                    owed.id,
                    owed.form,
                    owed.org_unit,
                    owed.responsible_unit,
                    owed.period,
                    owed.round,
                    day_text(owed.opens_on),
                    day_text(owed.due_on),
                    day_text(owed.grace_on),
                    day_text(owed.closes_on),
                    owed.progress.value,
                    instant_text(owed.sent_at),
                    day_text(owed.excused_until),
                    owed.excuse,
                    owed.closed,
                    day_text(owed.return_due_on),
                    owed.why,
                )
                for owed in obligations
            ],
            "ON CONFLICT DO NOTHING",
        )

    def get(self, obligation_id: str) -> Obligation:
        """One expected report; raise ``NotFound``."""
        row = self._database.row(f"{_SELECT} WHERE o.id = ?", (obligation_id,))
        if row is None:
            raise NotFound(kind="obligation", id=obligation_id)
        return _obligation(row)

    def many(self, ids: Sequence[str]) -> list[Obligation]:
        """The expected reports of these ids, by id."""
        if not ids:
            return []
        rows = self._database.rows(f"{_SELECT} WHERE o.id IN ({marks(ids)}) ORDER BY o.id", ids)
        return [_obligation(row) for row in rows]

    def by_ids(self, ids: Sequence[str]) -> dict[str, Obligation]:
        """Those expected reports, by their ids."""
        found: dict[str, Obligation] = {}
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            rows = self._database.rows(f"{_SELECT} WHERE o.id IN ({marks(part)})", part)
            found |= {row[0]: _obligation(row) for row in rows}
        return found

    def find(self, form: str, org_unit: str, period: str) -> list[Obligation]:
        """What a unit owes on a form for a period: one per round."""
        rows = self._database.rows(
            f"{_SELECT} WHERE o.org_unit_id = ? AND o.form = ? AND o.period = ? ORDER BY o.id",
            (org_unit, form, period),
        )
        return [_obligation(row) for row in rows]

    def list_(
        self,
        form: str | None = None,
        org_units: Collection[str] | None = None,
        period: str | None = None,
        round: str | None = None,
        *,
        responsible: Collection[str] | None = None,
        concerning: Collection[str] | None = None,
        progress: Collection[Progress] | None = None,
        open_only: bool = False,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Obligation]:
        """Expected reports by id, those after *after*; ``None`` as a filter is no filter.

        *concerning* are units that owe a report or answer for it; *open_only* leaves out what was
        closed by hand.
        """
        where, values = _filters(form, org_units, period, round)
        for column, chosen in (
            ("o.responsible_unit_id", responsible),
            ("o.progress", None if progress is None else [word.value for word in progress]),
        ):
            if chosen is not None:
                where.append(f"{column} IN ({marks(chosen)})" if chosen else "1 = 0")
                values += sorted(chosen)
        if concerning is not None:
            several = marks(concerning)
            where.append(
                f"(o.org_unit_id IN ({several}) OR o.responsible_unit_id IN ({several}))"
                if concerning
                else "1 = 0"
            )
            values += [*sorted(concerning), *sorted(concerning)]
        if open_only:
            where.append("o.closed = ?")
            values.append(False)
        if after is not None:
            where.append("o.id > ?")
            values.append(after)
        rows = self._database.rows(
            f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY o.id LIMIT ?", (*values, limit)
        )
        return [_obligation(row) for row in rows]

    def between(
        self, first: date, last: date, concerning: Collection[str] | None = None
    ) -> list[Obligation]:
        """Reports that may have to leave their unit between these days; with *concerning*, of
        units that owe them or answer for them."""
        days = (day_text(first), day_text(last))
        dates = ("due_on", "excused_until", "return_due_on")
        where = " OR ".join(f"o.{name} BETWEEN ? AND ?" for name in dates)
        values: list[object] = [*days, *days, *days]
        if concerning is not None:
            several = marks(concerning) or "NULL"
            where = f"({where}) AND (o.org_unit_id IN ({several})"
            where += f" OR o.responsible_unit_id IN ({several}))"
            values += [*sorted(concerning), *sorted(concerning)]
        return [
            _obligation(row)
            for row in self._database.rows(f"{_SELECT} WHERE {where} ORDER BY o.id", values)
        ]

    def counts(
        self,
        form: str | None = None,
        org_units: Collection[str] | None = None,
        period: str | None = None,
        round: str | None = None,
    ) -> dict[Progress, int]:
        """How many expected reports are how far; each progress is present."""
        where, values = _filters(form, org_units, period, round)
        rows = self._database.rows(
            f"SELECT o.progress, COUNT(*) FROM obligation o WHERE {' AND '.join(where)}"
            " GROUP BY o.progress",
            values,
        )
        return dict.fromkeys(Progress, 0) | {Progress(word): n for word, n in rows}

    def set_progress(
        self,
        obligation_id: str,
        progress: Progress,
        *,
        sent_at: datetime | None = None,
        return_due_on: date | None = None,
    ) -> None:
        """Notes how far the report is; ``sent_at`` stays as it was unless it is given."""
        self._change(
            obligation_id,
            "progress = ?, sent_at = COALESCE(?, sent_at), return_due_on = ?",
            (progress.value, instant_text(sent_at), day_text(return_due_on)),
        )

    def excuse(self, obligation_id: str, until: date, reason: str) -> None:
        """Gives the unit time until that day, with the reason."""
        self._change(obligation_id, "excused_until = ?, excuse = ?", (day_text(until), reason))

    def close(self, obligation_id: str) -> None:
        """Nothing more is expected."""
        self._change(obligation_id, "closed = ?", (True,))

    def reopen(self, obligation_id: str, closes_on: date | None = None) -> None:
        """Takes a closing back; the report may come until *closes_on*."""
        self._change(obligation_id, "closed = ?, closes_on = ?", (False, day_text(closes_on)))

    def set_responsible(self, obligation_id: str, org_unit: str) -> None:
        """Another unit answers for the report from now on (after a reorganisation)."""
        self._change(obligation_id, "responsible_unit_id = ?", (org_unit,))

    def hold_round(self, round_id: str) -> None:
        """Holds what the round asks for until the transaction ends (SQLite holds all)."""
        if self._database.kind == "postgresql":
            self._database.rows(
                "SELECT id FROM obligation WHERE round_id = ? ORDER BY id FOR NO KEY UPDATE",
                (round_id,),
            )

    def redate(self, obligations: Sequence[Obligation]) -> None:
        """Writes the days of these reports, and why; those alike go together."""
        alike: dict[tuple[object, ...], list[str]] = {}
        for owed in obligations:
            days = (owed.opens_on, owed.due_on, owed.grace_on, owed.closes_on)
            key: tuple[object, ...] = (*map(day_text, days), owed.why, owed.closed)
            alike.setdefault(key, []).append(owed.id)
        for key, ids in alike.items():
            for start in range(0, len(ids), _AT_ONCE):
                part = ids[start : start + _AT_ONCE]
                self._database.run(
                    "UPDATE obligation SET opens_on = ?, due_on = ?, grace_on = ?, closes_on = ?,"
                    f" why = ?, closed = ?, edit = edit + 1 WHERE id IN ({marks(part)})",
                    (*key, *part),
                )

    def _change(self, obligation_id: str, assignments: str, values: tuple) -> None:
        changed = self._database.run(
            f"UPDATE obligation SET {assignments}, edit = edit + 1 WHERE id = ?",
            (*values, obligation_id),
        )
        if not changed:
            raise NotFound(kind="obligation", id=obligation_id)

    # Rounds

    def add_round(self, round: Round) -> None:
        """As ``RoundStore.add``."""
        self.kept_rounds.add(round)

    def rounds(self, period: str | None = None) -> list[Round]:
        """As ``RoundStore.all``."""
        return self.kept_rounds.all(period)

    def round(self, round_id: str) -> Round:
        """As ``RoundStore.get``."""
        return self.kept_rounds.get(round_id)


def _filters(
    form: str | None,
    org_units: Collection[str] | None,
    period: str | None,
    round: str | None,
) -> tuple[list[str], list[object]]:
    where: list[str] = ["1 = 1"]
    values: list[object] = []
    equal = (("o.form", form), ("o.period", period), ("o.round_id", round))
    for column, value in equal:
        if value is not None:
            where.append(f"{column} = ?")
            values.append(value)
    if org_units is not None:
        where.append(f"o.org_unit_id IN ({marks(org_units)})" if org_units else "1 = 0")
        values += sorted(org_units)
    return where, values


def _obligation(row: tuple) -> Obligation:
    return Obligation(
        id=row[0],
        form=row[1],
        org_unit=row[2],
        responsible_unit=row[3],
        period=row[4],
        round=row[5],
        opens_on=day(row[6]),
        due_on=day(row[7]),
        grace_on=day_of(row[8]),
        closes_on=day_of(row[9]),
        progress=Progress(row[10]),
        sent_at=instant_of(row[11]),
        excused_until=day_of(row[12]),
        excuse=row[13],
        closed=bool(row[14]),
        return_due_on=day_of(row[15]),
        why=row[16],
        submission=row[17],
    )
