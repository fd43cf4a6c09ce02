"""The clerk's and the head's whole journey by keyboard: from signing in to the receipt.

No pointer is used. Wherever Tab leads, the focus shows and nothing that sticks covers it.
"""

from copy import deepcopy
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.filling_world import EXAMPLE, PASSWORD
from tests.world import World

TYPED = {
    "/rows/01/rural_male": "41",
    "/rows/01/rural_female": "39",
    "/rows/02/rural_male": "224",
}
FOCUS = """() => {
  const at = document.activeElement;
  const look = getComputedStyle(at);
  const box = at.getClientRects()[0];
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const over = document.elementFromPoint(x, y);
  return {
    what: at.outerHTML.slice(0, 120),
    isMarked: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
    inView: x >= 0 && y >= 0 && x <= innerWidth && y <= innerHeight,
    isClear: Boolean(over) && (over === at || at.contains(over) || over.contains(at)),
  };
}"""


class Keyboard:
    """Somebody without a mouse, who must always see where the keyboard is."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
        self.stops = 0
        self.page.goto(f"{address}/sign-in")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def see(self) -> None:
        """The focus is marked, on the screen, and not covered."""
        self.page.wait_for_timeout(30)  # the page may still be scrolling to it
        focus: dict[str, Any] = self.page.evaluate(FOCUS)
        assert focus["isMarked"] and focus["inView"] and focus["isClear"], focus
        self.stops += 1

    def at(self, selector: str) -> bool:
        return bool(self.page.evaluate("(one) => document.activeElement.matches(one)", selector))

    def tab_to(self, selector: str, back: bool = False) -> None:
        for _step in range(80):
            self.press("Shift+Tab" if back else "Tab")
            if self.at("body"):
                continue  # once around: the browser's own controls come in between
            self.see()
            if self.at(selector):
                return
        raise AssertionError(f"Tab never leads to {selector}")

    def sign_in(self, username: str) -> None:
        if not self.at("#username"):
            self.tab_to("#username")
        self.type(username)
        self.tab_to("#password")
        self.type(PASSWORD)
        self.press("Enter")
        self.page.wait_for_url("**/work")


def start(world: World) -> str:
    """A report that lacks three figures, the same as last year's once they are there."""
    answers = deepcopy(EXAMPLE["answers"])
    for path in TYPED:
        row, column = path.split("/")[2:]
        del answers["rows"][row][column]
    view = world.services.submissions.start(
        world.actor("commune_reporter"), form="population_ethnic", org_unit="u-commune",
        period="2024", answers=answers,
    )  # fmt: skip
    return view.submission.id


def fill_cells(clerk: Keyboard) -> None:
    """Into the grid with one Tab; arrows to the first cell, Tab and Enter from there."""
    page = clerk.page
    page.wait_for_selector("html[data-ready=filling]")
    clerk.tab_to("td.cell")
    clerk.press("Control+Home")
    for _row in range(60):
        if clerk.at('[id^="/rows/01/"]'):
            break
        clerk.press("ArrowDown")
    for _column in range(12):
        if clerk.at('[id="/rows/01/rural_male"]'):
            break
        clerk.press("ArrowRight")
    clerk.see()
    for path, text in TYPED.items():
        assert clerk.at(f'[id="{path}"]')
        clerk.type(text)
        clerk.press("Enter" if path.endswith("female") else "Tab")
    for path, text in TYPED.items():
        expect(page.locator(f'[id="{path}"]')).to_have_text(text)


def give_reason(clerk: Keyboard) -> None:
    """Check; the summary takes the focus; the warning in it gets its reason."""
    page = clerk.page
    clerk.tab_to("[data-check]")
    clerk.press("Enter")
    expect(page.locator("#findings")).to_be_focused()
    clerk.see()
    clerk.tab_to(".finding-warning button")
    clerk.press("Enter")
    expect(page.locator(".finding-reason textarea")).to_be_focused()
    clerk.type("Đã đối chiếu với công an xã.")
    clerk.tab_to(".finding-reason button:not(.usual-reasons button)")
    clerk.press("Enter")
    expect(page.locator(".finding-given")).to_contain_text("Đã đối chiếu với công an xã.")


def hand_on(person: Keyboard, said: str) -> None:
    """From the page that shows everything once more to the receipt."""
    person.page.wait_for_url("**/review?event=*")
    person.tab_to(".review-form .button-primary")
    person.press("Enter")
    expect(person.page.locator(".receipt-message")).to_contain_text(said)


def test_a_report_is_filled_explained_passed_on_and_signed_without_a_mouse(
    browser: Browser, world: World, address: str
) -> None:
    report = start(world)
    clerk = Keyboard(browser, address)

    clerk.sign_in("commune_reporter")
    clerk.tab_to(f".work-action a[href$='{report}']")
    clerk.press("Enter")
    fill_cells(clerk)
    give_reason(clerk)
    clerk.tab_to("[data-fill-bar] .button-primary")
    clerk.press("Enter")
    hand_on(clerk, "Đã trình ký lúc 10:00")

    head = Keyboard(browser, address)
    head.sign_in("commune_signer")
    head.tab_to(".work-action a")
    head.press("Enter")
    expect(head.page.locator("main")).to_contain_text("Đã đối chiếu với công an xã.")
    hand_on(head, "Đã gửi báo cáo. Mã tiếp nhận")

    kept = world.services.submissions.get(world.actor("commune_reporter"), report).submission
    rows: Any = kept.answers["rows"]
    assert (rows["01"]["rural_male"], rows["02"]["rural_male"]) == (41, 224)
    assert kept.revision == 1
    assert clerk.stops > 20
    for person in (clerk, head):
        person.context.close()
