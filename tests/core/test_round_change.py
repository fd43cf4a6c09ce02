"""A second letter over an open round: which days hold then, and what that does to each report."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.calendar import Calendar
from server.core.changed_date import due_changes
from server.core.due_date import DueDate, Source, Stages, explained
from server.core.obligation import Obligation, Progress, Round, RoundDates
from server.core.round_change import RoundChange, changed_round, moved

FORMS, LEVELS = ("births", "deaths"), ("commune", "district")
TODAY = date(2025, 1, 15)
CHANGE = RoundChange("c1", "12/BDT", date(2025, 1, 14), "lũ quét", (), TODAY)
ROUND = Round(
    "r", "R", "Đợt", "2024", "1/BDT", date(2024, 12, 1), "", "", "official", FORMS,
    date(2024, 12, 1),
)  # fmt: skip

days = st.dates(date(2025, 1, 1), date(2025, 12, 31))
lines = st.builds(
    RoundDates,
    level=st.sampled_from(("", *LEVELS)),
    form=st.sampled_from(("", *FORMS)),
    due=days,
    closes=st.none() | days,
)


def unique(given_lines: list[RoundDates]) -> tuple[RoundDates, ...]:
    return tuple({(one.form, one.level): one for one in given_lines}.values())


@given(st.lists(lines, max_size=6), lines)
def test_the_later_letter_holds_wherever_it_reaches_and_nowhere_else(before, letter):
    round_ = replace(ROUND, dates=unique(before))

    after = changed_round(round_, [letter], LEVELS)

    for form in FORMS:
        for level in LEVELS:
            was, now = round_.dates_of(form, level), after.dates_of(form, level)
            reached = letter.form in ("", form) and letter.level in ("", level)
            assert now.due == (letter.due if reached else was.due)
            assert now.closes == ((reached and letter.closes) or was.closes)
            assert (now.opens, now.grace) == (was.opens, was.grace)


def test_of_two_lines_of_a_letter_the_more_precise_wins_whatever_their_order():
    exact = RoundDates(form="births", level="commune", due=date(2025, 2, 20))
    general = RoundDates(due=date(2025, 2, 10))

    after = changed_round(ROUND, [exact, general], LEVELS)

    assert after.dates_of("births", "commune").due == date(2025, 2, 20)
    assert after.dates_of("births", "district").due == date(2025, 2, 10)


def stages(due: date, closes: date | None = None, opens: date = ROUND.opens_on) -> Stages:
    return Stages(
        DueDate(opens, Source.ROUND),
        DueDate.of(due, Calendar(), Source.ROUND),
        closes=DueDate.of(closes, Calendar(), Source.ROUND) if closes else None,
    )


def owed(due: Stages, **more: object) -> Obligation:
    made = Obligation(
        "o", "births", "u", "u", "2024", "r", due.opens.on, due.due.on, None,
        due.closes.on if due.closes else None, why=due.facts(),
    )  # fmt: skip
    return replace(made, **more)


OLD = stages(date(2025, 1, 20), date(2025, 1, 31))


def test_a_changed_date_says_by_which_letter_and_from_which_day_and_over_which_days_off():
    first = moved(owed(OLD), OLD, stages(date(2025, 1, 25), date(2025, 1, 31)), CHANGE).after
    later = replace(CHANGE, id="c2", letter_number="20/BDT", letter_on=date(2025, 1, 24))
    second = moved(
        first, stages(date(2025, 1, 25), date(2025, 1, 31)), stages(date(2025, 1, 28)), later
    ).after

    assert first.due_on == date(2025, 1, 27)
    assert explained(first)["due"].explain() == (
        "hạn 25/01/2025 theo công văn số 12/BDT ngày 14/01/2025 (đổi hạn từ 20/01/2025),"
        " chuyển sang 27/01/2025 vì 25/01 là thứ Bảy, 26/01 là Chủ nhật"
    )
    assert explained(first)["closes"].explain("vi", "closes") == "khóa sau 31/01/2025 theo công văn"
    assert explained(second)["due"].explain() == (
        "hạn 28/01/2025 theo công văn số 20/BDT ngày 24/01/2025"
        " (đổi hạn từ 27/01/2025, hạn ban đầu 20/01/2025)"
    )
    assert explained(second)["due"].explain("en") == (
        "due 28/01/2025 by letter 20/BDT of 24/01/2025 (changed from 27/01/2025, first 20/01/2025)"
    )


def test_what_the_letter_leaves_alone_stays_as_it_was_frozen():
    """The stored closing day is another than today's calendar would give."""
    frozen = owed(OLD, closes_on=date(2025, 2, 3))

    after = moved(frozen, OLD, stages(date(2025, 1, 22), date(2025, 1, 31)), CHANGE).after

    assert (after.due_on, after.closes_on) == (date(2025, 1, 22), date(2025, 2, 3))
    assert not moved(frozen, OLD, OLD, CHANGE).changed


def sent(day: int, **more: object) -> Obligation:
    return owed(OLD, progress=Progress.SENT, sent_at=datetime(2025, 1, day, 3, tzinfo=UTC), **more)


def test_a_report_that_came_in_time_keeps_the_date_that_would_make_it_late():
    earlier = stages(date(2025, 1, 10), date(2025, 1, 31))

    in_time, still = moved(sent(12), OLD, earlier, CHANGE), moved(sent(9), OLD, earlier, CHANGE)

    assert (in_time.kept, in_time.changed) == (True, False)
    assert (still.kept, still.after.due_on, still.faults) == (False, date(2025, 1, 10), ())


def test_a_later_date_by_letter_makes_timely_what_came_late():
    late = sent(22)

    found = moved(late, OLD, stages(date(2025, 1, 24), date(2025, 1, 31)), CHANGE)

    assert found.comes_in_time(date(2025, 1, 25))
    assert str(found.after.timeliness(date(2025, 1, 25))) == "on_time"


@pytest.mark.parametrize(
    ("asked", "faults"),
    [
        (stages(date(2025, 1, 14), date(2025, 1, 31)), ("past",)),
        (stages(date(2025, 1, 15), date(2025, 1, 31)), ()),
        (stages(date(2025, 2, 3), date(2025, 1, 31)), ("order",)),
        (stages(date(2025, 1, 20), date(2025, 1, 14)), ("order", "past")),
        (stages(date(2025, 1, 20), date(2025, 1, 31), date(2025, 1, 16)), ("opened",)),
    ],
)
def test_who_owes_is_not_given_a_day_that_has_passed(asked, faults):
    assert moved(owed(OLD), OLD, asked, CHANGE).faults == faults


def test_a_closed_report_is_taken_again_when_the_new_closing_day_is_later():
    today = date(2025, 2, 10)
    change = replace(CHANGE, on=today)
    past, by_hand = owed(OLD), owed(OLD, closed=True)
    later = stages(date(2025, 2, 14), date(2025, 2, 20))

    for one in (past, by_hand):
        found = moved(one, OLD, later, change)
        assert found.opens_again(today)
        assert not found.after.is_shut(today)
    other = moved(by_hand, OLD, stages(date(2025, 2, 14), date(2025, 1, 31)), change)
    assert other.after.closed


def test_the_days_of_grace_are_not_taken_from_who_came_within_them():
    """Sent two days after the due date, within the grace: in time, whatever a letter shortens."""
    graced = replace(sent(22), grace_on=date(2025, 1, 24))
    shorter = replace(OLD, grace=DueDate(date(2025, 1, 21), Source.ROUND))
    before = replace(OLD, grace=DueDate(date(2025, 1, 24), Source.ROUND))

    assert moved(graced, before, shorter, CHANGE).kept
    owing = replace(graced, progress=Progress.NONE, sent_at=None)
    late = replace(CHANGE, on=date(2025, 1, 22))
    assert moved(owing, before, shorter, late).faults == ("past",)


def test_a_letter_counts_once_for_the_steps_of_reminders_whatever_it_changes():
    graced = replace(owed(OLD), grace_on=date(2025, 1, 22))
    before = replace(OLD, grace=DueDate(date(2025, 1, 22), Source.ROUND))
    both = replace(
        before,
        due=DueDate(date(2025, 1, 24), Source.ROUND),
        grace=DueDate(date(2025, 1, 27), Source.ROUND),
    )
    more = replace(both, grace=DueDate(date(2025, 1, 28), Source.ROUND))

    first = moved(graced, before, both, CHANGE).after
    second = moved(first, both, more, replace(CHANGE, id="c2", on=date(2025, 1, 16))).after

    assert [one.change for one in due_changes(first.why)] == ["c1"]
    assert [one.change for one in due_changes(second.why)] == ["c1", "c2"]
    assert due_changes(graced.why) == ()
