"""Reporting periods: ids, ends, neighbours, names."""

from datetime import date, timedelta

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
        "1899",
    ],
)
def test_anything_else_is_no_period(text):
    with pytest.raises(ValueError, match=text or None):
        Period.parse(text)


@given(st.sampled_from(PeriodType), st.integers(1950, 2150))
def test_periods_follow_one_another_without_a_gap(type_, year):
    period = Period(type_, year)

    for _ in range(13):
        following = period.next()
        assert following.start == period.end + timedelta(days=1)
        assert Period.parse(following.id) == following
        period = following


def test_the_year_of_a_period_is_that_of_its_id():
    assert Period.parse("2025-C1214").year == date(2025, 12, 14).year
