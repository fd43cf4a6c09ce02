"""Số liệu của đơn vị tôi: a unit's own figures over the periods, as table, chart and file.

Everything that is chosen stands in the address: unit, form and section (or indicator), column,
line of the chart, range of periods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Actor, Right
from server.core.form import Form
from server.core.layout import Section
from server.core.org_unit import OrgUnit
from server.core.period import Period, PeriodType
from server.errors import NotFound
from server.services.own_figures import History, OwnFigures, Sealed, Series, numeric_columns
from server.web.charts import Chart, chart_of
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.submission_words import gettext as _

blueprint = Blueprint("my_figures", __name__)
_PARAMETERS = ("unit", "what", "section", "column", "by", "line", "from", "to")
_FORM, _INDICATOR = "form:", "indicator:"


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen beside what is chosen; empty where there is nothing to choose."""

    units: Sequence[tuple[str, str]]
    forms: Sequence[tuple[str, str]]
    indicators: Sequence[tuple[str, str]]
    sections: Sequence[tuple[str, str]]
    columns: Sequence[tuple[str, str]]
    dimensions: Sequence[tuple[str, str]]
    periods: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Figures:
    """One choice as it is shown; *chosen* is what stands in the address, filled up."""

    choices: Choices
    chosen: Mapping[str, str]
    history: History | None
    line: Series | None
    chart: Chart | None


@blueprint.get("/my-figures")
@policy(Right.READ)
def index() -> ResponseReturnValue:
    """The chosen section or indicator over the periods."""
    figures = _figures(current_actor())
    return render_template(
        "my_figures/index.html",
        figures=figures,
        short=short_title,
        changes=_changes(figures.history),
        address=_address,
        formats=services().own_figures.formats(),
    )


@blueprint.get("/my-figures/export")
@policy(Right.READ)
def export() -> ResponseReturnValue:
    """The same table as a file; ``?format=`` names an installed exporter."""
    figures = _figures(current_actor())
    if figures.history is None:
        raise NotFound(kind="figures")
    file = services().own_figures.export(
        request.args.get("format", "csv"),
        figures.history,
        name="so-lieu-don-vi",
        first=_("Nội dung"),
    )
    response = Response(file.content, content_type=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


def short_title(period: Period) -> str:
    """How a period is called under a chart: the year where that is all."""
    return str(period.year) if period.type is PeriodType.YEAR else period.title


def _figures(actor: Actor) -> Figures:
    own = services().own_figures
    asked = {name: request.args.get(name, "") for name in _PARAMETERS}
    units = own.units(actor)
    unit = _chosen(asked["unit"], [one.id for one in units])
    if asked["unit"] and asked["unit"] != unit:
        raise NotFound(kind="org_unit")
    if not unit:
        return _nothing(units, asked)
    forms = own.forms(actor, unit)
    indicators = own.indicators(forms)
    known = [f"{_FORM}{form.code}" for form in forms]
    known += [f"{_INDICATOR}{code}" for code, _title in indicators]
    what = _chosen(asked["what"], known)
    chosen = {**asked, "unit": unit, "what": what}
    if not what:
        return _nothing(units, chosen)
    if what.startswith(_FORM):
        form = next(form for form in forms if f"{_FORM}{form.code}" == what)
        shown = _of_form(actor, own, form, chosen)
    else:
        shown = _of_indicator(actor, own, forms, chosen)
    choices = replace(
        shown.choices,
        units=[(one.id, one.name) for one in units],
        forms=[(f"{_FORM}{form.code}", form.title) for form in forms],
        indicators=[(f"{_INDICATOR}{code}", f"{code} {title}") for code, title in indicators],
    )
    return replace(shown, choices=choices)


def _of_form(actor: Actor, own: OwnFigures, form: Form, chosen: dict[str, str]) -> Figures:
    sealed = own.sealed(actor, chosen["unit"], form.code)
    sections = [one for one in sealed[-1].form.layout.sections if _has_numbers(one)]
    key = _chosen(chosen["section"], [one.key for one in sections])
    section = next((one for one in sections if one.key == key), None)
    columns = [] if section is None else numeric_columns(section)
    column = _chosen(chosen["column"], [key for key, _title in columns])
    chosen |= {"section": key, "column": column, "by": ""}
    within = [one for one in sealed if one.period in _range(sealed, chosen)]
    history = None
    if section is not None and within:
        history = own.of_section(within, section, column)
    choices = Choices(
        units=(),
        forms=(),
        indicators=(),
        sections=[(one.key, one.title) for one in sections],
        columns=columns,
        dimensions=(),
        periods=[(one.period.id, one.period.title) for one in sealed],
    )
    return _shown(choices, chosen, history)


def _of_indicator(
    actor: Actor, own: OwnFigures, forms: Sequence[Form], chosen: dict[str, str]
) -> Figures:
    code = chosen["what"].removeprefix(_INDICATOR)
    feeding = [form for form in forms if code in form.indicators]
    sealed = {
        one.period.id: one
        for form in feeding
        for one in own.sealed(actor, chosen["unit"], form.code)
    }
    ordered = sorted(sealed.values(), key=lambda one: one.period.end)
    indicator = services().catalogue.indicator(code)
    dimensions = [(name, _codelist_title(name)) for name in indicator.dimensions]
    by = chosen["by"] if chosen["by"] in indicator.dimensions else ""
    chosen |= {"section": "", "column": "", "by": by}
    periods = _range(ordered, chosen)
    history = own.of_indicator(actor, chosen["unit"], code, periods, by)
    choices = Choices(
        units=(),
        forms=(),
        indicators=(),
        sections=(),
        columns=(),
        dimensions=dimensions,
        periods=[(one.period.id, one.period.title) for one in ordered],
    )
    return _shown(choices, chosen, history)


def _shown(choices: Choices, chosen: dict[str, str], history: History | None) -> Figures:
    series = () if history is None else history.series
    key = _chosen(chosen["line"], [one.key for one in series])
    line = next((one for one in series if one.key == key), None)
    chart = None
    if history is not None and line is not None:
        chart = chart_of([short_title(period) for period in history.periods], line.values)
    return Figures(choices, {**chosen, "line": key}, history, line, chart)


def _nothing(units: Sequence[OrgUnit], chosen: Mapping[str, str]) -> Figures:
    named = [(one.id, one.name) for one in units]
    return Figures(Choices(named, (), (), (), (), (), ()), chosen, None, None, None)


def _range(sealed: Sequence[Sealed], chosen: dict[str, str]) -> list[Period]:
    """The periods between the chosen ones; all of them where none is chosen."""
    periods = [one.period for one in sealed]
    ids = [period.id for period in periods]
    first = ids.index(chosen["from"]) if chosen["from"] in ids else 0
    last = ids.index(chosen["to"]) if chosen["to"] in ids else len(ids) - 1
    chosen |= {"from": ids[min(first, last)], "to": ids[max(first, last)]} if ids else {}
    return periods[min(first, last) : max(first, last) + 1]


def _changes(history: History | None) -> dict[str, tuple[float, float | None] | None]:
    """By line, the change of its last period."""
    return {} if history is None else {one.key: _change(one) for one in history.series}


def _change(series: Series) -> tuple[float, float | None] | None:
    """The last value against the one before it: the difference, and in percent."""
    known = [float(value) for value in series.values if value is not None]
    if len(known) < 2 or series.values[-1] is None:  # noqa: PLR2004
        return None
    before, now = known[-2:]
    return now - before, None if before == 0 else (now - before) / before * 100


def _address(figures: Figures, endpoint: str = ".index", **changes: str) -> str:
    """The address of this page with some of what is chosen replaced."""
    chosen = {**figures.chosen, **changes}
    values: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    return url_for(endpoint, **values)


def _has_numbers(section: Section) -> bool:
    return bool(numeric_columns(section)) or any(
        field.type in ("integer", "number") for field in section.fields
    )


def _chosen(wanted: str, known: Sequence[str]) -> str:
    return wanted if wanted in known else next(iter(known), "")


def _codelist_title(name: str) -> str:
    try:
        return services().catalogue.codelist(name).title
    except NotFound:
        return name
