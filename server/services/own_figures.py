"""A unit's own figures over the years: by cell of a form from what it sent, by indicator from
observations.

Only units for which the reader fills or signs; everybody else has ``Reports``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from server.core.access import OWN_UNIT_ROLES, Actor
from server.core.answer_paths import PathUnknown, place_of, rows_of, value_at
from server.core.answer_schema import merged
from server.core.form import Form
from server.core.layout import Grid, Section
from server.core.org_unit import OrgUnit
from server.core.period import Period
from server.core.personal import is_personal
from server.core.submission import Revision
from server.core.vietnamese import collation_key
from server.errors import NotFound
from server.hooks import Exporter, Table
from server.hooks.manager import Plugins
from server.services.catalogue import Catalogue
from server.services.editions import Editions
from server.services.reference import Reference
from server.services.reports import Reports
from server.storage.submissions import SubmissionStore

_MOST = 500
_NUMERIC = ("integer", "number")
Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the unit sent last for one period."""

    period: Period
    form: Form
    revision: Revision


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the table: a value for each period, None where there is none."""

    key: str
    title: str
    values: tuple[Number | None, ...]
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """A table of series over periods."""

    title: str
    periods: tuple[Period, ...]
    series: tuple[Series, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A finished file and what a browser is told about it."""

    content: bytes
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """Use cases of "Số liệu của đơn vị tôi"."""

    submissions: SubmissionStore
    catalogue: Catalogue
    reference: Reference
    reports: Reports
    plugins: Plugins
    editions: Editions

    def units(self, actor: Actor) -> list[OrgUnit]:
        """The units for which the actor fills or signs, as they are called last."""
        own = actor.units(*OWN_UNIT_ROLES)
        found: dict[str, OrgUnit] = {}
        for day in self.reference.epochs():
            tree = self.reference.tree(day)
            found.update({unit: tree.by_id[unit] for unit in own if unit in tree.by_id})
        return sorted(found.values(), key=lambda unit: collation_key(unit.name))

    def forms(self, actor: Actor, unit: str) -> list[Form]:
        """The forms of which the unit has sent a report, by title."""
        self._require(actor, unit)
        sent = self.submissions.list_(org_units=[unit], limit=_MOST)
        codes = {one.form for one in sent if one.revision}
        forms = [self.catalogue.form(code) for code in codes]
        return sorted(
            (form for form in forms if form.kind == "report"),
            key=lambda form: collation_key(form.title),
        )

    def sealed(self, actor: Actor, unit: str, form: str) -> list[Sealed]:
        """The last sending of each period, the oldest period first."""
        self._require(actor, unit)
        sent = self.submissions.list_(form=form, org_units=[unit], limit=_MOST)
        revisions = self.submissions.latest_revisions([one.id for one in sent if one.revision])
        found: dict[str, Sealed] = {}
        for one in sorted(sent, key=lambda one: one.id):
            revision = revisions.get(one.id)
            if revision is None:
                continue
            known = found.get(one.period)
            # Preliminary and final rounds share a period: what was sent last counts.
            if known is None or known.revision.sealed_at <= revision.sealed_at:
                edition = self.catalogue.form(one.form, revision.version or one.version)
                found[one.period] = Sealed(Period.parse(one.period), edition, revision)
        return self._in_one_version(unit, sorted(found.values(), key=lambda one: one.period.end))

    def _in_one_version(self, unit: str, sealed: list[Sealed]) -> list[Sealed]:
        """All as the newest of their versions asks them, so that a line goes on over a change."""
        if len({one.form.version for one in sealed}) <= 1:
            return sealed
        newest = max((one.form for one in sealed), key=lambda form: form.version)
        found = []
        for one in sealed:
            place = self.reference.tree_of(unit, one.period).by_id[unit]
            edition = self.editions.read_as(newest, one.revision, place, one.period)
            found.append(replace(one, form=newest, revision=edition))
        return found

    def of_section(self, sealed: Sequence[Sealed], section: Section, column: str) -> History:
        """The lines of a section over the periods; of a grid in one of its columns."""
        form = sealed[-1].form
        series = [
            series
            for series in self._lines(form, sealed, section, column)
            if any(value is not None for value in series.values)
        ]
        title = section.title
        if section.grid is not None:
            chosen = next((one for one in section.grid.columns if one.key == column), None)
            title = f"{section.title}: {chosen.title}" if chosen else section.title
        return History(
            title=title,
            periods=tuple(one.period for one in sealed),
            series=tuple(series),
            unit=str(form.settings.get("unitOfMeasure", "")),
        )

    def of_indicator(
        self, actor: Actor, unit: str, code: str, periods: Sequence[Period], dimension: str = ""
    ) -> History:
        """An indicator over *periods*, with the members of one of its dimensions if asked."""
        self._require(actor, unit)
        indicator = self.catalogue.indicator(code)
        by = (dimension,) if dimension in indicator.dimensions else ()
        values: dict[tuple[str, str], dict[str, Decimal | None]] = {}
        for period in periods:
            for figure in self.reports.figures(
                actor,
                indicator=code,
                period=period.id,
                org_unit=unit,
                group_by=by,
                status="provisional",
            ):
                member = figure.dimensions.get(dimension, "") if by else ""
                values.setdefault((figure.measure_unit, member), {})[period.id] = figure.value
        titles = self._members(dimension) if by else {}
        order = {member: place for place, member in enumerate(titles)}
        several = len({measure for measure, _ in values}) > 1
        series = [
            Series(
                key=f"{measure}|{member}",
                title=_series_title(measure if several or not member else "", titles.get(member)),
                values=tuple(found.get(period.id) for period in periods),
                decimals=_decimals(found.values()),
            )
            for (measure, member), found in sorted(
                values.items(), key=lambda one: (one[0][0], order.get(one[0][1], len(order)))
            )
        ]
        measures = ", ".join(dict.fromkeys(measure for measure, _ in values))
        title = f"{indicator.code} {indicator.title}"
        return History(title, tuple(periods), tuple(series), measures)

    def indicators(self, forms: Iterable[Form]) -> list[tuple[str, str]]:
        """Code and title of the indicators that these forms feed, by code."""
        codes = sorted({code for form in forms for code in form.indicators})
        found = []
        for code in codes:
            try:
                found.append((code, self.catalogue.indicator(code).title))
            except NotFound:
                continue
        return found

    def formats(self) -> list[tuple[str, str]]:
        """Code and label of the installed export formats."""
        return [(exporter.code, exporter.label) for exporter in self.plugins.exporters()]

    def export(self, format_: str, history: History, *, name: str, first: str) -> ExportedFile:
        """*history* as a file; *first* heads the column of titles.

        Raises:
            NotFound: no installed exporter writes that format.
        """
        exporter = self._exporter(format_)
        table = Table(
            title=history.title,
            header=[first, *(period.title for period in history.periods)],
            rows=([one.title, *one.values] for one in history.series),
            notes=[history.unit] if history.unit else [],
        )
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"table.{exporter.extension}"
            exporter.write(table, path)
            content = path.read_bytes()
        return ExportedFile(content, f"{name}.{exporter.extension}", exporter.media_type)

    def _exporter(self, format_: str) -> Exporter:
        for exporter in self.plugins.exporters():
            if exporter.code == format_:
                return exporter
        raise NotFound(kind="format")

    @staticmethod
    def _require(actor: Actor, unit: str) -> None:
        """Refuse another's unit; it does not exist here, whatever else the reader may see."""
        if unit not in actor.units(*OWN_UNIT_ROLES):
            raise NotFound(kind="org_unit")

    def _members(self, dimension: str) -> Mapping[str, str]:
        items = self.catalogue.codelist(dimension).items
        return {item.code: item.title for item in items}

    def _lines(
        self, form: Form, sealed: Sequence[Sealed], section: Section, column: str
    ) -> Iterable[Series]:
        grid = section.grid
        for field in section.fields:
            if field.type in _NUMERIC and not is_personal(form, field.path):
                decimals = field.decimals or 0
                yield Series(field.path, field.title, _values(sealed, field.path), decimals)
        if grid is None:
            return
        chosen = next((one for one in grid.columns if one.key == column), None)
        if chosen is not None:
            for row in grid.rows:
                path = f"{row.path}/{column}"
                if column in row.columns and not is_personal(form, path):
                    yield Series(path, row.title, _values(sealed, path), chosen.decimals or 0)
        if grid.roster is not None:
            yield _count_of_lines(sealed, grid)


def numeric_columns(section: Section) -> list[tuple[str, str]]:
    """Key and title of the columns of a section that hold numbers."""
    if section.grid is None:
        return []
    grouped = {key: title for title, keys in section.grid.groups for key in keys}
    return [
        (one.key, f"{grouped[one.key]}: {one.title}" if one.key in grouped else one.title)
        for one in section.grid.columns
        if one.type in _NUMERIC
    ]


def _values(sealed: Sequence[Sealed], path: str) -> tuple[Number | None, ...]:
    return tuple(_value(one, path) for one in sealed)


def _value(sealed: Sealed, path: str) -> Number | None:
    """The number of one sending; what did not arise is a zero, what is not known is none."""
    try:
        place = place_of(sealed.form, path)
    except PathUnknown:  # the edition of that year did not ask for it
        return None
    revision = sealed.revision
    value = value_at(merged(sealed.form, revision.answers, revision.computed), place)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    said = [revision.statuses.get(one) for one in (path, *place.above)]
    return 0 if revision.nil or "none_arose" in said else None


def _count_of_lines(sealed: Sequence[Sealed], grid: Grid) -> Series:
    assert grid.roster is not None
    key = grid.roster.key

    def count(one: Sealed) -> int | None:
        block = one.form.shape.blocks.get(key)
        return None if block is None else len(list(rows_of(block, one.revision.answers)))

    counted: Callable[[Sealed], int | None] = count
    return Series(grid.roster.path, grid.roster.title, tuple(counted(one) for one in sealed))


def _series_title(measure: str, member: str | None) -> str:
    return ", ".join(part for part in (member or "", measure) if part)


def _decimals(values: Iterable[Decimal | None]) -> int:
    exponents = [-int(value.normalize().as_tuple().exponent) for value in values if value]
    return max([0, *exponents])
