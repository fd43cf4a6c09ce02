"""Observations: single numbers with indicator, unit, period, dimensions and provenance.

They are a projection of submitted and approved reports, and can be thrown away
and rebuilt. Values are scaled integers, so that sums are exact on every database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Observation:
    """One number as a submission yields it; ``value`` is ``scaled / 10**scale``."""

    indicator: str
    measure_unit: str
    dimensions: Mapping[str, str]
    scaled: int | None
    scale: int
    status: str | None  # one of submission.STATUSES, or None for a plain value

    @property
    def value(self) -> Decimal | None:
        return None if self.scaled is None else Decimal(self.scaled).scaleb(-self.scale)


def scaled(value: float | int, scale: int) -> int:
    """The integer that stands for *value* at *scale*; exact for up to 15 significant digits.

    >>> scaled(19.99, 2)
    1999
    """
    return int((Decimal(str(value)).scaleb(scale)).to_integral_value())
