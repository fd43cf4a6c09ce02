"""Passing on and signing with impatient hands: however it is clicked, it happens once (U40)."""

import random
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from server.services.review import SubmissionView
from tests.browser.filling_page import sign_in
from tests.world import GOOD, World

HANDS = ("double", "enter", "reload", "back", "twice by script")


def clerk_report(world: World) -> SubmissionView:
    return world.services.submissions.start(
        world.actor("commune_reporter"), form="households", org_unit="u-commune",
        period="2024", answers=GOOD,
    )  # fmt: skip


def events(world: World, view: SubmissionView) -> list[str]:
    history = world.services.submissions.history(
        world.actor("commune_reporter"), view.submission.id
    )
    return [event.name.partition(".")[2] for event in history]


def act(page: Page, hand: str) -> None:
    """Press the main button of a review page in an impatient way, until the page has gone on."""
    button = page.locator(".review-form button[type=submit]")
    with page.expect_navigation(url=lambda url: "/review" not in url):
        if hand == "double":
            button.dblclick(no_wait_after=True)
        elif hand == "enter":
            button.focus()
            page.keyboard.press("Enter")
            with suppress(Error):  # the page may have gone already
                page.keyboard.press("Enter")
        elif hand == "twice by script":
            page.evaluate("""() => {
              const button = document.querySelector(".review-form button[type=submit]");
              button.click();
              button.click();
            }""")
        else:
            button.click(no_wait_after=True)
    if hand == "reload":
        page.reload()
    elif hand == "back":
        page.go_back()
        if button.count():
            button.first.click()
            page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("hand", ["double", "back"])
def test_a_report_is_passed_on_and_signed_once(
    context: BrowserContext, world: World, address: str, hand: str
) -> None:
    view = clerk_report(world)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/submissions/{view.submission.id}/review?event=submit")
    act(page, hand)
    page.goto(f"{address}/submissions/{view.submission.id}")
    context.clear_cookies()
    sign_in(page, address, "commune_signer")
    page.goto(f"{address}/submissions/{view.submission.id}/review?event=sign")
    act(page, hand)

    assert events(world, view) == ["started", "submit", "sign"]
    assert world.count("submission_revision") == 2  # last year's and this one
    page.goto(f"{address}/submissions/{view.submission.id}/receipt")
    expect(page.locator("main")).to_contain_text("BK24-HO01-01858-1")


@pytest.mark.long
def test_a_hundred_impatient_hands_send_one_report_each(
    context: BrowserContext, world: World, address: str
) -> None:
    chance = random.Random(40)
    reporter = world.actor("commune_reporter")
    page = context.new_page()
    sign_in(page, address)
    view = clerk_report(world)
    for turn in range(100):
        page.goto(f"{address}/submissions/{view.submission.id}/review?event=submit")
        act(page, chance.choice(HANDS))
        assert events(world, view).count("submit") == turn + 1
        current = world.services.submissions.get(reporter, view.submission.id)
        world.services.approvals.decide(
            world.actor("commune_signer"), view.submission.id, "return",
            seen=current.submission.edit, supplied={"note": "Xem lại số hộ."},
        )  # fmt: skip
