"""The draft goes to a newer version of its form while somebody types: no number is lost."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from server.core.access import SYSTEM
from tests.browser.filling_page import SAVED, cell, fill, now, saved, start, write
from tests.web.test_version_note import Document, fields
from tests.world import World, household_form


def carry(world: World, version: int, since: int, change: Callable[[Document], None]) -> None:
    form = household_form()
    form["x-form"]["version"] = version  # type: ignore[index]
    change(form)
    form["x-migrate"]["from"] = since  # type: ignore[index]
    world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    done = world.services.definition_migrations.carry_out(
        world.actor("admin"), "households", version
    )
    assert done.moved == 1


def renamed(form: Document) -> None:
    form["properties"]["remark"] = {**form["properties"].pop("note"), "title": "Thuyết minh"}
    fields(form)[-1] = "remark"
    form["x-migrate"] = {"steps": [{"op": "rename", "from": "/note", "to": "/remark"}]}


def gone(form: Document) -> None:
    del form["properties"]["note"]
    fields(form).remove("note")
    form["properties"]["reason"] = {"title": "Nguyên nhân", "type": "string", "maxLength": 200}
    fields(form).append("reason")
    form["x-migrate"] = {"steps": [{"op": "drop", "path": "/remark"}]}


def test_what_is_typed_on_a_page_that_the_form_has_left_is_saved_listed_or_knowingly_dropped(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world, "households")
    page = fill(context, address, view)
    write(page, "/households", "6", "Tab")
    saved(page)
    carry(world, 2, 1, renamed)

    write(page, "/note", "Ở ô đổi tên", "Tab")
    write(page, "/people/male", "12", "Tab")

    moved = page.locator("#form-moved")
    expect(moved).to_contain_text("Báo cáo đã chuyển sang phiên bản 2 của biểu mẫu")
    expect(page.locator("#save-state")).to_have_text(SAVED)
    expect(cell(page, "/note")).to_have_value("Ở ô đổi tên")
    answers = {"households": 6, "remark": "Ở ô đổi tên", "people": {"male": 12}}
    assert now(world, view).submission.answers == answers

    moved.get_by_role("button", name="Mở phiên bản 2").click()
    page.wait_for_selector("html[data-ready=filling]")
    expect(cell(page, "/remark")).to_have_value("Ở ô đổi tên")
    context.set_offline(True)
    write(page, "/remark", " sửa khi mất mạng", "Tab")
    write(page, "/people/female", "13", "Tab")
    expect(page.locator("#save-state")).to_contain_text("2 ô đang giữ trên máy này")
    carry(world, 3, 2, gone)
    page.close(run_before_unload=False)
    context.set_offline(False)

    page = context.new_page()
    page.goto(f"{address}/submissions/{view.submission.id}")
    lost = page.locator(".lost-cell")
    expect(lost).to_contain_text(
        "Ô “Thuyết minh” của phiên bản 2 không có trong phiên bản 3 của biểu mẫu. "
        "Anh/chị đã nhập: Ở ô đổi tên sửa khi mất mạng."
    )
    expect(cell(page, "/people/female")).to_have_value("13")
    page.reload()
    expect(lost).to_have_count(1)
    page.wait_for_selector("html[data-ready=filling]")
    page.get_by_role("link", name="Trình ký").click()
    expect(lost.get_by_role("button").last).to_be_focused()
    cell(page, "/reason").click()
    expect(lost.get_by_role("button", name="Ghi vào ô Nguyên nhân")).to_be_visible()
    lost.get_by_role("button", name=re.compile("^Bỏ số này")).click()
    expect(lost).to_have_count(0)
    expect(page.locator("#save-state")).to_have_text(re.compile("^Đã lưu"))
    page.get_by_role("link", name="Trình ký").click()
    expect(page).to_have_url(re.compile("/review"))

    page.goto(f"{address}/submissions/{view.submission.id}/history")
    expect(page.locator("table").first).to_contain_text("sửa khi mất mạng")
