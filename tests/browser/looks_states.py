"""The states of the clerk's pages that are looked at: each brings a signed-in browser to one.

Every state is a function of a ``Stage``; ``STATES`` names them all for ``test_looks``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from server.core.submission import Change
from server.services.review import SubmissionView
from tests.browser.filling_page import cell, open_report, paste, sign_in, write
from tests.filling_world import EXAMPLE, example_rows
from tests.survey_world import Survey, household, open_households
from tests.workbooks import edited
from tests.world import World

PATH = "/rows/02/rural_male"
OTHER = "/rows/07/rural_male"


@dataclass
class Stage:
    """One browser at one copy of the small province."""

    context: BrowserContext
    address: str
    world: World
    folder: Path

    def open(self, address: str, username: str = "commune_reporter") -> Page:
        page = self.context.new_page()
        sign_in(page, self.address, username)
        page.wait_for_url("**/work")
        page.goto(f"{self.address}{address}")
        return page

    def begin(self, answers: dict[str, Any] | None = None) -> SubmissionView:
        return self.world.services.submissions.start(
            self.world.actor("commune_reporter"), form="population_ethnic",
            org_unit="u-commune", period="2024", answers=answers or {},
        )  # fmt: skip

    def fill(self, answers: dict[str, Any] | None = None) -> Page:
        view = self.begin(answers)
        page = self.open("/work")
        open_report(page, self.address, view)
        return page

    def survey(self) -> Survey:
        found = open_households(self.world)
        for number, village in ((1, "Thôn 3"), (1, "Thôn 3"), (2, "Thôn Nà Lìu")):
            found.add(household(number, village))
        return found


def work(stage: Stage) -> Page:
    stage.begin({"rows": example_rows()})
    return stage.open("/work")


def empty(stage: Stage) -> Page:
    return stage.fill()


def full(stage: Stage) -> Page:
    return stage.fill({"rows": example_rows(), "police_total": 9, "note": "Theo sổ của xã."})


def menu(stage: Stage) -> Page:
    page = stage.fill()
    page.locator(".tab-menu > summary").click()
    page.locator("#tasks > summary").press("Enter")
    page.locator(".tab-menu > summary").press("Enter")
    return page


def error(stage: Stage) -> Page:
    page = stage.fill()
    write(page, PATH, "12a")
    write(page, OTHER, "-5")
    page.locator("[data-check]").click()
    expect(page.locator("#findings")).to_be_focused()
    page.locator(".finding-why summary").first.press("Enter")
    return page


def warning(stage: Stage) -> Page:
    page = stage.fill({"rows": {"40": {"rural_male": 100, "rural_female": 100}}})
    page.locator("[data-check]").click()
    page.get_by_role("button", name="Bỏ qua cảnh báo và ghi lý do").first.press("Enter")
    page.get_by_role("button", name="Ghi lý do", exact=True).press("Enter")
    expect(page.locator("#findings .field-error")).to_be_visible()
    return page


def offline(stage: Stage) -> Page:
    page = stage.fill({"rows": example_rows()})
    stage.context.set_offline(True)
    write(page, PATH, "41")
    expect(page.locator("#save-state")).to_contain_text("Mất kết nối. 1 ô", timeout=8000)
    cell(page, OTHER).focus()
    return page


def conflict(stage: Stage) -> Page:
    view = stage.begin()
    page = stage.open("/work")
    open_report(page, stage.address, view)
    online = [Change(PATH, None, 45)]
    stage.world.services.submissions.save_cells(
        stage.world.actor("commune_reporter"), view.submission.id, online
    )
    write(page, PATH, "54")
    expect(page.locator(".conflict-box")).to_be_visible(timeout=8000)
    return page


def side(stage: Stage) -> Page:
    page = stage.fill({"rows": example_rows()})
    write(page, PATH, "41")
    cell(page, PATH).focus()
    page.keyboard.press("Shift+F2")
    expect(page.locator("#side-title")).to_be_focused()
    for part in page.locator("#side details:visible > summary").all():
        part.press("Enter")
    page.locator("#side .comment-form textarea").first.fill("Số này lấy từ sổ hộ tịch.")
    page.locator("#side .comment-form [type=submit]").first.press("Enter")
    expect(page.locator("#side .thread").first).to_be_visible()
    return page


def preview(stage: Stage) -> Page:
    page = stage.fill({"rows": example_rows()})
    cell(page, PATH).focus()
    paste(page, "/rows/02/rural_male", "1.234\tx1\n1\t2\n3\t4")
    expect(page.locator("#paste-preview")).to_be_visible()
    return page


def legend(stage: Stage) -> Page:
    page = stage.fill()
    cell(page, PATH).focus()
    page.keyboard.press("F1")
    expect(page.locator(".keys-list")).to_be_visible()
    return page


def sheets(stage: Stage) -> Page:
    return stage.open(f"/records/{stage.survey().id}")


def sheet(stage: Stage) -> Page:
    survey = stage.survey()
    record = survey.add({"village": "Thôn 3", "household_no": 5, "result": "completed"}).record
    page = stage.open(f"/records/{survey.id}/{record.id}")
    page.wait_for_selector("html[data-ready=filling]")
    page.locator("[data-check]").click()
    expect(page.locator("#findings")).to_be_focused()
    return page


def workbook(stage: Stage) -> Page:
    view = stage.begin({"rows": example_rows()})
    clerk, services = stage.world.actor("commune_reporter"), stage.world.services
    content = services.workbooks.download(clerk, view.submission.id).take()
    filled = {PATH: "12a", "/rows/03/rural_male": 99, OTHER: 10, "/note": "ă" * 2001}
    path = stage.folder / "bieu.xlsx"
    path.write_bytes(edited(content, filled))
    before = example_rows()["07"]["rural_male"]
    services.submissions.save_cells(clerk, view.submission.id, [Change(OTHER, before, 55)])
    page = stage.open(f"/submissions/{view.submission.id}/import")
    page.set_input_files("#workbook", path)
    page.get_by_role("button", name="Xem trước").click()
    page.wait_for_url("**/import/*")
    return page


def review(stage: Stage) -> Page:
    view = stage.begin({"rows": {"40": {"rural_male": 100, "rural_female": 100}}})
    return stage.open(f"/submissions/{view.submission.id}/review?event=submit")


def receipt(stage: Stage) -> Page:
    view = stage.begin(EXAMPLE["answers"])
    page = stage.open(f"/submissions/{view.submission.id}/review?event=submit")
    for reason in page.locator("form.review-form textarea").all():
        reason.fill("Đúng theo sổ của công an xã.")
    page.get_by_role("button", name="Trình ký").press("Enter")
    expect(page.locator(".receipt-message")).to_be_visible()
    return page


def history(stage: Stage) -> Page:
    return stage.open(f"/submissions/{stage.begin().submission.id}/history")


def figures(stage: Stage) -> Page:
    return stage.open("/my-figures")


STATES: dict[str, Callable[[Stage], Page]] = {
    made.__name__: made
    for made in (
        work, empty, full, menu, error, warning, offline, conflict, side, preview, legend, sheets,
        sheet, workbook, review, receipt, history, figures,
    )
}  # fmt: skip
