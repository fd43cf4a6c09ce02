"""Half an hour without a network: type, reload, type on; all of it arrives once, by itself."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.fault_proxy import Line, line_to
from tests.browser.filling_page import cell, open_report, sign_in, start, write
from tests.browser.typed_cells import held, says, shown, type_hundred
from tests.world import World

pytestmark = pytest.mark.long

PATH = "/rows/02/rural_male"
HALF_AN_HOUR = 30 * 60
KEPT = """async () => {
  const registration = await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) return false;
  const cache = await caches.open("bieumau-static-1");
  const used = performance.getEntriesByType("resource").map(({ name }) => new URL(name))
    .filter(({ pathname }) => pathname.startsWith("/static/"));
  const there = await Promise.all(used.map(({ href }) => cache.match(href)));
  const db = await new Promise((resolve) => {
    const opening = indexedDB.open("bieumau-drafts");
    opening.onsuccess = () => resolve(opening.result);
  });
  const pages = await new Promise((resolve) => {
    const all = db.transaction("pages").objectStore("pages").getAllKeys();
    all.onsuccess = () => resolve(all.result);
  });
  db.close();
  const tastes = await cache.match("/offline/tastes");
  return there.every(Boolean) && tastes !== undefined && pages.length >= 2;
}"""


@pytest.fixture
def line(address: str) -> Iterator[Line]:
    with line_to(address) as found:
        yield found


def filled_over(line: Line, context: BrowserContext, world: World) -> Page:
    """A page being filled that could now be opened without a network."""
    page = context.new_page()
    sign_in(page, line.address)
    open_report(page, line.address, start(world))
    kept(page)
    return page


def kept(page: Page) -> None:
    page.wait_for_function(KEPT, timeout=20000, polling=200)


def reload(page: Page) -> None:
    page.reload()
    page.wait_for_selector("html[data-ready=filling]")


def test_a_hundred_cells_typed_offline_and_a_page_reloaded_offline_arrive_once(
    context: BrowserContext, line: Line, world: World
) -> None:
    page = filled_over(line, context, world)
    line.cut()
    typed = type_hundred(page, 1000)
    says(page, "Mất kết nối. 100 ô đang giữ trên máy này")
    reload(page)
    assert page.locator("html").get_attribute("data-offline-copy") is not None
    assert shown(page, typed) == []
    says(page, "Mất kết nối. 100 ô đang giữ trên máy này")
    cell(page, PATH).click()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    typed["02"]["rural_male"] = 9
    submissions, clerk = world.services.submissions, world.actor("commune_reporter")
    view = submissions.get(clerk, page.url.rpartition("/")[2])
    assert held(world, view) == {}
    line.mend()

    says(page, "Đã lưu trên máy chủ lúc", 40)
    assert held(world, view) == typed
    changes = submissions.submissions.changes(view.submission.id)
    assert len(changes) == len({one.change.path for one in changes}) == 100


def test_a_page_that_was_saved_to_shows_the_saved_figures_when_opened_offline(
    context: BrowserContext, line: Line, world: World
) -> None:
    page = filled_over(line, context, world)
    write(page, PATH, "123")
    says(page, "Đã lưu trên máy chủ lúc")
    page.wait_for_timeout(1800)  # the copy follows within a second
    line.cut()
    write(page, "/rows/07/rural_male", "45")
    says(page, "Mất kết nối. 1 ô")
    reload(page)

    expect(cell(page, PATH)).to_have_text("123")
    expect(cell(page, "/rows/07/rural_male")).to_have_text("45")
    line.mend()
    says(page, "Đã lưu trên máy chủ lúc", 40)


@pytest.mark.long
def test_in_half_an_hour_offline_the_server_is_asked_every_thirty_seconds_and_no_more(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = context.new_page()
    page.clock.install()
    sign_in(page, address)
    open_report(page, address, view)
    tries: list[int] = []
    context.route("**/answers", lambda route: (tries.append(1), route.abort())[1])
    write(page, PATH, "7")
    page.clock.run_for(400)
    says(page, "Mất kết nối. 1 ô")
    for _ in range(8):  # the pauses grow: 1, 2, 4, 8, 16, 30, 30 …
        page.clock.run_for(31_000)
        page.wait_for_timeout(60)
    settled = len(tries)
    steps = HALF_AN_HOUR // 30
    for _ in range(steps):
        page.clock.run_for(30_000)
        page.wait_for_timeout(60)

    print(f"{len(tries) - settled} tries in {HALF_AN_HOUR} s")  # noqa: T201 - the figure
    assert steps - 2 <= len(tries) - settled <= steps + 1
    context.unroute("**/answers")
    page.evaluate("dispatchEvent(new Event('online'))")
    says(page, "Đã lưu trên máy chủ lúc")


def test_other_pages_say_offline_what_to_do_and_which_reports_open(
    context: BrowserContext, line: Line, world: World
) -> None:
    page = filled_over(line, context, world)
    address = page.url
    line.cut()
    page.goto(f"{line.address}/work")
    page.wait_for_selector("html[data-ready=offline]")

    expect(page.get_by_role("heading", level=1)).to_have_text("Mất kết nối")
    expect(page.locator("body")).not_to_contain_text("commune reporter")
    page.locator("[data-reports] a").click()
    page.wait_for_selector("html[data-ready=filling]")
    assert page.url == address
    line.mend()
    page.goto(f"{line.address}/work")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Mất kết nối")


def test_a_form_with_personal_data_is_not_kept_in_the_browser(
    context: BrowserContext, line: Line, world: World
) -> None:
    page = filled_over(line, context, world)
    told = '"personal": false'
    address = page.url
    page.route(address, lambda route: _answer_as_personal(route, told))
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.unregister())")
    open_page = context.new_page()
    page.close()
    open_page.route(address, lambda route: _answer_as_personal(route, told))
    open_page.goto(address)
    open_page.wait_for_selector("html[data-ready=filling]")
    open_page.wait_for_timeout(1500)

    places = open_page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open("bieumau-drafts");
          opening.onsuccess = () => {
            const all = opening.result.transaction("pages").objectStore("pages").getAllKeys();
            all.onsuccess = () => resolve(all.result);
          };
        })"""
    )
    assert places == []


def _answer_as_personal(route, told: str) -> None:  # type: ignore[no-untyped-def]
    response = route.fetch()
    text = response.text()
    assert told in text
    route.fulfill(response=response, body=text.replace(told, '"personal": true'))


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, 360])
def test_the_offline_page_has_no_accessibility_violation(
    browser: Browser, line: Line, world: World, width: int
) -> None:
    opened = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = filled_over(line, opened, world)
    line.cut()
    page.goto(f"{line.address}/work")
    page.wait_for_selector("html[data-ready=offline]")
    found = Axe().run(page).response["violations"]
    opened.close()

    assert [one["id"] for one in found] == []
