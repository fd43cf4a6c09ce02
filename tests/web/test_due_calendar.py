"""The calendar of due dates, and its feed, which a program reads without signing in."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from re import findall

import pytest
from werkzeug.test import TestResponse

from server.core.access import SYSTEM
from tests.filling_world import Seeded, copied, seed
from tests.ical_reader import Component, read_calendar
from tests.web.test_reports import send
from tests.web.test_submissions import as_, text
from tests.world import World


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("calendar"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def make_feed(world: World, username: str) -> str:
    """The path of a new address, as the page shows it."""
    visitor = as_(world, username)
    visitor.get("/account/calendar")
    page = visitor.post("/account/calendar").get_data(as_text=True)
    [address] = findall(r'value="https?://[^/"]+(/calendar/feeds/[\w-]{43}\.ics)"', page)
    assert address not in visitor.get("/account/calendar").get_data(as_text=True)
    return str(address)


def fetch(world: World, address: str, **headers: str) -> TestResponse:
    """As a program that never signed in."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return world.application.web().test_client().get(address, headers=named)


def events(world: World, address: str) -> dict[str, Component]:
    answer = fetch(world, address)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/calendar; charset=utf-8"
    return {event.values["UID"]: event for event in read_calendar(answer.data).children}


def test_a_month_can_be_seen_as_a_table_of_weeks(world: World) -> None:
    """Each day with something due leads to its entry of the list, which stands below."""
    page = as_(world, "district_approver").get("/calendar?month=2025-01").get_data(as_text=True)

    [grid] = findall(r'(?s)<table class="month-grid".*?</table>', page)
    assert grid.count('scope="col"') == 7 and grid.count("<tr>") == 1 + 5
    weeks = findall(r"(?s)<tr>(.*?)</tr>", grid)[1:]
    assert [week.count("<td") for week in weeks] == [7] * 5
    assert "2024" not in grid and 'href="#day-2025-01-15"' in weeks[2]
    assert 'id="day-2025-01-15"' in page
    assert 'aria-current="date"' in weeks[3]  # today, 24/01
    assert "6 báo cáo" in weeks[2] and "báo cáo" not in weeks[0]


def test_a_clerk_sees_the_own_reports_and_an_approver_those_below(world: World) -> None:
    clerk = text(as_(world, "commune_reporter").get("/calendar?month=2025-01"))
    district = text(as_(world, "district_approver").get("/calendar?month=2025-01"))

    assert "thứ Tư 15/01/2025" in clerk and "Hộ và nhân khẩu, năm 2024" in clerk
    assert "Cổ Linh" in clerk and "Bộc Bố" not in clerk and "Chậm 9 ngày" in clerk
    assert "Hộ và nhân khẩu, năm 2024 2 đơn vị, đã gửi 0/2" in district


@pytest.mark.parametrize(
    ("month", "shown", "before", "after"),
    [
        ("2024-12", "tháng 12/2024", "2024-11", "2025-01"),
        ("2025-13", "tháng 01/2025", "2024-12", "2025-02"),
        ("2025", "tháng 01/2025", "2024-12", "2025-02"),
        ("", "tháng 01/2025", "2024-12", "2025-02"),
    ],
)
def test_one_goes_from_month_to_month(
    world: World, month: str, shown: str, before: str, after: str
) -> None:
    answer = as_(world, "commune_reporter").get(f"/calendar?month={month}")

    page = answer.get_data(as_text=True)
    assert f"Lịch hạn gửi: {shown}" in text(answer)
    assert f'rel="prev" href="/calendar?month={before}"' in page
    assert f'rel="next" href="/calendar?month={after}"' in page


def test_a_month_without_dates_says_so(world: World) -> None:
    shown = text(as_(world, "commune_reporter").get("/calendar?month=2030-06"))

    assert "Không có hạn gửi trong tháng này" in shown


def test_the_feed_holds_all_day_entries_of_the_own_unit_and_no_names_of_people(
    world: World,
) -> None:
    address = make_feed(world, "commune_reporter")

    found = events(world, address)

    [owed] = world.services.obligations.obligations.find("households", "u-commune", "2024")
    event = found[f"{owed.id}@127.0.0.1"]
    assert event.day("DTSTART") == owed.due_on == date(2025, 1, 15)
    assert event.values["SUMMARY"] == "Hạn gửi: Hộ và nhân khẩu, năm 2024"
    assert event.values["DESCRIPTION"].startswith("Cổ Linh. Hộ và nhân khẩu, năm 2024.")
    body = fetch(world, address).get_data(as_text=True).replace("\r\n ", "")
    accounts = world.services.accounts
    people = [accounts.by_username(username) for username in world.accounts]
    assert not [one.name for one in people if one.name in body or one.username in body]
    assert "Bộc Bố" not in body


def test_an_approver_gets_one_entry_for_all_units_that_owe_the_same(world: World) -> None:
    send(world)

    found = events(world, make_feed(world, "district_approver"))

    # The survey has the same title; nobody has sent it.
    told = {
        event.values["DESCRIPTION"].rpartition("2025. ")[2]
        for event in found.values()
        if event.values["SUMMARY"] == "Hạn gửi: Hộ và nhân khẩu, năm 2024 (2 đơn vị)"
    }
    assert told == {"Đã gửi 1/2.", "Đã gửi 0/2."}


def test_the_feed_speaks_the_language_that_its_person_reads(world: World) -> None:
    clerk, officer = (make_feed(world, one) for one in ("commune_reporter", "district_approver"))
    for one in ("commune_reporter", "district_approver"):
        world.services.mail_wishes.save(world.actor(one), only_mandatory=False, language="en")

    own = [event.values["SUMMARY"] for event in events(world, clerk).values()]
    below = [event.values["DESCRIPTION"] for event in events(world, officer).values()]

    assert "Due: Households and people, year 2024" in own
    assert "Households and people, year 2024. Due 15/01/2025. Sent 0/2." in below
    assert "X-WR-CALNAME:Bieumau: due dates" in fetch(world, clerk).text


def test_a_changed_date_keeps_the_uid_and_raises_the_sequence(world: World) -> None:
    address = make_feed(world, "commune_reporter")
    [owed] = world.services.obligations.obligations.find("households", "u-commune", "2024")
    uid = f"{owed.id}@127.0.0.1"
    before = events(world, address)[uid]

    world.services.obligations.excuse(
        world.actor("district_approver"), owed.id, until=date(2025, 2, 3), reason="mưa lũ"
    )

    after = events(world, address)[uid]
    assert after.day("DTSTART") == date(2025, 2, 3)
    assert int(after.values["SEQUENCE"]) > int(before.values["SEQUENCE"])
    assert after.instant("LAST-MODIFIED") == world.services.clock.now()
    assert after.instant("LAST-MODIFIED") > before.instant("LAST-MODIFIED")


def test_what_did_not_change_is_not_sent_again(world: World) -> None:
    address = make_feed(world, "commune_reporter")
    first = fetch(world, address)

    again = fetch(world, address, If_None_Match=first.headers["ETag"])
    send(world)
    changed = fetch(world, address, If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "no-store"
    assert changed.status_code == 200 and "Đã gửi: Hộ" in changed.get_data(as_text=True)


def test_only_the_newest_address_works_and_only_until_it_is_revoked(world: World) -> None:
    first = make_feed(world, "commune_reporter")
    second = make_feed(world, "commune_reporter")

    assert fetch(world, first).status_code == 404
    assert fetch(world, second).status_code == 200
    visitor = as_(world, "commune_reporter")
    assert visitor.post("/account/calendar/revoke").status_code == 303
    assert fetch(world, second).status_code == 404
    kept = world.application.database.rows("SELECT token_hash FROM calendar_feed")
    assert len(kept) == 2 and not any(token in second for (token,) in kept)
    assert world.count("event WHERE name = 'account.calendar_feed_revoked'") == 1


def test_a_shut_account_has_no_feed(world: World) -> None:
    address = make_feed(world, "commune_reporter")

    world.services.accounts.set_active(SYSTEM, world.accounts["commune_reporter"], active=False)

    assert fetch(world, address).status_code == 404
    assert fetch(world, "/calendar/feeds/" + "x" * 43 + ".ics").status_code == 404
