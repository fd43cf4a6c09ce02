"""Sentences nobody has finished, a reason or a comment, outlive the cell and the window."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.filling_page import cell, fill, open_report, saved, start, write
from tests.world import World

PATH, OTHER = "/rows/40/rural_male", "/rows/40/rural_female"
REASON = "Nhiều nam giới đi làm"
COMMENT = "Số này lấy theo sổ của"


def begun(page: Page, *, reason: str, comment: str) -> None:
    """The comment beside the cell and the reason below its warning are open with these texts."""
    cell(page, PATH).click()
    expect(page.locator("#comment-write")).to_have_value(comment)
    cell(page, OTHER).click()
    expect(page.locator("#comment-write")).to_have_value("")
    page.get_by_role("button", name="Kiểm tra").click()
    line = page.locator('#finding-list li[data-code="a8_low"]')
    expect(line).to_have_count(1, timeout=15_000)
    if reason:
        expect(line.locator("textarea")).to_have_value(reason)
    else:
        expect(line.locator("textarea")).to_have_count(0)


def test_half_a_reason_and_half_a_comment_come_back_until_they_are_given_up_or_sent(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    page.get_by_label("Thêm dân tộc").select_option("/rows/40")
    write(page, PATH, "100", "Tab")
    write(page, OTHER, "400")
    saved(page)
    cell(page, PATH).click()
    expect(page.locator("[data-side-facts] dd").first).to_have_text("100")
    page.locator("#comment-write").fill(COMMENT)
    page.get_by_role("button", name="Kiểm tra").click()
    line = page.locator('#finding-list li[data-code="a8_low"]')
    line.get_by_role("button", name="Bỏ qua cảnh báo và ghi lý do").click()
    page.keyboard.type(REASON)
    begun(page, reason=REASON, comment=COMMENT)
    page.wait_for_timeout(1000)  # what is older than a second must come back

    page.close()
    page = context.new_page()
    open_report(page, address, view)

    begun(page, reason=REASON, comment=COMMENT)
    line = page.locator('#finding-list li[data-code="a8_low"]')
    line.get_by_role("button", name="Bỏ", exact=True).click()
    cell(page, PATH).click()
    expect(page.locator("#comment-write")).to_have_value(COMMENT)
    page.locator(".side-comments").get_by_role("button", name="Gửi ý kiến").click()
    expect(page.locator(".side-comments .remark-text")).to_have_text(COMMENT)
    begun(page, reason="", comment="")
    page.wait_for_timeout(1000)

    open_report(page, address, view)

    begun(page, reason="", comment="")
