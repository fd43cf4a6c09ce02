"""The filling page as tests drive it: a signed-in browser, typing, waiting.

Shared by the tests of typing and of saving.
"""

import hashlib
import re
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from server.core.account import Session
from server.services.review import SubmissionView
from tests.filling_world import PASSWORD
from tests.world import World

#: The session of Cổ Linh's clerk that every world of these tests has, as the browser's cookie.
SESSION = "k" * 43
SAVED = re.compile(r"^Đã lưu trên máy chủ lúc \d\d:\d\d\.$")


def start(world: World, form: str = "population_ethnic") -> SubmissionView:
    return world.services.submissions.start(
        world.actor("commune_reporter"), form=form, org_unit="u-commune", period="2024"
    )


def now(world: World, view: SubmissionView) -> SubmissionView:
    return world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)


def sign_in(page: Page, address: str, username: str = "commune_reporter") -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")


def hold_session(world: World) -> None:
    """Let the clerk be signed in already, wherever ``SESSION`` is."""
    now = world.services.clock.now()
    hashed = hashlib.sha256(SESSION.encode()).hexdigest()
    clerk = world.accounts["commune_reporter"]
    session = Session(hashed, clerk, now, now, now + timedelta(hours=9))
    world.services.accounts.store.open_session(session)


def go_on(context: BrowserContext, address: str, view: SubmissionView) -> Page:
    """As ``fill``, without coming in: for tests that begin when the page is open."""
    cookie = {"name": "session", "value": SESSION, "url": address, "httpOnly": True}
    context.add_cookies([{**cookie, "sameSite": "Lax"}])  # type: ignore[typeddict-item]
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    open_report(page, address, view)
    return page


def fill(context: BrowserContext, address: str, view: SubmissionView) -> Page:
    """A page on which *view* is being filled; scripts that break fail the test."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    sign_in(page, address)
    open_report(page, address, view)
    return page


def open_report(page: Page, address: str, view: SubmissionView) -> None:
    page.goto(f"{address}/submissions/{view.submission.id}")
    page.wait_for_selector("html[data-ready=filling]")


def cell(page: Page, path: str) -> Locator:
    return page.locator(f'[id="{path}"]')


def write(page: Page, path: str, text: str, key: str = "Enter") -> None:
    cell(page, path).click()
    page.keyboard.type(text)
    page.keyboard.press(key)


def paste(page: Page, path: str, text: str) -> None:
    cell(page, path).click()
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const facts = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", facts));
        }""",
        text,
    )


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_text(SAVED, timeout=5000)
