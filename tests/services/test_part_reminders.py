"""Who owes a part of another unit's report is reminded of it, and the unit is not in its place."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.core.access import SYSTEM, Actor, Role
from server.core.obligation import Progress, Round, RoundDates
from server.core.submission import Change
from server.services.accounts import NewAccount
from server.services.board import BoardFilter
from tests.divided import FORM, ROADS, ROADS_UNIT, shared_form
from tests.reliability.reminder_world import ReminderWorld, make

DUE, OF_ROADS = date(2025, 2, 28), date(2025, 2, 14)
OPENED = Round(
    id="r2", code="r2", title="Đường thôn", period="2024", letter_number="3/SGTVT",
    letter_on=date(2025, 1, 6), contact="Phòng Hạ tầng", phone="0209", level="official",
    forms=(FORM,), opens_on=date(2025, 1, 6),
    dates=(RoundDates(level="commune", due=DUE), RoundDates(level="department", due=OF_ROADS)),
)  # fmt: skip


@pytest.fixture
def world(database, tmp_path) -> ReminderWorld:
    """Two communes have begun reports in which the department owes a part two weeks earlier."""
    made = make(database, tmp_path, units=2)
    services = made.services
    roads = replace(ROADS_UNIT, parent="p", email="roads@x.example")
    services.reference.add_units([roads], SYSTEM)
    form = json.dumps(shared_form(), ensure_ascii=False).replace('"01858"', f'"{ROADS}"')
    services.catalogue.publish(form, "form", SYSTEM)
    for name, role, unit in (
        ("admin", Role.ADMIN, "p"),
        ("clerk0", Role.REPORTER, "u0000"),
        ("clerk1", Role.REPORTER, "u0001"),
        ("roads", Role.REPORTER, roads.id),
    ):
        email = "an@x.example" if name == "roads" else None
        services.accounts.create(SYSTEM, NewAccount(name, f"Cán bộ {name}", email, role, unit))
    services.rounds.open(person(made, "admin"), OPENED)
    for number in range(2):
        services.submissions.start(
            person(made, f"clerk{number}"), form=FORM, org_unit=f"u000{number}", period="2024",
            answers={},
        )  # fmt: skip
    return made


def person(world: ReminderWorld, username: str) -> Actor:
    accounts = world.services.accounts
    return accounts.actor(accounts.by_username(username))


def report(world: ReminderWorld, unit: str = "u0000") -> str:
    [found] = [one for one in world.services.rounds.owed("r2") if one.org_unit == unit]
    assert found.submission is not None
    return found.submission


def hand_in(world: ReminderWorld, unit: str = "u0000") -> None:
    world.services.parts.hand_in(person(world, "roads"), report(world, unit), ROADS)


def fill_own(world: ReminderWorld) -> None:
    """The first commune fills all that is its own."""
    changes = [
        Change(path, None, value)
        for path, value in (
            ("/people/male", 12), ("/people/female", 13), ("/households", 6),
            ("/lines/dirt/count", 2), ("/lines/concrete/count", 1),
        )
    ]  # fmt: skip
    world.services.submissions.save_cells(person(world, "clerk0"), report(world), changes)


def pass_days(world: ReminderWorld, first: date, last: date) -> dict[str, list[date]]:
    """The worker over these days; on which of them each address got a mail."""
    came: dict[str, list[date]] = {}
    for number in range((last - first).days + 1):
        world.clock.set(first + timedelta(days=number))
        for _again in range(2):
            world.tick()
        for mail in world.channel.mails:
            came.setdefault(mail.recipient, []).append(world.clock.today())
        world.channel.mails.clear()
    return came


def steps(world: ReminderWorld) -> list[str]:
    return sorted(step for _id, step in world.claims())


def test_the_owner_gets_the_steps_of_its_part_once_and_its_mail_names_the_part(world):
    world.clock.set(date(2025, 2, 7))  # D-7 of the part; the report is due two weeks later
    world.tick()
    mails = {mail.recipient: mail for mail in world.channel.mails}
    world.channel.mails.clear()
    later = pass_days(world, date(2025, 2, 8), date(2025, 2, 20))

    assert set(mails) == {"roads@x.example", "an@x.example"}
    body = mails["roads@x.example"].body
    assert "Kính gửi: Sở Giao thông vận tải." in body
    assert "Báo cáo của đơn vị (2):" in body
    assert "Đường thôn (phần “Cầu; Đường; Công trình” trong báo cáo của UBND xã 0)" in body
    assert later["roads@x.example"] == [date(2025, 2, 13), date(2025, 2, 17), date(2025, 2, 19)]
    assert set(Counter(world.claims()).values()) == {1}
    assert steps(world).count(f"D-7@{ROADS}") == 2
    assert "u0000@x.example" not in later  # its own D-7 comes on the 21st


def test_reminders_of_a_part_stop_when_it_is_done_or_the_report_was_sent(world):
    pass_days(world, date(2025, 2, 6), date(2025, 2, 7))
    hand_in(world)
    world.clock.set(date(2025, 2, 13))
    reminders = world.services.reminders
    planned = [one for one in reminders.plan(world.clock.today()) if "@" in one.step]

    assert {one.obligation.org_unit for one in planned} == {"u0001"}
    assert {(one.as_json()["step"], one.as_json()["part"]) for one in planned} == {("D-1", ROADS)}
    with world.application.database.transaction():
        store = world.services.urging.obligations
        [other] = [one for one in world.services.rounds.owed("r2") if one.org_unit == "u0001"]
        store.set_progress(other.id, Progress.SENT, sent_at=world.clock.now())
    assert "roads@x.example" not in pass_days(world, date(2025, 2, 13), date(2025, 2, 24))


def test_a_part_done_between_taking_and_mailing_is_not_urged(world, monkeypatch):
    world.clock.set(date(2025, 2, 7))
    reminders = world.services.reminders
    monkeypatch.setattr(type(reminders.digests), "send", lambda *_: 0)
    reminders.send_due(world.clock.today())
    monkeypatch.undo()
    hand_in(world)
    hand_in(world, "u0001")

    world.tick()

    assert world.channel.mails == []
    assert set(map(tuple, world.outcomes().values())) == {("part-done",)}


def test_who_has_done_its_own_share_is_not_urged_for_what_another_owes(world):
    fill_own(world)
    world.clock.set(date(2025, 2, 21))
    [first] = [
        one for one in world.services.reminders.plan(date(2025, 2, 21))
        if one.unit.id == "u0000" and one.step == "D-7"
    ]  # fmt: skip
    came = pass_days(world, date(2025, 2, 21), date(2025, 2, 24))
    hand_in(world)
    after = pass_days(world, date(2025, 2, 25), date(2025, 2, 25))

    assert "u0001@x.example" in came and "u0000@x.example" not in came
    assert first.suppressed == "other-part"
    assert after["u0000@x.example"] == [date(2025, 2, 25)]  # now only the unit is awaited


def test_a_letter_that_moves_the_day_of_the_parts_gives_them_steps_of_their_own(world):
    pass_days(world, date(2025, 2, 6), date(2025, 2, 13))
    world.clock.set(date(2025, 2, 13))
    later = (RoundDates(level="department", due=date(2025, 2, 25)),)
    dates, admin = world.services.round_dates, person(world, "admin")
    seen = dates.preview(admin, "r2", later)
    dates.apply(
        admin, "r2", later, letter_number="9/BDT", letter_on=date(2025, 2, 12),
        reason="Sở đề nghị thêm thời gian.", seen=seen.seen,
    )  # fmt: skip
    came = pass_days(world, date(2025, 2, 14), date(2025, 3, 4))

    assert seen.elsewhere and not seen.changed
    assert came["roads@x.example"] == [
        date(2025, 2, 18), date(2025, 2, 24), date(2025, 2, 26), date(2025, 3, 3),
    ]  # fmt: skip
    assert set(Counter(world.claims()).values()) == {1}
    assert f"D-1/2@{ROADS}" in steps(world) and f"D+1@{ROADS}" not in steps(world)


def test_the_superior_hears_of_a_late_part_and_the_log_keeps_it_apart_from_the_report(world):
    pass_days(world, date(2025, 2, 6), date(2025, 2, 27))

    sent = world.services.urging.reminders.sent_counts(
        [one.id for one in world.services.rounds.owed("r2")]
    )
    places = {
        (row[0], row[1])
        for row in world.rows("SELECT step, recipient FROM reminder_delivery WHERE outcome='sent'")
    }
    assert (f"D+5@{ROADS}", "p@x.example") in places
    assert {count for count, _at in sent.values()} == {2}  # D-7 and D-1 of the report itself


def test_the_late_board_names_whose_part_is_late_until_it_is_in(world):
    world.clock.set(date(2025, 2, 17))
    board, admin = world.services.board, person(world, "admin")

    before = board.lines(admin, BoardFilter(form=FORM))
    hand_in(world)
    after = {one.unit.id: one.late_parts for one in board.lines(admin, BoardFilter(form=FORM))}

    assert {one.late_parts for one in before} == {((ROADS_UNIT.name, 3),)}
    assert after == {"u0000": (), "u0001": ((ROADS_UNIT.name, 3),)}
