"""The indicator catalogue as rows of a spreadsheet: out, and back in as changes to look at.

Pure: rows of texts in, changes and refused cells out. An indicator is never deleted: a row that is
not there changes nothing, and an end day retires it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from server.core.indicator import FormerOwners, Indicator, Measure
from server.core.indicator_changes import (
    COLUMNS,
    DAYS,
    NOT_SUMMED,
    SUMMED,
    RowChange,
    change_of,
    texts_of,
)
from server.core.vietnamese import fold, nfc, typed_day

Rows = Sequence[Sequence[str]]

LEVELS: Final = ("commune", "district", "province", "department")
FREQUENCIES: Final = ("year", "half_year", "quarter", "month", "school_year", "five_year", "term")
_CODE: Final = re.compile(r"[0-9a-z][0-9a-z_]{0,63}")
NEEDED: Final = ("title", "group", "measures")
_LONGEST: Final[Mapping[str, int]] = {"definition": 4000, "method": 4000, "source": 1000}
_LONG: Final = 300
_MOST_ROWS: Final = 2000


@dataclass(frozen=True, slots=True)
class Known:
    """What cells may refer to."""

    dimensions: Collection[str]
    org_units: Collection[str]


@dataclass(frozen=True, slots=True)
class CellFault:
    """A refused cell: row and column counted as the spreadsheet shows them, and why."""

    row: int
    column: str
    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class SheetReading:
    """What the whole sheet would do; nothing may be saved while there are faults."""

    changes: tuple[RowChange, ...]
    faults: tuple[CellFault, ...]
    indicators: tuple[Indicator, ...]
    same: int
    absent: int


def rows_of_indicators(indicators: Sequence[Indicator]) -> list[list[str]]:
    """The heading and one row for each indicator, by code."""
    ordered = sorted(indicators, key=lambda one: one.code)
    return [list(COLUMNS.values()), *([*texts_of(one).values()] for one in ordered)]


def read_rows(rows: Rows, current: Mapping[str, Indicator], known: Known) -> SheetReading:
    """What *rows* change of the *current* catalogue."""
    if not rows or len(rows) > _MOST_ROWS:
        fault = CellFault(1, "A", "empty" if not rows else "too-many-rows")
        return SheetReading((), (fault,), (), 0, 0)
    fields, faults = _headings(rows[0])
    if faults:
        return SheetReading((), tuple(faults), (), 0, 0)
    reader = _Reader(fields, current, known)
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            reader.row(number, [*row, *[""] * (len(fields) - len(row))])
    result = {**current, **reader.read}
    return SheetReading(
        changes=tuple(reader.changes),
        faults=tuple(reader.faults),
        indicators=tuple(result[code] for code in sorted(result)),
        same=reader.same,
        absent=len(set(current) - reader.seen.keys()),
    )


def column_name(place: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _headings(row: Sequence[str]) -> tuple[list[str], list[CellFault]]:
    by_heading = {fold(heading): field for field, heading in COLUMNS.items()}
    fields: list[str] = []
    faults = []
    for place, cell in enumerate(row):
        field = by_heading.get(fold(cell.strip()), "")
        if not field and cell.strip():
            faults.append(CellFault(1, column_name(place), "unknown-column", cell.strip()))
        elif field and field in fields:
            faults.append(CellFault(1, column_name(place), "repeated-column", cell.strip()))
        fields.append(field)
    if "code" not in fields and not faults:
        faults.append(CellFault(1, "A", "no-code-column"))
    return fields, faults


class _Reader:
    """Row by row; each fault is kept and the row then changes nothing."""

    def __init__(
        self, fields: Sequence[str], current: Mapping[str, Indicator], known: Known
    ) -> None:
        self._fields, self._current, self._known = fields, current, known
        self._groups = {one.group: one.group_title for one in current.values()}
        self.seen: dict[str, int] = {}
        self.read: dict[str, Indicator] = {}
        self.changes: list[RowChange] = []
        self.faults: list[CellFault] = []
        self.same = 0

    def row(self, number: int, cells: Sequence[str]) -> None:
        texts = {
            field: nfc(cell).replace("\r", "").strip()
            for field, cell in zip(self._fields, cells, strict=False)
            if field
        }
        code = texts["code"].lstrip("'")
        before = len(self.faults)
        if not _CODE.fullmatch(code):
            self._refuse(number, "code", "code", code)
            return
        if code in self.seen:
            self._refuse(number, "code", "repeated", str(self.seen[code]))
            return
        self.seen[code] = number
        old = self._current.get(code)
        shown = {} if old is None else texts_of(old)
        values: dict[str, Any] = {}
        for field, text in texts.items():
            if field != "code" and text != shown.get(field, ""):
                values |= self._value(number, field, text)
        if old is None:
            for field in NEEDED:
                if not texts.get(field):
                    self._refuse(number, field, "needed")
        group = values.get("group", "")
        if values.get("group_title"):
            self._groups.setdefault(group, values["group_title"])
        elif group and group not in self._groups:
            self._refuse(number, "group", "unknown-group", group)
        if len(self.faults) > before:
            return
        made = self._made(code, old, values)
        if made.valid_from and made.valid_to and made.valid_from > made.valid_to:
            self._refuse(number, "valid_to", "ends-before", texts.get("valid_to", ""))
            return
        if not made.owners_in_order:
            self._refuse(number, "owners_from", "owner-order", texts.get("owners_from", ""))
            return
        self._note(number, old, made)

    def _made(self, code: str, old: Indicator | None, values: dict[str, Any]) -> Indicator:
        if "group" in values and "group_title" not in values:
            values["group_title"] = self._groups[values["group"]]
        if old is not None:
            return _handed_over(old, replace(old, **values))
        usual: dict[str, Any] = {
            "title_en": values.get("title", ""), "dimensions": (), "lowest_level": "commune",
            "frequency": "year", "owners": (), "owner_units": (), "source": "",
            "constructed": False,
        }  # fmt: skip
        return Indicator(code=code, **{**usual, **values})

    def _note(self, number: int, old: Indicator | None, made: Indicator) -> None:
        change = change_of(number, old, made)
        if change is None:
            self.same += 1
            return
        self.read[made.code] = made
        self.changes.append(change)

    def _refuse(self, number: int, field: str, code: str, text: str = "") -> None:
        place = self._fields.index(field) if field in self._fields else 0
        self.faults.append(CellFault(number, column_name(place), code, text[:80]))

    def _value(self, number: int, field: str, text: str) -> dict[str, Any]:
        """The field's value; what cannot be read is refused and leaves none."""
        if len(text) > _LONGEST.get(field, _LONG) or not _readable(text):
            self._refuse(number, field, "too-long", text)
            return {}
        if field in NEEDED and not text:
            self._refuse(number, field, "needed")
            return {}
        if field == "measures":
            measures = [_measure(part) for part in _parts(text)]
            if None in measures or not measures:
                self._refuse(number, field, "measure", text)
                return {}
            return {field: tuple(one for one in measures if one is not None)}
        if field in DAYS:
            day = typed_day(text)
            if day is None:
                self._refuse(number, field, "day", text)
                return {}
            return {field: day}
        if field in ("dimensions", "owners", "owner_units"):
            return self._listed(number, field, text)
        allowed = {"lowest_level": LEVELS, "frequency": FREQUENCIES}.get(field)
        if allowed is not None and text not in allowed:
            self._refuse(number, field, field, text)
            return {}
        if field == "group" and not _CODE.fullmatch(text):
            self._refuse(number, field, "code", text)
            return {}
        return {field: text}

    def _listed(self, number: int, field: str, text: str) -> dict[str, Any]:
        parts = _parts(text)
        for part in parts:
            if field == "dimensions" and part not in self._known.dimensions:
                self._refuse(number, field, "dimension", part)
                return {}
            level = part.removeprefix("level:")
            known = part in self._known.org_units or (level != part and level in LEVELS)
            if field == "owner_units" and not known:
                self._refuse(number, field, "org-unit", part)
                return {}
        return {field: tuple(dict.fromkeys(parts))}


def _handed_over(old: Indicator, made: Indicator) -> Indicator:
    """Other owners from another day: those before them stay, up to the day before."""
    same = (old.owners, old.owner_units) == (made.owners, made.owner_units)
    if same or not old.owners or not made.owners_from or made.owners_from == old.owners_from:
        return made
    last = date.fromisoformat(made.owners_from) - timedelta(days=1)
    former = FormerOwners(old.owners, old.owner_units, old.owners_from, last.isoformat())
    return replace(made, former_owners=(*old.former_owners, former))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _measure(text: str) -> Measure | None:
    unit, _colon, way = text.rpartition(":")
    ways = {fold(SUMMED): "sum", fold(NOT_SUMMED): "none"}
    aggregation = ways.get(fold(way.strip()))
    return Measure(unit.strip(), aggregation) if unit.strip() and aggregation else None


def _readable(text: str) -> bool:
    return all(letter.isprintable() or letter == "\n" for letter in text)
