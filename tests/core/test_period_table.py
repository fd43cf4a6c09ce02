"""Every period of 2020 to 2030 of all nine types, in a file that people can read and check.

The file is compared with ``Period`` and with a second way to count: here days are walked one by one
and each day says to which period of a type it belongs, without knowing how long a period is.
"""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import pytest

from server.core.period import Period, PeriodType

TABLE = Path(__file__).with_name("periods.csv")
FIRST, LAST = date(2020, 1, 1), date(2030, 12, 31)
MONTHS = "January February March April May June July August September October November December"


def cut(day: date) -> date:
    """A day of the month in whose name a day counts when months end on the 14th."""
    return day if day.day < 15 else day + timedelta(days=20)


def five(day: date) -> int:
    return next(year for year in range(day.year, day.year - 5, -1) if year % 10 in (1, 6))


def school(day: date) -> int:
    return day.year if day.month in (9, 10, 11, 12) else day.year - 1


def closing_year(day: date) -> int:
    return day.year + ((day.month, day.day) >= (12, 15))


def half(day: date) -> int:
    return 1 if f"{day:%m}" <= "06" else 2


def quarter(day: date) -> str:
    return next(name for name, last in zip(("1", "2", "3", "4"), (3, 6, 9, 12), strict=True)
                if day.month <= last)  # fmt: skip


def english(day: date) -> str:
    return f"{MONTHS.split()[day.month - 1]} {day.year}"


def roman(day: date) -> str:
    return {"1": "I", "2": "II", "3": "III", "4": "IV"}[quarter(day)]


#: To which period a day belongs: its id, the Vietnamese and the English name.
SAYS: dict[PeriodType, Callable[[date], tuple[str, str, str]]] = {
    PeriodType.YEAR: lambda d: (f"{d:%Y}", f"Năm {d:%Y}", f"Year {d:%Y}"),
    PeriodType.HALF_YEAR: lambda d: (
        f"{d:%Y}-S{half(d)}",
        f"6 tháng {('đầu', 'cuối')[half(d) - 1]} năm {d:%Y}",
        f"{('First', 'Second')[half(d) - 1]} half of {d:%Y}",
    ),
    PeriodType.QUARTER: lambda d: (
        f"{d:%Y}-Q{quarter(d)}", f"Quý {roman(d)}/{d:%Y}", f"Quarter {roman(d)}/{d:%Y}",
    ),
    PeriodType.MONTH: lambda d: (f"{d:%Y-%m}", f"Tháng {d:%m/%Y}", english(d)),
    PeriodType.SCHOOL_YEAR: lambda d: (
        f"{school(d)}-SY",
        f"Năm học {school(d)}–{school(d) + 1}",
        f"School year {school(d)}–{school(d) + 1}",
    ),
    PeriodType.FIVE_YEAR: lambda d: (
        f"{five(d)}-Y5",
        f"Giai đoạn {five(d)}–{five(d) + 4}",
        f"Five years {five(d)}–{five(d) + 4}",
    ),
    PeriodType.TERM: lambda d: (
        f"{five(d)}-T5", f"Nhiệm kỳ {five(d)}–{five(d) + 5}", f"Term {five(d)}–{five(d) + 5}",
    ),
    PeriodType.CUTOFF_YEAR: lambda d: (
        f"{closing_year(d)}-C1214",
        f"Năm {closing_year(d)} (15/12/{closing_year(d) - 1}–14/12/{closing_year(d)})",
        f"Year {closing_year(d)} (15/12/{closing_year(d) - 1}–14/12/{closing_year(d)})",
    ),
    PeriodType.CUTOFF_MONTH: lambda d: (
        f"{cut(d):%Y-%m}-C14",
        f"Tháng {cut(d):%m/%Y} (chốt ngày 14)",
        f"{english(cut(d))} (closing on the 14th)",
    ),
}  # fmt: skip


def walked(type_: PeriodType) -> list[list[str]]:
    """The rows of a type by walking the days; whole periods alone that touch 2020 to 2030."""
    says = SAYS[type_]
    start, end = date(2009, 1, 1), date(2042, 1, 1)
    days = [start + timedelta(days=number) for number in range((end - start).days)]
    runs = [(names, list(run)) for names, run in groupby(days, key=says)]
    rows = []
    for before, (names, run), after in zip(runs, runs[1:], runs[2:], strict=False):
        if run[-1] >= FIRST and run[0] <= LAST:
            rows.append(
                [str(type_), names[0], str(run[0]), str(run[-1]), after[0][0], before[0][0],
                 *names[1:]]
            )  # fmt: skip
    return rows


def of_the_core(type_: PeriodType) -> list[list[str]]:
    """The same rows as ``Period`` has them."""
    rows, period = [], Period.of(type_, FIRST)
    while period.start <= LAST:
        rows.append(
            [str(type_), period.id, str(period.start), str(period.end), period.next().id,
             period.previous().id, period.label("vi"), period.label("en")]
        )  # fmt: skip
        period = period.next()
    return rows


def written() -> list[list[str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("type_", PeriodType)
def test_the_table_the_days_and_the_core_agree(type_):
    rows = [row for row in written()[1:] if row[0] == str(type_)]

    assert rows == walked(type_)
    assert rows == of_the_core(type_)


def test_the_table_has_every_period_of_eleven_years_once():
    head, *rows = written()

    assert head == ["type", "id", "start", "end", "next", "previous", "vi", "en"]
    assert len({row[1] for row in rows}) == len(rows) == 372
