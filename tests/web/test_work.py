"""The first page for who fills for several units, forms and periods: choosing and coming back."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from server.core.access import SYSTEM, Grant, Role
from tests.filling_world import PASSWORD, Seeded, copied, seed
from tests.web.conftest import Browser
from tests.world import GOOD, World

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("work"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        services = found.services
        grant = Grant(Role.REPORTER, "u-neighbour")
        services.accounts.grant(SYSTEM, found.accounts["commune_reporter"], grant)
        yield found


def clerk(world: World) -> Browser:
    return Browser(world.application.web().test_client()).sign_in("commune_reporter", PASSWORD)


def lines(answer: TestResponse) -> list[tuple[str, str]]:
    """(form, unit) of each line, in order."""
    found = re.findall(
        r"<h3>([^<]+)</h3>\s*<p class=\"hint\">([^·<]+) ·", answer.get_data(as_text=True)
    )
    return [(unescape(form), unescape(unit).strip()) for form, unit in found]


def choices(answer: TestResponse) -> dict[str, int]:
    found = re.findall(
        r'<li><a href="[^"]*"[^>]*>([^<]+) <span class="choice-count">(\d+)</span>',
        answer.get_data(as_text=True),
    )
    return {unescape(title): int(count) for title, count in found}


def test_all_units_and_forms_stand_on_one_screen(world: World) -> None:
    shown = lines(clerk(world).get("/work"))

    assert {unit for _, unit in shown} == {"Cổ Linh", "Bộc Bố"}
    owed = world.services.work.of(world.actor("commune_reporter"), sent=False)
    assert len(shown) == len(owed) == 8


def test_a_unit_and_a_state_are_chosen_by_the_address(world: World) -> None:
    browser = clerk(world)
    services = world.services
    services.submissions.start(
        world.actor("commune_reporter"), form="households", org_unit="u-neighbour",
        period="2024", answers=GOOD,
    )  # fmt: skip

    one_unit = browser.get("/work?unit=u-neighbour")
    drafts = browser.get("/work?unit=u-neighbour&state=draft")

    assert {unit for _, unit in lines(one_unit)} == {"Bộc Bố"}
    assert lines(drafts) == [("Hộ và nhân khẩu", "Bộc Bố")]
    assert choices(drafts) == choices(one_unit)
    assert choices(one_unit)["Đang nhập"] == 1
    assert choices(one_unit)["Chưa nhập"] == 3
    assert choices(one_unit)["Tất cả"] == 4


def test_every_choice_leads_to_as_many_reports_as_it_says(world: World) -> None:
    browser = clerk(world)
    page = browser.get("/work").get_data(as_text=True)
    found = re.findall(
        r'<li><a href="(/work[^"]*)"[^>]*>[^<]+<span class="choice-count">(\d+)</span>', page
    )

    assert len(found) >= 2
    for target, count in found:
        assert len(lines(browser.get(unescape(target)))) == int(count), target


def test_a_choice_that_leaves_nothing_says_so_and_offers_all(world: World) -> None:
    shown = clerk(world).get("/work?state=returned").get_data(as_text=True)

    assert "Không có báo cáo nào theo điều kiện này" in shown
    assert 'href="/work">Bỏ lọc</a>' in shown


def test_a_foreign_unit_in_the_address_shows_nothing_of_it(world: World) -> None:
    shown = clerk(world).get("/work?unit=u-far")

    assert shown.status_code == 200
    assert lines(shown) == []


def test_sent_reports_are_chosen_by_period(world: World) -> None:
    browser = clerk(world)

    all_sent = browser.get("/sent").get_data(as_text=True)
    none = browser.get("/sent?period=2019").get_data(as_text=True)

    assert "Năm 2023" in all_sent
    assert "Không có báo cáo nào theo điều kiện này" in none


def test_the_letter_of_the_round_can_be_opened_where_the_report_is(world: World) -> None:
    services, browser = world.services, clerk(world)
    [owed] = services.obligations.obligations.find("near_poor", "u-commune", "2024")
    address = f"/obligations/{owed.id}/letter"
    assert address not in browser.get("/work").get_data(as_text=True)
    assert browser.get(address).status_code == 404

    services.rounds.attach_letter(world.actor("admin"), str(owed.round), PDF, "Công văn.pdf")

    assert address in browser.get("/work").get_data(as_text=True)
    view = services.submissions.start(
        world.actor("commune_reporter"), form="near_poor", org_unit="u-commune", period="2024"
    )
    page = browser.get(f"/submissions/{view.submission.id}").get_data(as_text=True)
    assert address in page
    with browser.get(address) as file:
        assert (file.status_code, file.mimetype, file.data) == (200, "application/pdf", PDF)
        assert file.headers["Content-Disposition"].startswith("attachment")
    stranger = Browser(world.application.web().test_client())
    stranger.sign_in("other_district_reporter", PASSWORD)
    assert stranger.get(address).status_code == 404
