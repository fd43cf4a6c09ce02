"""The task list says the same while somebody types, after a reload and on another machine."""

import random

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.filling_page import cell, fill, open_report, saved, sign_in, start
from tests.world import World

CELLS = (
    "/police_total", "/note", "/rows/02/rural_male", "/rows/02/rural_female",
    "/rows/08/rural_male", "/rows/04/rural_female",
)  # fmt: skip
TEXTS = ("12", "0", "-", "", "-5", "900", "x")


def listed(page: Page) -> list[str]:
    return page.locator("#tasks [data-task]").all_text_contents()


def test_the_task_list_follows_typing_and_is_the_same_elsewhere(
    browser: Browser, context: BrowserContext, world: World, address: str
) -> None:
    view = start(world)
    page = fill(context, address, view)
    first = listed(page)
    other = browser.new_context(locale="vi-VN").new_page()
    sign_in(other, address)
    chance = random.Random(39)

    seen = set()
    for _sequence in range(6):
        for _edit in range(4):
            path, text = chance.choice(CELLS), chance.choice(TEXTS)
            place = cell(page, path)
            if not place.is_visible():
                continue
            place.click()
            if place.evaluate("cell => cell.tagName") == "TD":
                page.keyboard.press("Delete")
                page.keyboard.type(text)
                page.keyboard.press("Enter")
            else:
                place.fill(text)
                page.keyboard.press("Tab")
        saved(page)
        page.wait_for_timeout(700)
        here = listed(page)
        open_report(other, address, view)
        assert listed(other) == here
        assert (
            other.locator("#tasks-summary").text_content()
            == page.locator("#tasks-summary").inner_text()
        )
        seen.add(tuple(here))

    assert "Chưa mở" in first[0]
    assert len(seen) > 1
    other.context.close()
