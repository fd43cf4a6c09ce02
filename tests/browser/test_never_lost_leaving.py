"""Leaving asks when something is really unsent, and only then; personal cells are never kept."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from server.core.submission import Change
from server.services.review import SubmissionView
from tests.browser.filling_page import cell, fill, open_report, saved, start, write
from tests.browser.test_never_lost_states import problem
from tests.browser.typed_cells import says
from tests.world import World

pytestmark = pytest.mark.long

PATH = "/rows/02/rural_male"
Act = Callable[[Page, BrowserContext, World, SubmissionView], None]


def cut(context: BrowserContext) -> None:
    context.route("**/answers", lambda route: route.abort())


def nothing(page: Page, *_: object) -> None:
    """Only look."""


def escaped(page: Page, *_: object) -> None:
    cell(page, PATH).click()
    page.keyboard.type("9")
    page.keyboard.press("Escape")


def opened(page: Page, *_: object) -> None:
    cell(page, PATH).click()
    page.keyboard.press("F2")


def opened_and_left(page: Page, *_: object) -> None:
    opened(page)
    page.keyboard.press("Enter")


def typed(page: Page, *_: object) -> None:
    write(page, PATH, "31")
    saved(page)


def typed_nonsense(page: Page, *_: object) -> None:
    write(page, PATH, "ba mươi")
    saved(page)


def undone(page: Page, *_: object) -> None:
    typed(page)
    write(page, PATH, "32")
    saved(page)
    page.keyboard.press("Control+z")
    saved(page)


def emptied(page: Page, *_: object) -> None:
    typed(page)
    cell(page, PATH).click()
    page.keyboard.press("Delete")
    saved(page)


def checked(page: Page, *_: object) -> None:
    page.get_by_role("button", name="Kiểm tra").click()


def field_visited(page: Page, *_: object) -> None:
    cell(page, "/note").click()


def field_typed(page: Page, *_: object) -> None:
    write(page, "/note", "Đã rà soát", "Tab")
    saved(page)


def taken_back_offline(page: Page, context: BrowserContext, *_: object) -> None:
    typed(page)
    cut(context)
    write(page, PATH, "33")
    write(page, PATH, "31")


def conflict(page: Page, _: BrowserContext, world: World, view: SubmissionView) -> None:
    other = [Change("/rows/04/rural_male", None, 45)]
    clerk = world.actor("commune_reporter")
    world.services.submissions.save_cells(clerk, view.submission.id, other)
    write(page, "/rows/04/rural_male", "54")
    expect(page.locator(".conflict-box")).to_be_visible()


def cut_off(page: Page, context: BrowserContext, *_: object) -> None:
    cut(context)
    write(page, PATH, "41")
    says(page, "Mất kết nối. 1 ô")


def half_typed(page: Page, *_: object) -> None:
    cell(page, PATH).click()
    page.keyboard.type("42")


def half_typed_field(page: Page, *_: object) -> None:
    cell(page, "/note").click()
    page.keyboard.type("Đang")


def just_typed(page: Page, context: BrowserContext, *_: object) -> None:
    cut(context)
    write(page, PATH, "43")


def refused_with(status: int, code: str) -> Act:
    def act(page: Page, context: BrowserContext, *_: object) -> None:
        context.route("**/answers", problem(status, code, "Không nhận."))
        write(page, PATH, str(status))
        expect(page.locator("#save-state")).to_have_class(
            re.compile("save-(refused|fault|session)")
        )

    return act


#: What is done on the page, and whether leaving must then ask.
PATHS: list[tuple[Act, bool]] = [
    (nothing, False), (escaped, False), (opened, False), (opened_and_left, False),
    (typed, False), (typed_nonsense, False), (undone, False), (emptied, False),
    (checked, False), (field_visited, False), (field_typed, False),
    (taken_back_offline, False),
    (half_typed, True), (half_typed_field, True), (just_typed, True), (cut_off, True),
    (refused_with(500, "server-error"), True), (refused_with(403, "access-denied"), True),
    (refused_with(422, "request-invalid"), True), (refused_with(401, "sign-in-required"), True),
    (conflict, True),
]  # fmt: skip


def test_leaving_asks_in_twenty_one_ways_when_and_only_when_something_is_unsent(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept())[1])
    wrong = []
    for number, (act, expected) in enumerate(PATHS):
        act(page, context, world, view)
        before = len(asked)
        page.goto(f"{address}/account")
        if (len(asked) > before) is not expected:
            wrong.append(f"{number} {act.__name__}: {'missed' if expected else 'false'}")
        context.unroute("**/answers")
        open_report(page, address, view)
        expect(page.locator(".pending")).to_have_count(0)

    assert wrong == []


@pytest.fixture
def personal(context: BrowserContext) -> BrowserContext:
    """A context in which the remark counts as a person's data."""

    def mark(route: Route) -> None:
        response = route.fetch()
        text = response.text()
        told = re.search(r'<script type="application/json" id="program">(.*?)</script>', text)
        if told is None:
            route.fulfill(response=response)
            return
        program = json.loads(told[1])
        program["cells"]["note"]["personal"] = True
        body = json.dumps(program, ensure_ascii=False).replace("<", "\\u003c")
        route.fulfill(response=response, body=text.replace(told[1], body))

    context.route(re.compile(r"/submissions/\w+$"), mark)
    return context


def test_a_personal_cell_is_locked_without_a_network_and_never_kept(
    personal: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(personal, address, view)
    note = cell(page, "/note")
    cut(personal)
    note.click()
    page.keyboard.type("Nông Văn Én")
    page.wait_for_timeout(1200)
    page.keyboard.press("Tab")
    says(page, "Mất kết nối. 1 ô chưa gửi và máy này không giữ lại được.")
    says(page, "Các ô có thông tin cá nhân tạm khóa cho đến khi có mạng.")
    expect(note).not_to_be_editable()
    kept = page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open("bieumau-drafts");
          opening.onsuccess = () => {
            const all = ["cells", "typing"].map((name) => new Promise((found) => {
              const keys = opening.result.transaction(name).objectStore(name).getAllKeys();
              keys.onsuccess = () => found(keys.result);
            }));
            Promise.all(all).then((lists) => resolve(lists.flat()));
          };
        })"""
    )
    personal.unroute("**/answers")

    assert kept == []
    says(page, "Đã lưu trên máy chủ lúc", 15)
    expect(note).to_be_editable()
