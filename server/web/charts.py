"""Charts as plain SVG, drawn on the server: lines for a series of periods, bars for few of them.

No library, no script; the table beside a chart says the same, so the drawing itself is one image.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10

WIDTH, HEIGHT = 480, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 14, 26, 34
_FEW = 3
_MOST_LABELS = 6
_LEAST = 1e-9  # of a scale; below it nothing of a report differs, and floats lose their digits
Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale with its value."""

    y: float
    value: float


@dataclass(frozen=True, slots=True)
class Point:
    """One period: where its value stands, and whether its name and value are written there.

    *note* is what must be read with the value, so that it is not compared with the others; the
    line that leads to such a point is none of *lines*.
    """

    x: float
    y: float
    top: float  # of the bar, which for a value below zero hangs from the base
    height: float
    label: str
    value: Number
    named: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template draws.

    *lines* are runs of points without a gap between them, *loose* the stretches that lead to or
    from a point with a note.
    """

    bars: bool
    points: tuple[Point, ...]
    lines: tuple[str, ...]
    loose: tuple[str, ...]
    ticks: tuple[Tick, ...]
    base: float
    bar_width: float


def chart_of(
    labels: Sequence[str], values: Sequence[Number | None], notes: Sequence[str] = ()
) -> Chart | None:
    """The chart of one series; None when it has no value. *notes* are as many as there are values,
    or none at all.
    """
    told = notes or [""] * len(labels)
    known = [float(value) for value in values if value is not None]
    if not known:
        return None
    low, high, step = _scale(min(0.0, *known), max(0.0, *known))
    inner = HEIGHT - _TOP - _BOTTOM

    def y_of(value: float) -> float:
        return round(_TOP + inner * (high - value) / (high - low), 1)

    slot = (WIDTH - _LEFT - _RIGHT) / len(labels)
    every = ceil(len(labels) / _MOST_LABELS)
    base = y_of(0.0)
    points: list[Point | None] = []
    for place, (label, value, note) in enumerate(zip(labels, values, told, strict=True)):
        if value is None:
            points.append(None)
            continue
        x, y = round(_LEFT + slot * (place + 0.5), 1), y_of(float(value))
        # From the newest period backwards, so that the last one always has its name.
        named = (len(labels) - 1 - place) % every == 0
        bar = (min(y, base), abs(round(base - y, 1)))
        points.append(Point(x, y, *bar, label, value, named, note))
    ticks = [low + step * number for number in range(round((high - low) / step) + 1)]
    return Chart(
        bars=len(labels) <= _FEW,
        points=tuple(point for point in points if point is not None),
        lines=tuple(_runs(points)),
        loose=tuple(
            f"{one.x},{one.y} {other.x},{other.y}"
            for one, other in pairwise(points)
            if one is not None and other is not None and (one.note or other.note)
        ),
        ticks=tuple(Tick(y_of(value), value) for value in ticks),
        base=base,
        bar_width=round(min(64.0, slot * 0.6), 1),
    )


def slot_start(count: int, place: int) -> float:
    """Where the slot of a point begins: between it and the one before."""
    return round(_LEFT + (WIDTH - _LEFT - _RIGHT) / count * place, 1)


def _runs(points: Sequence[Point | None]) -> list[str]:
    """Polylines; a period without a value, or with a note, leaves a gap."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point is None or point.note:
            runs.append([])
        else:
            runs[-1].append(f"{point.x},{point.y}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _scale(low: float, high: float) -> tuple[float, float, float]:
    """A scale of three to six round steps that holds both ends."""
    extent = high - low if high - low > _LEAST else 4.0
    rough = extent / 4
    magnitude = 10.0 ** floor(log10(rough))
    step = next(size * magnitude for size in (1, 2, 2.5, 5, 10) if size * magnitude >= rough)
    return floor(low / step) * step, (ceil(high / step) or 1) * step, step
