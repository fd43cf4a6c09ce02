"""Reference data: indicators, code lists, org units on a day."""

from flask import Response

from server.core.org_unit import Level, OrgUnit
from server.errors import RequestInvalid
from server.web.api.bodies import (
    codelist,
    codelist_item,
    cut,
    indicator,
    org_unit,
    page_of,
    respond,
)
from server.web.api.requests import day, identity, parameter, window
from server.web.api.routing import PAGING, operation
from server.web.session import services

_MOST_FOUND = 500


@operation("GET", "/indicators", "The indicator catalogue", answer="IndicatorList", query=PAGING)
def list_indicators() -> Response:
    found = services().catalogue.indicators()
    return page_of(cut(found, lambda one: one.code, window()), indicator)


@operation("GET", "/codelists", "The code lists", answer="CodelistList", query=PAGING)
def list_codelists() -> Response:
    found = services().catalogue.codelists()
    return page_of(
        cut(found, lambda one: one.code, window()),
        lambda one: codelist_item(one, services().catalogue.last_day("codelist", one.code)),
    )


@operation("GET", "/codelists/{code}", "One code list with its codes", answer="Codelist")
def get_codelist(code: str) -> Response:
    catalogue = services().catalogue
    found = catalogue.codelist(identity(code, "codelist"))
    return respond(codelist(found, catalogue.last_day("codelist", found.code)))


@operation(
    "GET",
    "/org-units",
    "The org units of a day, today when none is named",
    answer="OrgUnitList",
    query=("as_of", "level", "q", *PAGING),
)
def list_org_units() -> Response:
    reference = services().reference
    on, wanted, level = day("as_of") or services().clock.today(), parameter("q"), _level()
    units: list[OrgUnit] = (
        list(reference.units(on))
        if wanted is None
        else list(reference.search(wanted, on, _MOST_FOUND))
    )
    chosen = sorted(
        (unit for unit in units if level is None or unit.level is level),
        key=lambda unit: (unit.code, unit.id),
    )
    return page_of(cut(chosen, lambda unit: unit.id, window()), org_unit)


def _level() -> Level | None:
    value = parameter("level")
    if value is None:
        return None
    if value not in set(Level):
        raise RequestInvalid(reason="level", path="/level")
    return Level(value)
