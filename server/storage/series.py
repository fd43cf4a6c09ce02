"""Sums of observations by the version of the form under which they were sealed."""

from collections.abc import Collection

from server.core.series import Key, Part
from server.storage.database import Database
from server.storage.observations import dimensions_of
from server.storage.searching import marks


class SeriesStore:
    """What lines over the years are made of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def periods(self, indicators: Collection[str]) -> list[str]:
        """All periods for which there is any figure of these indicators."""
        rows = self._database.rows(
            "SELECT DISTINCT s.period FROM observation n"
            " JOIN observation_set s ON s.submission_id = n.submission_id"
            f" WHERE n.indicator IN ({marks(indicators)})",
            tuple(sorted(indicators)),
        )
        return [str(period) for (period,) in rows]

    def parts(
        self,
        indicators: Collection[str],
        period: str,
        *,
        org_units: Collection[str] | None,
        final_only: bool,
    ) -> list[Part]:
        """The figures of a period, each report's own; corrections of parents are not among them."""
        if org_units is not None and not org_units:
            return []
        where = [f"n.indicator IN ({marks(indicators)})", "s.period = ?"]
        values: list[object] = [*sorted(indicators), period]
        if org_units is not None:
            where.append(f"s.org_unit_id IN ({marks(org_units)})")
            values += sorted(org_units)
        if final_only:
            where.append("s.final = ?")
            values.append(True)
        source = (
            "FROM observation_set s JOIN observation n ON n.submission_id = s.submission_id"
            " JOIN submission_revision r"
            " ON r.submission_id = s.submission_id AND r.number = s.revision"
            f" WHERE {' AND '.join(where)}"
        )
        told = self._database.rows(
            "SELECT s.form, r.form_version, n.indicator, n.measure_unit,"
            f" COUNT(DISTINCT s.submission_id) {source}"
            " GROUP BY s.form, r.form_version, n.indicator, n.measure_unit",
            tuple(values),
        )
        reports = {tuple(row[:4]): int(row[4]) for row in told}
        rows = self._database.rows(
            "SELECT s.form, r.form_version, n.indicator, n.measure_unit, n.dimensions, n.scale,"
            f" SUM(n.scaled) {source} GROUP BY s.form, r.form_version, n.indicator,"
            " n.measure_unit, n.dimensions, n.scale",
            tuple(values),
        )
        return [
            Part(
                form=row[0],
                version=row[1],
                key=Key(row[2], row[3], tuple(sorted(dimensions_of(row[4]).items()))),
                scaled=None if row[6] is None else int(row[6]),
                scale=row[5],
                reports=reports[tuple(row[:4])],
            )
            for row in rows
        ]
