"""Days on which offices work: weekends, days off, and weekend days that are worked instead."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

_SATURDAY, _SUNDAY = 5, 6


class Why(StrEnum):
    """Why a day is no working day."""

    SATURDAY = "saturday"
    SUNDAY = "sunday"
    OFF = "off"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Rest:
    """A day on which an office is closed, and why; *title* is that of the day off."""

    day: date
    why: Why
    title: str = ""


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One line of the calendar that the office keeps: ``off`` or ``working`` (a weekend day).

    With *org_unit* it holds for that unit and those below it only.
    """

    day: date
    title: str
    kind: str
    org_unit: str | None = None


@dataclass(frozen=True)
class Calendar:
    """The working days of one office: the lines that hold for it, by day.

    >>> tet = Calendar.of([DayEntry(date(2025, 1, 31), "Tết", "off")])
    >>> tet.is_working(date(2025, 1, 31)), tet.is_working(date(2025, 2, 3))
    (False, True)
    """

    off: Mapping[date, Rest] = field(default_factory=dict)
    worked: frozenset[date] = frozenset()

    @classmethod
    def of(cls, entries: Iterable[DayEntry]) -> "Calendar":
        """The calendar of these lines; a line of a unit wins over that of the whole country."""
        off: dict[date, Rest] = {}
        worked: set[date] = set()
        for entry in sorted(entries, key=lambda entry: entry.org_unit is not None):
            off.pop(entry.day, None)
            worked.discard(entry.day)
            if entry.kind == "working":
                worked.add(entry.day)
            else:
                why = Why.OFF if entry.org_unit is None else Why.LOCAL
                off[entry.day] = Rest(entry.day, why, entry.title)
        return cls(off, frozenset(worked))

    def rest(self, day: date) -> Rest | None:
        """Why the office is closed on that day; none when it works."""
        if day in self.worked:
            return None
        if day in self.off:
            return self.off[day]
        if day.weekday() == _SATURDAY:
            return Rest(day, Why.SATURDAY)
        return Rest(day, Why.SUNDAY) if day.weekday() == _SUNDAY else None

    def is_working(self, day: date) -> bool:
        return self.rest(day) is None


#: A calendar, or just the days off besides weekends.
DaysOff = Calendar | Collection[date]


def is_working_day(day: date, holidays: DaysOff) -> bool:
    if isinstance(holidays, Calendar):
        return holidays.is_working(day)
    return day.weekday() < _SATURDAY and day not in holidays


def next_working_day(day: date, holidays: DaysOff) -> date:
    """That day, or the first working day after it.

    >>> next_working_day(date(2025, 2, 15), ())
    datetime.date(2025, 2, 17)
    """
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, holidays: DaysOff) -> date:
    """The day that is *count* working days after *day*."""
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day, holidays):
            count -= 1
    return day
