"""Changing the dates of an open round by a second letter: what is shown, done, told and urged."""

from collections import Counter
from datetime import date, timedelta

import pytest

from server.core.access import SYSTEM, Actor, Role
from server.core.due_date import explained
from server.core.obligation import Obligation, Progress, Round, RoundDates
from server.errors import AccessDenied, InputInvalid, PeriodClosed, Stale
from server.services.accounts import NewAccount
from server.services.round_dates import DatePlan
from tests.reliability.reminder_world import ReminderWorld, make
from tests.storage.test_concurrency import at_once

OPENED = Round(
    id="r1", code="r1", title="Báo cáo năm 2024", period="2024", letter_number="1/BDT",
    letter_on=date(2025, 1, 6), contact="Phòng Tổng hợp", phone="0209", level="official",
    forms=("households",), opens_on=date(2025, 1, 6),
)  # fmt: skip
LETTER = {
    "letter_number": "12/BDT",
    "letter_on": date(2025, 1, 13),
    "reason": "Mưa lũ, nhiều xã bị chia cắt.",
}
#: A Saturday: the date moves to Monday 27/01.
LATER = (RoundDates(level="commune", due=date(2025, 1, 25)),)


def furnished(database, tmp_path) -> ReminderWorld:
    """Four communes owe the round's form by Wednesday 15/01/2025."""
    made = make(database, tmp_path, units=4)
    accounts = made.services.accounts
    accounts.create(SYSTEM, NewAccount("admin", "Quản trị", None, Role.ADMIN, "p"))
    for number in range(4):
        clerk = NewAccount(
            f"clerk{number}", f"Cán bộ {number}", None, Role.REPORTER, f"u000{number}"
        )
        accounts.create(SYSTEM, clerk)
    made.services.rounds.open(person(made, "admin"), OPENED)
    made.services.dispatch.run()
    return made


@pytest.fixture
def world(database, tmp_path) -> ReminderWorld:
    return furnished(database, tmp_path)


def person(world: ReminderWorld, username: str) -> Actor:
    accounts = world.services.accounts
    return accounts.actor(accounts.by_username(username))


def owed(world: ReminderWorld) -> dict[str, Obligation]:
    return {one.org_unit: one for one in world.services.rounds.owed("r1")}


def shown(world: ReminderWorld, lines=LATER) -> DatePlan:
    return world.services.round_dates.preview(person(world, "admin"), "r1", lines)


def done(world: ReminderWorld, lines=LATER, seen: str | None = None, **letter: object) -> DatePlan:
    return world.services.round_dates.apply(
        person(world, "admin"),
        "r1",
        lines,
        **{**LETTER, **letter},
        seen=seen or shown(world, lines).seen,
    )


def send(world: ReminderWorld, unit: str, progress: Progress = Progress.SENT) -> None:
    with world.application.database.transaction():
        world.services.urging.obligations.set_progress(
            owed(world)[unit].id, progress, sent_at=world.clock.now()
        )


def pass_days(world: ReminderWorld, first: date, last: date) -> list[tuple[date, str]]:
    """The worker over these days; who of the units got a mail on which of them."""
    came = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for hour in (8, 15):
            world.clock.set(day, hour)
            world.tick()
            came += [(day, mail.recipient[:5]) for mail in world.channel.mails]
            world.channel.mails.clear()
    return [one for one in came if one[1].startswith("u")]


def test_the_preview_says_what_the_change_does_and_changes_nothing(world):
    pass_days(world, date(2025, 1, 6), date(2025, 1, 15))
    world.clock.set(date(2025, 1, 14))
    send(world, "u0000")
    world.clock.set(date(2025, 1, 16))
    send(world, "u0001")
    world.clock.set(date(2025, 1, 17))
    before = world.rows("SELECT id, due_on, why, edit FROM obligation ORDER BY id")

    plan = shown(world)

    assert (len(plan.changed), plan.sent, plan.in_time, plan.reopened) == (4, 2, 3, 0)
    assert {(one.before.due_on, one.after.due_on) for one in plan.changed} == {
        (date(2025, 1, 15), date(2025, 1, 27))
    }
    steps = {one.code: (one.was, one.now, one.sent, one.ahead, one.passed) for one in plan.steps}
    assert steps["D-7"] == (date(2025, 1, 8), date(2025, 1, 20), 2, 2, 0)
    assert steps["D+1"] == (date(2025, 1, 16), date(2025, 1, 28), 0, 2, 0)
    assert world.rows("SELECT id, due_on, why, edit FROM obligation ORDER BY id") == before
    assert world.services.round_dates.history("r1") == []


def test_the_change_is_kept_with_its_letter_and_each_date_explains_itself(world):
    world.clock.set(date(2025, 1, 13))

    done(world)

    for one in owed(world).values():
        assert one.due_on == date(2025, 1, 27)
        assert explained(one)["due"].explain() == (
            "hạn 25/01/2025 theo công văn số 12/BDT ngày 13/01/2025 (đổi hạn từ 15/01/2025),"
            " chuyển sang 27/01/2025 vì 25/01 là thứ Bảy, 26/01 là Chủ nhật"
        )
    [event] = world.services.round_dates.history("r1")
    assert event.details["reason"] == LETTER["reason"]
    assert event.details["obligations"] == 4
    assert event.details["moved"] == [
        {
            "form": "households", "level": "commune", "from": "2025-01-15", "to": "2025-01-27",
            "obligations": 4,
        }
    ]  # fmt: skip
    rows = world.rows("SELECT subject FROM event WHERE name = 'obligation.dates_changed'")
    assert sorted(rows) == sorted((f"obligation/{one.id}",) for one in owed(world).values())
    later = world.services.rounds.get("r1").dates_of("households", "commune").due
    assert later == date(2025, 1, 25)  # who is asked later gets the new date too


def test_a_change_that_was_not_seen_so_is_refused_and_leaves_no_trace(world):
    world.clock.set(date(2025, 1, 13))
    seen = shown(world).seen
    send(world, "u0000")
    before = world.rows("SELECT id, due_on, why, edit FROM obligation ORDER BY id")
    events = world.rows("SELECT count(*) FROM event")

    with pytest.raises(Stale):
        done(world, seen=seen)
    done(world)
    with pytest.raises(Stale):
        done(world, seen=seen)

    assert {row[2] for row in before} != {one.why for one in owed(world).values()}
    assert world.rows("SELECT count(*) FROM event") == [(events[0][0] + 5,)]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((RoundDates(level="commune", due=date(2025, 1, 10)),), "past"),
        ((RoundDates(due=date(2025, 1, 20), closes=date(2025, 1, 17)),), "order"),
        ((RoundDates(level="commune", due=date(2025, 1, 15)),), "nothing"),
        ((RoundDates(form="households", opens=date(2025, 1, 14)),), "opened"),
    ],
)
def test_days_that_do_not_fit_change_nothing(world, lines, code):
    world.clock.set(date(2025, 1, 13))
    before = world.rows("SELECT id, due_on, edit FROM obligation ORDER BY id")

    with pytest.raises(InputInvalid) as refused:
        done(world, lines)

    assert [one["code"] for one in refused.value.facts["errors"]] == [code]
    assert world.rows("SELECT id, due_on, edit FROM obligation ORDER BY id") == before


def test_a_letter_a_reason_and_the_right_are_asked_for(world):
    world.clock.set(date(2025, 1, 13))

    with pytest.raises(InputInvalid) as refused:
        done(world, letter_number=" ", reason="lũ", letter_on=date(2025, 1, 14))
    with pytest.raises(AccessDenied):
        world.services.round_dates.preview(person(world, "clerk0"), "r1", LATER)

    assert [one["path"] for one in refused.value.facts["errors"]] == [
        "/letter_number",
        "/letter_on",
        "/reason",
    ]


def test_a_round_whose_figures_are_closed_keeps_its_dates(world):
    with world.application.database.transaction():
        world.services.rounds.events.append(
            subject="round/r1", name="round.closed", actor=SYSTEM.account,
            happened_at=world.clock.now(), details={},
        )  # fmt: skip

    with pytest.raises(PeriodClosed):
        shown(world)


def test_a_report_that_came_in_time_keeps_the_date_by_which_it_did(world):
    """It came on the day before; the letter of the day before that reaches the office only now."""
    world.clock.set(date(2025, 1, 14))
    send(world, "u0000")
    world.clock.set(date(2025, 1, 13))

    plan = done(world, (RoundDates(due=date(2025, 1, 13)),))

    assert [one.before.org_unit for one in plan.kept] == ["u0000"]
    assert owed(world)["u0000"].due_on == date(2025, 1, 15)
    assert owed(world)["u0001"].due_on == date(2025, 1, 13)


def test_closed_reports_are_taken_again_and_every_unit_is_told_once(world):
    done(world, (RoundDates(closes=date(2025, 1, 20)),), letter_on=date(2025, 1, 6))
    world.services.dispatch.run()
    world.clock.set(date(2025, 1, 21))
    assert all(one.is_shut(world.clock.today()) for one in owed(world).values())

    plan = done(world, (RoundDates(due=date(2025, 1, 23), closes=date(2025, 1, 24)),))
    for _again in range(2):
        world.services.dispatch.run()

    assert plan.reopened == 4
    assert not any(one.is_shut(world.clock.today()) for one in owed(world).values())
    told = world.rows("SELECT account_id, facts FROM notice WHERE kind = 'dates_changed'")
    assert Counter(account for account, _facts in told) == {
        person(world, f"clerk{number}").account: 2 for number in range(4)
    }
    lines = world.services.notices.listed(world.services.notices.of(person(world, "clerk2")), "vi")
    assert "Đợt báo cáo đổi hạn (2):" in lines
    assert (
        "- Báo cáo năm 2024: 1 báo cáo đổi hạn theo công văn số 12/BDT, Xã 2, hạn sớm nhất,"
        " đến 23/01/2025"
    ) in lines


def test_steps_of_the_new_date_come_anew_and_none_is_sent_twice(world):
    """D-7 and D-1 went out for the 15th; on the 15th the date moves to the 27th."""
    first = pass_days(world, date(2025, 1, 6), date(2025, 1, 14))
    world.clock.set(date(2025, 1, 15))

    done(world, letter_on=date(2025, 1, 14))
    second = pass_days(world, date(2025, 1, 15), date(2025, 2, 4))

    assert [day.day for day, unit in first if unit == "u0000"] == [8, 14]
    assert [(day.month, day.day) for day, unit in second if unit == "u0000"] == [
        (1, 20), (1, 24), (1, 28), (2, 3),
    ]  # fmt: skip
    claims = Counter(world.claims())
    assert set(claims.values()) == {1}
    codes = {step for _id, step in claims}
    assert {"D-7", "D-1", "D-7/2", "D-1/2", "D+1/2", "D+5/2"} <= codes
    assert not codes & {"D+1", "D+5"}  # of a date that no longer holds


def test_a_step_whose_new_day_is_over_is_logged_and_not_sent(world):
    """The date moves by two days only: D-7 of the new one lies before the letter."""
    pass_days(world, date(2025, 1, 6), date(2025, 1, 12))
    world.clock.set(date(2025, 1, 13))

    done(world, (RoundDates(due=date(2025, 1, 17)),))
    came = pass_days(world, date(2025, 1, 13), date(2025, 1, 24))

    assert [day.day for day, unit in came if unit == "u0000"] == [16, 20, 22]
    outcomes = {
        step: outcome for (id_, step), outcome in world.outcomes().items()
        if id_ == owed(world)["u0000"].id
    }  # fmt: skip
    assert outcomes["D-7/2"] == {"date-changed"}
    assert outcomes["D-1/2"] == {"sent"}


def test_a_reminder_taken_for_the_old_date_and_not_yet_mailed_is_dropped(world, monkeypatch):
    world.clock.set(date(2025, 1, 14))
    reminders = world.services.reminders
    monkeypatch.setattr(type(reminders.digests), "send", lambda *_: 0)
    reminders.send_due(world.clock.today())
    monkeypatch.undo()

    done(world)
    world.tick()

    assert world.channel.mails == []
    assert world.outcomes()[owed(world)["u0000"].id, "D-1"] == {"date-changed"}


def test_a_late_unit_gets_no_storm_when_its_date_moves_again_and_again(world):
    """Three letters in three days: each day at most one mail, and every step sent or settled."""
    pass_days(world, date(2025, 1, 6), date(2025, 1, 17))
    for number, due in enumerate((date(2025, 1, 22), date(2025, 1, 24), date(2025, 2, 7))):
        world.clock.set(date(2025, 1, 20 + number))
        done(world, (RoundDates(due=due),), letter_number=f"{20 + number}/BDT")
        assert shown(world, (RoundDates(due=due + timedelta(days=3)),)).changed

    came = pass_days(world, date(2025, 1, 20), date(2025, 2, 20))

    assert set(Counter(came).values()) == {1}
    assert set(Counter(world.claims()).values()) == {1}
    assert all(world.outcomes().values())
    due = explained(owed(world)["u0000"])["due"]
    assert [one.was and one.was.day for one in due.changes] == [15, 22, 24]
    assert due.explain().endswith("(đổi hạn từ 24/01/2025, hạn ban đầu 15/01/2025)")


def test_of_two_who_change_the_dates_at_once_one_is_told_to_look_again(fresh_database, tmp_path):
    world = furnished(fresh_database, tmp_path)
    world.clock.set(date(2025, 1, 13))
    other = (RoundDates(level="commune", due=date(2025, 2, 5)),)
    seen = [shown(world, lines).seen for lines in (LATER, other)]

    results = at_once(
        fresh_database,
        [
            lambda: done(world, LATER, seen=seen[0]),
            lambda: done(world, other, seen=seen[1], letter_number="13/BDT"),
        ],
    )

    (kept,) = [one for one in results if isinstance(one, DatePlan)]
    assert [type(one) for one in results if one is not kept] == [Stale]
    days = {one.after.due_on for one in kept.changed}
    assert {one.due_on for one in owed(world).values()} == days
    assert len(world.services.round_dates.history("r1")) == 1
