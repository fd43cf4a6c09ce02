"""What becomes of typed cells: conflicts, lost networks, ended sessions, closed pages, refusals."""

import json

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from server.core.submission import Change
from tests.browser.filling_page import (
    SAVED,
    cell,
    fill,
    now,
    open_report,
    saved,
    sign_in,
    start,
    write,
)
from tests.world import World

#: In the long run: the same rules stand in faster tests of the services and pages.
pytestmark = pytest.mark.long


def test_a_cell_that_somebody_else_changed_shows_both_values_until_one_is_chosen(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    path = "/rows/02/rural_male"
    other = [Change(path, None, 45), Change("/rows/04/rural_male", None, 7)]
    world.services.submissions.save_cells(
        world.actor("commune_reporter"), view.submission.id, other
    )

    write(page, path, "54")
    question = page.locator(".conflict-box")
    expect(question).to_contain_text("45")
    expect(question).to_contain_text("Của anh/chị: 54. Giữ số nào?")
    expect(cell(page, path)).to_have_text("54")
    expect(cell(page, "/rows/04/rural_male")).to_have_text("7")
    assert now(world, view).submission.answers["rows"]["02"] == {"rural_male": 45}  # type: ignore[index]
    question.get_by_role("button", name="Giữ 54").click()
    saved(page)

    assert now(world, view).submission.answers["rows"]["02"] == {"rural_male": 54}  # type: ignore[index]


def test_a_lost_network_is_said_and_the_cells_follow_when_it_is_back(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)

    context.set_offline(True)
    write(page, "/rows/02/rural_male", "11")
    write(page, "/rows/02/rural_female", "12")
    write(page, "/rows/07/rural_male", "13")
    expect(page.locator("#save-state")).to_have_text(
        "Mất kết nối. 3 ô đang giữ trên máy này, sẽ tự gửi khi có mạng. Anh/chị cứ nhập tiếp.",
        timeout=5000,
    )
    assert now(world, view).submission.answers == view.submission.answers
    context.set_offline(False)
    saved(page)

    assert now(world, view).submission.answers["rows"] == {
        "02": {"rural_male": 11, "rural_female": 12},
        "07": {"rural_male": 13},
    }


def test_cells_that_were_never_sent_are_there_again_after_the_page_is_gone(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    context.route("**/api/v1/**", lambda route: route.abort())
    write(page, "/rows/02/rural_male", "11")
    expect(page.locator("#save-state")).to_contain_text("Mất kết nối. 1 ô", timeout=5000)
    page.close(run_before_unload=False)
    context.unroute("**/api/v1/**")

    again = context.new_page()
    open_report(again, address, view)
    expect(cell(again, "/rows/02/rural_male")).to_have_text("11")
    saved(again)

    assert now(world, view).submission.answers["rows"] == {"02": {"rural_male": 11}}


def test_what_waits_in_the_browser_cannot_be_read_there(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    context.route("**/api/v1/**", lambda route: route.abort())
    write(page, "/note", "Bí mật của xã", "Tab")
    expect(page.locator("#save-state")).to_contain_text("Mất kết nối. 1 ô", timeout=5000)

    kept = page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open("bieumau-drafts");
          opening.onsuccess = () => {
            const all = opening.result.transaction("cells").objectStore("cells").getAll();
            const text = (one) => new TextDecoder().decode(one.data);
            all.onsuccess = () => resolve(all.result.map(text));
          };
        })"""
    )

    assert len(kept) == 1
    assert "xã" not in kept[0] and "note" not in kept[0]


def test_an_ended_session_is_said_and_the_work_goes_on_after_signing_in_again(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    context.clear_cookies()

    write(page, "/rows/02/rural_male", "21")
    state = page.locator("#save-state")
    expect(state).to_have_text(
        "Phiên làm việc đã hết. Đăng nhập lại tại đây, số liệu vừa nhập vẫn còn nguyên.",
        timeout=5000,
    )
    assert state.get_by_role("link", name="Đăng nhập lại tại đây").get_attribute("href")
    other = context.new_page()
    sign_in(other, address)
    other.close()
    expect(state).to_have_text(SAVED, timeout=15000)

    assert now(world, view).submission.answers["rows"] == {"02": {"rural_male": 21}}


def test_leaving_asks_only_while_something_is_unsent(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    asked: list[str] = []

    def answer(dialog) -> None:  # type: ignore[no-untyped-def]
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    write(page, "/rows/02/rural_male", "31")
    saved(page)
    page.goto(f"{address}/work")
    assert asked == []
    open_report(page, address, view)
    context.route("**/api/v1/**", lambda route: route.abort())
    write(page, "/rows/02/rural_male", "32")
    page.goto(f"{address}/work")

    assert asked == ["beforeunload"]


def test_a_save_that_the_server_refuses_is_never_called_saved(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)

    def refuse(route: Route) -> None:
        body = {"code": "period-closed", "detail": "Kỳ này đã chốt."}
        route.fulfill(status=409, content_type="application/problem+json", body=json.dumps(body))

    context.route("**/answers", refuse)
    write(page, "/rows/02/rural_male", "41")

    expect(page.locator("#save-state")).to_have_text("Chưa lưu được 1 ô: Kỳ này đã chốt.")
    expect(cell(page, "/rows/02/rural_male")).to_have_text("41")
