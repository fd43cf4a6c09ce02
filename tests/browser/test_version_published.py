"""A new version of the form is published while somebody types: the open page says so."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.filling_page import cell, fill, now, saved, start, write
from tests.web.test_version_note import a_cell_is_gone, publish
from tests.world import World

pytestmark = pytest.mark.long


def test_an_open_page_tells_of_the_new_version_and_what_is_typed_on_stays(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world, "households")
    page = fill(context, address, view)
    write(page, "/households", "6", "Tab")
    saved(page)
    publish(world, 2, a_cell_is_gone)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    note = page.locator("#version-note")

    expect(note).to_contain_text("Biểu này đã có phiên bản 2.")
    expect(note).to_contain_text("Tải lại trang để xem các chỗ khác nhau.")
    write(page, "/note", "Ghi ở ô mà phiên bản mới không còn.", "Tab")
    saved(page)
    page.reload()
    page.wait_for_selector("html[data-ready=filling]")
    note.locator("summary").click()
    expect(note.locator("li")).to_have_text(["“Ghi chú” không còn"])
    tabs, side, told = (
        page.locator(place).first.bounding_box() for place in (".tabs", "#side", "#version-note")
    )
    assert tabs and side and told
    assert tabs["y"] + tabs["height"] <= told["y"]
    assert told["y"] + told["height"] <= side["y"]
    expect(cell(page, "/note")).to_have_value("Ghi ở ô mà phiên bản mới không còn.")
    assert now(world, view).submission.answers == {
        "households": 6,
        "note": "Ghi ở ô mà phiên bản mới không còn.",
    }
