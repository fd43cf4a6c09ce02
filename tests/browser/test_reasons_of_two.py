"""Reasons for warnings that a second person writes: they come to a page that stays open."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from server.services.review import SubmissionView
from tests.browser.filling_page import cell, fill, now, open_report, saved, sign_in, start, write
from tests.browser.test_never_lost_hands import second_clerk
from tests.world import World

pytestmark = pytest.mark.long

CODE = "a8_low"
PATH = "/rows/40/rural_male"
TEXT = "Nhiều nam giới đi làm xa."


def warned(page: Page) -> Locator:
    """The line of the warning about few men, as "Kiểm tra" shows it."""
    page.get_by_role("button", name="Kiểm tra").click()
    line = page.locator(f'#finding-list li[data-code="{CODE}"]')
    expect(line).to_have_count(1)
    return line


def explain(world: World, view: SubmissionView, text: str) -> None:
    """Somebody else writes the reason, by the same door as the page."""
    path = next(one.path for one in now(world, view).verdict.findings if one.code == CODE)
    world.services.submissions.save_cells(
        world.actor("commune_reporter"),
        view.submission.id,
        (),
        reasons=[{"code": CODE, "path": path, "text": text}],
    )


@pytest.fixture
def open_page(context: BrowserContext, address: str, view: SubmissionView) -> Page:
    page = fill(context, address, view)
    page.get_by_label("Thêm dân tộc").select_option("/rows/40")
    write(page, PATH, "100", "Tab")
    write(page, "/rows/40/rural_female", "400")
    saved(page)
    return page


@pytest.fixture
def view(world: World) -> SubmissionView:
    return start(world)


def test_a_reason_of_somebody_else_comes_with_the_next_save(
    open_page: Page, world: World, view: SubmissionView
) -> None:
    line = warned(open_page)
    open_page.wait_for_timeout(300)
    explain(world, view, TEXT)
    write(open_page, "/rows/02/rural_male", "7")
    saved(open_page)

    expect(line.locator(".finding-given")).to_have_text(f"Lý do: {TEXT}")


def test_figures_and_reasons_of_somebody_else_come_with_the_beat_of_a_page_that_rests(
    browser: Browser, open_page: Page, address: str, world: World, view: SubmissionView
) -> None:
    line = warned(open_page)
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        sign_in(other, address, second_clerk(world))
        open_report(other, address, view)
        explain(world, view, TEXT)
        write(other, "/rows/02/rural_male", "45")
        saved(other)
    # The page comes into view again: that is a beat.
    open_page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(cell(open_page, "/rows/02/rural_male")).to_have_text("45")
    expect(line.locator(".finding-given")).to_have_text(f"Lý do: {TEXT}")


def test_an_unsent_reason_is_not_overwritten_by_what_somebody_else_saved(
    open_page: Page, world: World, view: SubmissionView
) -> None:
    line = warned(open_page)
    open_page.route("**/answers", lambda route: route.abort())
    line.get_by_role("button", name="Bỏ qua cảnh báo và ghi lý do").click()
    open_page.keyboard.type("Lý do của tôi.")
    line.get_by_role("button", name="Ghi lý do", exact=True).click()
    expect(line.locator(".finding-given")).to_contain_text("(chờ gửi)")
    explain(world, view, TEXT)
    open_page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    open_page.wait_for_timeout(700)

    expect(line.locator(".finding-given")).to_contain_text("Lý do của tôi.")
