"""Days of grace: the due date stays, lateness is counted from the day after the grace."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.obligation import LateClass, Progress, late_class
from server.core.reporting_rate import rates_of
from tests.core.test_obligation import make_obligation

DUE, GRACE = date(2025, 1, 15), date(2025, 1, 20)


def day(text: str) -> date:
    return date.fromisoformat(f"2025-{text}")


def noon(on: date) -> datetime:
    return datetime.combine(on, time(5), UTC)


@pytest.mark.parametrize(
    ("today", "given", "state"),
    [
        ("01-15", {}, "open"),
        ("01-16", {}, "grace"),
        ("01-20", {"progress": Progress.STARTED}, "grace"),
        ("01-21", {}, "late"),
        ("01-18", {"excused_until": day("01-27")}, "grace"),
        ("01-21", {"excused_until": day("01-27")}, "excused"),
        ("01-18", {"progress": Progress.SENT}, "submitted"),
        ("01-18", {"closed": True}, "closed"),
        ("01-16", {"grace_on": DUE}, "late"),
    ],
)
def test_between_due_and_grace_a_report_is_due_and_not_late(today, given, state):
    assert make_obligation(**{"grace_on": GRACE, **given}).state(day(today)) == state


@pytest.mark.parametrize(
    ("sent", "timeliness", "days", "found"),
    [
        ("01-15", "on_time", 0, LateClass.IN_TIME),
        ("01-20", "on_time", 0, LateClass.IN_TIME),
        ("01-21", "late", 1, LateClass.UNDER_5),
        ("01-25", "late", 5, LateClass.FROM_5_TO_10),
        ("01-30", "late", 10, LateClass.FROM_5_TO_10),
        ("01-31", "late", 11, LateClass.OVER_10),
    ],
)
def test_timeliness_days_and_class_count_from_the_grace(sent, timeliness, days, found):
    one = make_obligation(grace_on=GRACE, progress=Progress.SENT, sent_at=noon(day(sent)))

    assert one.timeliness(day("03-01")) == timeliness
    assert one.days_late(day("03-01"), one.sent_on) == days
    assert late_class(days) is found
    [rate] = rates_of([one], day("03-01"), lambda _one: "")
    assert (rate.on_time, rate.late) == (int(not days), int(bool(days)))


@given(st.integers(-40, 60), st.integers(-3, 20), st.booleans())
def test_no_grace_and_a_grace_on_the_due_date_mean_the_same(shift, grace, sent):
    """Reports that stand in the database already keep their meaning; a grace only ever helps."""
    today = date.fromordinal(DUE.toordinal() + shift)
    facts = {"progress": Progress.SENT, "sent_at": noon(today)} if sent else {}
    plain = make_obligation(**facts)
    at_due = make_obligation(grace_on=DUE, **facts)
    given_time = make_obligation(
        grace_on=date.fromordinal(DUE.toordinal() + grace), closes_on=None, **facts
    )

    def told(one):
        return one.state(today), one.timeliness(today), one.days_late(today, one.sent_on)

    assert told(plain) == told(at_due)
    assert given_time.days_late(today, given_time.sent_on) == max(0, shift - max(0, grace))
    assert (given_time.timeliness(today) == "late") == (shift > max(0, grace))
    if not sent:
        assert (given_time.state(today) == "late") == (given_time.days_late(today) > 0)
