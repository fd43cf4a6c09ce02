"""Figures and reporting rates: JSON for programs, CSV for people, SDMX-CSV for statisticians."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Final

from flask import Response, request

from server.errors import RequestInvalid
from server.services.reports import UNIT_GROUPS, Figure
from server.web.api.bodies import cut, number, page_of, respond
from server.web.api.requests import (
    day,
    identity,
    parameter,
    period,
    required_parameter,
    span,
    unit_parameter,
    window,
)
from server.web.api.resolving import form_named
from server.web.api.routing import PAGING, operation
from server.web.session import current_actor, services

JSON: Final = "application/json"
CSV: Final = "text/csv"
SDMX: Final = "application/vnd.sdmx.data+csv"
MEDIA: Final = (JSON, CSV, SDMX)
_STRUCTURE: Final = ("dataflow", "BIEUMAU:OBSERVATIONS(1.0)", "I")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@operation(
    "GET",
    "/observations",
    "Figures by each indicator's own operator; JSON, CSV or SDMX-CSV by Accept",
    answer="ObservationList",
    query=("indicator", "org_unit", "period", "as_of", "group_by", "status", *PAGING),
    required=("indicator", "period"),
    media=MEDIA,
)
def list_observations() -> Response:
    indicator = identity(required_parameter("indicator"), "indicator")
    required_parameter("period")
    groups = tuple(name for name in (parameter("group_by") or "").split(",") if name)
    org_unit, status = unit_parameter(), parameter("status") or "final"
    _same_boundaries(str(period()))
    if len(set(groups)) != len(groups):
        raise RequestInvalid(reason="group_by", path="/group_by")
    figures = services().reports.figures(
        current_actor(),
        indicator=indicator,
        period=str(period()),
        org_unit=org_unit,
        group_by=groups,
        status=status,
    )
    wanted = request.accept_mimetypes.best_match(MEDIA, JSON)
    if wanted == JSON:
        keys = {id(figure): str(place) for place, figure in enumerate(figures)}
        page = cut(figures, lambda figure: keys[id(figure)], window())
        return page_of(page, lambda figure: _shape(figure, org_unit, status))
    dimensions = [name for name in groups if name not in UNIT_GROUPS]
    write = _sdmx if wanted == SDMX else _plain
    return _file(wanted, write(figures, dimensions, org_unit, status))


@operation(
    "GET",
    "/series",
    "An indicator over all periods as one line, and where its definition changed",
    answer="Series",
    query=("indicator", "org_unit", "status"),
    required=("indicator",),
)
def indicator_series() -> Response:
    status = parameter("status") or "final"
    found = services().series.of(
        current_actor(),
        identity(required_parameter("indicator"), "indicator"),
        org_unit=unit_parameter(),
        status=status,
    )
    indicator = found.indicator
    return respond(
        {
            "indicator": indicator.code,
            "status": status,
            "valid_from": indicator.valid_from or None,
            "valid_to": indicator.valid_to or None,
            "points": [
                {
                    "period": point.period.id,
                    "measure_unit": unit,
                    "value": number(value),
                    "reports": point.reports,
                    "expected": point.expected,
                    "counted": point.counted,
                    "complete": point.complete,
                }
                for point in found.points
                for unit, value in point.values.items()
            ],
            "definition_changes": [
                {
                    "period": turn.period.id,
                    "form": turn.form,
                    "version": turn.version,
                    "changes": [
                        {"kind": str(one.turn), "before": one.before, "after": one.after}
                        for one in turn.turned
                    ],
                }
                for turn in found.turns
            ],
        }
    )


@operation(
    "GET",
    "/reporting-rates",
    "Reports expected, sent, sent in time, late but excused, late",
    answer="RateList",
    query=("form", "period", "group_by", *PAGING),
    required=("form", "period"),
)
def list_rates() -> Response:
    form, of_period = form_named(required_parameter("form")), required_parameter("period")
    period()
    rates = services().reports.reporting_rates(
        current_actor(), form=form.code, period=of_period, group_by=parameter("group_by")
    )
    return page_of(
        cut(rates, lambda rate: rate.group, window()),
        lambda rate: {
            "group": rate.group,
            "form": form.code,
            "period": of_period,
            "expected": rate.expected,
            "actual": rate.actual,
            "on_time": rate.on_time,
            "excused": rate.excused,
            "late": rate.late,
            "overdue": rate.overdue,
            "waived": rate.waived,
        },
    )


def _same_boundaries(of_period: str) -> None:
    """Refuse ``as_of`` when the units of that day are not those of the period's end.

    Figures are told on the boundaries of their period; on others they would be recounted.
    """
    on, reference = day("as_of"), services().reference
    if on is not None and reference.units(on) != reference.units(span(of_period).end):
        raise RequestInvalid(reason="as-of-other-boundaries", path="/as_of")


def _shape(figure: Figure, org_unit: str | None, status: str) -> dict[str, object]:
    return {
        "indicator": figure.indicator,
        "measure_unit": figure.measure_unit,
        "org_unit": figure.org_unit or org_unit,
        "period": figure.period,
        "dimensions": figure.dimensions,
        "value": number(figure.value),
        "additive": figure.additive,
        "reports": figure.reports,
        "status": status,
    }


def _plain(
    figures: Sequence[Figure], dimensions: Sequence[str], org_unit: str | None, status: str
) -> Iterator[list[object]]:
    """One line a figure, with the unit's code and name as they were at the period's end."""
    yield [
        "indicator", "measure_unit", "org_unit", "org_unit_code", "org_unit_name", "period",
        *dimensions, "value", "additive", "reports", "status",
    ]  # fmt: skip
    for figure in figures:
        code, name = _unit(figure, org_unit)
        yield [
            figure.indicator, figure.measure_unit, figure.org_unit or org_unit, code, name,
            figure.period, *(figure.dimensions[each] for each in dimensions),
            number(figure.value), "true" if figure.additive else "false", figure.reports, status,
        ]  # fmt: skip


def _sdmx(
    figures: Sequence[Figure], dimensions: Sequence[str], org_unit: str | None, status: str
) -> Iterator[list[object]]:
    """SDMX-CSV 2.0: the structure in three columns, then its components."""
    yield [
        "STRUCTURE", "STRUCTURE_ID", "ACTION", "INDICATOR", "UNIT_MEASURE", "REF_AREA",
        "TIME_PERIOD", *(name.upper() for name in dimensions), "OBS_VALUE", "OBS_STATUS",
    ]  # fmt: skip
    for figure in figures:
        code, _ = _unit(figure, org_unit)
        mark = "M" if figure.value is None else "A" if status == "final" else "P"
        yield [
            *_STRUCTURE, figure.indicator, figure.measure_unit, code or "_T", figure.period,
            *(figure.dimensions[each] or "_T" for each in dimensions), number(figure.value), mark,
        ]  # fmt: skip


def _unit(figure: Figure, org_unit: str | None) -> tuple[str, str]:
    unit_id = figure.org_unit or org_unit
    if unit_id is None:
        return "", ""
    unit = services().reports.unit_of(unit_id, figure.period)
    return unit.code, unit.name


def _file(media: str, lines: Iterator[list[object]]) -> Response:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [_cell(cell) for cell in line] for line in lines
    )
    version = "; version=2.0.0" if media == SDMX else ""
    return Response(text.getvalue(), content_type=f"{media}{version}; charset=utf-8")


def _cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets an apostrophe."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
