"""Codes with days: which codes of a list hold in a period, and what is said of the others.

A code counts in a period when it is valid on the period's last day, the day on which units and
villages are read too. A compiled form carries the days under ``x-validity`` of the grid or the cell
that the list was written into, so that a version goes on meaning what it meant when published.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from server.core.indicator import CodeListItem
from server.core.shape import BlockKind, Shape, mapping

KEYWORD: Final = "x-validity"
_MARK: Final = re.compile(r" \(mã (?:đã hết|chỉ có) hiệu lực từ [0-9]{2}/[0-9]{2}/[0-9]{4}\)$")
NOTHING: Final[Mapping[str, "Lapse"]] = {}


@dataclass(frozen=True, slots=True)
class Lapse:
    """Why a code does not count: *ended*, no longer from that day; *early*, only from that day."""

    kind: Literal["ended", "early"]
    day: date

    @property
    def shown_day(self) -> str:
        return f"{self.day:%d/%m/%Y}"

    @property
    def mark(self) -> str:
        """What stands in brackets behind the title of such a code, on the screen and on paper."""
        if self.kind == "ended":
            return f"mã đã hết hiệu lực từ {self.shown_day}"
        return f"mã chỉ có hiệu lực từ {self.shown_day}"


def days_of(items: Iterable[CodeListItem]) -> dict[str, dict[str, str]]:
    """What a compiled form keeps of the days of a list; nothing of items without any."""
    return {
        item.code: {
            key: day for key, day in (("from", item.valid_from), ("to", item.valid_to)) if day
        }
        for item in items
        if item.valid_from or item.valid_to
    }


def lapse_of(valid_from: str, valid_to: str, day: date) -> Lapse | None:
    """Why a code with these days (ISO, included, or empty) does not count on *day*.

    >>> lapse_of("", "2025-06-30", date(2025, 12, 31)).mark
    'mã đã hết hiệu lực từ 01/07/2025'
    >>> lapse_of("", "2025-06-30", date(2025, 6, 30)) is None
    True
    """
    if valid_to and date.fromisoformat(valid_to) < day:
        return Lapse("ended", date.fromisoformat(valid_to) + timedelta(days=1))
    if valid_from and date.fromisoformat(valid_from) > day:
        return Lapse("early", date.fromisoformat(valid_from))
    return None


def lapses(schema: Mapping[str, object], day: date | None) -> Mapping[str, Lapse]:
    """The codes of a grid or of a cell that do not count on *day*; none where no day is asked."""
    if day is None or KEYWORD not in schema:
        return NOTHING
    found = {}
    for code, declared in mapping(schema[KEYWORD]).items():
        days = mapping(declared)
        lapse = lapse_of(str(days.get("from", "")), str(days.get("to", "")), day)
        if lapse is not None:
            found[code] = lapse
    return found


def unmarked(text: str) -> str:
    """The title of a code without its mark: what a cell of a file or the clipboard shows.

    >>> unmarked("Ngái (mã đã hết hiệu lực từ 01/07/2025)")
    'Ngái'
    """
    return _MARK.sub("", text)


def is_dated(shape: Shape) -> bool:
    """Whether any list of the form has days at all; nearly none has."""
    return any(KEYWORD in cell.schema for cell in shape.cells.values()) or any(
        KEYWORD in block.schema
        or any(KEYWORD in cell.schema for line in block.samples for cell in line.cells.values())
        for block in shape.blocks.values()
    )


def lapsed_rows(shape: Shape, day: date | None) -> dict[str, Mapping[str, Lapse]]:
    """By block, the lines of a code list that are none on *day*."""
    found = {}
    for key, block in shape.blocks.items():
        if block.kind is BlockKind.CODELIST:
            lapsed = lapses(block.schema, day)
            if lapsed:
                found[key] = lapsed
    return found
