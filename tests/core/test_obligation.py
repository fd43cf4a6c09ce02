"""What an expected report is called on which day, and how late it is."""

from datetime import UTC, date, datetime

import pytest

from server.core.calendar import add_working_days, is_working_day, next_working_day
from server.core.obligation import Obligation, Progress

TET = frozenset(date(2025, 1, day) for day in range(25, 32)) | {date(2025, 2, 1), date(2025, 2, 2)}


def make_obligation(**given: object) -> Obligation:
    facts: dict[str, object] = {
        "id": "o",
        "form": "f",
        "org_unit": "u",
        "responsible_unit": "u",
        "period": "2024",
        "round": None,
        "opens_on": date(2024, 10, 15),
        "due_on": date(2025, 1, 15),
        "grace_on": None,
        "closes_on": date(2025, 2, 28),
    }
    return Obligation(**{**facts, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "given", "state"),
    [
        ("2024-10-14", {}, "upcoming"),
        ("2024-10-15", {}, "open"),
        ("2025-01-15", {}, "open"),
        ("2025-01-16", {}, "late"),
        ("2025-01-16", {"progress": Progress.STARTED}, "late"),
        ("2025-01-16", {"excused_until": date(2025, 1, 27)}, "excused"),
        ("2025-01-28", {"excused_until": date(2025, 1, 27)}, "late"),
        ("2025-01-10", {"excused_until": date(2025, 1, 27)}, "open"),
        ("2025-01-16", {"progress": Progress.SENT}, "submitted"),
        ("2025-01-16", {"progress": Progress.RETURNED}, "returned"),
        ("2025-03-01", {"progress": Progress.FINAL}, "approved"),
        ("2025-03-01", {}, "closed"),
        ("2025-01-10", {"closed": True}, "closed"),
    ],
)
def test_the_state_follows_the_report_first_and_then_the_calendar(day, given, state):
    assert make_obligation(**given).state(date.fromisoformat(day)) == state


@pytest.mark.parametrize(
    ("given", "sent_on", "days"),
    [
        ({}, None, 9),
        ({"progress": Progress.SENT}, date(2025, 1, 18), 3),
        ({"progress": Progress.FINAL}, date(2025, 1, 10), 0),
        ({"progress": Progress.RETURNED}, date(2025, 1, 18), 9),
        ({"progress": Progress.RETURNED, "return_due_on": date(2025, 1, 22)}, None, 2),
        ({"progress": Progress.RETURNED, "return_due_on": date(2025, 2, 3)}, None, 0),
        ({"due_on": date(2025, 2, 15)}, None, 0),
    ],
)
def test_lateness_counts_to_the_sending_or_to_today(given, sent_on, days):
    assert make_obligation(**given).days_late(date(2025, 1, 24), sent_on) == days


def test_due_days_move_over_weekends_and_the_lunar_new_year():
    assert next_working_day(date(2025, 2, 15), ()) == date(2025, 2, 17)
    assert next_working_day(date(2025, 1, 31), TET) == date(2025, 2, 3)
    assert next_working_day(date(2025, 1, 24), TET) == date(2025, 1, 24)
    assert add_working_days(date(2025, 1, 24), 3, TET) == date(2025, 2, 5)
    assert not is_working_day(datetime(2025, 1, 25, tzinfo=UTC).date(), ())
