"""A table as it stands in a spreadsheet, understood: headings, columns, rows and what they hold.

Cells are texts, as a spreadsheet copies them. Merged cells arrive as one text followed by empty
cells, which is how they are read here. What a form is made of it is ``definition_table_form``.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from server.core.definition_table_columns import (
    DATE,
    DECIMAL,
    GROUPED,
    LONGEST,
    NUMBERED,
    ORDER_WORDS,
    SIGNS,
    WHOLE,
    ColumnType,
    TableColumn,
    columns_of,
)
from server.core.indicator import CodeList
from server.core.vietnamese import fold, nfc

Rows = Sequence[Sequence[str]]
RowKind = Literal["fixed", "roster", "codelist"]
TYPES: Final[tuple[ColumnType, ...]] = ("integer", "number", "text", "date", "skip")
KINDS: Final[tuple[RowKind, ...]] = ("fixed", "codelist", "roster")
MOST_COLUMNS: Final = 120
MOST_ROWS: Final = 600
MOST_HEADINGS: Final = 3
_LETTERED: Final = re.compile(r"\(?[A-H]\)?")
_ORDINAL: Final = re.compile(r"(?:[ivx]{1,5}|\d{1,3}(?:\.\d{1,3})*|[a-z])[.)]?\s+|[-+*•]\s*", re.I)
_CODE_WORDS: Final = frozenset({"ma", "ma so", "ms", "code"})
_TOTAL_WORDS: Final = frozenset(
    {"tong", "tong so", "tong cong", "cong", "toan xa", "toan huyen", "toan tinh", "total"}
)
_ENOUGH_MATCHES: Final = 3
_MATCHING_SHARE: Final = 0.8


class TableUnreadable(Exception):
    """The cells are no table: ``reason`` is empty, no-header, no-columns or too-large."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Table:
    """What was understood; every guess can be overruled by ``Choices``."""

    title: str
    headings: int
    row_columns: int
    row_header: str
    columns: tuple[TableColumn, ...]
    rows: tuple[str, ...]
    kind: RowKind
    total: str = ""
    codelist: str = ""
    unmatched: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided instead of the guess; None and absent keep the guess."""

    headings: int | None = None
    row_columns: int | None = None
    kind: RowKind | None = None
    codelist: str | None = None
    types: Mapping[int, ColumnType] = field(default_factory=dict)
    titles: Mapping[int, str] = field(default_factory=dict)


def cells_of(text: str) -> list[list[str]]:
    """The rows of a text copied out of a spreadsheet: tabs between cells, quotes around breaks."""
    delimiter = "\t" if "\t" in text else ";" if text.count(";") >= text.count(",") else ","
    plain = nfc(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))
    try:
        rows = list(csv.reader(plain.split("\n"), delimiter=delimiter))
        if '"' in plain:
            # Only a whole text keeps the line breaks inside of quotes.
            rows = list(csv.reader(plain.splitlines(keepends=True), delimiter=delimiter))
    except csv.Error:
        rows = [line.split(delimiter) for line in plain.split("\n")]
    return [[_clean(cell) for cell in row] for row in rows]


def _clean(cell: str) -> str:
    """One line of what can be read; hidden and control characters are not carried over."""
    words = " ".join(cell.split())
    return "".join(letter for letter in words if letter.isprintable())[:LONGEST].strip()


def text_of(rows: Iterable[Sequence[str]]) -> str:
    """Rows as the text that ``cells_of`` reads back."""
    return "\n".join(
        "\t".join(" ".join(cell.replace('"', "”").split()) for cell in row) for row in rows
    )


def read_table(
    cells: Rows, codelists: Iterable[CodeList] = (), choices: Choices | None = None
) -> Table:
    """The table in *cells*.

    Raises:
        TableUnreadable: there is no heading with columns below it, or too much of it.
    """
    decided = choices or Choices()
    title, grid = _squared(cells)
    headings, numbers, body = _parts(grid, decided.headings)
    row_columns = decided.row_columns
    if row_columns is None:
        row_columns = _row_columns(headings, numbers, body)
    row_columns = max(0, min(row_columns, len(grid[0]) - 1))
    heads = _headed(headings, row_columns)
    named = _title_column(body, row_columns)
    titles = [_plain_title(row[named]) if row_columns else "" for row in body]
    kind = decided.kind or ("roster" if _is_open(titles) else "fixed")
    total = next((one for one in titles if fold(one).strip(" :") in _TOTAL_WORDS), "")
    rows = [one for one in titles if one and one != total]
    wanted = list(codelists)
    if decided.codelist:
        wanted = [one for one in wanted if one.code == decided.codelist]
    found, unmatched = _matching(rows, wanted, forced=bool(decided.codelist))
    if decided.kind is None and found is not None:
        kind = "codelist"
    if kind == "codelist" and found is None:
        kind = "fixed"
    first = 0 if kind == "roster" else row_columns
    columns = columns_of(heads, numbers, body, first, titles=decided.titles, types=decided.types)
    if not any(column.type != "skip" for column in columns):
        raise TableUnreadable("no-columns")
    header = heads[named][-1] if row_columns and heads[named] else ""
    if kind == "roster" and fold(header) in ORDER_WORDS:
        header = ""
    return Table(
        title=title, headings=len(headings), row_columns=row_columns, row_header=header,
        columns=columns, rows=tuple(dict.fromkeys(rows)), kind=kind, total=total,
        codelist=found.code if found is not None and kind == "codelist" else "",
        unmatched=unmatched if kind == "codelist" else (),
        sample=tuple(tuple(row) for row in body[:5]),
    )  # fmt: skip


def folded_title(text: str) -> str:
    """A title as titles are compared: no accents, case, numbering or surplus spaces."""
    plain = fold(_plain_title(text)).replace("-", " ").strip(" :.")
    for word in ("dan toc ", "nguoi "):
        plain = plain.removeprefix(word)
    return " ".join(plain.split())


# The parts of a sheet


def _squared(cells: Rows) -> tuple[str, list[list[str]]]:
    """The title above the table, and its rows, all equally long and none of them empty."""
    rows = [list(row) for row in cells if any(row)]
    if not rows:
        raise TableUnreadable("empty")
    over: list[str] = []
    while rows and sum(1 for cell in rows[0] if cell) == 1 and max(map(len, rows)) > 1:
        over.append(next(cell for cell in rows.pop(0) if cell))
    if not rows:
        raise TableUnreadable("no-header")
    width = max(len(row) for row in rows)
    if width > MOST_COLUMNS + 4 or len(rows) > MOST_ROWS:
        raise TableUnreadable("too-large")
    squared = [row + [""] * (width - len(row)) for row in rows]
    used = [place for place in range(width) if any(row[place] for row in squared)]
    return max(over, key=len, default=""), [[row[place] for place in used] for row in squared]


def _parts(
    grid: list[list[str]], wanted: int | None
) -> tuple[list[list[str]], list[str], list[list[str]]]:
    """Heading rows, the row of column numbers (perhaps empty), and the rows below."""
    numbered = next(
        (
            place
            for place in range(1, min(len(grid), MOST_HEADINGS + 1))
            if _is_numbers(grid[place])
        ),
        None,
    )
    if wanted is not None:
        count = max(1, min(wanted, MOST_HEADINGS, len(grid)))
    elif numbered is not None:
        count = numbered
    else:
        count = 1
        while count < min(MOST_HEADINGS, len(grid)) and _goes_on(grid[count - 1], grid[count]):
            count += 1
    rest = grid[count:]
    if rest and _is_numbers(rest[0]):
        return grid[:count], rest[0], rest[1:]
    return grid[:count], [""] * len(grid[0]), rest


def _is_numbers(row: Sequence[str]) -> bool:
    """The row "A B 1 2 3=1+2" under the headings: numbers that go up one by one."""
    filled = [cell for cell in row if cell]
    found = [NUMBERED.fullmatch(cell) for cell in filled]
    values = [int(one[1]) for one in found if one is not None]
    letters = sum(1 for cell in filled if _LETTERED.fullmatch(cell))
    if len(values) + letters != len(filled) or not values:
        return False
    ascending = all(after == before + 1 for before, after in pairwise(values))
    return ascending and values[0] in (0, 1) and (len(values) > 1 or letters > 0)


def _goes_on(above: Sequence[str], row: Sequence[str]) -> bool:
    """Whether *row* is a further row of headings: texts under a heading that spans columns."""
    if row[0] or any(_is_value(cell) for cell in row if cell):
        return False
    under_gap = any(cell and not over for cell, over in zip(row, above, strict=True))
    return under_gap and any(row)


def _is_value(cell: str) -> bool:
    return bool(WHOLE.fullmatch(cell) or DECIMAL.fullmatch(cell) or GROUPED.fullmatch(cell))


def _row_columns(headings: Rows, numbers: Sequence[str], body: Rows) -> int:
    """How many columns at the left name the rows."""
    lettered = 0
    while lettered < len(numbers) and _LETTERED.fullmatch(numbers[lettered]):
        lettered += 1
    if lettered:
        return lettered
    leading = 0
    width = len(headings[0])
    while leading < min(3, width - 1):
        words = fold(headings[0][leading])
        values = [row[leading] for row in body if row[leading] not in SIGNS]
        texts = [one for one in values if not _is_value(one) and not DATE.fullmatch(one)]
        names = words in ORDER_WORDS or words in _CODE_WORDS
        if not names and (leading > 0 and _has_text(body, leading)):
            break
        if not names and values and len(texts) * 2 < len(values):
            break
        if not names and not values and leading > 0 and not _only_order(headings, leading):
            break
        leading += 1
        if not names:
            # The code may stand behind the name.
            after = fold(headings[0][leading]) if leading < width - 1 else ""
            return leading + (1 if after in _CODE_WORDS else 0)
    return max(1, leading)


def _only_order(headings: Rows, count: int) -> bool:
    return all(fold(headings[0][place]) in ORDER_WORDS | _CODE_WORDS for place in range(count))


def _has_text(body: Rows, leading: int) -> bool:
    """Whether a column before *leading* already holds names."""
    return any(
        row[place] and not _is_value(row[place]) and len(row[place]) > 3  # noqa: PLR2004 - no "IV"
        for row in body
        for place in range(leading)
    )


def _title_column(body: Rows, row_columns: int) -> int:
    """Which of the leading columns holds the names: the one with the longest texts."""
    if row_columns <= 1:
        return 0
    return max(range(row_columns), key=lambda place: sum(len(row[place]) for row in body))


def _plain_title(text: str) -> str:
    """Without the numbering and dashes in front."""
    plain = _ORDINAL.sub("", text, count=1).strip() if _ORDINAL.match(text) else text.strip()
    return plain or text.strip()


def _is_open(titles: Sequence[str]) -> bool:
    """Whether the rows are left to those who fill: nothing there, or only numbers and dots."""
    named = [one for one in titles if one not in SIGNS and not _is_value(one)]
    return not named


def _headed(headings: Rows, row_columns: int) -> list[list[str]]:
    """The headings over each column from the top; a heading spans the empty cells right of it."""
    width = len(headings[0])
    found: list[list[str]] = [[] for _ in range(width)]
    for level, row in enumerate(headings):
        current = ""
        for place in range(width):
            starts = any(above[place] for above in headings[:level])
            if row[place]:
                current = row[place]
            elif place <= row_columns or starts or not _spans(headings, level, place):
                current = ""
            if current and (not found[place] or found[place][-1] != current):
                found[place].append(current)
    return found


def _spans(headings: Rows, level: int, place: int) -> bool:
    """Whether the empty cell at *place* belongs to the heading at its left: texts stand below."""
    return any(row[place] for row in headings[level + 1 :])


# Code lists


def _matching(
    rows: Sequence[str], codelists: Sequence[CodeList], *, forced: bool
) -> tuple[CodeList | None, tuple[str, ...]]:
    """The list whose items the rows name, and the rows that it does not know."""
    wanted = [folded_title(one) for one in rows]
    best: tuple[float, int, str] | None = None
    chosen: CodeList | None = None
    for codelist in codelists:
        known = _names(codelist)
        matches = sum(1 for one in wanted if one in known)
        enough = matches >= _ENOUGH_MATCHES and matches >= _MATCHING_SHARE * len(wanted)
        if not (enough or forced):
            continue
        rank = (matches, -len(codelist.items), codelist.code)
        if best is None or rank > best:
            best, chosen = rank, codelist
    if chosen is None:
        return None, ()
    known = _names(chosen)
    return chosen, tuple(row for row, one in zip(rows, wanted, strict=True) if one not in known)


def _names(codelist: CodeList) -> frozenset[str]:
    return frozenset(
        folded_title(name) for item in codelist.items for name in (item.title, *item.aliases)
    )
