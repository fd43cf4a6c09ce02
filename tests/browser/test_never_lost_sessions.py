"""Sessions that end while a person types: signing in again in place, and who may send what."""

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from server.core.access import SYSTEM
from tests.browser.filling_page import cell, fill, now, open_report, saved, start, write
from tests.browser.typed_cells import says
from tests.filling_world import PASSWORD
from tests.world import ROOT, World

pytestmark = pytest.mark.long

PATH = "/rows/02/rural_male"
LAST = "/rows/54/rural_female"


def end_session(context: BrowserContext, world: World) -> None:
    """On the server: the browser still sends its cookie, as when a session times out."""
    for cookie in context.cookies():
        if cookie["name"].endswith("session"):
            world.services.accounts.sign_out(cookie["value"])


def sign_in_again(page: Page, username: str, password: str = PASSWORD) -> None:
    dialog = page.locator("#sign-in-again")
    if not dialog.is_visible():
        page.locator("[data-sign-in]").evaluate("link => link.click()")  # moves no scroll bar
    dialog.get_by_label("Tên đăng nhập").fill(username)
    dialog.get_by_label("Mật khẩu").fill(password)
    dialog.get_by_role("button", name="Đăng nhập", exact=True).click()


@pytest.mark.parametrize("cookie", ["kept", "gone"])
def test_signing_in_again_in_place_loses_no_cell_and_keeps_scroll_and_focus(
    context: BrowserContext, address: str, world: World, cookie: str
) -> None:
    view = start(world)
    page = fill(context, address, view)
    page.evaluate("for (const row of document.querySelectorAll('tr[hidden]')) row.hidden = false")
    write(page, PATH, "11")
    saved(page)
    end_session(context, world)
    if cookie == "gone":
        context.clear_cookies()
    write(page, LAST, "21")
    says(page, "Phiên làm việc đã hết.")
    cell(page, LAST).click()
    page.keyboard.type("22")
    page.keyboard.press("Tab")
    place = """(() => {
      const { id } = document.activeElement;
      return [id, Math.round(document.activeElement.getBoundingClientRect().top)];
    })()"""
    before = page.evaluate(place)
    sign_in_again(page, "commune_reporter", "không đúng")
    expect(page.locator("#sign-in-again [data-said]")).to_contain_text("không đúng")
    sign_in_again(page, "commune_reporter")

    expect(page.locator("#sign-in-again")).to_be_hidden()
    says(page, "Đã lưu trên máy chủ lúc")
    assert page.evaluate(place) == before
    rows = now(world, view).submission.answers["rows"]
    assert rows == {"02": {"rural_male": 11}, "54": {"rural_female": 22}}
    write(page, PATH, "12")
    saved(page)
    assert page.url.endswith(view.submission.id)


def test_another_account_that_signs_in_there_does_not_send_the_first_ones_cells(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    end_session(context, world)
    write(page, PATH, "21")
    says(page, "Phiên làm việc đã hết.")
    sign_in_again(page, "neighbour_reporter")
    expect(page.locator("#sign-in-again [data-said]")).to_contain_text("neighbour reporter")
    page.locator("#sign-in-again [data-later]").click()
    says(page, "Người đang đăng nhập là neighbour reporter.")
    page.wait_for_timeout(2500)  # it tries again by itself
    expect(page.locator("#save-state")).to_have_class(re.compile("save-foreign"))
    assert now(world, view).submission.answers == view.submission.answers
    sign_in_again(page, "commune_reporter")

    says(page, "Đã lưu trên máy chủ lúc")
    assert now(world, view).submission.answers["rows"] == {"02": {"rural_male": 21}}


def test_a_colleague_signed_in_in_another_window_does_not_send_them_either(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    end_session(context, world)
    write(page, PATH, "21")
    says(page, "Phiên làm việc đã hết.")
    other = context.new_page()
    other.goto(f"{address}/sign-in")
    other.fill("#username", "commune_signer")
    other.fill("#password", PASSWORD)
    other.click("main button[type=submit]")
    other.wait_for_url(re.compile("(?<!sign-in)$"))

    says(page, "Người đang đăng nhập là commune signer.", 15)
    assert now(world, view).submission.answers == view.submission.answers
    assert cell(page, PATH).inner_text() == "21"


def test_a_draft_goes_on_with_its_version_of_the_form_when_a_new_one_is_published(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    context.route("**/answers", lambda route: route.abort())
    write(page, PATH, "31")
    says(page, "Mất kết nối. 1 ô")
    publish_next(world)
    page.close(run_before_unload=False)
    context.unroute("**/answers")
    again = context.new_page()
    open_report(again, address, view)
    saved(again)

    kept = now(world, view)
    assert world.services.catalogue.form("population_ethnic").version == 2
    assert kept.form.version == 1
    assert kept.submission.answers["rows"] == {"02": {"rural_male": 31}}


def publish_next(world: World) -> None:
    path = ROOT / "form_definitions/population_ethnic/v01.json"
    definition = json.loads(path.read_text("utf-8"))
    definition["x-form"]["version"] = 2
    text = json.dumps(definition, ensure_ascii=False)
    world.services.catalogue.publish(text, "form", SYSTEM)
