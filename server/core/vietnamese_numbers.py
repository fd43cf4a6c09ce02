"""Numbers and dates as Vietnamese people write them: ``1.234,5`` and ``05/01/2025``.

Apart from ``vietnamese``, because it decides on single texts and refuses: what could be off by
a factor of 1,000, or by a month, is asked about and never guessed.
"""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, Literal

Convention = Literal["vi", "en"]

MAX_DIGITS: Final = 15  # what a double, a spreadsheet and a browser can all hold exactly
_MAX_CHARACTERS: Final = 60

_OUTER_SPACES: Final = " \t\r\n\u00a0\u2009\u202f"
_GROUP_SPACE: Final = "[ \u00a0\u2009\u202f]"
_GROUPED_BY_SPACE: Final = rf"[1-9][0-9]{{0,2}}(?:{_GROUP_SPACE}[0-9]{{3}})+"
_INTEGER: Final = rf"[0-9]+|[1-9][0-9]{{0,2}}(?:%s[0-9]{{3}})+|{_GROUPED_BY_SPACE}"
_GRAMMARS: Final[dict[Convention, re.Pattern[str]]] = {
    "vi": re.compile(rf"(?P<whole>{_INTEGER % '[.]'})(?:,(?P<fraction>[0-9]+))?"),
    "en": re.compile(rf"(?P<whole>{_INTEGER % ','})(?:[.](?P<fraction>[0-9]+))?"),
}
# Wide enough for every double written out in full.
_EXACT: Final = Context(prec=1100, rounding=ROUND_HALF_UP)

_DAY_MONTH_YEAR: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_EIGHT_DIGITS: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_YEARS: Final = range(1900, 2200)
_SHORT_YEARS: Final = range(50)  # 50 to 99 may be a birth in the last century


class NumberUnclear(Exception):
    """A text that is no number, or more than one.

    ``reason`` is ambiguous, not_a_number, too_precise or too_long; ``readings`` holds the
    possible values, the Vietnamese one first, with a decimal point and no groups.
    """

    def __init__(self, reason: str, readings: tuple[str, ...] = ()) -> None:
        super().__init__(reason, readings)
        self.reason = reason
        self.readings = readings


class DateUnclear(Exception):
    """A text that is no date. ``reason``: not_a_date, no_such_day, unclear_year or out_of_range."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_number(text: str, *, decimals: int = 0, convention: Convention | None = None) -> Decimal:
    """Reads a number for a field with so many decimals, or raises ``NumberUnclear``.

    The dot (or a space) groups thousands and the comma starts the decimals. A text that has a
    second meaning in English notation is refused with its readings, unless the field takes only
    integers and the Vietnamese grouping is whole: there ``1.234`` can only be 1234. A text that
    has an English meaning alone is asked about too. ``convention`` is the answer to that
    question, for the rest of a pasted block. A dangling separator (``5,`` or ``,5``) is refused:
    a digit may be missing. Zeros at the end of the decimals do not count as precision.
    """
    trimmed = text.strip(_OUTER_SPACES)
    if len(trimmed) > _MAX_CHARACTERS:
        raise NumberUnclear("too_long")
    minus = trimmed[:1] in ("-", "−")
    unsigned = trimmed[1:] if minus or trimmed.startswith("+") else trimmed
    found = {
        name: _canonical(minus, match["whole"], match["fraction"] or "")
        for name, grammar in _GRAMMARS.items()
        if (match := grammar.fullmatch(unsigned)) and convention in (None, name)
    }
    if not found:
        raise NumberUnclear("not_a_number")
    if any(_digits(reading) > MAX_DIGITS for reading in found.values()):
        raise NumberUnclear("too_long")
    whole_group = decimals == 0 and "." in unsigned and "vi" in found and "." not in found["vi"]
    readings = (found["vi"],) if whole_group else tuple(dict.fromkeys(found.values()))
    if len(readings) > 1:
        raise NumberUnclear("ambiguous", readings)
    if _decimals(readings[0]) > decimals:
        raise NumberUnclear("too_precise", readings)
    if "vi" not in found and convention is None:
        raise NumberUnclear("ambiguous", readings)
    return Decimal(readings[0])


def format_number(value: Decimal | int | float, decimals: int | None = None) -> str:
    """``1.234,5``; rounded half up to ``decimals``, or with as many as the value has.

    A field with decimals shows them all: without them its ``1.234`` could not be read back.
    """
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"not a finite number: {value!r}")
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    sign = "-" if exact < 0 else ""
    whole, _, fraction = format(exact.copy_abs(), "f").partition(".")
    if decimals is None:
        fraction = fraction.rstrip("0")
    grouped = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", ".", whole)
    return f"{sign}{grouped},{fraction}" if fraction else f"{sign}{grouped}"


def format_percent(percent: Decimal | int | float, decimals: int = 1) -> str:
    """``31,0 %`` for 31: the value is the percentage itself, not the ratio."""
    return f"{format_number(percent, decimals)} %"


def parse_date(text: str) -> date:
    """Reads day, month, year in this order (or ISO 8601), or raises ``DateUnclear``."""
    trimmed = text.strip(_OUTER_SPACES)
    if match := _YEAR_FIRST.fullmatch(trimmed):
        year, month, day = match.groups()
    elif match := _EIGHT_DIGITS.fullmatch(trimmed):
        day, month, year = match.groups()
    elif match := _DAY_MONTH_YEAR.fullmatch(trimmed):
        day, _, month, year = match.groups()
    else:
        raise DateUnclear("not_a_date")
    if len(year) == len("yy"):
        if int(year) not in _SHORT_YEARS:
            raise DateUnclear("unclear_year")
        year = f"20{year}"
    if int(year) not in _YEARS:
        raise DateUnclear("out_of_range")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise DateUnclear("no_such_day") from None


def typed_day(text: str) -> str | None:
    """The ISO day of a typed text, empty for an empty one, None for what is no day."""
    try:
        return parse_date(text).isoformat() if text else ""
    except DateUnclear:
        return None


def format_date(day: date) -> str:
    """``05/01/2025``, whatever the machine's locale."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def _canonical(minus: bool, whole: str, fraction: str) -> str:
    digits = re.sub("[^0-9]", "", whole).lstrip("0") or "0"
    decimals = fraction.rstrip("0")
    number = f"{digits}.{decimals}" if decimals else digits
    return f"-{number}" if minus and number != "0" else number


def _digits(canonical: str) -> int:
    return len(canonical.lstrip("-").replace(".", "").lstrip("0"))


def _decimals(canonical: str) -> int:
    return len(canonical.partition(".")[2])
