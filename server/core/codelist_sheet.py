"""A code list as a table and back: what a sheet would change, and why a cell of it is refused.

Codes are never taken away: a code that is no longer used ends on a day, and one that the table does
not name stays as it is. What the table has no column for stays with its code.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from server.core.vietnamese import fold, nfc, typed_day

#: The attributes of a code in the order of the columns, with their headings.
COLUMNS: Final[Mapping[str, str]] = {
    "code": "Mã",
    "title": "Tên",
    "title_en": "Tên tiếng Anh",
    "aliases": "Tên khác",
    "numbering2": "Cách đánh số thứ hai",
    "validFrom": "Có hiệu lực từ ngày",
    "validTo": "Có hiệu lực đến hết ngày",
}
_DAYS: Final = ("validFrom", "validTo")
_CODE: Final = re.compile(r"[0-9a-z_]{1,16}", re.ASCII)
MOST_CODES: Final = 5000
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class CodeChange:
    """What becomes of one code; *fields* are attribute, before and after, as the table shows them.

    *ended*: it gets a last day, or another one; *moved*: it only stands elsewhere in the list.
    """

    code: str
    title: str
    kind: Literal["added", "changed", "ended", "moved"]
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class CodeFault:
    """A cell that is not taken: *row* counts from 1, the heading first; *column* an attribute."""

    row: int
    column: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class CodeReading:
    """What a table says; *items* are those of the list afterwards."""

    items: tuple[Mapping[str, Any], ...]
    changes: tuple[CodeChange, ...]
    faults: tuple[CodeFault, ...]


def rows_of_codes(document: Mapping[str, Any]) -> list[list[str]]:
    """The table of a list, its heading first."""
    return [
        list(COLUMNS.values()),
        *([_text(item, field) for field in COLUMNS] for item in document["items"]),
    ]


def read_codes(rows: Sequence[Sequence[str]], document: Mapping[str, Any]) -> CodeReading:
    """What *rows* would make of the list; a column that is not there is left alone.

    A table that names every code of the list says their order too.
    """
    reader = _Reader(document)
    headings = {fold(title): field for field, title in COLUMNS.items()}
    columns = [headings.get(fold(nfc(cell).strip())) for cell in (rows[0] if rows else ())]
    if "code" not in columns:
        return CodeReading(tuple(document["items"]), (), (CodeFault(1, "code", "no-codes", ""),))
    for number, row in enumerate(rows[1:], start=2):
        cells = {
            field: " ".join(nfc(text).split())
            for field, text in zip(columns, row, strict=False)
            if field is not None
        }
        if any(cells.values()):
            reader.row(number, cells)
    if len(reader.items) > MOST_CODES:
        reader.faults.append(CodeFault(len(rows), "code", "too-many", str(MOST_CODES)))
    reader.arrange()
    return CodeReading(tuple(reader.items.values()), tuple(reader.changes), tuple(reader.faults))


def next_edition(
    document: Mapping[str, Any], items: Sequence[Mapping[str, Any]], source: str
) -> dict[str, Any]:
    """The document of the next version; *source* names the letter that it goes by."""
    version = int(str(document["version"])) + 1
    made = {**document, "version": version, "source": source, "items": list(items)}
    return deepcopy(made)


def shown_day(iso: str) -> str:
    """The day as people write it; what is none stays as it stands."""
    try:
        return f"{date.fromisoformat(iso):%d/%m/%Y}"
    except ValueError:
        return iso


def _text(item: Mapping[str, Any], field: str) -> str:
    if field == "title_en":
        return str(item.get("i18n", {}).get("en", {}).get("title", ""))
    if field == "aliases":
        return "; ".join(item.get("aliases", ()))
    held = str(item.get(field, ""))
    return shown_day(held) if field in _DAYS else held


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.items: dict[str, Mapping[str, Any]] = {
            str(item["code"]): item for item in document["items"]
        }
        self.changes: list[CodeChange] = []
        self.faults: list[CodeFault] = []
        self._seen: dict[str, None] = {}  # in the order of the table
        self._known = tuple(self.items)

    def arrange(self) -> None:
        """The order of the table, where it names all; only the fewest that moved are told."""
        if self.faults or not self._seen.keys() >= set(self._known):
            return
        self.items = {code: self.items[code] for code in self._seen}
        place = {code: number for number, code in enumerate(self._known)}
        kept = [code for code in self._seen if code in place]
        told = {change.code for change in self.changes}
        staying = _longest_rising([place[code] for code in kept])
        for code in kept:
            if place[code] not in staying and code not in told:
                title = str(self.items[code]["title"])
                self.changes.append(CodeChange(code, title, "moved", ()))

    def row(self, number: int, cells: Mapping[str, str]) -> None:
        code, before = cells["code"], len(self.faults)
        known = self.items.get(code)
        if not _CODE.fullmatch(code) and known is None:
            self._refuse(number, "code", "bad-code", code)
        elif code in self._seen:
            self._refuse(number, "code", "twice", code)
        self._seen[code] = None
        made = self._made(number, code, known, cells)
        if len(self.faults) > before:
            return
        fields = tuple(
            (field, was, now)
            for field in COLUMNS
            if field != "code"
            and (was := "" if known is None else _text(known, field)) != (now := _text(made, field))
        )
        if known is None or fields:
            self.items[code] = made
            ended = any(field == "validTo" and now for field, _was, now in fields)
            kind: Literal["added", "changed", "ended"] = "ended" if ended else "changed"
            if known is None:
                kind = "added"
            self.changes.append(CodeChange(code, str(made["title"]), kind, fields))

    def _made(
        self, number: int, code: str, known: Mapping[str, Any] | None, cells: Mapping[str, str]
    ) -> dict[str, Any]:
        made: dict[str, Any] = deepcopy(dict(known)) if known is not None else {"code": code}
        for field, text in cells.items():
            if field in _DAYS:
                day = typed_day(text)
                if day is None:
                    self._refuse(number, field, "not-a-day", text)
                else:
                    _put(made, field, day)
            elif field == "title_en":
                _put_english(made, text)
            elif field == "aliases":
                _put(made, field, [name.strip() for name in text.split(";") if name.strip()])
            elif field != "code":
                if len(text) > _LONGEST:
                    self._refuse(number, field, "too-long", text)
                _put(made, field, text)
        if not made.get("title"):
            self._refuse(number, "title", "no-title", "")
            made["title"] = ""
        first, last = (str(made.get(field, "")) for field in _DAYS)
        if first and last and last < first:
            self._refuse(number, "validTo", "ends-before-begin", shown_day(last))
        return made

    def _refuse(self, number: int, column: str, reason: str, text: str) -> None:
        self.faults.append(CodeFault(number, column, reason, text))


def _longest_rising(places: Sequence[int]) -> set[int]:
    """The most of *places*, all different, that stand in rising order already."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(tails, place)
        before[place] = tails[at - 1] if at else None
        tails[at : at + 1] = [place]
    found: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found


def _put(made: dict[str, Any], field: str, value: object) -> None:
    """Set, or take away what was emptied; a key that stands keeps its place."""
    if value:
        made[field] = value
    else:
        made.pop(field, None)


def _put_english(made: dict[str, Any], text: str) -> None:
    known = made.get("i18n", {})
    english = {key: held for key, held in known.get("en", {}).items() if key != "title"}
    if text:
        english["title"] = text
    languages = {key: held for key, held in known.items() if key != "en"}
    if english:
        languages["en"] = english
    _put(made, "i18n", languages)
