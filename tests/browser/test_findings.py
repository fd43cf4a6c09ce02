"""The error summary in a real browser: every rule of every form leads to a cell, in one wording."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.faulty_reports import Fault, Faulty, faults, publish_all
from tests.browser.filling_page import cell, fill, now, saved, sign_in, start, write
from tests.browser.verdict_documents import CODES
from tests.world import World

#: In the suite; the long walk takes every rule of every form.
QUICK = ("population_ethnic", "commune_sheet")
#: Whether the focus is in a cell (or at what adds a line) that nothing sticky covers.
FOCUSED = """() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    id: at.id,
    isInput: at.matches("td.cell, [data-cell], output, [data-add-line]"),
    isClear: Boolean(seen) && (seen === at || at.contains(seen) || seen.contains(at)),
    inView: box.top >= 0 && box.bottom <= innerHeight,
    described: (at.getAttribute("aria-describedby") || "").split(" ")
      .filter((id) => id.startsWith("finding-"))
      .map((id) => document.getElementById(id).textContent).join(" | "),
  };
}"""


@pytest.fixture
def no_worker(browser: Browser) -> Iterator[BrowserContext]:
    """A browser whose pages come from the network that the test rules over."""
    opened = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="vi-VN", service_workers="block"
    )
    yield opened
    opened.close()


def shows_and_leads(page: Page, fault: Fault) -> None:
    """The summary has the finding in words, takes the focus, and its link leads to a cell."""
    page.get_by_role("button", name="Kiểm tra").click()
    summary = page.locator("#findings")
    expect(summary).to_be_focused()
    line = summary.locator(f'li[data-code="{fault.code}"]').first
    expect(line).to_be_visible()
    is_error = "finding-error" in (line.get_attribute("class") or "")
    assert page.title().startswith("Lỗi: ") or not is_error
    expect(line.locator(".finding-fix")).to_contain_text("Cách sửa:")
    message = line.locator(".finding-line").inner_text()

    line.locator(".finding-line a").click()

    focused = page.evaluate(FOCUSED)
    assert focused["isInput"], (fault.code, focused)
    assert focused["isClear"] and focused["inView"], (fault.code, focused)
    if focused["described"]:
        assert message.split(": ", 2)[-1].strip() in focused["described"], (fault.code, focused)
    line.locator("summary").click()
    expect(line.locator(".finding-facts dt").first).to_have_text("Quy tắc")


def walk(world: World, address: str, context: BrowserContext, code: str, most: int | None) -> int:
    publish_all(world)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    sign_in(page, address)
    faulty, count = Faulty(world, address, page, code), 0
    for fault in list(faults(code))[:most]:
        faulty.open(fault)
        shows_and_leads(page, fault)
        count += 1
    return count


@pytest.mark.parametrize("code", QUICK)
def test_a_finding_is_listed_without_a_network_and_leads_to_its_cell(
    world: World, address: str, no_worker: BrowserContext, code: str
) -> None:
    assert walk(world, address, no_worker, code, 2) == 2


@pytest.mark.long
@pytest.mark.parametrize("code", CODES)
def test_every_rule_of_a_form_is_listed_without_a_network_and_leads_to_its_cell(
    world: World,
    address: str,
    no_worker: BrowserContext,
    code: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    count = walk(world, address, no_worker, code, None)

    with capsys.disabled():
        print(f"\n{code}: {count} of {count} rules lead to a cell")  # noqa: T201
    assert count == len(list(faults(code)))


# ---- warnings and their reasons ----------------------------------------------------------------


def test_a_warning_is_passed_with_a_reason_that_is_kept_and_offered_on_the_review_page(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    page.get_by_label("Thêm dân tộc").select_option("/rows/40")
    write(page, "/rows/40/rural_male", "100", "Tab")
    write(page, "/rows/40/rural_female", "400")
    saved(page)
    page.get_by_role("button", name="Kiểm tra").click()
    line = page.locator('#finding-list li[data-code="a8_low"]')
    expect(line).to_have_count(1)

    line.get_by_role("button", name="Bỏ qua cảnh báo và ghi lý do").click()
    field = line.get_by_label("Lý do (gửi kèm báo cáo)")
    expect(field).to_be_focused()
    page.keyboard.type("Ít")
    line.get_by_role("button", name="Ghi lý do", exact=True).click()
    expect(line.locator(".field-error")).to_be_visible()
    expect(field).to_be_focused()
    line.get_by_role("button", name="Do di cư, chuyển đi, chuyển đến.").click()
    line.get_by_role("button", name="Ghi lý do", exact=True).click()
    expect(line.locator(".finding-given")).to_have_text("Lý do: Do di cư, chuyển đi, chuyển đến.")
    expect(line.get_by_role("button", name="Sửa lý do")).to_be_focused()

    kept = [reason for reason in now(world, view).submission.reasons if reason["code"] == "a8_low"]
    assert [reason["text"] for reason in kept] == ["Do di cư, chuyển đi, chuyển đến."]
    page.goto(f"{address}/submissions/{view.submission.id}/review?event=submit")
    offered = page.locator("textarea").evaluate_all("fields => fields.map(field => field.value)")
    assert "Do di cư, chuyển đi, chuyển đến." in offered
    page.goto(f"{address}/submissions/{view.submission.id}")
    page.wait_for_selector("html[data-ready=filling]")
    page.get_by_role("button", name="Kiểm tra").click()
    expect(line.locator(".finding-given")).to_have_text("Lý do: Do di cư, chuyển đi, chuyển đến.")


def test_a_reason_written_without_a_network_survives_a_reload_and_is_sent_later(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    page.get_by_label("Thêm dân tộc").select_option("/rows/40")
    write(page, "/rows/40/rural_male", "100", "Tab")
    write(page, "/rows/40/rural_female", "400")
    saved(page)
    page.route("**/api/**", lambda route: route.abort())
    page.get_by_role("button", name="Kiểm tra").click()
    line = page.locator('#finding-list li[data-code="a8_low"]')

    line.get_by_role("button", name="Bỏ qua cảnh báo và ghi lý do").click()
    page.keyboard.type("Nhiều nam giới đi làm xa.")
    line.get_by_role("button", name="Ghi lý do", exact=True).click()
    expect(line.locator(".finding-given")).to_contain_text("(chờ gửi)")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/api/**")
    page.reload()
    page.wait_for_selector("html[data-ready=filling]")
    page.wait_for_function("document.querySelector('.fill-bar') !== null")

    def reasons() -> list[str]:
        return [reason["text"] for reason in now(world, view).submission.reasons]

    for _ in range(50):
        if reasons():
            break
        page.wait_for_timeout(100)
    assert reasons() == ["Nhiều nam giới đi làm xa."]


def test_the_page_judges_by_itself_while_the_server_cannot_be_reached(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    page.route("**/api/**", lambda route: route.abort())

    write(page, "/rows/02/rural_male", "10", "Tab")
    write(page, "/rows/02/rural_female", "10")
    write(page, "/police_total", "25", "Tab")

    expect(cell(page, "/police_total")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator("#findings-title")).to_have_text(re.compile(r"^Lỗi: có \d+ nội dung"))
    expect(page.locator("#findings-source")).to_be_visible()
    expect(page.locator('#finding-list li[data-code="a2"]')).to_contain_text("25")
    cell(page, "/police_total").fill("20")
    page.keyboard.press("Tab")
    expect(page.locator('#finding-list li[data-code="a2"]')).to_have_count(0)


@pytest.mark.long  # test_looks.py looks at every state in the suite, this at more of them
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_summary_is_accessible(
    browser: Browser, address: str, world: World, width: int, scheme: str
) -> None:
    view = start(world)
    opened = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale="vi-VN"
    )
    page = fill(opened, address, view)
    page.get_by_role("button", name="Kiểm tra").click()
    for why in page.locator(".finding-why summary").all()[:3]:
        why.click()
    button = page.get_by_role("button", name="Bỏ qua cảnh báo và ghi lý do").first
    if button.count():
        button.click()

    found = Axe().run(page, context="#findings")

    assert found.response["violations"] == []
    opened.close()
