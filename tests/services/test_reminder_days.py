"""Who gets what on a day: what was recorded of days gone by, what is planned for days to come."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from server.cli.figures import remind as command
from server.core.access import SYSTEM
from server.core.obligation import Progress
from server.hooks import Refused
from server.services.reminder_days import PlannedReminder
from tests.reliability.reminder_world import KeptChannel, ReminderWorld, make, owed

#: The Monday on which the clock stands first; the reports are due on Wednesday, 15/01/2025.
MONDAY = date(2025, 1, 6)


@pytest.fixture
def world(database, tmp_path) -> ReminderWorld:
    return make(database, tmp_path, units=6, districts=2)


def told(found: list[PlannedReminder]) -> set[tuple[str, str, str | None]]:
    return {(one.unit.id, one.step, one.suppressed) for one in found}


def work(world: ReminderWorld, *days: date) -> None:
    for day in days:
        world.clock.set(day)
        world.tick()


def test_a_day_gone_by_says_what_was_recorded_and_nothing_of_other_days(world):
    """Of six units one each sends, is excused, gives back and loses its address."""
    world.owe(owed(n) for n in range(6))
    work(world, date(2025, 1, 8))
    store, reference = world.services.urging.obligations, world.services.reference
    with world.application.database.transaction():
        store.set_progress("o00000-2024", Progress.SENT, sent_at=world.clock.now())
        store.excuse("o00001-2024", date(2025, 1, 31), "công chức nghỉ thai sản")
        store.set_progress("o00002-2024", Progress.RETURNED)
    reference.save_unit(replace(reference.unit("u0003"), email=None), SYSTEM)
    work(world, date(2025, 1, 14), date(2025, 1, 16))
    world.clock.set(date(2025, 1, 24))

    plan = world.services.reminders.plan

    assert told(plan(date(2025, 1, 8))) == {(f"u{n:04}", "D-7", "sent") for n in range(6)}
    assert told(plan(date(2025, 1, 16))) == {
        ("u0000", "D+1", "submitted"),
        ("u0001", "D+1", "excused"),
        ("u0002", "D+1", "returned"),
        ("u0003", "D-1", "no-address"),
        ("u0004", "D+1", "sent"),
        ("u0005", "D+1", "sent"),
    }
    assert [plan(date(2025, 1, day)) for day in (9, 13, 17)] == [[], [], []]
    kept = world.rows("SELECT COUNT(*) FROM reminder_delivery WHERE outcome <> 'waiting'")
    assert kept == [(sum(len(plan(date(2025, 1, day))) for day in range(6, 24)),)]


def test_what_the_mail_server_refused_or_still_has_to_take_is_not_called_sent(world, monkeypatch):
    world.owe(owed(n) for n in range(2))
    accepts = KeptChannel.send

    def refuses_the_first(channel: KeptChannel, mail) -> str:
        if mail.recipient.startswith("u0000"):
            raise Refused("550 5.1.1 no such user", permanent=True)
        return accepts(channel, mail)

    monkeypatch.setattr(KeptChannel, "send", refuses_the_first)
    world.clock.set(date(2025, 1, 8))
    world.services.reminders.send_due(world.clock.today())
    before = told(world.services.reminders.plan(date(2025, 1, 8)))
    world.tick()
    after = told(world.services.reminders.plan(date(2025, 1, 8)))
    mail = world.services.mail.store.find(world.channel.mails[0].message_id)
    world.services.mail.note_return_of(SYSTEM, mail.mail.message_id, "hộp thư đầy")
    back = told(world.services.reminders.plan(date(2025, 1, 8)))

    assert before == {("u0000", "D-7", "waiting"), ("u0001", "D-7", "waiting")}
    assert after == {("u0000", "D-7", "dead"), ("u0001", "D-7", "sent")}
    assert back == {("u0000", "D-7", "dead"), ("u0001", "D-7", "bounced")}


def test_today_is_what_was_done_and_what_still_comes(world):
    world.owe(owed(n) for n in range(2))
    work(world, date(2025, 1, 8))
    world.owe([owed(2)])

    morning = told(world.services.reminders.plan(date(2025, 1, 8)))
    world.clock.set(date(2025, 1, 8), 20, 30)
    night = told(world.services.reminders.plan(date(2025, 1, 8)))

    done = {("u0000", "D-7", "sent"), ("u0001", "D-7", "sent")}
    assert morning == done | {("u0002", "D-7", None)}
    assert night == done  # nothing leaves at night; it is planned for the next day
    assert told(world.services.reminders.plan(date(2025, 1, 9))) == {("u0002", "D-7", None)}


def test_a_step_on_a_day_off_waits_and_is_planned_for_the_working_day_after(world):
    world.services.reference.put_holiday(date(2025, 1, 16), "Ngày nghỉ", "off", SYSTEM)
    world.owe([owed(0)])
    work(world, date(2025, 1, 8), date(2025, 1, 14))

    plan = world.services.reminders.plan
    off, next_ = plan(date(2025, 1, 16)), plan(date(2025, 1, 17))

    assert told(off) == {("u0000", "D+1", "day-off")} and off[0].on == date(2025, 1, 17)
    assert told(next_) == {("u0000", "D+1", None)}
    world.clock.set(date(2025, 1, 16))
    assert told(plan(date(2025, 1, 16))) == {("u0000", "D+1", "day-off")}
    world.clock.set(date(2025, 1, 18))
    assert plan(date(2025, 1, 16)) == []  # nothing happened on the day off, and nothing is said


def test_what_is_planned_for_each_day_is_what_happens_on_it(world):
    """Steps of three due dates over a long holiday, and a local one, day by day for two months."""
    reference = world.services.reference
    for number in range(27, 32):
        reference.put_holiday(date(2025, 1, number), "Tết", "off", SYSTEM)
    reference.put_holiday(date(2025, 1, 16), "Lễ hội", "off", SYSTEM, "d0")
    dues = (date(2025, 1, 15), date(2025, 1, 22), date(2025, 1, 29))
    world.owe(owed(n, due=dues[n % 3]) for n in range(6))
    days = [MONDAY + timedelta(days=n) for n in range(60)]

    def gone(day: date) -> set[tuple[str, str, str | None]]:
        found = world.services.reminders.plan(day)
        return {
            (one.unit.id, one.step, one.recipient)
            for one in found
            if one.suppressed in (None, "sent")
        }

    planned = [gone(day) for day in days]
    for day in days:
        work(world, day)
    happened = [gone(day) for day in days]

    assert planned == happened
    rows = world.rows("SELECT COUNT(*) FROM reminder_delivery WHERE outcome = 'sent'")
    assert rows == [(sum(map(len, happened)),)]


def test_a_held_command_ends_with_a_code_of_its_own_until_the_date_is_confirmed(world):
    world.owe([owed(0, due=date(2026, 1, 15))])
    work(world, date(2025, 1, 8))
    world.clock.set(date(2026, 1, 8))

    def remind(*words: str) -> int:
        context = SimpleNamespace(application=world.application)
        return CliRunner().invoke(command, words, obj=context).exit_code

    assert [remind(), remind("--dry-run"), remind()] == [3, 0, 3]
    assert world.channel.mails == []
    assert (remind("--confirm"), remind()) == (0, 0)
    assert [mail.recipient for mail in world.channel.mails] == ["u0000@x.example"]


def test_the_preview_of_a_step_that_is_over_says_what_became_of_it(world):
    world.owe(owed(n) for n in range(2))
    work(world, date(2025, 1, 8))
    with world.application.database.transaction():
        store = world.services.urging.obligations
        store.set_progress("o00000-2024", Progress.SENT, sent_at=world.clock.now())
    work(world, date(2025, 1, 14))
    sent, late = (world.services.urging.obligations.get(f"o0000{n}-2024") for n in range(2))

    def said(obligation, step: str) -> list[tuple[date, str | None]]:
        found = world.services.reminders.preview(obligation, step).reminders
        return [(one.on, one.suppressed) for one in found]

    assert said(sent, "D-7") == [(date(2025, 1, 8), "sent")]
    assert said(sent, "D-1") == [(date(2025, 1, 14), "submitted")]
    assert said(sent, "D+1") == [(date(2025, 1, 16), "submitted")]
    assert said(late, "D+1") == [(date(2025, 1, 16), None)]
    world.clock.set(date(2025, 1, 24))
    assert said(late, "D+1") == [(date(2025, 1, 16), "passed")]  # nobody was there to send it
