"""The running totals of a survey return as they are read: one line an indicator, parts in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from server.core.observation import Observation
from server.core.vietnamese_numbers import format_number
from server.errors import NotFound
from server.web.session import services


@dataclass(frozen=True, slots=True)
class IndicatorTotal:
    """An indicator with its sum over everything, and the sums of its members."""

    code: str
    title: str
    unit: str
    total: str
    parts: tuple[tuple[str, str], ...]


def totals_of(found: Sequence[Observation]) -> tuple[IndicatorTotal, ...]:
    """The observations of a return, gathered by indicator and measure unit."""
    gathered: dict[tuple[str, str], list[Observation]] = {}
    for one in found:
        gathered.setdefault((one.indicator, one.measure_unit), []).append(one)
    return tuple(_total(code, unit, ones) for (code, unit), ones in gathered.items())


def _total(code: str, unit: str, ones: Sequence[Observation]) -> IndicatorTotal:
    catalogue = services().catalogue
    try:
        title = catalogue.indicator(code).title
    except NotFound:
        title = code
    values = [(one, one.value or Decimal(0)) for one in ones]
    # A feed without dimensions stands beside none: its only figure is the total.
    parts = [(_members(one), value) for one, value in values if one.dimensions and value]
    parts.sort(key=lambda part: (-part[1], part[0]))
    total = sum((value for _one, value in values), Decimal(0))
    scale = max((one.scale for one in ones), default=0)
    return IndicatorTotal(
        code=code,
        title=title,
        unit=unit,
        total=format_number(total, scale),
        parts=tuple((title, format_number(value, scale)) for title, value in parts),
    )


def _members(one: Observation) -> str:
    return ", ".join(_member(dimension, code) for dimension, code in one.dimensions.items())


def _member(dimension: str, code: str) -> str:
    try:
        return services().catalogue.codelist(dimension).title_of(code) or code
    except NotFound:
        return code
