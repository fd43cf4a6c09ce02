"""Chỉ tiêu qua các kỳ: one line over versions of forms, and where its definition changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.indicator import Indicator
from server.core.period import Period
from server.core.series import Turn, Turned
from server.errors import NotFound, RequestInvalid
from server.services.series import DefinitionTurn, IndicatorSeries, SeriesPoint
from server.web.charts import Chart, chart_of, slot_start
from server.web.formats import day, number
from server.web.my_figures import short_title
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.spreadsheet import csv_answer
from server.web.submission_words import gettext as _
from server.web.unit_choice import unit_choices

blueprint = Blueprint("series", __name__)
#: More changes of one version than somebody reads; the rest is counted.
_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class TurnShown:
    """A change of the definition: from when, in which form, what; ``x``: its line in the chart."""

    heading: str
    lines: tuple[str, ...]
    more: int
    period: str
    x: float | None


@dataclass(frozen=True, slots=True)
class RowShown:
    """A period of the table, with whether a definition changes there and how far it is complete."""

    point: SeriesPoint
    turns: bool
    note: str


@blueprint.get("/figures/series")
@policy(Right.READ)
def page() -> ResponseReturnValue:
    """One indicator over all periods, of the units that the reader sees or of one of them."""
    fed = {code for form in services().catalogue.forms() for code in form.indicators}
    indicators = [one for one in services().catalogue.indicators() if one.code in fed]
    code = request.args.get("indicator") or (indicators[0].code if indicators else "")
    status, org_unit = request.args.get("status", "final"), request.args.get("org_unit", "")
    found = _found(code, org_unit, status)
    unit = _shown_unit(found)
    units = unit_choices(org_unit)
    return render_template(
        "reports/series.html",
        series=found,
        unit=unit,
        chart=None if found is None or not unit else _chart(found, unit),
        rows=[] if found is None else _rows(found, status),
        incomplete=[] if found is None else _incomplete(found, status),
        turns=[] if found is None else [_turn(found, one) for one in found.turns],
        validity=[] if found is None else _validity(found.indicator),
        inside=inside,
        chosen={"indicator": code, "status": status, "org_unit": org_unit},
        units=units,
        unit_name=dict(units).get(org_unit, "").strip(),
        indicators=[(one.code, f"{one.code} {one.title}") for one in indicators],
        statuses=[
            ("final", _("Đã duyệt")),
            ("provisional", _("Cả báo cáo đã gửi, chưa duyệt")),
        ],
    )


@blueprint.get("/figures/series.csv")
@policy(Right.READ)
def file() -> ResponseReturnValue:
    """The table of the page, with what must be known to read it."""
    code, status = request.args.get("indicator", ""), request.args.get("status", "final")
    found = _found(code, request.args.get("org_unit", ""), status)
    if found is None:
        raise NotFound(kind="indicator")
    turning = {turn.period.id: turn_heading(turn) for turn in found.turns}
    heads = [
        _("Kỳ báo cáo"), *found.measure_units, _("Số báo cáo"), _("Báo cáo phải gửi"),
        _("Báo cáo đã tính"), _("Ghi chú"),
    ]  # fmt: skip
    lines = (
        [
            point.period.id,
            *(point.values.get(one) for one in found.measure_units),
            point.reports,
            point.expected,
            point.counted,
            "; ".join(filter(None, (completeness(point, status), turning.get(point.period.id)))),
        ]
        for point in found.points
    )
    return csv_answer(f"series-{found.indicator.code}.csv", heads, lines)


def completeness(point: SeriesPoint, status: str) -> str:
    """How many of the reports that are owed stand behind a point, where some do not."""
    if point.complete is not False:
        return ""
    numbers = {"counted": number(point.counted), "expected": number(point.expected)}
    if status == "final":
        return _("%(counted)s trên %(expected)s báo cáo đã duyệt, số chưa đầy đủ", **numbers)
    return _("%(counted)s trên %(expected)s báo cáo đã gửi, số chưa đầy đủ", **numbers)


def turn_words(turned: Turned) -> str:
    """One change of what feeds an indicator."""
    return _WORDS[turned.turn](f"“{turned.before}”", f"“{turned.after}”")


def inside(period: Period) -> str:
    """A period's title in the middle of a sentence."""
    return period.title[:1].lower() + period.title[1:]


def turn_heading(turn: DefinitionTurn) -> str:
    """From when a definition counts, and where."""
    return _(
        "Định nghĩa đổi từ %(period)s (%(form)s, phiên bản %(version)s)",
        period=inside(turn.period),
        form=turn.title,
        version=turn.version,
    )


_WORDS: Final[dict[Turn, Callable[[str, str], str]]] = {
    Turn.RENAMED: lambda one, other: _("%(before)s nay là %(after)s", before=one, after=other),
    Turn.UNIT: lambda _one, other: _(
        "%(after)s đổi đơn vị tính; số các kỳ trước đã quy đổi", after=other
    ),
    Turn.RECODED: lambda _one, other: _(
        "%(after)s đổi mã; số các kỳ trước đọc theo mã mới", after=other
    ),
    Turn.CALCULATED: lambda _one, other: _("%(after)s đổi cách tính", after=other),
    Turn.BEGAN: lambda _one, other: _("%(after)s mới đóng góp vào chỉ tiêu", after=other),
    Turn.CEASED: lambda one, _other: _("%(before)s thôi đóng góp vào chỉ tiêu", before=one),
}


def _shown_unit(found: IndicatorSeries | None) -> str:
    """The measure unit that is drawn: the asked one, or the first."""
    if found is None or not found.measure_units:
        return ""
    asked = request.args.get("unit", "")
    return asked if asked in found.measure_units else found.measure_units[0]


def _found(code: str, org_unit: str, status: str) -> IndicatorSeries | None:
    """The line that was asked for; None where there is none for the reader."""
    if not code:
        return None
    try:
        return services().series.of(current_actor(), code, org_unit=org_unit or None, status=status)
    except (NotFound, RequestInvalid):
        return None


def _chart(found: IndicatorSeries, unit: str) -> Chart | None:
    values: Sequence[Decimal | None] = [point.values.get(unit) for point in found.points]
    notes = [
        f"{number(point.counted)}/{number(point.expected)}" if point.complete is False else ""
        for point in found.points
    ]
    return chart_of([short_title(point.period) for point in found.points], values, notes)


def _rows(found: IndicatorSeries, status: str) -> list[RowShown]:
    turning = {turn.period.id for turn in found.turns}
    return [
        RowShown(point, point.period.id in turning, completeness(point, status))
        for point in found.points
    ]


def _incomplete(found: IndicatorSeries, status: str) -> list[str]:
    """Each period whose figures are not all there, in words."""
    return [
        f"{point.period.title}: {words}"
        for point in found.points
        if (words := completeness(point, status))
    ]


def _turn(found: IndicatorSeries, turn: DefinitionTurn) -> TurnShown:
    ids = [point.period.id for point in found.points]
    x = slot_start(len(ids), ids.index(turn.period.id)) if turn.period.id in ids else None
    lines = tuple(turn_words(one) for one in turn.turned)
    return TurnShown(
        turn_heading(turn), lines[:_MOST], len(lines[_MOST:]), short_title(turn.period), x
    )


def _validity(indicator: Indicator) -> list[str]:
    """From when to when the indicator is asked for, where the catalogue says so."""
    found = []
    if indicator.valid_from:
        found.append(
            _("Chỉ tiêu có hiệu lực từ %(day)s.", day=day(date.fromisoformat(indicator.valid_from)))
        )
    if indicator.valid_to:
        found.append(
            _("Chỉ tiêu thôi áp dụng sau %(day)s.", day=day(date.fromisoformat(indicator.valid_to)))
        )
    return found
