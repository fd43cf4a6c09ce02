"""Values of the CEL profile: what counts as a number, equality, order and rounding.

``static/js/expressions.js`` has the same functions; ``tests/core/expression_vectors.json``
holds both to the same results.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from decimal import Context as DecimalContext
from sys import float_info
from typing import Final, NoReturn, TypeAlias

Values: TypeAlias = Mapping[str, object]
# Work left, the readers of the previous period, of last year, of other forms and of the report's
# own cells, then one place per macro variable.
Context: TypeAlias = list[object]
Program: TypeAlias = Callable[[Values, Context], object]

# What one evaluation may cost: loop steps times the nodes of their bodies, and list items seen.
WORK: Final = 250_000
MAX_TEXT: Final = 10_000
MAX_DECIMALS: Final = 15
NINE_DECIMALS: Final = 5e-10  # half of the last digit, like the next
FIFTEEN_DIGITS: Final = 5e-16
NOISE_BELOW: Final = 1e12  # a larger number needs all its digits for the first decimals

_READY = frozenset([float, str, bool, type(None), dict, list, tuple])
_EXACT = DecimalContext(prec=60, rounding=ROUND_HALF_UP)
_KNOWN = DecimalContext(prec=15, rounding=ROUND_HALF_UP)
_STEPS = tuple(Decimal(1).scaleb(-decimals) for decimals in range(MAX_DECIMALS + 1))
_LARGEST = float_info.max


class Refusal(Exception):
    """One operation has no result; the whole expression has none unless && or || absorbs it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def plain(value: object) -> object:
    """*value* as the profile sees it: every number is a double.

    >>> plain(3), plain(True), plain(None)
    (3.0, True, None)
    """
    if type(value) in _READY:
        return value
    if isinstance(value, int | Decimal):
        try:
            return float(value)
        except OverflowError:
            raise Refusal("not-finite") from None
    if isinstance(value, float | str | Mapping):
        return value
    raise Refusal("wrong-type")


def finite(number: float) -> float:
    if -_LARGEST <= number <= _LARGEST:
        return number
    raise Refusal("not-finite")


def refuse_operands(*operands: object) -> NoReturn:
    """Say why an operation has no result: a number is missing, or a value has the wrong type."""
    raise Refusal("missing-number" if None in operands else "wrong-type")


def spend(context: Context, work: int) -> None:
    """Take *work* from what is left; a definition may be slow by mistake, but never for long."""
    left = context[0]
    assert isinstance(left, int)
    context[0] = left - work
    if left < work:
        raise Refusal("too-much-work")


def close(a: float, b: float) -> bool:
    """Equal to nine decimals or to fifteen significant digits.

    Answers have no more digits than that, so the noise of binary fractions never decides a rule.

    >>> close(0.1 + 0.2, 0.3), close(1.000001, 1.000002), close(999999999999999.0, 1e15)
    (True, False, False)
    """
    apart = abs(a - b)
    return apart <= NINE_DECIMALS or apart <= FIFTEEN_DIGITS * max(abs(a), abs(b))


def equal(a: object, b: object, context: Context) -> bool:
    """CEL's equality over all types: values of different types are unequal, never an error."""
    if type(a) is str and type(b) is str:
        return a == b
    a, b = plain(a), plain(b)
    if isinstance(a, float) and isinstance(b, float):
        return a == b or close(a, b)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        spend(context, min(len(a), len(b)))
        return len(a) == len(b) and all(
            equal(one, other, context) for one, other in zip(a, b, strict=True)
        )
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        spend(context, min(len(a), len(b)))
        return len(a) == len(b) and all(
            key in b and equal(a[key], b[key], context) for key in sorted(a)
        )
    return type(a) is type(b) and a == b


def rounded(number: float, decimals: float) -> float:
    """*number* to that many decimals, half away from zero, by its first 15 digits.

    So does a spreadsheet: what lies beyond is the noise of a division, and 82 of 320 is 25,625 %.

    >>> rounded(1.005, 2.0), rounded(2.5, 0.0), rounded(-2.5, 0.0), rounded(82 / 320 * 100, 2.0)
    (1.01, 3.0, -3.0, 25.63)
    """
    if decimals not in range(MAX_DECIMALS + 1):
        raise Refusal("wrong-type")
    finite(number)
    if number.is_integer():
        return number
    noisy = abs(number) < NOISE_BELOW
    known = _KNOWN.create_decimal_from_float(number) if noisy else Decimal(repr(number))
    return float(_EXACT.quantize(known, _STEPS[int(decimals)]))
