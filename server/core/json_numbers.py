"""The value of a JSON number, or a refusal where a double would change it.

Apart from the two readers, because both must judge a literal alike.
"""

import re
from math import isinf
from typing import Final

MAX_NUMBER_DIGITS: Final = 40  # a longer one is an attack, not a figure
_SMALLEST_NORMAL: Final = 2.2250738585072014e-308  # below it a double loses digits


class Refused(Exception):
    """A refusal whose place is not known yet."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def integer(literal: str) -> int:
    """An integer literal's value; or ``Refused``."""
    if len(literal) > MAX_NUMBER_DIGITS and _count_digits(literal) > MAX_NUMBER_DIGITS:
        raise Refused("number_too_long")
    return int(literal)


def floating(literal: str) -> float:
    """The value of a literal with fraction or exponent; or ``Refused``.

    What a double would turn into infinity, into zero or into fewer digits is refused.
    """
    if len(literal) > MAX_NUMBER_DIGITS and _count_digits(literal) > MAX_NUMBER_DIGITS:
        raise Refused("number_too_long")
    value = float(literal)
    if isinf(value) or (abs(value) < _SMALLEST_NORMAL and significant_digits(literal)):
        raise Refused("number_out_of_range")
    return value + 0.0  # makes -0.0 zero


def significant_digits(literal: str) -> int:
    """How many digits a literal states, without leading zeros and zeros that end its fraction."""
    mantissa = literal.lower().partition("e")[0].lstrip("-")
    whole, _, fraction = mantissa.partition(".")
    return len((whole + fraction.rstrip("0")).lstrip("0"))


def _count_digits(literal: str) -> int:
    return len(re.sub("[^0-9]", "", literal))
