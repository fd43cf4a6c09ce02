"""Observations kept: single numbers of reports, summed as integers by the database.

A projection: ``replace`` and ``remove`` follow the reports, and all of it can be rebuilt.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.core.observation import Observation
from server.storage.database import Database
from server.storage.searching import marks


@dataclass(frozen=True, slots=True)
class StoredObservation:
    """A number with where it comes from."""

    submission: str
    revision: int
    form: str
    org_unit: str
    period: str
    publication_level: str
    final: bool
    observation: Observation


@dataclass(frozen=True, slots=True)
class Sum:
    """An integer sum ``scaled / 10**scale`` over units, ``None`` where only absences were told.

    ``org_unit`` is the unit, or the group it was mapped to; ``None`` when units are summed.
    ``reports`` counts the reports that speak of the indicator there, ``absent`` the cells that
    give a reason instead of a number, ``final`` whether all of it is approved.
    """

    indicator: str
    measure_unit: str
    period: str
    org_unit: str | None
    dimensions: Mapping[str, str]
    scaled: int | None
    scale: int
    reports: int
    absent: int
    final: bool


@dataclass(slots=True)
class _Running:
    scaled: int | None = None
    scale: int = 0
    absent: int = 0

    def add(self, scaled: int | None, scale: int, absent: int) -> None:
        self.absent += absent
        if scaled is None:
            return
        common = max(self.scale, scale)
        before = (self.scaled or 0) * 10 ** (common - self.scale)
        self.scaled, self.scale = before + scaled * 10 ** (common - scale), common


class ObservationStore:
    """Numbers by report; sums by indicator, unit, period and dimensions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(
        self,
        submission_id: str,
        revision: int,
        *,
        org_unit: str,
        period: str,
        form: str,
        publication_level: str,
        final: bool,
        observations: Iterable[Observation],
    ) -> None:
        """Puts a report's numbers in the place of those it had."""
        self._database.lock("submission", submission_id)  # one projection of a report at a time
        self.remove(submission_id)
        self._database.run(
            "INSERT INTO observation_set (submission_id, revision, form, org_unit_id, period,"
            " publication_level, final) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (submission_id, revision, form, org_unit, period, publication_level, final),
        )
        self._database.run_many(
            "INSERT INTO observation (submission_id, indicator, measure_unit, dimensions, scaled,"
            " scale, status) VALUES",
            [
                (
                    submission_id,
                    one.indicator,
                    one.measure_unit,
                    dimensions_text(one.dimensions),
                    one.scaled,
                    one.scale,
                    one.status,
                )
                for one in observations
            ],
        )

    def remove(self, submission_id: str) -> None:
        """Takes a report's numbers out."""
        self._database.run("DELETE FROM observation WHERE submission_id = ?", (submission_id,))
        self._database.run("DELETE FROM observation_set WHERE submission_id = ?", (submission_id,))

    def clear(self) -> None:
        """Takes all numbers out, before they are built again."""
        self._database.run("DELETE FROM observation")
        self._database.run("DELETE FROM observation_set")

    def totals(
        self,
        indicators: Collection[str],
        *,
        periods: Collection[str],
        org_units: Collection[str] | None = None,
        groups: Mapping[str, str] | None = None,
        group_by: Collection[str] = (),
        members: Mapping[str, str] | None = None,
        forms: Collection[str] | None = None,
        final_only: bool = True,
    ) -> list[Sum]:
        """Sums by indicator, measure unit and period, and by what *group_by* names.

        *group_by* may hold ``org_unit`` and codes of dimensions. *groups* maps units to what they
        are counted under (a district, a new commune); units it does not name are left out.
        *members* keeps only those members (``{"sex": "female"}``). A form that gives both a total
        and its breakdown is not counted twice: the least broken-down figures that tell the wanted
        dimensions apart are summed.
        """
        if not indicators or not periods or groups == {}:
            return []
        scope = _Scope(
            indicators=indicators,
            periods=periods,
            org_units=org_units,
            groups=groups,
            forms=forms,
            final_only=final_only,
            by_unit="org_unit" in group_by,
        )
        wanted = (frozenset(group_by) - {"org_unit"}) | frozenset(members or {})
        running = self._running(scope, wanted, members or {})
        reports = self._reports(scope)
        return [
            Sum(
                indicator=indicator,
                measure_unit=measure_unit,
                period=period,
                org_unit=unit if scope.by_unit else None,
                dimensions=dict(dimensions),
                scaled=sum_.scaled,
                scale=sum_.scale,
                reports=reports[indicator, measure_unit, period, unit][0],
                absent=sum_.absent,
                final=reports[indicator, measure_unit, period, unit][1],
            )
            for (indicator, measure_unit, period, unit, dimensions), sum_ in sorted(running.items())
        ]

    def _running(
        self, scope: "_Scope", wanted: frozenset[str], members: Mapping[str, str]
    ) -> dict[tuple, _Running]:
        rows = self._database.rows(
            f"SELECT n.indicator, n.measure_unit, s.form, s.period, {scope.unit} AS unit,"
            " n.dimensions, n.scale, SUM(n.scaled), COUNT(*) - COUNT(n.scaled)"
            f" {scope.source} GROUP BY n.indicator, n.measure_unit, s.form, s.period, unit,"
            " n.dimensions, n.scale",
            scope.values,
        )
        parsed = {row[5]: dimensions_of(row[5]) for row in rows}
        offered: dict[tuple, set[frozenset[str]]] = {}
        for row in rows:
            offered.setdefault(row[:3], set()).add(frozenset(parsed[row[5]]))
        chosen = {key: _least(sets, wanted) for key, sets in offered.items()}
        running: dict[tuple, _Running] = {}
        for row in rows:
            dimensions = parsed[row[5]]
            if chosen[row[:3]] != dimensions.keys() or any(
                dimensions[code] != member for code, member in members.items()
            ):
                continue
            told_apart = tuple((code, dimensions[code]) for code in sorted(wanted))
            key = (row[0], row[1], row[3], row[4], told_apart)
            scaled = None if row[7] is None else int(row[7])
            running.setdefault(key, _Running()).add(scaled, row[6], row[8])
        return running

    def _reports(self, scope: "_Scope") -> dict[tuple, tuple[int, bool]]:
        is_final = "MIN(CASE WHEN s.final THEN 1 ELSE 0 END)"
        rows = self._database.rows(
            f"SELECT n.indicator, n.measure_unit, s.period, {scope.unit} AS unit,"
            f" COUNT(DISTINCT s.submission_id), {is_final}"
            f" {scope.source} GROUP BY n.indicator, n.measure_unit, s.period, unit",
            scope.values,
        )
        return {row[:4]: (row[4], bool(row[5])) for row in rows}

    def rows(
        self,
        indicators: Collection[str] | None = None,
        *,
        periods: Collection[str] | None = None,
        org_units: Collection[str] | None = None,
        submission: str | None = None,
        final_only: bool = True,
        after: tuple[str, str, str, str] | None = None,
        limit: int = 1000,
    ) -> list[StoredObservation]:
        """Single numbers with their origin; *after* is ``cursor`` of the last one seen."""
        where: list[str] = ["1 = 1"]
        values: list[object] = []
        for column, chosen in (
            ("n.indicator", indicators),
            ("s.period", periods),
            ("s.org_unit_id", org_units),
            ("s.submission_id", None if submission is None else [submission]),
        ):
            if chosen is not None:
                where.append(f"{column} IN ({marks(chosen)})" if chosen else "1 = 0")
                values += sorted(chosen)
        if final_only:
            where.append("s.final = ?")
            values.append(True)
        key = "n.submission_id, n.indicator, n.measure_unit, n.dimensions"
        if after is not None:
            where.append(f"({key}) > (?, ?, ?, ?)")
            values += after
        rows = self._database.rows(
            "SELECT s.submission_id, s.revision, s.form, s.org_unit_id, s.period,"
            " s.publication_level, s.final, n.indicator, n.measure_unit, n.dimensions, n.scaled,"
            " n.scale, n.status FROM observation n"
            " JOIN observation_set s ON s.submission_id = n.submission_id"
            f" WHERE {' AND '.join(where)} ORDER BY {key} LIMIT ?",
            (*values, limit),
        )
        return [
            StoredObservation(
                submission=row[0],
                revision=row[1],
                form=row[2],
                org_unit=row[3],
                period=row[4],
                publication_level=row[5],
                final=bool(row[6]),
                observation=Observation(
                    row[7], row[8], dimensions_of(row[9]), row[10], row[11], row[12]
                ),
            )
            for row in rows
        ]


def cursor(stored: StoredObservation) -> tuple[str, str, str, str]:
    """What ``rows`` takes as *after* to go on behind this one."""
    one = stored.observation
    return (
        stored.submission,
        one.indicator,
        one.measure_unit,
        dimensions_text(one.dimensions),
    )


def dimensions_text(dimensions: Mapping[str, str]) -> str:
    """One spelling for equal dimensions.

    >>> dimensions_text({"sex": "male", "ethnic_group": "02"})
    'ethnic_group=02;sex=male'
    """
    return ";".join(f"{code}={member}" for code, member in sorted(dimensions.items()))


def dimensions_of(text: str) -> dict[str, str]:
    """The dimensions of a stored text."""
    return dict(part.split("=", 1) for part in text.split(";")) if text else {}


def _least(sets: set[frozenset[str]], wanted: frozenset[str]) -> frozenset[str] | None:
    fitting = [offered for offered in sets if wanted <= offered]
    return min(fitting, key=lambda offered: (len(offered), sorted(offered)), default=None)


class _Scope:
    """The part that both queries of ``totals`` share: which rows, and under which unit."""

    def __init__(
        self,
        *,
        indicators: Collection[str],
        periods: Collection[str],
        org_units: Collection[str] | None,
        groups: Mapping[str, str] | None,
        forms: Collection[str] | None,
        final_only: bool,
        by_unit: bool,
    ) -> None:
        self.by_unit = by_unit
        self.values: list[object] = []
        self.unit = "s.org_unit_id" if by_unit else "''"
        joined = ""
        if groups is not None:
            pairs = ", ".join(["(?, ?)"] * len(groups))
            joined = (
                f" JOIN (WITH mapped (member, counted_under) AS (VALUES {pairs})"
                " SELECT member, counted_under FROM mapped) g ON g.member = s.org_unit_id"
            )
            self.values += [value for pair in groups.items() for value in pair]
            self.unit = "g.counted_under" if by_unit else "''"
        conditions = []
        chosen_by_column: Sequence[tuple[str, Collection[str] | None]] = (
            ("n.indicator", indicators),
            ("s.period", periods),
            ("s.org_unit_id", org_units),
            ("s.form", forms),
        )
        for column, chosen in chosen_by_column:
            if chosen is not None:
                conditions.append(f"{column} IN ({marks(chosen)})" if chosen else "1 = 0")
                self.values += sorted(chosen)
        if final_only:
            conditions.append("s.final = ?")
            self.values.append(True)
        self.source = (
            "FROM observation_set s JOIN observation n ON n.submission_id = s.submission_id"
            f"{joined} WHERE {' AND '.join(conditions)}"
        )
