"""One cell of a workbook as the filling page would have read it, or the reason why it is refused.

The rules are those of the page: numbers and dates by ``vietnamese_numbers``, signs for absent
values. What Excel itself read as a number or a date needs no reading; the limits still hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from server.core.layout import Column, Field
from server.core.validity import unmarked
from server.core.vietnamese import fold, nfc
from server.core.vietnamese_numbers import (
    MAX_DIGITS,
    DateUnclear,
    NumberUnclear,
    format_date,
    parse_date,
    parse_number,
)

#: What people type for a value that is absent; ``static/js/cell_values.js`` has the same table.
TYPED_SIGNS: Final[Mapping[str, str]] = {
    "-": "none_arose",
    "–": "none_arose",
    "—": "none_arose",
    "−": "none_arose",
    "…": "not_available",
    "...": "not_available",
    "x": "not_applicable",
    "X": "not_applicable",
    "bảo mật": "confidential",
}
_YES_NO: Final = ((True, "Có"), (False, "Không"))
_YEARS: Final = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class Held:
    """What a cell holds: a value, or the reason why there is none; both None when it is empty."""

    value: object = None
    status: str | None = None


EMPTY: Final = Held()


class CellRefused(Exception):
    """A cell that cannot be taken. ``reason`` is a code, *facts* fill its sentence."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason, facts)
        self.reason = reason
        self.facts = facts


def takes_signs(cell: Column | Field) -> bool:
    """Whether a sign in the cell says why there is no value; in a plain text it is a text."""
    return cell.type != "string" or cell.format is not None or cell.choices is not None


def options_of(cell: Column | Field) -> tuple[tuple[object, str], ...] | None:
    """The values to choose from with their names."""
    if cell.choices is None and cell.type == "boolean":
        return _YES_NO
    return cell.choices


def read_value(found: object, cell: Column | Field) -> Held:
    """What *found* (a text, number, truth or day of the file) means in the cell."""
    if isinstance(found, str):
        text = nfc(found).strip()
        if not text:
            return EMPTY
        if takes_signs(cell) and text in TYPED_SIGNS:
            return Held(None, TYPED_SIGNS[text])
        found = text
    options = options_of(cell)
    if options is not None:
        return Held(_choice(found, options))
    if cell.type in ("integer", "number"):
        return Held(_number(found, cell))
    if cell.format == "date":
        return Held(_day(found))
    text = found if isinstance(found, str) else plain_text(found)
    if cell.max_length is not None and len(text) > cell.max_length:
        raise CellRefused("long-text", limit=cell.max_length)
    return Held(text)


def plain_text(found: object) -> str:
    """What stands in a cell, as a person would write it.

    >>> plain_text(1234.5), plain_text(7.0), plain_text(date(2025, 1, 5)), plain_text(True)
    ('1234,5', '7', '05/01/2025', 'Có')
    """
    if isinstance(found, bool):
        return dict(_YES_NO)[found]
    if isinstance(found, date):
        return format_date(found)
    if isinstance(found, int | float):
        return f"{_exact(found):f}".replace(".", ",")
    return str(found)


def _choice(found: object, options: tuple[tuple[object, str], ...]) -> object:
    matching: list[object]
    if isinstance(found, bool):
        matching = [value for value, _ in options if value is found]
    else:
        text = unmarked(found if isinstance(found, str) else plain_text(found))
        wanted = fold(text)
        matching = [
            value for value, title in options if fold(title) == wanted or str(value) == text
        ]
    if not matching:
        raise CellRefused("no-choice")
    return matching[0]


def _number(found: object, cell: Column | Field) -> int | float:
    decimals = cell.decimals or 0
    if isinstance(found, str):
        try:
            exact = parse_number(found, decimals=decimals)
        except NumberUnclear as unclear:
            raise CellRefused(
                f"number-{unclear.reason}", readings=unclear.readings, decimals=decimals
            ) from None
    elif isinstance(found, bool) or not isinstance(found, int | float):
        raise CellRefused("date-for-number" if isinstance(found, date) else "number-not_a_number")
    else:
        exact = _exact(found)
        if exact != round(exact, decimals):
            raise CellRefused("number-too_precise", decimals=decimals)
        if len(f"{abs(exact):f}".replace(".", "").lstrip("0")) > MAX_DIGITS:
            raise CellRefused("number-too_long")
    if cell.minimum is not None and exact < Decimal(str(cell.minimum)):
        raise CellRefused("below", limit=cell.minimum)
    if cell.maximum is not None and exact > Decimal(str(cell.maximum)):
        raise CellRefused("above", limit=cell.maximum)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _exact(number: int | float) -> Decimal:
    """The number that Excel shows: 15 digits, without the noise of binary fractions."""
    if isinstance(number, int):
        return Decimal(number)
    exact = Decimal(f"{number:.{MAX_DIGITS}g}")
    if not exact.is_finite():
        raise CellRefused("number-not_a_number")
    whole = exact.to_integral_value()
    return whole if exact == whole else exact.normalize()


def _day(found: object) -> str:
    if isinstance(found, date):
        if found.year not in _YEARS:
            raise CellRefused("date-out_of_range")
        return found.isoformat()
    if not isinstance(found, str):
        raise CellRefused("date-not_a_date")
    try:
        return parse_date(found).isoformat()
    except DateUnclear as unclear:
        raise CellRefused(f"date-{unclear.reason}") from None
