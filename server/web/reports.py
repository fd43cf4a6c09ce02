"""Reading across reports: the progress board and the figures of an indicator.

Both show only what lies in the reader's scope, and keep every filter in the address.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.indicator import Indicator
from server.core.obligation import Obligation, Timeliness
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.reporting_rate import is_sent, share
from server.core.vietnamese import collation_key
from server.errors import NotFound, RequestInvalid
from server.services.board import BoardFilter, BoardLine
from server.services.reports import Figure
from server.web.board_filter import usual_form_and_period
from server.web.group_choice import groups_of_reader
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.submission_states import (
    Badge,
    badge_of,
    late_badge,
    obligation_badge,
)
from server.web.submission_words import gettext as _

blueprint = Blueprint("reports", __name__)
_PAGE = 200
_LATE_CLASSES = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One expected report on the board."""

    obligation: Obligation
    unit: OrgUnit
    district: str
    form: str
    period: str
    badge: Badge
    late: Badge | None  # worked out for the rows that are shown
    days_late: int
    consolidated: bool = False


@blueprint.get("/progress")
@policy(Right.READ)
def progress() -> ResponseReturnValue:
    """Units by state: who has sent, who is late, how much is in time."""
    chosen = {key: request.args.get(key) or None for key in ("form", "period", "state", "late")}
    if not {"form", "period"}.intersection(request.args):
        chosen["form"], chosen["period"] = usual_form_and_period()
    chosen["group"] = request.args.get("group") or None
    groups = groups_of_reader()
    units = groups.units(chosen["group"] or "")
    rows = [
        row
        for row in _board(chosen["form"], chosen["period"])
        if units is None or row.unit.id in units
    ]
    counts = Counter(row.badge for row in rows)
    late = chosen["late"] or ""
    least = int(late) if late.isascii() and late.isdigit() and len(late) < 5 else 0  # noqa: PLR2004
    shown = [
        row
        for row in rows
        if (chosen["state"] is None or row.badge.title == chosen["state"])
        and row.days_late >= least
    ]
    today = services().clock.today()
    return render_template(
        "reports/progress.html",
        rows=[replace(row, late=late_badge(row.obligation, today)) for row in shown[:_PAGE]],
        more=max(0, len(shown) - _PAGE),
        all=len(rows),
        counts=counts.most_common(),
        rates=_rates(rows),
        chosen=chosen,
        groups=groups.choices(),
        closing=_closing_of(chosen["form"], chosen["period"]),
        forms=form_choices(),
        periods=period_choices(),
        states=[(badge.title, badge.title) for badge, _count in counts.most_common()],
        late_classes=[(str(days), _("Chậm từ %(days)s ngày", days=days)) for days in _LATE_CLASSES],
    )


def _closing_of(form: str | None, period: str | None) -> list[tuple[str, str]]:
    """The rounds on the board, with their ids, for whoever may close their figures."""
    if not services().rounds_closing.may_close(current_actor()):
        return []
    return [
        (one.id, one.title)
        for one in services().obligations.rounds()
        if period in (None, one.period) and (form is None or form in one.forms)
    ]


@blueprint.get("/figures")
@policy(Right.READ)
def figures() -> ResponseReturnValue:
    """One indicator of one period, by district or commune and by one of its dimensions."""
    indicators = _fed_indicators()
    code = request.args.get("indicator") or (indicators[0].code if indicators else "")
    periods = period_choices()
    period = request.args.get("period") or _period_of(code)
    level = request.args.get("by", Level.DISTRICT)
    dimension = request.args.get("dimension") or None
    status = request.args.get("status", "final")
    indicator, table, error = None, None, ""
    if code and period:
        try:
            indicator = services().catalogue.indicator(code)
            if dimension not in indicator.dimensions:
                dimension = None
            groups = [level, dimension] if dimension else [level]
            found = services().reports.figures(
                current_actor(), indicator=code, period=period, group_by=groups, status=status
            )
            table = _table(found, indicator, Period.parse(period), dimension)
        except (NotFound, RequestInvalid):
            error = _("Không có số liệu theo lựa chọn này. Chọn lại chỉ tiêu hoặc kỳ báo cáo.")
    return render_template(
        "reports/figures.html",
        indicator=indicator,
        table=table,
        error=error,
        chosen={
            "indicator": code,
            "period": period,
            "by": level,
            "dimension": dimension or "",
            "status": status,
        },
        indicators=[(one.code, f"{one.code} {one.title}") for one in indicators],
        periods=periods,
        levels=[
            (str(Level.DISTRICT), _("Huyện, thành phố")),
            (str(Level.COMMUNE), _("Xã, phường, thị trấn")),
            (str(Level.PROVINCE), _("Toàn tỉnh")),
        ],
        dimensions=[(name, _dimension_title(name)) for name in _dimensions_of(indicator)],
        statuses=[
            ("final", _("Đã duyệt")),
            ("provisional", _("Cả báo cáo đã gửi, chưa duyệt")),
        ],
    )


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One unit of the table with a value for each column; none where it does not add up."""

    title: str
    values: tuple[object, ...]
    reports: int


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Figures laid out: units down, members of the dimension or measure units across."""

    columns: tuple[str, ...]
    rows: tuple[FigureRow, ...]
    total: FigureRow | None
    measure_unit: str


def form_choices() -> list[tuple[str, str]]:
    """The forms by title, for filters."""
    named = [(form.code, form.title) for form in services().catalogue.forms()]
    return sorted(named, key=lambda one: collation_key(one[1]))


def period_choices() -> list[tuple[str, str]]:
    """The periods of the rounds, the newest first, for filters."""
    found = {one.period for one in services().obligations.rounds()}
    periods = sorted((Period.parse(one) for one in found), key=lambda one: one.end, reverse=True)
    return [(period.id, period.title) for period in periods]


def _period_of(indicator: str) -> str:
    """The newest period in which a form asks for this indicator; empty when none ever did."""
    feeding = {form.code for form in services().catalogue.forms() if indicator in form.indicators}
    periods = [
        Period.parse(one.period)
        for one in services().obligations.rounds()
        if feeding.intersection(one.forms)
    ]
    return max(periods, key=lambda one: one.end).id if periods else ""


def _board(form: str | None, period: str | None) -> list[BoardRow]:
    known: dict[tuple[str, str], Badge] = {}
    lines = services().board.lines(current_actor(), BoardFilter(form=form, period=period))
    return [
        BoardRow(
            obligation=line.obligation,
            unit=line.unit,
            district="" if line.district is None else line.district.name,
            form=(
                _("%(title)s (báo cáo tổng hợp)", title=line.form.title)
                if line.consolidated
                else line.form.title
            ),
            period=Period.parse(line.obligation.period).title,
            badge=_badge(line, known),
            late=None,
            days_late=line.days_late,
            consolidated=line.consolidated,
        )
        for line in lines
    ]


def _badge(line: BoardLine, known: dict[tuple[str, str], Badge]) -> Badge:
    """The state as the workflow of the report names it; each is looked up once."""
    step = line.step or ("", str(line.state))
    if step not in known:
        version, state = step
        if version:
            code, number = version.rsplit("/", 1)
            known[step] = badge_of(services().catalogue.workflow(code, int(number)), state)
        else:
            known[step] = obligation_badge(line.state)
    return known[step]


def _rates(rows: Sequence[BoardRow]) -> dict[str, float | int | None]:
    """Expected, sent and timely reports of what the board shows, with their rates in percent.

    Without consolidated reports, which are sums of those that are counted.
    """
    today = services().clock.today()
    rows, consolidated = [row for row in rows if not row.consolidated], len(rows)
    sent = [row for row in rows if is_sent(row.obligation)]
    on_time = sum(row.obligation.timeliness(today) is Timeliness.ON_TIME for row in sent)
    return {
        "expected": len(rows),
        "consolidated": consolidated - len(rows),
        "sent": len(sent),
        "on_time": on_time,
        "late": sum(row.days_late > 0 and not is_sent(row.obligation) for row in rows),
        "sent_rate": share(len(sent), len(rows)),
        "on_time_rate": share(on_time, len(rows)),
    }


def _fed_indicators() -> list[Indicator]:
    """The indicators that some published form feeds."""
    fed = {code for form in services().catalogue.forms() for code in form.indicators}
    return [one for one in services().catalogue.indicators() if one.code in fed]


def _dimensions_of(indicator: Indicator | None) -> Sequence[str]:
    return () if indicator is None else indicator.dimensions


def _dimension_title(name: str) -> str:
    try:
        return services().catalogue.codelist(name).title
    except NotFound:
        return name


def _table(
    found: Sequence[Figure], indicator: Indicator, period: Period, dimension: str | None
) -> FigureTable:
    """Units down; across the members of *dimension*, or the measure units of the indicator."""
    across = _members(found, dimension)
    cells: dict[tuple[str, str], Figure] = {}
    units: dict[str, int] = {}
    for figure in found:
        unit = figure.org_unit or ""
        cells[unit, _column_of(figure, dimension)] = figure
        units[unit] = max(units.get(unit, 0), figure.reports)
    names = {unit: _unit_name(unit, period) for unit in units}
    rows = tuple(
        FigureRow(
            title=names[unit],
            values=tuple(_value(cells.get((unit, code))) for code, _title in across),
            reports=units[unit],
        )
        for unit in sorted(units, key=lambda unit: collation_key(names[unit]))
    )
    sums = tuple(
        sum(figure.value for figure in column if figure.value is not None)
        if all(indicator.adds_up(figure.measure_unit) for figure in column)
        else None
        for column in (
            [figure for (_unit, other), figure in cells.items() if other == code]
            for code, _title in across
        )
    )
    total = FigureRow(_("Tổng cộng"), sums, sum(units.values())) if len(rows) > 1 else None
    measures = ", ".join(dict.fromkeys(figure.measure_unit for figure in found))
    return FigureTable(tuple(title for _code, title in across), rows, total, measures)


def _members(found: Iterable[Figure], dimension: str | None) -> list[tuple[str, str]]:
    codes = dict.fromkeys(_column_of(figure, dimension) for figure in found)
    if dimension is None:
        return [(code, code) for code in codes]
    titles = services().catalogue.codelist(dimension)
    known = [item.code for item in titles.items if item.code in codes]
    rest = [code for code in codes if code not in known]
    return [(code, titles.title_of(code) or _("Không phân theo")) for code in known + rest]


def _column_of(figure: Figure, dimension: str | None) -> str:
    if dimension is None:
        return figure.measure_unit
    return figure.dimensions.get(dimension, "")


def _value(figure: Figure | None) -> object:
    """The number, ``False`` where there is none, ``None`` where it does not add up."""
    return False if figure is None else figure.value


def _unit_name(unit: str, period: Period) -> str:
    if not unit:
        return _("Tất cả")
    return services().reports.unit_of(unit, period.id).name
