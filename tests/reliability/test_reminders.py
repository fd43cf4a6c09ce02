"""Time and reminders: each step once, nothing skipped, no storm, whatever clock and server do."""

import random
import sys
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from server.core.access import SYSTEM
from server.core.obligation import Progress
from server.core.ports import LOCAL
from tests.reliability.reminder_world import ReminderWorld, make, owed, sent
from tests.world import ROOT

STEPS = ("D-7", "D-1", "D+1", "D+5", "D+10")


@pytest.fixture
def world(database, tmp_path) -> ReminderWorld:
    return make(database, tmp_path, units=12, districts=2)


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def test_every_unit_gets_every_step_once_however_often_the_worker_ticks(world):
    world.owe(owed(n) for n in range(12))

    for day in days(date(2025, 1, 6), 22):
        for hour in (6, 7, 12, 19, 21):
            world.clock.set(day, hour)
            world.tick()

    own = Counter(mail.recipient for mail in world.channel.mails if mail.recipient[0] == "u")
    assert own == {f"u{n:04}@x.example": 5 for n in range(12)}
    assert Counter(step for _id, step in world.claims()) == dict.fromkeys(STEPS, 12)
    # From D+5 on each district has one mail that lists its six late units, at D+10 the province.
    copies = [mail for mail in world.channel.mails if mail.recipient[0] in "dp"]
    listed = [(mail.recipient[:2], mail.body.count("\n- UBND xã ")) for mail in copies]
    assert listed[:2] == [("d0", 6), ("d1", 6)]
    assert sorted(listed[2:]) == [("d0", 6), ("d1", 6), ("p@", 12)]


def test_nothing_leaves_at_night_or_on_a_day_off(world):
    # D-1 of a Monday is the Friday before; D+5 is a Saturday and goes out on Monday.
    due = date(2024, 12, 2)
    world.services.reference.put_holiday(date(2024, 12, 3), "Ngày nghỉ", "off", SYSTEM)
    world.owe([owed(0, due=due)])
    sent_on: list[datetime] = []

    moment = datetime(2024, 11, 24, 0, 30, tzinfo=LOCAL)
    while moment < datetime(2024, 12, 12, tzinfo=LOCAL):
        world.clock.instant = moment
        before = len(world.channel.mails)
        world.tick()
        sent_on += [moment] * (len(world.channel.mails) > before)
        moment += timedelta(hours=1)

    assert [(one.date().isoformat(), one.hour) for one in sent_on] == [
        ("2024-11-25", 7),
        ("2024-11-29", 7),
        ("2024-12-04", 7),  # D+1 was a day off
        ("2024-12-09", 7),
    ]


def test_reminders_stop_when_the_report_was_sent_and_the_log_says_why(world):
    gone, excused, closed = owed(0), owed(1), owed(2)
    world.owe([gone, excused, closed])
    store = world.services.urging.obligations
    world.clock.set(date(2025, 1, 8))
    world.tick()

    with world.application.database.transaction():
        store.set_progress(gone.id, Progress.SENT, sent_at=world.clock.now())
        store.excuse(excused.id, date(2025, 1, 31), "công chức nghỉ thai sản")
        store.close(closed.id)
    for day in days(date(2025, 1, 9), 20):
        world.clock.set(day)
        world.tick()

    outcomes = world.outcomes()
    for one, why in ((gone, "submitted"), (excused, "excused"), (closed, "closed")):
        found = [outcomes[one.id, step] for step in STEPS]
        assert found == [{"sent"}, *[{why}] * 4]
    assert len(world.channel.mails) == 3


def test_a_report_sent_between_taking_and_mailing_is_not_urged(world, monkeypatch):
    one = owed(0)
    world.owe([one])
    world.clock.set(date(2025, 1, 8))
    reminders = world.services.reminders
    monkeypatch.setattr(type(reminders.digests), "send", lambda *_: 0)
    reminders.send_due(world.clock.today())
    monkeypatch.undo()
    with world.application.database.transaction():
        world.services.urging.obligations.set_progress(
            one.id, Progress.SENT, sent_at=world.clock.now()
        )

    world.tick()

    assert world.channel.mails == []
    assert world.outcomes()[one.id, "D-7"] == {"submitted"}


def test_a_unit_without_an_address_is_tried_until_the_next_step(world):
    reference = world.services.reference
    unit = reference.unit("u0000")
    reference.save_unit(sent(unit, email=None), SYSTEM)
    world.owe([owed(0)])
    for day in days(date(2025, 1, 8), 7):
        world.clock.set(day)
        world.tick()

    reference.save_unit(sent(reference.unit("u0000"), email="moi@x.example"), SYSTEM)
    world.tick()

    assert [mail.recipient for mail in world.channel.mails] == ["moi@x.example"]
    assert world.outcomes() == {
        ("o00000-2024", "D-7"): {"no-address"},
        ("o00000-2024", "D-1"): {"sent"},
    }


def test_what_was_missed_while_the_server_was_down_goes_out_at_once_in_one_mail(world):
    world.owe([owed(n) for n in range(6)])
    world.owe([owed(n, period="2023") for n in range(6)])
    world.clock.set(date(2025, 1, 6))
    world.tick()
    before = len(world.channel.mails)

    world.clock.set(date(2025, 1, 16), 9)  # D-7, D-1 and D+1 have passed meanwhile
    world.tick()

    mails = world.channel.mails[before:]
    assert Counter(mail.recipient for mail in mails) == {f"u{n:04}@x.example": 1 for n in range(6)}
    assert all(mail.body.count("\n- ") == 2 for mail in mails)
    latest = {step for (_id, step), found in world.outcomes().items() if "sent" in found}
    assert latest == {"D+1"}
    merged = {step for (_id, step), found in world.outcomes().items() if "merged" in found}
    assert merged == {"D-7", "D-1"}


def test_there_is_at_most_one_digest_for_a_person_and_day(world):
    world.owe([owed(0)])
    world.clock.set(date(2025, 1, 8))
    world.tick()
    world.owe([owed(0, period="2023")])  # opened later the same day
    world.clock.turn(hours=3)
    world.tick()
    that_day = len(world.channel.mails)

    world.clock.set(date(2025, 1, 9))
    world.tick()

    assert that_day == 1
    assert len(world.channel.mails) == 2
    assert all(found == {"sent"} for found in world.outcomes().values())


@pytest.mark.parametrize(
    ("units", "districts"), [(12, 2), pytest.param(121, 8, marks=pytest.mark.long)]
)
def test_after_a_week_off_everybody_gets_one_mail_at_most(database, tmp_path, units, districts):
    """R17: seven days offline; eight reports a unit. In full 130 places: 121, 8 above, the top."""
    world = make(database, tmp_path, units=units, districts=districts)
    for year in range(2017, 2025):
        due = date(2025, 1, 8) + timedelta(days=year % 5)
        world.owe(owed(n, period=str(year), due=due) for n in range(units))
    world.clock.set(date(2025, 1, 3))
    world.tick()
    before = len(world.channel.mails)

    world.clock.set(date(2025, 1, 10), 9)
    world.tick()
    world.tick()

    mails = Counter(mail.recipient for mail in world.channel.mails[before:])
    sys.stdout.write(
        f"{8 * units} reports, {len(mails)} mails for {units + districts + 1} places\n"
    )
    assert units <= len(mails) <= units + districts + 1
    assert set(mails.values()) == {1}


def test_a_clock_that_leaps_a_year_sends_nothing_until_somebody_confirms_it(world):
    world.owe(owed(n) for n in range(12))
    world.owe(owed(n, period="2025", due=date(2026, 1, 9)) for n in range(12))
    world.clock.set(date(2025, 1, 6))
    world.tick()

    world.clock.set(date(2026, 1, 8))
    world.tick()
    world.tick()
    held = world.services.reminders.held()
    assert world.channel.mails == []
    assert held is not None and held.held_day == date(2026, 1, 8)
    world.clock.set(date(2025, 1, 8))  # the clock is put right: all goes on without a word
    world.tick()
    assert len(world.channel.mails) == 12

    world.clock.set(date(2026, 1, 8))
    world.services.reminders.confirm_clock(SYSTEM)
    world.tick()

    assert world.services.reminders.held() is None
    assert len(world.channel.mails) == 24


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Chatham", "UTC"])
def test_clock_jumps_and_wrong_time_zones_skip_and_double_nothing(world, zone, monkeypatch):
    """R14: hours and days to and fro, back to 1970, a machine in another zone."""
    monkeypatch.setenv("TZ", zone)
    world.owe(owed(n) for n in range(12))
    jumps = random.Random(zone)

    for day in days(date(2025, 1, 6), 22):
        world.clock.set(day, 9)
        world.tick()
        for delta in jumps.sample([-24, -1, 1, 24], 2):
            world.clock.turn(hours=delta)
            world.tick()
        world.clock.instant = datetime(1970, 1, 1, 9, tzinfo=LOCAL)
        world.tick()

    own = [mail for mail in world.channel.mails if mail.recipient[0] == "u"]
    assert Counter(step for _id, step in world.claims()) == dict.fromkeys(STEPS, 12)
    assert len({mail.message_id for mail in own}) == len(own) == 60


def test_only_the_injected_clock_is_asked_for_the_time():
    """R14: no other module of the server reads the machine's clock."""
    # The one of storage compares the ages of files, which the machine's clock has stamped.
    allowed = {"server/machine.py", "server/demo/running.py", "server/storage/attachments.py"}
    asked = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "server").rglob("*.py")
        if any(
            word in path.read_text("utf-8")
            for word in ("datetime.now(", "time.time(", "date.today(", "utcnow(")
        )
    }
    assert asked <= allowed
