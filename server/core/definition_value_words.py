"""The values of a definition as a person says them: days, levels, decimals, what is otherwise.

Each word is given Vietnamese (0) and English (1); what nobody has a word for stays as written.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from server.core.vietnamese_numbers import format_number

_LONGEST: Final = 90
_AROUND: Final = 24  # characters shown on both sides of what differs in a long text
_MOST_LEAVES: Final = 6
_PLAIN: Final = (str, int, float)
_DAYS: Final = re.compile(r"(-?)P(\d{1,4})D")
_ISO_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ABSENT: Final = object()
_NONE: Final = ("không có", "none")
_BOOLEAN: Final = {True: ("có", "yes"), False: ("không", "no")}

#: What stands for a code, by the attribute in which it stands.
_CODES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "severity": {
        "error": ("lỗi", "error"),
        "warning": ("cảnh báo", "warning"),
        "info": ("lưu ý", "notice"),
    },
    "periodType": {
        "year": ("năm", "year"),
        "half_year": ("nửa năm", "half-year"),
        "quarter": ("quý", "quarter"),
        "month": ("tháng", "month"),
        "school_year": ("năm học", "school year"),
        "five_year": ("5 năm", "five years"),
        "term": ("nhiệm kỳ", "term of office"),
        "cutoff_year": ("năm theo ngày chốt", "cut-off year"),
        "cutoff_month": ("tháng theo ngày chốt", "cut-off month"),
    },
    "kind": {"report": ("báo cáo", "report"), "survey": ("phiếu điều tra", "survey")},
    "format": {"date": ("ngày", "date"), "attachment": ("tệp đính kèm", "attachment")},
    "guards": {
        "answers_valid": ("số liệu không còn lỗi", "no errors left"),
        "marks_answered": ("các ô bị đánh dấu đã trả lời", "marks answered"),
        "not_own_work": ("không phải việc mình lập", "not one's own work"),
        "children_done": ("cấp dưới đã xong", "units below are done"),
    },
}
#: The keys of an attribute that holds several values.
_KEYS: Final[Mapping[str, tuple[str, str]]] = {
    "commune": ("xã", "commune"),
    "district": ("huyện", "district"),
    "department": ("sở, ngành", "department"),
    "province": ("tỉnh", "province"),
    "commune_without_district": ("xã không còn huyện", "commune without district"),
    "consolidated": ("báo cáo tổng hợp", "consolidated report"),
    "codelist": ("danh mục", "code list"),
    "exclude": ("trừ mã", "without codes"),
    "levels": ("cấp", "levels"),
    "units": ("đơn vị", "units"),
    "role": ("vai trò", "role"),
    "at": ("ở", "at"),
    "count": ("số người", "number of people"),
    "en": ("tiếng Anh", "English"),
    "title": ("tên", "title"),
    "message": ("thông báo", "message"),
}


def worded(name: str, value: object, language: int) -> str:
    """The *value* of the attribute *name*, at most some ninety characters."""
    return cut(_worded(name, value, language))


def worded_pair(name: str, old: object, new: object, language: int) -> tuple[str, str]:
    """Both values; of long texts that are alike only the part that differs and what is around."""
    before, after = _worded(name, old, language), _worded(name, new, language)
    if max(len(before), len(after)) <= _LONGEST:
        return before, after
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    rest = 0
    while rest < min(len(before), len(after)) - start and before[-1 - rest] == after[-1 - rest]:
        rest += 1
    start, rest = max(0, start - _AROUND), max(0, rest - _AROUND)
    return _window(before, start, rest), _window(after, start, rest)


def worded_inside(name: str, old: object, new: object, language: int) -> str:
    """What differs in a value that holds others: ``xã 15 ngày → 10 ngày; huyện …``."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    said = []
    for path in [*before, *(one for one in after if one not in before)]:
        was, now = before.get(path, _ABSENT), after.get(path, _ABSENT)
        if was == now:
            continue
        inner = path[-1] if path and path[-1] in _CODES else name
        a, b = worded_pair(inner, was, now, language)
        at = " ".join(_KEYS.get(one, (one, one))[language] for one in path)
        said.append(f"{at} {a} → {b}".strip())
    more = "; …" if len(said) > _MOST_LEAVES else ""
    return "; ".join(said[:_MOST_LEAVES]) + more


def cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _worded(name: str, value: object, language: int) -> str:
    if value is _ABSENT or value is None:
        return _NONE[language]
    if isinstance(value, bool):
        return _BOOLEAN[value][language]
    if isinstance(value, str):
        return _text(name, value, language)
    if name == "multipleOf" and isinstance(value, int | float):
        return _decimals(value, language)
    if isinstance(value, int | float):
        return format_number(value) if language == 0 else str(value)
    if isinstance(value, list) and all(isinstance(one, _PLAIN) for one in value):
        return ", ".join(_worded(name, one, language) for one in value)
    if isinstance(value, Mapping) and _is_shallow(value):
        return "; ".join(
            f"{_KEYS.get(str(key), (key, key))[language]} {_worded(name, one, language)}"
            for key, one in value.items()
        )
    return json.dumps(value, ensure_ascii=False)


def _text(name: str, value: str, language: int) -> str:
    known = _CODES.get(name, {}).get(value)
    if known is not None:
        return known[language]
    days = _DAYS.fullmatch(value)
    if days is not None:
        return f"{days[1]}{int(days[2])} {('ngày', 'days')[language]}"
    day = _ISO_DAY.fullmatch(value)
    if day is not None and language == 0:
        return f"{day[3]}/{day[2]}/{day[1]}"
    return value


def _decimals(step: float, language: int) -> str:
    digits = len(f"{step:f}".rstrip("0").partition(".")[2])
    if digits == 0:
        return ("số tròn", "whole")[language]
    return (f"{digits} chữ số lẻ", f"{digits} decimals")[language]


def _is_shallow(value: Mapping[str, Any]) -> bool:
    return all(
        isinstance(one, _PLAIN)
        or (isinstance(one, list) and all(isinstance(each, _PLAIN) for each in one))
        for one in value.values()
    )


def _leaves(value: object, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, Mapping):
        for key, held in value.items():
            yield from _leaves(held, (*at, str(key)))
        return
    yield at, value


def _window(text: str, start: int, rest: int) -> str:
    shown = cut(text[start : len(text) - rest])
    before, behind = "…" if start else "", "…" if rest and not shown.endswith("…") else ""
    return f"{before}{shown}{behind}"
