"""Figures that stand far from the unit's own history: the modified z-score of a typed number.

After Iglewicz and Hoaglin, "How to Detect and Handle Outliers" (1993): 0.6745 times the distance
from the median, over the median of such distances. The page computes the same, step by step, in
``static/js``; each sum goes over ascending numbers so that order never changes a result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.core.shape import mapping

#: Makes the median of distances comparable with a standard deviation, and the mean likewise.
_MEDIAN_SCALE: Final = 0.6745
_MEAN_SCALE: Final = 1.2533
#: A smooth history has hardly any spread: what differs by less than both is never worth a question.
_LEAST_SHARE: Final = 0.05
_LEAST_DISTANCE: Final = 5.0
#: Beside a history without any spread, a number is odd only when it differs by both.
_CONSTANT_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Outliers:
    """When a form asks about unusual figures: beyond *limit*, given *least* earlier values."""

    limit: float
    least: int


@dataclass(frozen=True, slots=True)
class Usual:
    """What the unit's own history says of one cell."""

    median: float
    lowest: float
    highest: float


def outliers_of(settings: Mapping[str, object]) -> Outliers | None:
    """What ``x-form`` declares; None when the form does not ask."""
    declared = settings.get("outliers")
    if declared is None:
        return None
    held = mapping(declared)
    return Outliers(limit=float(str(held["limit"])), least=int(str(held["least"])))


def unusual(value: float, history: Sequence[float], settings: Outliers) -> Usual | None:
    """The history that *value* stands out from; None when it does not, or history is short.

    >>> unusual(1451.0, (2080.0, 2091.0, 2097.0, 2103.0), Outliers(3.5, 4))
    Usual(median=2094.0, lowest=2080.0, highest=2103.0)
    """
    if len(history) < max(settings.least, 1):
        return None
    ordered = sorted(history)
    middle = _median(ordered)
    distances = sorted(abs(earlier - middle) for earlier in ordered)
    distance = abs(value - middle)
    if _is_far(distance, distances, middle, settings.limit):
        return Usual(middle, ordered[0], ordered[-1])
    return None


def _is_far(distance: float, distances: list[float], middle: float, limit: float) -> bool:
    if distance <= _LEAST_DISTANCE or distance <= _LEAST_SHARE * abs(middle):
        return False
    spread = _median(distances)
    if spread > 0:
        return _MEDIAN_SCALE * distance / spread > limit
    total = 0.0
    for one in distances:
        total += one
    mean = total / len(distances)
    if mean > 0:
        return distance / (mean * _MEAN_SCALE) > limit
    return distance > _CONSTANT_SHARE * abs(middle)


def _median(ordered: list[float]) -> float:
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2
