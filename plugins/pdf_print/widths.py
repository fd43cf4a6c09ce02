"""How wide each column of a grid is, and in which size its letters still fit.

Fixed widths instead of the browser's own way: they cost nothing to lay out, a column keeps its
place on every page, and no number is ever broken or cut while there is a size in which it fits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from server.hooks import Refused, SheetColumn, SheetGrid

# Points. NĐ 30/2020 asks for 13 to 14 in running text; tables go down to what can be read.
SIZES: Final = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)
_GOOD: Final = 9.5
_MILLIMETRES_PER_POINT: Final = 0.3528
# Advance widths of Times in units of the size: a digit has exactly one half.
_DIGIT: Final = 0.5
_CAPITAL: Final = 0.72
_SMALL: Final = 0.47
_NARROW: Final = 0.28
_BOLD: Final = 1.08
_MARK: Final = 0.85  # the marks are set this much smaller
_SIDES: Final = 2.2  # millimetres of padding and rule
_ONE_LINE: Final = 34  # letters of a text that should stay on one line
_NARROWEST_TEXT: Final = 12.0  # millimetres


@dataclass(frozen=True, slots=True)
class Fit:
    """The size of the letters in points and the widths of the columns in millimetres."""

    size: float
    widths: tuple[float, ...]


def fit(grid: SheetGrid, usable: float) -> Fit:
    """The largest size in which no word of the grid is broken, and the widths that fill the line.

    In the smallest size words may break, numbers never: ``Refused`` when those alone do not fit.
    """
    narrowest = [_narrowest(grid, at) for at in range(len(grid.columns))]
    wanted = [max(_wanted(grid, at), narrow) for at, narrow in enumerate(narrowest)]
    # Somewhat smaller letters with each row on one line read better than large ones on three.
    sizes = [size for size in SIZES if size >= _GOOD and _total(wanted, size) <= usable] or SIZES
    for size in sizes:
        if _total(narrowest, size) <= usable:
            least = [_width(ems, size) for ems in narrowest]
            return Fit(size, _shared(least, [_width(ems, size) for ems in wanted], usable))
    return Fit(SIZES[-1], _squeezed(grid, usable))


def _squeezed(grid: SheetGrid, usable: float) -> tuple[float, ...]:
    """Numbers keep what they need; texts, broken over several lines, share the rest evenly."""
    texts = sum(column.kind == "text" for column in grid.columns)
    needed = [
        0.0 if column.kind == "text" else _width(_longest_cell(grid, at), SIZES[-1])
        for at, column in enumerate(grid.columns)
    ]
    spare = usable - sum(needed)
    if spare < texts * _NARROWEST_TEXT:
        raise Refused(f"{len(grid.columns)} columns do not fit: the layout needs landscape or A3")
    return _rounded(
        spare / texts if column.kind == "text" else width + (0 if texts else spare / len(needed))
        for column, width in zip(grid.columns, needed, strict=True)
    )


def _shared(least: list[float], wanted: list[float], usable: float) -> tuple[float, ...]:
    """First every column gets what it wants, as far as there is room; what is left goes to all."""
    spare = usable - sum(least)
    wishes = sum(wanted) - sum(least)
    granted = min(1.0, spare / wishes) if wishes > 0 else 0.0
    widths = [low + (high - low) * granted for low, high in zip(least, wanted, strict=True)]
    stretch = usable / sum(widths)
    return _rounded(width * stretch for width in widths)


def _rounded(widths: Iterable[float]) -> tuple[float, ...]:
    """To hundredths whose sum is the whole line: a table must not run over its margin."""
    edges = [0.0]
    for width in widths:
        edges.append(edges[-1] + width)
    cut = [int(edge * 100 + 1e-6) for edge in edges]
    return tuple((right - left) / 100 for left, right in pairwise(cut))


def _narrowest(grid: SheetGrid, at: int) -> float:
    column = grid.columns[at]
    words = [_ems(word) * _BOLD for word in column.title.split()]
    marks = [_ems(part) * _MARK for part in _parts_of_mark(column)]
    return max([*words, *marks, _longest_cell(grid, at)])


def _longest_cell(grid: SheetGrid, at: int) -> float:
    """What must not be broken: a word of a text, the whole of a number or code ("31,0 %")."""
    is_text = grid.columns[at].kind == "text"
    ems = 0.0
    for row in grid.rows:
        parts = row.cells[at].split() if is_text else [row.cells[at]]
        bold = 1.0 if row.kind == "data" else _BOLD
        longest = max((_ems(part) for part in parts), default=0.0)
        ems = max(ems, longest * bold + (row.indent if is_text else 0))
    return ems


def _wanted(grid: SheetGrid, at: int) -> float:
    """Room for the whole text on one line, up to a limit; numbers need no more than they need."""
    if grid.columns[at].kind != "text":
        return 0.0
    longest = max(
        (_ems(row.cells[at]) * _BOLD + row.indent for row in grid.rows),
        default=0.0,
    )
    return min(longest, _ONE_LINE * _DIGIT)


def _parts_of_mark(column: SheetColumn) -> list[str]:
    """``13=3-7+9+11`` may be broken behind its equals sign."""
    head, sign, formula = column.mark.partition("=")
    return [head + sign, formula]


def _ems(text: str) -> float:
    return sum(_letter(letter) for letter in text)


def _letter(letter: str) -> float:
    if letter.isdigit():
        return _DIGIT
    if letter in " .,;:!|'ijlt()[]-/":
        return _NARROW if letter not in "-()" else 0.34
    if letter in "mwMW%…—=+<>×@":
        return 1.0 if letter in "…—" else 0.9
    return _CAPITAL if letter.isupper() else _SMALL


def _total(columns: list[float], size: float) -> float:
    return sum(_width(ems, size) for ems in columns)


def _width(ems: float, size: float) -> float:
    return ems * size * _MILLIMETRES_PER_POINT + _SIDES
