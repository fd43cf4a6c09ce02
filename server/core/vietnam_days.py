"""Days off of Vietnam, 2020 to 2030: what was announced, and for later years what the law gives.

Facts, to fill the office's own table, which is the truth: the government announces each year's
swaps. Article 112 of the Labour Code 2019 (from 2021; Article 115 of 2012 before) gives New Year,
five days of Tết, the Hùng kings' day, 30/4, 1/5 and National Day with one day beside it (from
2021); a day off on a weekend is taken on the next working day (Article 111). Culture Day (24/11,
from 2026) stands as the library ``holidays`` 0.109 has it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from server.core.calendar import DayEntry, is_working_day, next_working_day

NEW_YEAR: Final = "Tết Dương lịch"
TET: Final = "Tết Nguyên đán"
HUNG_KINGS: Final = "Giỗ Tổ Hùng Vương"
VICTORY: Final = "Ngày Chiến thắng và Quốc tế lao động"
NATIONAL_DAY: Final = "Quốc khánh"
CULTURE_DAY: Final = "Ngày Văn hóa Việt Nam"
FIRST_YEAR, LAST_YEAR = 2020, 2030
_LAW_OF_2019, _CULTURE_SINCE, _FRIDAY = 2021, 2026, 4

#: First day of the lunar year and tenth of its third month, by the calendar of Vietnam (UTC+7).
_LUNAR: Final[Mapping[int, tuple[date, date]]] = {
    2020: (date(2020, 1, 25), date(2020, 4, 2)),
    2021: (date(2021, 2, 12), date(2021, 4, 21)),
    2022: (date(2022, 2, 1), date(2022, 4, 10)),
    2023: (date(2023, 1, 22), date(2023, 4, 29)),
    2024: (date(2024, 2, 10), date(2024, 4, 18)),
    2025: (date(2025, 1, 29), date(2025, 4, 7)),
    2026: (date(2026, 2, 17), date(2026, 4, 26)),
    2027: (date(2027, 2, 6), date(2027, 4, 16)),
    2028: (date(2028, 1, 26), date(2028, 4, 4)),
    2029: (date(2029, 2, 13), date(2029, 4, 23)),
    2030: (date(2030, 2, 2), date(2030, 4, 12)),
}
#: What was announced for civil servants: day and month of the first and the last day of Tết off,
#: and on which side of 2/9 the second day of National Day lies.
_TET_OFF: Final[Mapping[int, tuple[date, date]]] = {
    2020: (date(2020, 1, 23), date(2020, 1, 29)),
    2021: (date(2021, 2, 10), date(2021, 2, 16)),
    2022: (date(2022, 1, 31), date(2022, 2, 4)),
    2023: (date(2023, 1, 20), date(2023, 1, 26)),
    2024: (date(2024, 2, 8), date(2024, 2, 14)),
    2025: (date(2025, 1, 27), date(2025, 1, 31)),
    2026: (date(2026, 2, 16), date(2026, 2, 20)),
}
_NATIONAL_BESIDE: Final[Mapping[int, int]] = {2021: 3, 2022: 1, 2023: 1, 2024: 3, 2025: 1, 2026: 1}
#: A working day that is off, and the Saturday that is worked in its place.
_SWAPS: Final[Sequence[tuple[date, date, str]]] = (
    (date(2024, 4, 29), date(2024, 5, 4), VICTORY),
    (date(2025, 5, 2), date(2025, 4, 26), VICTORY),
    (date(2026, 1, 2), date(2026, 1, 10), NEW_YEAR),
    (date(2026, 8, 31), date(2026, 8, 22), NATIONAL_DAY),
)


def is_announced(year: int) -> bool:
    """Whether the days of that year were announced, or only follow from the law."""
    return year in _TET_OFF


def national_days(year: int) -> list[DayEntry]:
    """Days off and worked Saturdays of a year, in order; weekend days only where they are feasts.

    Raises:
        ValueError: a year outside of what is known here.
    """
    if year not in _LUNAR:
        raise ValueError(year)
    off: dict[date, str] = {}
    for day, title in _feasts(year):
        off.setdefault(day, title)
    for day, title in sorted(off.items()):
        if not is_working_day(day, ()) and title != TET:
            off[next_working_day(day, off)] = f"Nghỉ bù {title}"
    entries = [DayEntry(day, title, "off") for day, title in off.items()]
    for day, worked, title in _SWAPS:
        if day.year == year:
            entries.append(DayEntry(day, f"Nghỉ hoán đổi {title}", "off"))
            entries.append(DayEntry(worked, f"Làm bù {title}", "working"))
    return sorted(entries, key=lambda entry: entry.day)


def _feasts(year: int) -> Iterator[tuple[date, str]]:
    new_year, kings = _LUNAR[year]
    yield date(year, 1, 1), NEW_YEAR
    for day in _tet(year, new_year):
        yield day, TET
    yield kings, HUNG_KINGS
    yield date(year, 4, 30), VICTORY
    yield date(year, 5, 1), VICTORY
    yield date(year, 9, 2), NATIONAL_DAY
    if year >= _LAW_OF_2019:
        yield date(year, 9, _NATIONAL_BESIDE.get(year) or _beside(year)), NATIONAL_DAY
    if year >= _CULTURE_SINCE:
        yield date(year, 11, 24), CULTURE_DAY


def _tet(year: int, new_year: date) -> Iterator[date]:
    """The announced stretch; else the day before and four days from the new year, with make-up."""
    if year in _TET_OFF:
        first, last = _TET_OFF[year]
    else:
        first, last = new_year - timedelta(days=1), new_year + timedelta(days=3)
        lost = sum(
            not is_working_day(first + timedelta(days=number), ())
            for number in range((last - first).days + 1)
        )
        while lost:
            last += timedelta(days=1)
            lost -= is_working_day(last, ())
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _beside(year: int) -> int:
    """1/9 or 3/9: the one that is a working day and, where both are, joins the weekend."""
    before, after = date(year, 9, 1), date(year, 9, 3)
    return 3 if after.weekday() == _FRIDAY or not is_working_day(before, ()) else 1
