"""Reporting periods: ids, ends, neighbours, names."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.period import Period, PeriodType

TABLE = [
    ("2025", "2025-01-01", "2025-12-31", "2026", "Năm 2025"),
    ("2025-S1", "2025-01-01", "2025-06-30", "2025-S2", "6 tháng đầu năm 2025"),
    ("2025-S2", "2025-07-01", "2025-12-31", "2026-S1", "6 tháng cuối năm 2025"),
    ("2025-Q3", "2025-07-01", "2025-09-30", "2025-Q4", "Quý III/2025"),
    ("2025-12", "2025-12-01", "2025-12-31", "2026-01", "Tháng 12/2025"),
    ("2024-02", "2024-02-01", "2024-02-29", "2024-03", "Tháng 02/2024"),
    ("2024-SY", "2024-09-01", "2025-08-31", "2025-SY", "Năm học 2024–2025"),
    ("2021-T5", "2021-01-01", "2025-12-31", "2026-T5", "Nhiệm kỳ 2021–2026"),
    ("2021-Y5", "2021-01-01", "2025-12-31", "2026-Y5", "Giai đoạn 2021–2025"),
    ("2025-C1214", "2024-12-15", "2025-12-14", "2026-C1214", "Năm 2025 (15/12/2024–14/12/2025)"),
    ("2025-01-C14", "2024-12-15", "2025-01-14", "2025-02-C14", "Tháng 01/2025 (chốt ngày 14)"),
]


@pytest.mark.parametrize(("id_", "start", "end", "following", "title"), TABLE)
def test_a_period_id_names_its_days_and_its_neighbours(id_, start, end, following, title):
    period = Period.parse(id_)

    assert period.id == id_
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert period.next().id == following
    assert period.next().previous() == period
    assert period.title == title


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25",
        "2025-13",
        "2025-Q5",
        "2025-S3",
        "2025/01",
        "2025-1",
        "２０２５",
        "2025-C14",
        "1889",
        "2210",
        "9999",
        "9998-Y5",
    ],
)
def test_anything_else_is_no_period(text):
    with pytest.raises(ValueError, match=text or None):
        Period.parse(text)


@given(st.sampled_from(PeriodType), st.integers(1950, 2110))
def test_periods_follow_one_another_without_a_gap(type_, year):
    period = Period(type_, year)

    for _ in range(13):
        following = period.next()
        assert following.start == period.end + timedelta(days=1)
        assert Period.parse(following.id) == following
        period = following


@pytest.mark.parametrize("year", [1900, 2199])
@pytest.mark.parametrize("type_", PeriodType)
def test_at_both_ends_of_what_may_be_asked_a_period_still_has_days_and_neighbours(type_, year):
    period = Period.asked(Period(type_, year).id)

    assert period.start <= period.end
    for near in (period.next(), period.previous(), period.next().next()):
        assert Period.parse(near.id) == near
        assert near.start <= near.end
        assert near.label("vi")
        assert near.label("en")
    for beyond in (Period(type_, 1899), Period(type_, 2200)):
        with pytest.raises(ValueError, match=beyond.id):
            Period.asked(beyond.id)


@given(st.from_regex(r"[0-9]{4}(-(S[12]|Q[1-4]|SY|Y5|T5|C1214|[01][0-9](-C14)?))?", fullmatch=True))
def test_whatever_can_be_read_can_be_counted_with(text):
    """No id of four digits leads outside the calendar of the machine."""
    try:
        period = Period.parse(text)
    except ValueError:
        return
    assert period.previous().end < period.start <= period.end < period.next().start
    assert sorted([period, period.next(), period.previous()])[1] == period


def test_the_year_of_a_period_is_that_of_its_id():
    assert Period.parse("2025-C1214").year == date(2025, 12, 14).year


@given(
    st.sampled_from(PeriodType),
    st.dates(date(1950, 1, 1), date(2150, 1, 1)),
    st.dates(date(1950, 1, 1), date(2150, 1, 1)),
)
def test_a_day_lies_in_exactly_one_period_of_a_type_and_periods_are_in_the_order_of_days(
    type_, one, other
):
    first, second = Period.of(type_, one), Period.of(type_, other)

    assert one in first
    assert one not in first.next()
    assert one not in first.previous()
    assert (first == second) == (other in first)
    if first != second:
        assert (first < second) == (one < other)
    assert first.previous() < first < first.next()


@given(st.sampled_from(PeriodType), st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_every_period_has_two_names_and_its_id_is_read_back(type_, day):
    period = Period.of(type_, day)

    assert Period.parse(period.id) == period
    assert str(period.year) in period.label("vi")
    assert str(period.year) in period.label("en")
    assert period.label() == period.title
    assert not set(period.label("en")) & set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")


@pytest.mark.parametrize(
    ("inner", "outer", "lies"),
    [
        ("2025-07", "2025-Q3", True),
        ("2025-Q3", "2025-S2", True),
        ("2025-S2", "2025", True),
        ("2025", "2021-T5", True),
        ("2024-SY", "2024", False),
        ("2025-C1214", "2025", False),
        ("2025-02-C14", "2025-C1214", True),
        ("2025-Q3", "2025-07", False),
    ],
)
def test_shorter_periods_lie_in_longer_ones(inner, outer, lies):
    assert (Period.parse(inner) in Period.parse(outer)) is lies


def test_all_periods_sort_by_their_first_day_the_longer_one_first():
    ids = ["2025-02", "2025", "2025-Q1", "2024-SY", "2025-01", "2021-T5", "2025-S1"]

    found = [period.id for period in sorted(map(Period.parse, ids))]

    assert found == ["2021-T5", "2024-SY", "2025", "2025-S1", "2025-Q1", "2025-01", "2025-02"]


SPRING = """
from datetime import UTC, date, datetime, timedelta
from server.core.period import Period, PeriodType
from server.core.ports import FixedClock
shifted = []
for hours in range(0, 366 * 24, 5):
    instant = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    day = FixedClock(instant).today()
    shifted.append(day.isoformat())
    assert day == (instant + timedelta(hours=7)).date()
    assert day in Period.of(PeriodType.CUTOFF_MONTH, day)
print(len(shifted), Period.parse("2024-03").end, Period.parse("2025-C1214").start)
"""


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Chatham", "Asia/Ho_Chi_Minh"])
def test_the_host_time_zone_and_its_daylight_saving_shift_no_day(zone):
    done = subprocess.run(
        [sys.executable, "-c", SPRING],
        env={**os.environ, "TZ": zone},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split()[1:] == ["2024-03-31", "2024-12-15"]
