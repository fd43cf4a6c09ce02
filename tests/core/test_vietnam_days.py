"""The days off of Vietnam against a second opinion, and every due day of eleven years."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.core.calendar import Calendar, DayEntry, Why
from server.core.due_date import DueDate, Source
from server.core.period import Period, PeriodType
from server.core.vietnam_days import (
    FIRST_YEAR,
    LAST_YEAR,
    is_announced,
    national_days,
)

YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
SECOND_OPINION = json.loads(Path(__file__).with_name("vietnam_days.json").read_text("utf-8"))
#: Where the library ``holidays`` says otherwise, and why that is no fault of ours.
EXPLAINED = {
    "2025-02-01": "a Saturday of Tết: off in any case",
    "2026-01-02": "swapped with Saturday 10/01 by announcement; the library has no such swap",
    "2027-02-04": "Tết of 2027 is not announced: we begin one day before the new year, it two",
    "2027-02-11": "the other end of the same",
    "2028-01-24": "Tết of 2028 is not announced, as above",
    "2028-01-30": "a Sunday: off in any case",
    "2028-01-31": "the other end of the same",
    "2030-01-31": "Tết of 2030 is not announced, as above",
    "2030-02-07": "the other end of the same",
}
TYPES = tuple(PeriodType)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.of(entry for year in range(2020, 2031) for entry in national_days(year))


def test_every_difference_to_the_second_opinion_is_explained():
    ours = {entry.day for year in YEARS for entry in national_days(year) if entry.kind == "off"}
    theirs = {date.fromisoformat(day) for day in SECOND_OPINION["days"]}

    assert {day.isoformat() for day in ours ^ theirs} == set(EXPLAINED)
    assert len(ours & theirs) == 155


def test_announced_years_and_the_rest_are_told_apart():
    assert [year for year in YEARS if is_announced(year)] == list(range(2020, 2027))
    with pytest.raises(ValueError, match="2031"):
        national_days(2031)


def test_each_worked_saturday_pays_for_a_day_off(calendar):
    worked = [
        entry.day for year in YEARS for entry in national_days(year) if entry.kind == "working"
    ]

    assert [day.isoformat() for day in worked] == [
        "2024-05-04",
        "2025-04-26",
        "2026-01-10",
        "2026-08-22",
    ]
    assert all(calendar.is_working(day) and day.weekday() == 5 for day in worked)


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("after", [5, 15, 16, 20, 25])
def test_every_due_day_of_eleven_years_is_a_working_day_and_the_first_one(calendar, type_, after):
    """Five offsets over 361 periods of nine types (360 for the latest), day by day anew: 1,803."""
    closed = {entry.day for year in YEARS for entry in national_days(year) if entry.kind == "off"}
    worked = {
        entry.day for year in YEARS for entry in national_days(year) if entry.kind == "working"
    }
    period = Period.of(type_, date(2020, 1, 1))

    while period.end + timedelta(days=after + 14) <= date(2030, 12, 31):
        asked = period.end + timedelta(days=after)
        due = DueDate.of(asked, calendar, Source.FORM)
        expected = asked
        while expected not in worked and (expected.weekday() >= 5 or expected in closed):
            expected += timedelta(days=1)

        assert (due.on, due.asked) == (expected, asked)
        assert [rest.day for rest in due.skipped] == [
            asked + timedelta(days=number) for number in range((expected - asked).days)
        ]
        assert (due.explain() == f"hạn {asked:%d/%m/%Y} theo biểu mẫu") == (asked == expected)
        period = period.next()


DUE = [
    ("2025-01-15", "2025-01-15", ""),
    ("2025-02-15", "2025-02-17", "15/02 là thứ Bảy, 16/02 là Chủ nhật"),
    ("2025-01-27", "2025-02-03", "27/01–31/01 nghỉ Tết Nguyên đán, 01/02 là thứ Bảy"),
    ("2024-02-09", "2024-02-15", "09/02–14/02 nghỉ Tết Nguyên đán"),
    ("2022-04-10", "2022-04-12", "10/04 nghỉ Giỗ Tổ Hùng Vương, 11/04 nghỉ bù Giỗ Tổ"),
    ("2023-04-29", "2023-05-04", "02/05 nghỉ bù Giỗ Tổ Hùng Vương, 03/05 nghỉ bù Ngày Chiến thắng"),
    ("2026-08-29", "2026-09-03", "31/08 nghỉ hoán đổi Quốc khánh, 01/09–02/09 nghỉ Quốc khánh"),
    ("2025-04-26", "2025-04-26", ""),
    ("2024-04-29", "2024-05-02", "29/04 nghỉ hoán đổi"),
]


@pytest.mark.parametrize(("asked", "on", "because"), DUE)
def test_a_date_explains_over_which_days_it_moved(calendar, asked, on, because):
    due = DueDate.of(date.fromisoformat(asked), calendar, Source.ROUND)

    said = due.explain()
    assert due.on.isoformat() == on
    assert because in said
    assert said.startswith(f"hạn {due.asked:%d/%m/%Y} theo công văn")
    assert ("chuyển sang" in said) == bool(because)
    assert ("moved to" in due.explain("en")) == bool(because)


def test_a_local_day_off_wins_over_the_country_and_the_other_way_round():
    flood = DayEntry(date(2024, 9, 11), "khắc phục bão số 3", "off", "u-district")
    worked = DayEntry(date(2024, 9, 2), "trực bão", "working", "u-district")
    calendar = Calendar.of([flood, worked, *national_days(2024)])

    due = DueDate.of(flood.day, calendar, Source.FORM)

    assert due.on == date(2024, 9, 12)
    assert due.skipped[0].why is Why.LOCAL
    assert "nghỉ tại địa phương (khắc phục bão số 3)" in due.explain()
    assert calendar.is_working(worked.day)
    assert not Calendar.of(national_days(2024)).is_working(worked.day)
