"""Typing into the filling page in a real browser: keys, pastes, signs, rows, checks, phones."""

import gzip

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.filling_page import cell, go_on, now, paste, saved, start, write
from tests.world import World


def test_a_typed_number_reaches_the_server_and_the_totals_follow_at_once(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = go_on(context, address, view)

    write(page, "/rows/02/rural_male", "1.574", "ArrowDown")
    write(page, "/rows/02/rural_female", "552")

    expect(cell(page, "/rows/02/total")).to_have_text("2.126")
    expect(cell(page, "/total/total")).to_have_text("2.126")
    expect(cell(page, "/minority/total_male")).to_have_text("1.574")
    saved(page)
    stored = now(world, view)
    assert stored.submission.answers["rows"] == {"02": {"rural_male": 1574, "rural_female": 552}}
    assert stored.verdict.computed["total"]["total"] == 2126  # type: ignore[index]


@pytest.mark.parametrize(
    "key",
    ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Tab", "Shift+Tab", "Enter", "Shift+Enter"],
)
def test_a_typed_value_survives_every_key_that_leaves_the_cell(
    context: BrowserContext, address: str, world: World, key: str
) -> None:
    view = start(world)
    page = go_on(context, address, view)

    write(page, "/rows/07/rural_female", "54", key)
    saved(page)

    assert now(world, view).submission.answers["rows"] == {"07": {"rural_female": 54}}


def test_a_typed_value_survives_a_click_elsewhere_and_escape_discards_it(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = go_on(context, address, view)

    cell(page, "/rows/07/rural_female").click()
    page.keyboard.type("54")
    page.locator("h1").click()
    cell(page, "/rows/07/rural_male").click()
    page.keyboard.type("99")
    page.keyboard.press("Escape")
    saved(page)

    expect(cell(page, "/rows/07/rural_male")).to_have_text("")
    assert now(world, view).submission.answers["rows"] == {"07": {"rural_female": 54}}


def test_a_block_from_a_spreadsheet_is_pasted_saved_and_undone_in_one_step(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = go_on(context, address, view)
    codes = page.locator("tbody tr:not([hidden]):not(.total)").evaluate_all(
        "rows => rows.map(row => row.dataset.row.split('/').pop())"
    )
    columns = page.locator("tr[data-row='/rows/01'] td.cell-typed").evaluate_all(
        "cells => cells.map(cell => cell.id.split('/').pop())"
    )
    block = "\r\n".join(
        "\t".join(f"{1000 + 10 * at + place:,}".replace(",", ".") for place in range(2))
        for at in range(len(codes))
    )

    paste(page, f"/rows/{codes[0]}/{columns[0]}", block)
    saved(page)
    wanted = {
        code: {column: 1000 + 10 * at + place for place, column in enumerate(columns)}
        for at, code in enumerate(codes)
    }
    assert now(world, view).submission.answers["rows"] == wanted
    page.keyboard.press("Control+z")
    saved(page)
    page.wait_for_function("document.querySelectorAll('.pending').length === 0")

    assert "rows" not in now(world, view).submission.answers or not any(
        now(world, view).submission.answers["rows"].values()  # type: ignore[union-attr]
    )


def test_calculated_cells_are_passed_over_by_a_paste_and_the_clerk_is_told(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = go_on(context, address, view)

    paste(page, "/total/total", "5\t6\n7\t8")

    expect(page.locator("#grid-message")).to_contain_text("giữ nguyên")
    assert now(world, view).submission.answers == view.submission.answers


@pytest.mark.parametrize(
    ("typed", "status", "shown"),
    [("-", "none_arose", "–"), ("...", "not_available", "…"), ("x", "not_applicable", "x")],
)
def test_a_sign_is_kept_as_a_reason_and_not_as_a_number(
    context: BrowserContext, address: str, world: World, typed: str, status: str, shown: str
) -> None:
    view = start(world)
    page = go_on(context, address, view)

    write(page, "/rows/02/rural_male", typed)
    saved(page)

    expect(cell(page, "/rows/02/rural_male")).to_have_text(shown)
    assert now(world, view).submission.statuses == {"/rows/02/rural_male": status}


def test_a_text_that_is_no_number_stays_as_typed_and_is_marked(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = go_on(context, address, view)

    write(page, "/rows/02/rural_male", "12a")
    saved(page)

    expect(cell(page, "/rows/02/rural_male")).to_have_text("12a")
    expect(cell(page, "/rows/02/rural_male")).to_have_attribute("aria-invalid", "true")
    assert now(world, view).submission.answers["rows"] == {"02": {"rural_male": "12a"}}


def test_the_check_names_what_is_wrong_takes_the_focus_and_leads_to_the_cell(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = go_on(context, address, view)
    write(page, "/rows/02/rural_male", "10")
    write(page, "/rows/02/rural_female", "10")
    write(page, "/police_total", "25", "Tab")
    write(page, "/police_date", "5/1/2025", "Tab")
    saved(page)

    page.get_by_role("button", name="Kiểm tra").click()
    summary = page.locator("#findings")
    expect(summary).to_be_focused()
    expect(summary.locator("h2")).to_have_text("Lỗi: có 1 nội dung cần sửa")
    summary.get_by_role("link").first.click()

    focused = page.evaluate("document.activeElement.id")
    assert focused in {"/police_total", "/total/total"}
    described = page.evaluate("document.activeElement.getAttribute('aria-describedby')")
    assert "finding-" in described
    assert now(world, view).submission.answers["police_date"] == "2025-01-05"


def test_an_ethnic_group_that_was_not_there_last_year_can_be_added(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = go_on(context, address, view)
    assert not page.locator("tr[data-row='/rows/40']").is_visible()

    page.get_by_label("Thêm dân tộc").select_option("/rows/40")
    focused = page.evaluate("document.activeElement.id")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    saved(page)

    assert focused.startswith("/rows/40/")
    assert now(world, view).submission.answers["rows"] == {"40": {focused.split("/")[-1]: 3}}


def test_lines_of_a_roster_are_added_and_removed_and_come_back_with_undo(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world, "near_poor")
    page = go_on(context, address, view)

    page.get_by_role("button", name="Thêm dòng").click()
    first = page.evaluate("document.activeElement.id")
    page.keyboard.type("Khuổi Mạn" if "name" in first else "7")
    page.keyboard.press("Tab")
    saved(page)
    rows = now(world, view).submission.answers["villages"]
    assert len(rows) == 1 and not rows[0]["_id"].isdigit()  # type: ignore[arg-type,index]
    page.get_by_role("button", name="Xóa dòng").click()
    saved(page)
    page.wait_for_function("document.querySelectorAll('[data-remove]').length === 0")
    assert not now(world, view).submission.answers.get("villages")
    cell(page, "/commune/hh_total").click()
    page.keyboard.press("Control+z")
    saved(page)
    expect(page.locator(f'[id="{first}"]')).not_to_have_text("")

    assert now(world, view).submission.answers["villages"] == rows


def test_the_first_html_of_the_population_form_is_small(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = go_on(context, address, view)
    html = page.request.get(page.url).body()

    assert len(gzip.compress(html)) < 30_000


def test_a_phone_scrolls_only_down_and_shows_each_row_as_a_card(
    browser: Browser, address: str, world: World
) -> None:
    view = start(world)
    phone = browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True)
    page = go_on(phone, address, view)

    row = page.locator("tr[data-row='/rows/02']")
    box = row.bounding_box()
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    cell(page, "/rows/02/rural_male").tap()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    saved(page)
    phone.close()

    assert wider <= 0
    assert box is not None and box["height"] > 80 and box["width"] <= 360
    assert now(world, view).submission.answers["rows"] == {"02": {"rural_male": 12}}


@pytest.mark.parametrize("width", [1280, 360])
def test_the_filling_page_has_no_accessibility_violation_empty_or_full_of_errors(
    browser: Browser, address: str, world: World, width: int
) -> None:
    view = start(world)
    # axe is put into the page by the test; the page's own policy would keep it out.
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = go_on(context, address, view)

    empty = Axe().run(page).response["violations"]
    write(page, "/rows/02/rural_male", "12a")
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator("#findings")).to_be_focused()
    faulty = Axe().run(page).response["violations"]
    context.close()

    assert [found["id"] for found in [*empty, *faulty]] == []
