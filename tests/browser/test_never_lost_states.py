"""The line that says where the figures are, in every fault we know: right, and never too early."""

import json
import re
import time
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.fault_proxy import Line, line_to
from tests.browser.filling_page import cell, fill, now, open_report, saved, sign_in, start, write
from tests.browser.typed_cells import says
from tests.world import World

PATH = "/rows/02/rural_male"
OFFLINE = "Mất kết nối. 1 ô đang giữ trên máy này, sẽ tự gửi khi có mạng. Anh/chị cứ nhập tiếp."
FAULT = "Máy chủ đang gặp lỗi. 1 ô đang giữ trên máy này, sẽ tự gửi lại. Anh/chị cứ nhập tiếp."
SESSION = "Phiên làm việc đã hết. Đăng nhập lại tại đây, số liệu vừa nhập vẫn còn nguyên."


def problem(status: int, code: str, detail: str, **more: object) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        body = json.dumps({"code": code, "detail": detail, "status": status, **more})
        route.fulfill(status=status, content_type="application/problem+json", body=body)

    return answer


def page_of_a_proxy(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")


def sign_in_page_of_a_proxy(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<form>Wi-Fi</form>")


def too_many(route: Route) -> None:
    headers = {"Retry-After": "2", "Content-Type": "application/problem+json"}
    route.fulfill(status=429, headers=headers, body='{"code": "too-many-requests"}')


SCENARIOS: dict[str, tuple[Callable[[Route], None], str]] = {
    "500": (problem(500, "server-error", "Lỗi."), FAULT),
    "502 page": (page_of_a_proxy, FAULT),
    "200 page": (sign_in_page_of_a_proxy, FAULT),
    "503": (problem(503, "server-error", "Bận."), FAULT),
    "reset": (lambda route: route.abort("connectionreset"), OFFLINE),
    "refused": (lambda route: route.abort("connectionrefused"), OFFLINE),
    "401": (problem(401, "sign-in-required", "Hết phiên."), SESSION),
    "403": (problem(403, "access-denied", "Không có quyền."), "Chưa lưu được 1 ô: Không có quyền."),
    "409": (problem(409, "period-closed", "Kỳ đã chốt."), "Chưa lưu được 1 ô: Kỳ đã chốt."),
    "412": (problem(412, "stale", "Báo cáo đã đổi."), "Chưa lưu được 1 ô: Báo cáo đã đổi."),
    "413": (problem(413, "body-too-large", "Quá lớn."), "Chưa lưu được 1 ô: Quá lớn."),
    "422": (problem(422, "path-unknown", "Không có ô."), "Chưa lưu được 1 ô: Không có ô."),
    "429": (too_many, FAULT),
}
#: One of each kind in the suite, all of them in the long run.
QUICK = ("500", "reset", "401", "422", "429")


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in SCENARIOS],
)
def test_a_fault_is_said_within_a_second_and_saved_only_after_the_server_said_so(
    context: BrowserContext, address: str, world: World, name: str
) -> None:
    handle, expected = SCENARIOS[name]
    page = fill(context, address, view := start(world))
    answered: list[float] = []

    def faulty(route: Route) -> None:
        answered.append(time.monotonic())
        handle(route)

    context.route("**/answers", faulty)
    write(page, PATH, "41")
    expect(page.locator("#save-state")).to_have_text(expected, timeout=5000)
    took = time.monotonic() - answered[0]
    expect(cell(page, PATH)).to_have_text("41")
    assert now(world, view).submission.answers == view.submission.answers
    context.unroute("**/answers")
    if name in {"413", "422"}:  # not tried again by itself: typing it again is the way
        write(page, PATH, "42")
    saved(page) if name in {"413", "422"} else says(page, "Đã lưu trên máy chủ lúc", 20)

    assert took < 1.5  # a second, and the time this test takes to look
    wanted = 42 if name in {"413", "422"} else 41
    assert now(world, view).submission.answers["rows"] == {"02": {"rural_male": wanted}}


@pytest.fixture
def line(address: str) -> Iterator[Line]:
    with line_to(address) as found:
        yield found


def filled_over(line: Line, context: BrowserContext, world: World) -> Page:
    page = context.new_page()
    sign_in(page, line.address)
    open_report(page, line.address, start(world))
    return page


@pytest.mark.long
def test_a_silent_server_is_given_up_after_fifteen_seconds_and_asked_again(
    context: BrowserContext, line: Line, world: World
) -> None:
    page = filled_over(line, context, world)
    line.silence()
    write(page, PATH, "41")
    says(page, "Đang gửi…")
    says(page, OFFLINE, 18)
    line.mend()

    says(page, "Đã lưu trên máy chủ lúc", 40)


def test_on_a_slow_line_saved_is_said_only_when_the_answer_is_there(
    context: BrowserContext, line: Line, world: World
) -> None:
    page = filled_over(line, context, world)
    line.delay = 1.0
    write(page, PATH, "41")
    says(page, "Đang gửi…", 1.5)
    time.sleep(0.4)

    says(page, "Đang gửi…", 0.1)
    says(page, "Đã lưu trên máy chủ lúc", 10)


def test_a_server_that_was_killed_and_started_again_gets_the_cell(
    context: BrowserContext, line: Line, world: World
) -> None:
    page = filled_over(line, context, world)
    line.cut()
    write(page, PATH, "41")
    says(page, OFFLINE, 2)
    line.mend()

    says(page, "Đã lưu trên máy chủ lúc", 10)


def test_with_the_cable_out_nothing_unsent_is_said_too(
    context: BrowserContext, address: str, world: World
) -> None:
    page = fill(context, address, start(world))
    expect(page.locator("#storage-note")).to_be_hidden()
    context.set_offline(True)

    says(page, "Mất kết nối. Số liệu đã nhập đều đã lưu trên máy chủ.", 1)


def test_a_refused_cell_does_not_hold_up_the_others_named_or_not(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    bad = "/rows/07/rural_male"
    asked: list[int] = []

    def refuse(route: Route) -> None:
        changes = json.loads(route.request.post_data or "{}").get("changes", [])
        asked.append(len(changes))
        if any(change["path"] == bad for change in changes):
            problem(422, "request-invalid", "Ô không nhận được.")(route)  # names no cell
        else:
            route.continue_()

    context.set_offline(True)
    lines = page.evaluate(
        """() => [...document.querySelectorAll("tbody tr:not([hidden]):not(.total)")]
          .filter((row) => row.querySelector("td.cell-typed"))
          .map((row) => row.dataset.row.split("/").pop())"""
    )
    cell(page, f"/rows/{lines[0]}/rural_male").click()
    for place in range(len(lines)):
        page.keyboard.type(str(10 + place))
        page.keyboard.press("Enter")
    context.route("**/answers", refuse)
    context.set_offline(False)

    expect(page.locator("#save-state")).to_have_text(
        "Chưa lưu được 1 ô: Ô không nhận được.", timeout=15000
    )
    expect(cell(page, bad)).to_have_text(str(10 + lines.index("07")))
    expect(cell(page, bad)).to_have_class(re.compile(r"\bfailed\b"))
    rows = now(world, view).submission.answers["rows"]
    assert rows == {
        code: {"rural_male": 10 + place} for place, code in enumerate(lines) if code != "07"
    }
    assert len(asked) <= 2 * len(lines).bit_length() + 4


@pytest.mark.parametrize("broken", ["open", "write"])
def test_a_browser_that_keeps_nothing_says_so_and_works_online(
    context: BrowserContext, address: str, world: World, broken: str
) -> None:
    view = start(world)
    script = {
        "open": "indexedDB.open = () => { throw new DOMException('no', 'SecurityError'); };",
        "write": """IDBObjectStore.prototype.put = function () {
            throw new DOMException('full', 'QuotaExceededError'); };""",
    }[broken]
    context.add_init_script(script)
    page = fill(context, address, view)
    began = time.monotonic()
    write(page, PATH, "41")

    expect(page.locator("#storage-note")).to_be_visible(timeout=2000)
    assert time.monotonic() - began < 2
    saved(page)
    context.route("**/answers", lambda route: route.abort())
    write(page, PATH, "42")
    says(page, "Mất kết nối. 1 ô chưa gửi và máy này không giữ lại được.")
    assert now(world, view).submission.answers["rows"] == {"02": {"rural_male": 41}}


#: A browser whose storage answers no question to open it before it is told to.
SLOW_STORAGE = """
const open = IDBFactory.prototype.open;
const asked = [];
IDBFactory.prototype.open = function (...facts) {
  const request = {};
  asked.push(() => {
    const real = open.apply(indexedDB, facts);
    for (const name of ["onupgradeneeded", "onsuccess"]) {
      real[name] = () => { request.result = real.result; request[name](); };
    }
  });
  return request;
};
window.storageAnswers = () => {
  IDBFactory.prototype.open = open;
  asked.splice(0).forEach((answer) => answer());
};
"""


def test_a_browser_whose_storage_does_not_answer_keeps_nobody_waiting_and_catches_up(
    context: BrowserContext, address: str, world: World
) -> None:
    context.add_init_script(SLOW_STORAGE)
    page = fill(context, address, start(world))
    expect(page.locator("#storage-note")).to_be_visible()
    write(page, PATH, "41")
    saved(page)
    context.route("**/answers", lambda route: route.abort())
    write(page, PATH, "42")
    says(page, "Mất kết nối. 1 ô chưa gửi và máy này không giữ lại được.")

    page.evaluate("storageAnswers()")

    expect(page.locator("#storage-note")).to_be_hidden()
    says(page, "Mất kết nối. 1 ô đang giữ trên máy này, sẽ tự gửi khi có mạng.")


def test_signing_out_does_not_wait_for_ever_for_the_storage(
    context: BrowserContext, address: str, world: World
) -> None:
    context.add_init_script(SLOW_STORAGE)
    page = fill(context, address, start(world))
    page.locator(".menu-account summary").click()
    page.locator("form[data-sign-out] button").click()

    expect(page.locator("#username")).to_be_visible(timeout=15_000)


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, 360])
def test_no_accessibility_violation_in_the_states_of_trouble(
    browser: Browser, address: str, world: World, width: int
) -> None:
    view = start(world)
    opened = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = fill(opened, address, view)
    opened.route("**/answers", lambda route: route.abort())
    write(page, PATH, "41")
    says(page, OFFLINE)
    offline = Axe().run(page).response["violations"]
    # On top of the other: between the two no retry may slip through.
    opened.route("**/answers", SCENARIOS["401"][0])
    says(page, SESSION, 20)
    page.locator("[data-sign-in]").click()
    expect(page.locator("#sign-in-again")).to_be_visible()
    dialog = Axe().run(page).response["violations"]
    opened.close()

    assert [found["id"] for found in [*offline, *dialog]] == []
