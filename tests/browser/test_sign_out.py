"""A computer that several people use: what one leaves behind, nobody else reads."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.services.review import SubmissionView
from tests.browser.filling_page import fill, now, open_report, saved, sign_in, start, write
from tests.browser.typed_cells import says
from tests.world import World

pytestmark = pytest.mark.long

PATH = "/rows/02/rural_male"
SECRET = "Bí mật của xã"
DUMP = """async () => {
  const found = { keys: [], stored: [], caches: [] };
  Object.assign(found, { local: { ...localStorage }, session: { ...sessionStorage } });
  const decoder = new TextDecoder();
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    for (const store of db.objectStoreNames) {
      const all = (what) => new Promise((resolve) => {
        const asking = db.transaction(store).objectStore(store)[what]();
        asking.onsuccess = () => resolve(asking.result);
      });
      const [places, values] = [await all("getAllKeys"), await all("getAll")];
      if (store === "keys") found.keys.push(...places);
      else {
        values.forEach(({ data }, at) => found.stored.push([places[at], decoder.decode(data)]));
      }
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      const response = await (await caches.open(name)).match(request);
      found.caches.push([request.url, await response.text()]);
    }
  }
  return found;
}"""


def press_sign_out(page: Page) -> None:
    page.locator(".menu-account summary").click()
    page.locator("form[data-sign-out] button").click()


def unsent(page: Page, context: BrowserContext) -> None:
    """One figure and one text that cannot reach the server."""
    context.route("**/answers", lambda route: route.abort())
    write(page, PATH, "4321")
    write(page, "/note", SECRET, "Tab")
    says(page, "Mất kết nối. 2 ô")


def unsent_reason(page: Page, context: BrowserContext) -> None:
    """A saved figure with a warning, whose reason cannot reach the server."""
    page.get_by_label("Thêm dân tộc").select_option("/rows/40")
    write(page, "/rows/40/rural_male", "100", "Tab")
    write(page, "/rows/40/rural_female", "400")
    saved(page)
    context.route("**/answers", lambda route: route.abort())
    page.get_by_role("button", name="Kiểm tra").click()
    line = page.locator('#finding-list li[data-code="a8_low"]')
    line.get_by_role("button", name="Bỏ qua cảnh báo và ghi lý do").click()
    page.keyboard.type(SECRET)
    line.get_by_role("button", name="Ghi lý do", exact=True).click()
    expect(line.locator(".finding-given")).to_contain_text("(chờ gửi)")


def reasons(world: World, view: SubmissionView) -> list[str]:
    return [reason["text"] for reason in now(world, view).submission.reasons]


def choose(page: Page, title: str) -> None:
    page.locator("#signing-out").get_by_role("button", name=title).click()


def test_without_unsent_work_signing_out_asks_nothing_and_leaves_nothing(
    context: BrowserContext, address: str, world: World
) -> None:
    page = fill(context, address, start(world))
    write(page, PATH, "4321")
    saved(page)
    page.wait_for_timeout(1500)  # the copy of the page is kept by now
    press_sign_out(page)
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".flash")).to_have_text("Đã đăng xuất.")

    left = page.evaluate(DUMP)
    assert left["keys"] == [] and left["stored"] == []


def test_unsent_work_can_be_sent_at_sign_out(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    unsent(page, context)
    press_sign_out(page)
    dialog = page.locator("#signing-out")
    expect(dialog).to_contain_text("Còn 2 ô chưa gửi lên máy chủ.")
    choose(page, "Gửi ngay")
    expect(dialog).to_contain_text("Còn 2 ô chưa gửi được.")
    context.unroute("**/answers")
    choose(page, "Gửi ngay")
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")

    answers = now(world, view).submission.answers
    assert answers == {"rows": {"02": {"rural_male": 4321}}, "note": SECRET}
    left = page.evaluate(DUMP)
    assert left["keys"] == [] and left["stored"] == []


@pytest.mark.long
def test_unsent_work_of_a_report_is_sent_from_any_page_at_sign_out(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    page.on("dialog", lambda dialog: dialog.accept())
    unsent(page, context)
    page.goto(f"{address}/account")
    context.unroute("**/answers")
    press_sign_out(page)
    choose(page, "Gửi ngay")
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")

    answers = now(world, view).submission.answers
    assert answers == {"rows": {"02": {"rural_male": 4321}}, "note": SECRET}


def test_what_is_kept_is_unreadable_to_the_next_person_and_there_for_its_owner(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    unsent(page, context)
    press_sign_out(page)
    choose(page, "Giữ lại trên máy này")
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")
    context.unroute("**/answers")
    sign_in(page, address, "neighbour_reporter")
    page.goto(f"{address}/work")
    left = page.evaluate(DUMP)
    everything = json.dumps(left, ensure_ascii=False)

    assert left["keys"] == []
    assert len(left["stored"]) == 2
    assert "4321" not in everything and "4.321" not in everything and SECRET not in everything
    assert page.evaluate("fetch('/account/browser').then((one) => one.json())")["account"] != (
        world.actor("commune_reporter").account
    )
    press_sign_out(page)
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")
    sign_in(page, address)
    open_report(page, address, view)
    saved(page)
    answers = now(world, view).submission.answers
    assert answers == {"rows": {"02": {"rural_male": 4321}}, "note": SECRET}


def test_what_is_thrown_away_is_gone(context: BrowserContext, address: str, world: World) -> None:
    view = start(world)
    page = fill(context, address, view)
    unsent(page, context)
    press_sign_out(page)
    choose(page, "Bỏ")
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")

    left = page.evaluate(DUMP)
    assert left["keys"] == [] and left["stored"] == []
    assert now(world, view).submission.answers == view.submission.answers


def test_unsent_reasons_are_counted_and_sent_from_any_page_at_sign_out(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    page.on("dialog", lambda dialog: dialog.accept())
    unsent_reason(page, context)
    press_sign_out(page)
    dialog = page.locator("#signing-out")
    expect(dialog).to_contain_text("Còn 1 lý do chưa gửi lên máy chủ.")
    choose(page, "Thôi, chưa đăng xuất")
    write(page, PATH, "4321")
    says(page, "Mất kết nối. 1 ô")
    page.goto(f"{address}/account")
    press_sign_out(page)
    expect(dialog).to_contain_text("Còn 1 ô và 1 lý do chưa gửi lên máy chủ.")
    choose(page, "Gửi ngay")
    expect(dialog).to_contain_text("Còn 1 ô và 1 lý do chưa gửi được.")
    context.unroute("**/answers")
    choose(page, "Gửi ngay")
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")

    assert reasons(world, view) == [SECRET]
    assert now(world, view).submission.answers["rows"]["02"] == {"rural_male": 4321}  # type: ignore[index]
    left = page.evaluate(DUMP)
    assert left["keys"] == [] and left["stored"] == []


def test_a_kept_reason_is_unreadable_to_the_next_person_and_sent_when_its_owner_is_back(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    unsent_reason(page, context)
    press_sign_out(page)
    choose(page, "Giữ lại trên máy này")
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")
    context.unroute("**/answers")
    sign_in(page, address, "neighbour_reporter")
    page.goto(f"{address}/work")
    left = page.evaluate(DUMP)
    assert len(left["stored"]) == 1 and SECRET not in json.dumps(left, ensure_ascii=False)
    # Without unsent work of one's own one leaves at once, and what another keeps here stays.
    press_sign_out(page)
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")
    sign_in(page, address)
    with page.expect_response("**/answers"):
        open_report(page, address, view)
    page.wait_for_load_state("networkidle")

    assert reasons(world, view) == [SECRET]


def test_a_session_ended_elsewhere_leaves_no_key_for_the_next_person(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    unsent(page, context)
    page.close(run_before_unload=False)
    for cookie in context.cookies():
        if cookie["name"].endswith("session"):
            world.services.accounts.sign_out(cookie["value"])
    context.unroute("**/answers")
    other = context.new_page()
    sign_in(other, address, "neighbour_reporter")
    other.goto(f"{address}/work")
    other.wait_for_timeout(500)
    left = other.evaluate(DUMP)
    readable = json.dumps(left, ensure_ascii=False)

    assert world.actor("commune_reporter").account not in left["keys"]
    assert "4321" not in readable and SECRET not in readable
    assert not [place for place, _ in left["stored"] if place[1].startswith("/submissions")]


@pytest.mark.long
def test_the_other_windows_of_the_account_close_too(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    second = context.new_page()
    open_report(second, address, view)
    asked: list[str] = []
    second.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    press_sign_out(page)
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")

    second.wait_for_url("**/sign-in")
    assert asked == []


def test_without_a_network_signing_out_says_that_it_did_not_happen(
    context: BrowserContext, address: str, world: World
) -> None:
    page = fill(context, address, start(world))
    context.set_offline(True)
    press_sign_out(page)

    expect(page.locator("#signing-out")).to_contain_text("Chưa đăng xuất được: mất kết nối.")
    context.set_offline(False)
    choose(page, "Gửi ngay")
    expect(page.locator("#username")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, 360])
def test_the_question_at_sign_out_has_no_accessibility_violation(
    browser: Browser, address: str, world: World, width: int
) -> None:
    opened = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = fill(opened, address, start(world))
    unsent(page, opened)
    press_sign_out(page)
    expect(page.locator("#signing-out")).to_be_visible()
    found = Axe().run(page).response["violations"]
    opened.close()

    assert [one["id"] for one in found] == []
