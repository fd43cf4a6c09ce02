"""Several hands at one report: locked cells, the bar of parts, who is at it, attached files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.services.review import SubmissionView
from tests.browser.filling_page import cell, fill, open_report, sign_in, write
from tests.divided import PEOPLE, ROADS, divide
from tests.divided import start as start_shared
from tests.filling_world import PASSWORD
from tests.world import World

pytestmark = pytest.mark.long

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n%%EOF\n"


@pytest.fixture
def view(world: World) -> Iterator[SubmissionView]:
    known = dict(world.accounts)
    divide(world)
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for username, _role, _unit in PEOPLE:
        store = world.services.accounts.store
        store.set_password(world.accounts[username], hashed, must_change=False)
    yield start_shared(world)
    world.accounts.clear()
    world.accounts.update(known)


def page_of(context: BrowserContext, address: str, view: SubmissionView, username: str) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    sign_in(page, address, username)
    open_report(page, address, view)
    return page


def held(world: World, view: SubmissionView) -> dict[str, object]:
    return dict(world.services.submissions.submissions.get(view.submission.id).answers)


def test_cells_of_other_hands_take_no_key_and_the_own_ones_are_saved(
    context: BrowserContext, address: str, world: World, view: SubmissionView
) -> None:
    page = page_of(context, address, view, "roads_reporter")
    write(page, "/lines/dirt/length", "12")
    write(page, "/lines/dirt/count", "99")
    cell(page, "/bridges").fill("3")
    cell(page, "/bridges").press("Tab")
    expect(page.locator("#save-state")).to_contain_text("Đã lưu")
    # Painted anew by the server's answer, the foreign cell is still closed.
    write(page, "/lines/dirt/count", "98")
    page.keyboard.press("Delete")

    expect(cell(page, "/lines/dirt/count")).to_have_text("2")
    expect(cell(page, "/lines/dirt/count")).to_have_attribute("aria-readonly", "true")
    expect(cell(page, "/households")).to_have_text("6")
    answers = held(world, view)
    assert answers["bridges"] == 3
    assert answers["lines"]["dirt"] == {"count": 2, "length": 12}  # type: ignore[index]


def test_a_part_is_handed_in_by_keyboard_after_what_was_typed_is_saved(
    context: BrowserContext, address: str, world: World, view: SubmissionView
) -> None:
    page = page_of(context, address, view, "roads_reporter")
    cell(page, "/bridges").fill("4")
    page.get_by_role("button", name="Xong phần này").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/submissions/{view.submission.id}")

    expect(page.get_by_text("Đã báo xong phần này.")).to_be_visible()
    page.get_by_role("button", name="Mở lại phần này").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã mở lại phần này.")).to_be_visible()
    assert held(world, view)["bridges"] == 4


def test_two_people_learn_of_each_other(
    browser: Browser, context: BrowserContext, address: str, view: SubmissionView
) -> None:
    mine = page_of(context, address, view, "commune_reporter")
    cell(mine, "/households").focus()
    mine.wait_for_timeout(2000)  # the page tells the place a moment after the focus came
    other_context = browser.new_context()
    other = page_of(other_context, address, view, "roads_reporter")

    expect(other.locator("#parts-there")).to_have_text(
        "commune reporter đang nhập phần “Hộ và nhân khẩu”."
    )
    other_context.close()


def test_a_server_that_refuses_the_beat_does_not_stop_the_typing(
    context: BrowserContext, address: str, world: World, view: SubmissionView
) -> None:
    context.route("**/presence", lambda route: route.abort())
    page = page_of(context, address, view, "commune_reporter")
    cell(page, "/households").fill("8")
    cell(page, "/households").press("Tab")

    expect(page.locator("#save-state")).to_contain_text("Đã lưu")
    assert held(world, view)["households"] == 8


def test_files_are_sent_with_their_progress_and_refusals_say_what_to_do(
    context: BrowserContext, address: str, world: World, view: SubmissionView
) -> None:
    page = page_of(context, address, view, "commune_reporter")
    page.set_input_files(
        "#attachments-file",
        [
            {"name": "Biên bản.pdf", "mimeType": "application/pdf", "buffer": PDF},
            {"name": "ảnh.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"},
        ],
    )
    page.get_by_role("button", name="Đính kèm", exact=True).click()

    expect(page.locator(".attachments-messages")).to_contain_text("Đã đính kèm tệp “Biên bản.pdf”.")
    expect(page.locator(".attachments-messages")).to_contain_text(
        "ảnh.svg: Loại tệp này không nhận."
    )
    expect(page.locator(".attachments-list")).to_contain_text("Biên bản.pdf")
    with page.expect_download() as download:
        page.locator(".attachments-list a").first.click()
    assert Path(download.value.path()).read_bytes() == PDF
    assert world.count("attachment") == 1


def test_a_button_elsewhere_attaches_to_its_cell(
    context: BrowserContext, address: str, world: World, view: SubmissionView
) -> None:
    page = page_of(context, address, view, "commune_reporter")
    page.evaluate(
        """() => {
          const button = document.createElement("button");
          button.id = "attach-here";
          button.type = "button";
          button.dataset.attachPath = "/households";
          document.body.append(button);
        }"""
    )
    page.evaluate("document.getElementById('attach-here').click()")
    expect(page.locator("[data-attach-label]")).to_have_text("Đính kèm cho ô: Số hộ")
    file = {"name": "so.txt", "mimeType": "text/plain", "buffer": "Sổ".encode()}
    page.set_input_files("#attachments-file", [file])
    page.get_by_role("button", name="Đính kèm", exact=True).click()

    expect(page.locator(".attachments-list")).to_contain_text("Số hộ")
    [kept] = world.services.attachments.list_(world.actor("admin"), view.submission.id)
    assert (kept.path, kept.name) == ("/households", "so.txt")


@pytest.mark.long  # test_looks.py looks at every state in the suite, this at more of them
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bar_and_files_have_no_accessibility_violation(
    browser: Browser, address: str, world: World, view: SubmissionView, *, width: int, theme: str
) -> None:
    services, id_ = world.services, view.submission.id
    clerk = world.actor("commune_reporter")
    services.parts.assign(clerk, id_, "unit.main", world.accounts["commune_second"])
    services.parts.waive(clerk, id_, ROADS, "Sở hẹn tháng sau.")
    services.attachments.add(clerk, id_, PDF, name="Biên bản kiểm tra.pdf")
    services.presence.beat(world.actor("roads_reporter"), id_, "/bridges")
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True
    )
    page = fill(context, address, view)
    expect(page.locator("#parts-there li")).to_have_count(1)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    closed = Axe().run(page).response["violations"]
    for summary in page.locator(".part-more > summary").all():
        summary.focus()
        page.keyboard.press("Enter")
    opened = Axe().run(page).response["violations"]
    context.close()

    assert [found["id"] for found in [*closed, *opened]] == []
    assert wide <= 0
