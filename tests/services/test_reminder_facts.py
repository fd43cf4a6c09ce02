"""What a reminder goes by besides its plan: the working days of a place, whom to ask, and the
notices that share its mail."""

from dataclasses import replace
from datetime import date

import pytest

from server.core.access import SYSTEM, Role
from server.core.directory import Contact
from server.core.obligation import Round
from server.services.accounts import NewAccount
from tests.reliability.reminder_world import ReminderWorld, make, owed


@pytest.fixture
def world(database, tmp_path) -> ReminderWorld:
    return make(database, tmp_path, units=4, districts=2)


def test_a_local_day_off_moves_the_steps_of_that_place_alone(world):
    """D+1 of a Wednesday is a day off in one district only; units are dealt out in turn."""
    world.services.reference.put_holiday(date(2025, 1, 16), "Lễ hội", "off", SYSTEM, "d0")
    world.owe(owed(n) for n in range(4))
    came: dict[date, list[str]] = {}

    for day in (date(2025, 1, 16), date(2025, 1, 17)):
        world.clock.set(day)
        world.tick()
        came[day] = [mail.recipient[:5] for mail in world.channel.mails]
        world.channel.mails.clear()

    assert sorted(came[date(2025, 1, 16)]) == ["u0001", "u0003"]
    assert sorted(came[date(2025, 1, 17)]) == ["u0000", "u0002"]


def test_on_a_local_day_off_nothing_is_sent_there_and_the_preview_says_why(world):
    world.services.reference.put_holiday(date(2025, 1, 17), "Lễ hội", "off", SYSTEM, "d0")
    world.owe(owed(n) for n in range(2))
    world.clock.set(date(2025, 1, 17))

    planned = world.services.reminders.plan(date(2025, 1, 17))
    world.tick()

    assert {(one.unit.id, one.suppressed) for one in planned if one.step == "D+1"} == {
        ("u0000", "day-off"),
        ("u0001", None),
    }
    assert [mail.recipient for mail in world.channel.mails] == ["u0001@x.example"]


def test_a_reminder_names_whom_the_directory_names_on_that_day(world):
    directory = world.services.assignments
    admin = SYSTEM
    for name, since, until in (
        ("Nông Văn Cũ", None, date(2025, 1, 10)),
        ("Lý Thị Mới", date(2025, 1, 11), None),
    ):
        contact = Contact("p", name, "Chuyên viên", "0209 222", valid_from=since, valid_to=until)
        directory.save_contact(admin, contact)
    world.owe([owed(0)])

    for day in (date(2025, 1, 8), date(2025, 1, 14)):
        world.clock.set(day)
        world.tick()

    before, after = world.channel.mails
    assert "Người liên hệ: Nông Văn Cũ, điện thoại 0209 222." in before.body
    assert "Người liên hệ: Lý Thị Mới, điện thoại 0209 222." in after.body


def test_a_reminder_names_who_came_after_the_person_of_the_letter(world):
    letter = replace(ROUND, contact="bà Nông Thị Cũ, phòng Tổng hợp", phone="0209 111")
    with world.application.database.transaction():
        world.services.rounds.obligations.add_round(letter)
    world.owe([replace(owed(0), round=letter.id)])
    for name, since, until in (
        ("Nông Thị Cũ", None, date(2025, 1, 10)),
        ("Lý Thị Mới", date(2025, 1, 11), None),
    ):
        contact = Contact("p", name, "Chuyên viên", "0209 222", valid_from=since, valid_to=until)
        world.services.assignments.save_contact(SYSTEM, contact)

    for day in (date(2025, 1, 8), date(2025, 1, 14)):
        world.clock.set(day)
        world.tick()

    before, after = world.channel.mails
    assert "Người liên hệ: bà Nông Thị Cũ, phòng Tổng hợp, điện thoại 0209 111." in before.body
    assert "Người liên hệ: Lý Thị Mới, điện thoại 0209 222." in after.body


ROUND = Round(
    id="r1", code="r1", title="Báo cáo năm 2024", period="2024", letter_number="1/BDT",
    letter_on=date(2025, 1, 6), contact="Phòng Tổng hợp", phone="0209", level="official",
    forms=("households",), opens_on=date(2025, 1, 6),
)  # fmt: skip


def opened_round(world: ReminderWorld, *emails: str) -> None:
    """Clerks of the first unit are told of a round that opens on the day of the first reminder."""
    for number, email in enumerate(emails):
        clerk = NewAccount(f"clerk{number}", f"Cán bộ {number}", email, Role.REPORTER, "u0000")
        world.services.accounts.create(SYSTEM, clerk)
    accounts = world.services.accounts
    admin = accounts.create(SYSTEM, NewAccount("admin", "Quản trị", None, Role.ADMIN, "p"))
    world.clock.set(date(2025, 1, 8))
    world.services.rounds.open(accounts.actor(admin), ROUND)
    world.services.dispatch.run()


def wishes(world: ReminderWorld, username: str, **wanted: object) -> None:
    account = world.services.accounts.by_username(username)
    world.services.mail_wishes.save(world.services.accounts.actor(account), **wanted)


def day_of(world: ReminderWorld) -> list[tuple[str, str]]:
    """As the worker goes through a day: reminders first, then what is left of the notices."""
    for hour in (8, 9, 15):
        world.clock.set(world.clock.today(), hour)
        world.tick()
        world.services.notices.send_digests()
        while world.services.mail.flush():
            pass
    found = [(mail.recipient, mail.subject) for mail in world.channel.mails]
    world.channel.mails.clear()
    return found


def test_a_reminder_and_the_notices_of_the_day_are_one_mail(world):
    opened_round(world, "u0000@x.example", "u0000@x.example", "nha@x.example")
    wishes(world, "clerk2", only_mandatory=True, language="vi")

    first = dict(day_of(world))
    bodies = world.rows("SELECT body FROM mail WHERE recipient = 'u0000@x.example'")

    assert first["u0000@x.example"].endswith("hạn gửi 15/01/2025, 1 thông báo mới")
    assert first["nha@x.example"] == "[Thông báo] 1 việc mới đến ngày 08/01/2025"
    assert len(first) == 5 and len(bodies) == 1
    [(body,)] = bodies
    assert body.count("Đợt báo cáo mới (1):") == body.count("Kính gửi: UBND xã 0.") == 1
    assert world.rows("SELECT COUNT(*) FROM notice WHERE mailed_at IS NULL") == [(0,)]


def test_after_the_mail_of_the_day_everything_else_waits_for_the_next(world):
    """The notices went out first: the reminder of the same address comes a day later, once."""
    opened_round(world, "u0000@x.example")
    world.services.notices.send_digests()

    first = [recipient for recipient, _subject in day_of(world)]
    world.clock.set(date(2025, 1, 9))
    second = day_of(world)

    assert first.count("u0000@x.example") == 1
    assert [recipient for recipient, _subject in second] == ["u0000@x.example"]
    assert second[0][1].startswith("[Nhắc hạn]")


def test_who_reads_english_gets_the_notices_in_english(world):
    opened_round(world, "nha@x.example", "xa@x.example")
    wishes(world, "clerk0", only_mandatory=True, language="en")
    wishes(world, "clerk1", only_mandatory=False, language="en")

    subjects = dict(day_of(world))

    assert subjects["nha@x.example"] == "[Notice] 1 new matters up to 08/01/2025"
    assert subjects["xa@x.example"] == (
        "[Reminder] Households and people, Year 2024: due 15/01/2025, 1 new notices"
    )


def test_steps_after_the_date_wait_for_the_grace_and_the_mail_says_both_dates(world):
    """Due on Wednesday 15/01, late after Monday 20/01: D-7 by the first, D+1 by the second."""
    world.owe([replace(owed(0), grace_on=date(2025, 1, 20)), owed(1)])
    came: dict[str, list[date]] = {}

    for day in (date(2025, 1, number) for number in range(6, 25)):
        world.clock.set(day)
        world.tick()
        for mail in world.channel.mails:
            came.setdefault(mail.recipient[:5], []).append(day)
        said = [mail for mail in world.channel.mails if mail.recipient.startswith("u0000")]
        world.channel.mails.clear()
        for mail in said:
            assert "15/01/2025 (tính chậm sau ngày 20/01/2025" in mail.body
            assert ("đã quá hạn 1 ngày" in mail.body) == (day == date(2025, 1, 21))

    plain, given = came["u0001"], came["u0000"]
    assert plain[: len(plain) - 2] == given[: len(given) - 1]
    assert date(2025, 1, 16) in plain and date(2025, 1, 16) not in given
    assert date(2025, 1, 21) in given
