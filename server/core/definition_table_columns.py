"""The columns of a pasted table: their keys, and the types that headings and figures speak of."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from server.core.definition_consequences import names_property
from server.core.vietnamese import fold

ColumnType = Literal["integer", "number", "text", "date", "skip"]
_MOST_DECIMALS: Final = 4
_LONGEST_KEY: Final = 40


_TEXT_WORDS: Final = (
    "ho va ten",
    "ho ten",
    "ten",
    "ghi chu",
    "dia chi",
    "noi dung",
    "ly do",
    "chuc vu",
)
_DECIMAL_WORDS: Final = (
    "ty le",
    "ti le",
    "dien tich",
    "chieu dai",
    "thu nhap",
    "kinh phi",
    "gia tri",
)
ORDER_WORDS: Final = frozenset({"tt", "stt", "so tt", "so thu tu", "no", "no."})
GROUPED: Final = re.compile(r"-?\d{1,3}([.,  ]\d{3})+")
WHOLE: Final = re.compile(r"-?\d{1,15}")
DECIMAL: Final = re.compile(r"-?\d{1,12}[.,](\d{1,6})%?|-?\d{1,12}%")
DATE: Final = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}")
NUMBERED: Final = re.compile(r"\(?(\d{1,3})\)?\s*(=.*)?")
SIGNS: Final = frozenset({"", "-", "–", "x", "X", "…", "...", "*", "."})
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column below its headings; *place* counts from 0 in the pasted table."""

    place: int
    key: str
    title: str
    group: str
    type: ColumnType
    decimals: int = 0
    highest: int = 0
    negative: bool = False
    number: str = ""
    formula: str = ""

    @property
    def numeric(self) -> bool:
        return self.type in ("integer", "number")


def key_of(title: str, taken: Iterable[str], prefix: str = "") -> str:
    """An answer key made of a title: ASCII, not taken, no word of the expression language."""
    words = re.sub(r"[^a-z0-9]+", "_", fold(title).replace("đ", "d")).strip("_")
    plain = words[:_LONGEST_KEY].strip("_")
    if not plain or not plain[0].isalpha():
        plain = f"{prefix or 'c'}_{plain}".strip("_")
    if not names_property(plain):
        plain = f"{plain}_1"
    known, key, count = set(taken), plain, 1
    while key in known:
        count += 1
        key = f"{plain}_{count}"
    return key


def columns_of(
    heads: Sequence[Sequence[str]],
    numbers: Sequence[str],
    body: Sequence[Sequence[str]],
    first: int,
    *,
    titles: Mapping[int, str],
    types: Mapping[int, ColumnType],
) -> tuple[TableColumn, ...]:
    found: list[TableColumn] = []
    taken: list[str] = []
    for place in range(first, len(heads)):
        levels = list(heads[place])
        title = titles.get(place) or (levels[-1] if levels else f"Cột {place + 1}")
        group = ": ".join(levels[:-1])
        column = _guessed([row[place] for row in body], fold(title))
        if first == 0 and fold(title) in ORDER_WORDS:
            column = replace(column, type="skip")
        column = _formed(column, types.get(place))
        key = key_of(f"{group} {title}" if _repeats(heads, place) else title, taken)
        taken.append(key)
        numbered = NUMBERED.fullmatch(numbers[place]) if numbers[place] else None
        number, formula = (numbered[1], (numbered[2] or "")) if numbered else ("", "")
        found.append(
            replace(
                column,
                place=place,
                key=key,
                title=title[:LONGEST],
                group=group[:LONGEST],
                number=number,
                formula=formula.lstrip("= ").strip(),
            )
        )
    return tuple(found)


def _repeats(heads: Sequence[Sequence[str]], place: int) -> bool:
    """Whether other columns have the same last heading, as "Nam" and "Nữ" under two groups."""
    own = fold(heads[place][-1]) if heads[place] else ""
    return sum(1 for one in heads if one and fold(one[-1]) == own) > 1


def _guessed(values: Sequence[str], words: str) -> TableColumn:
    """The type of the sample figures; without any the one that the heading speaks of."""
    seen = [one for one in values if one not in SIGNS]
    column = TableColumn(0, "", "", "", "integer")
    if not seen:
        return replace(column, **_spoken(words))
    negative = any(one.startswith("-") for one in seen)
    if all(WHOLE.fullmatch(one) or GROUPED.fullmatch(one) for one in seen):
        highest = max(abs(int(re.sub(r"[^\d]", "", one))) for one in seen)
        return replace(column, highest=highest, negative=negative)
    if all(
        DECIMAL.fullmatch(one) or WHOLE.fullmatch(one) or GROUPED.fullmatch(one) for one in seen
    ):
        matches = [DECIMAL.fullmatch(one) for one in seen]
        places = [len(one[1] or "") for one in matches if one is not None]
        decimals = min(_MOST_DECIMALS, max(1, *places)) if places else 1
        return replace(column, type="number", decimals=decimals, negative=negative)
    if all(DATE.fullmatch(one) for one in seen):
        return replace(column, type="date")
    return replace(column, type="text")


def _spoken(words: str) -> dict[str, Any]:
    """What a heading without figures below says of its column; mostly whole numbers."""
    if words.startswith("ngay") and "so ngay" not in words:
        return {"type": "date"}
    if words.startswith(_TEXT_WORDS):
        return {"type": "text"}
    if words.startswith(_DECIMAL_WORDS) or "%" in words:
        return {"type": "number", "decimals": 2}
    return {"type": "integer"}


def _formed(column: TableColumn, wanted: ColumnType | None) -> TableColumn:
    if wanted is None or wanted == column.type:
        return column
    return replace(
        column, type=wanted, decimals=(column.decimals or 2) if wanted == "number" else 0
    )
