"""The household sheet in a real browser: skipped questions, rosters, next and repeated sheets."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.filling_page import cell, saved, sign_in
from tests.survey_world import Survey, household, open_households
from tests.world import World

#: In the long run: the same rules stand in faster tests of the services and pages.
pytestmark = pytest.mark.long


@pytest.fixture
def survey(world: World) -> Survey:
    return open_households(world)


def opened(context: BrowserContext, address: str, survey: Survey, record: str) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    sign_in(page, address)
    page.goto(f"{address}/records/{survey.id}/{record}")
    page.wait_for_selector("html[data-ready=filling]")
    return page


def answers(survey: Survey, record: str) -> dict[str, object]:
    actor = survey.world.actor("commune_reporter")
    return survey.records.get(actor, survey.id, record).record.answers


def field(page: Page, key: str) -> object:
    return page.locator(f'[data-field="/{key}"]')


def test_questions_follow_the_result_of_the_interview(
    context: BrowserContext, address: str, survey: Survey
) -> None:
    record = survey.add({"village": "Thôn 3", "household_no": 1}).record.id
    page = opened(context, address, survey, record)

    cell(page, "/result").select_option("absent")
    expect(field(page, "tenure")).to_be_hidden()
    cell(page, "/result").select_option("completed")
    expect(field(page, "tenure")).to_be_visible()
    expect(field(page, "land_reason")).to_be_hidden()
    cell(page, "/land_enough").select_option("short")
    expect(field(page, "land_reason")).to_be_visible()
    cell(page, "/land_reason").select_option("split")
    saved(page)

    kept = answers(survey, record)
    assert (kept["result"], kept["land_reason"]) == ("completed", "split")


def test_members_are_added_removed_and_counted_and_children_are_not_asked_about_marriage(
    context: BrowserContext, address: str, survey: Survey
) -> None:
    record = survey.add({"village": "Thôn 3", "household_no": 1, "result": "completed"}).record.id
    page = opened(context, address, survey, record)
    add = page.locator("[data-add-line=s1]")

    for age in ("41", "9"):
        add.click()
        row = page.locator("tr[data-row^='/members/']").last
        path = row.get_attribute("data-row")
        cell(page, f"{path}/age").click()
        page.keyboard.type(age)
        page.keyboard.press("Enter")
    saved(page)
    rows = page.locator("tr[data-row^='/members/']")
    paths = [row.get_attribute("data-row") for row in rows.all()]
    expect(cell(page, "/persons")).to_have_text("2")
    expect(cell(page, f"{paths[0]}/marital_status")).to_have_class(re.compile("cell-typed"))
    expect(cell(page, f"{paths[1]}/marital_status")).to_have_class(re.compile("cell-off"))
    page.locator(f"[data-remove='{paths[1]}']").click()
    saved(page)

    expect(cell(page, "/persons")).to_have_text("1")
    members = answers(survey, record)["members"]
    assert [member["age"] for member in members] == [41]  # type: ignore[attr-defined]


def test_a_required_cell_that_depends_on_another_is_missed_when_checking(
    context: BrowserContext, address: str, survey: Survey
) -> None:
    wrong = household(1)
    del wrong["land_reason"]
    record = survey.add(wrong).record.id
    page = opened(context, address, survey, record)

    page.locator("[data-check]").click()

    expect(page.locator("#findings, [data-findings]").first).to_contain_text("Lý do thiếu")


def test_the_next_sheet_waits_for_what_was_typed_and_begins_with_the_village(
    context: BrowserContext, address: str, survey: Survey
) -> None:
    record = survey.add({"village": "Thôn 3", "household_no": 1}).record.id
    page = opened(context, address, survey, record)

    cell(page, "/interviewer").fill("Điều tra viên 7")
    page.get_by_role("button", name="Thêm phiếu tiếp theo").click()
    page.wait_for_url(lambda url: record not in url and "/records/" in url)
    page.wait_for_selector("html[data-ready=filling]")

    assert answers(survey, record)["interviewer"] == "Điều tra viên 7"
    expect(page.locator("h2", has_text="Phiếu 2")).to_be_visible()
    assert cell(page, "/village").input_value() == "Thôn 3"
    assert cell(page, "/interviewer").input_value() == "Điều tra viên 7"
    assert cell(page, "/household_no").input_value() == ""
    page.get_by_role("link", name="Phiếu trước").click()
    expect(page.locator("h2", has_text="Phiếu 1")).to_be_visible()


def test_a_repeated_household_is_told_at_once_with_a_link(
    context: BrowserContext, address: str, survey: Survey
) -> None:
    first = survey.add(household(12)).record.id
    record = survey.add({"village": "Thôn 3", "household_no": 1}).record.id
    page = opened(context, address, survey, record)

    cell(page, "/household_no").fill("12")
    page.keyboard.press("Tab")

    link = page.locator("#same-sheets a")
    expect(link).to_have_text("phiếu 1", timeout=5000)
    assert str(link.get_attribute("href")).endswith(first)
    cell(page, "/household_no").fill("13")
    page.keyboard.press("Tab")
    expect(page.locator("#same-sheets")).to_be_empty(timeout=5000)


def test_names_of_people_are_nowhere_in_the_browsers_stores(
    context: BrowserContext, address: str, survey: Survey
) -> None:
    record = survey.add({"village": "Thôn 3", "household_no": 1}).record.id
    page = opened(context, address, survey, record)

    cell(page, "/head_name").fill("Bimat Honhan")
    page.keyboard.press("Tab")
    saved(page)
    stored = page.evaluate(
        """async () => {
          const found = [];
          for (const { name } of await indexedDB.databases()) {
            const base = await new Promise((done, fail) => {
              const asked = indexedDB.open(name);
              asked.onsuccess = () => done(asked.result);
              asked.onerror = () => fail(asked.error);
            });
            for (const store of base.objectStoreNames) {
              const all = base.transaction(store).objectStore(store).getAll();
              found.push(await new Promise((done) => { all.onsuccess = () => done(all.result); }));
            }
            base.close();
          }
          return JSON.stringify([found, { ...localStorage }, { ...sessionStorage }]);
        }"""
    )

    assert answers(survey, record)["head_name"] == "Bimat Honhan"
    assert "Bimat" not in stored and "/head_name" not in stored


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_list_sheet_and_deletion_have_no_axe_violation(
    context: BrowserContext, address: str, survey: Survey, width: int, theme: str
) -> None:
    first = survey.add(household(12)).record.id
    again = survey.add(household(12)).record.id
    gone = survey.add(household(14)).record.id
    clerk = survey.world.actor("commune_reporter")
    survey.records.delete(clerk, survey.id, gone, reason="Nhập trùng với phiếu khác.")
    survey.records.expect(clerk, survey.id, 30)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    sign_in(page, address)
    faults = {}
    for tail in ("", "?q=khong co", f"/{first}", f"/{again}/delete"):
        page.goto(f"{address}/records/{survey.id}{tail}")
        for details in page.locator("details.card").all():
            details.locator("summary").click()
        found = Axe().run(page).response["violations"]
        faults[tail] = [(one["id"], one["nodes"][0]["html"]) for one in found]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (tail, wide)

    assert not any(faults.values()), json.dumps(faults, ensure_ascii=False, indent=1)
