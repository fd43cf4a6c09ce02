"""The population form changes in the middle of the year, in two administrators' browsers: a column
is split, one renamed, one added, a cell retired; the impact is read, a second person publishes.

The same story over HTTP, with every value looked at, is ``tests.demo.test_changing_the_form``.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.demo.conftest import _played, played
from tests.demo.test_changing_the_form import FORM, ROW, Desk, Office, office
from tests.serving import serving

__all__ = ["_played", "office", "played"]  # fixtures of the demonstration
pytestmark = [pytest.mark.long, pytest.mark.browser]

_WIDTHS = (360, 1280)
Look = Callable[[Page, str], None]


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    web = office.application.web()
    web.teardown_appcontext(lambda _: office.application.database.close())
    with serving(web) as place:
        yield place


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """A page at both widths: no fault of accessibility, nothing over the side, and a picture."""

    def looked(page: Page, name: str) -> None:
        for width in _WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=tmp_path / f"{name}_{width}.png", full_page=True)
            found = Axe().run(page).response["violations"]
            assert [fault["id"] for fault in found] == [], (name, width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    return looked


def at(browser: Browser, address: str, desk: Desk, path: str) -> Page:
    """That administrator's own browser; its failures are the test's."""
    kept = desk.client.get_cookie("session")
    assert kept is not None
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
    context.add_cookies([{"name": "session", "value": kept.value, "url": address}])
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    page.goto(f"{address}{path}")
    return page


class Editor:
    """The pages of one draft, used by mouse and keyboard."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.id = page.url.split("/definition-editor/")[1].split("/")[0]

    def tab(self, name: str) -> None:
        self.page.locator(".editor-bar .tabs").get_by_role("link", name=name).click()

    def part(self, path: str) -> Locator:
        """The form of one part, chosen in the outline."""
        self.page.goto(f"{self.address}/admin/definition-editor/{self.id}/?at={path}")
        return self.page.locator("#part")

    def add_column(self, key: str, title: str) -> None:
        added = self.part("/properties/rows").locator("details.part-add")
        if added.get_attribute("open") is None:
            added.locator("summary").click()
        added.get_by_label("Mã", exact=True).fill(key)
        added.get_by_label("Tên hiển thị").fill(title)
        added.get_by_role("button", name="Thêm cột hoặc ô").click()

    def fill(self, path: str, **wanted: str) -> None:
        part = self.part(path)
        for name, text in wanted.items():
            part.locator(f'[name="{name}"]').fill(text)
        part.get_by_role("button", name="Lưu phần này").click()

    def rename(self, path: str, key: str) -> None:
        part = self.part(path)
        part.locator("#rename").fill(key)
        part.get_by_role("button", name="Đổi mã").click()

    def remove(self, path: str) -> None:
        self.part(path).get_by_role("button", name="Xóa", exact=True).click()


def edit_the_form(editor: Editor, look: Look) -> None:
    for key, title in (
        ("rural_male_settled", "Nam thường trú"),
        ("rural_male_staying", "Nam tạm trú"),
        ("under_one", "Dưới 1 tuổi"),
    ):
        editor.add_column(key, title)
    for key in ("rural_male_settled", "rural_male_staying"):
        editor.fill(f"{ROW}/{key}", **{"x-relevant": '!(unit.kind in ["phuong", "thi_tran"])'})
    editor.fill(
        f"{ROW}/rural_male",
        **{
            "x-calculate": "sum([rural_male_settled, rural_male_staying])",
            "minimum": "",
            "maximum": "",
            "x-required-when": "",
        },
    )
    for above in (ROW, "/properties/total/properties", "/properties/minority/properties"):
        editor.rename(f"{above}/urban_male", "city_male")
    expect(editor.page.locator(".flashes")).to_contain_text("Số liệu đã nhập đi theo")
    look(editor.page, "1_outline")
    editor.remove("/properties/police_date")


def declare_the_split(editor: Editor, look: Look) -> None:
    """The rename is declared already; a slip is undone on the page itself."""
    page = editor.page
    editor.tab("Chuyển số liệu")
    steps = page.locator(".carrying-steps li")
    expect(steps).to_have_count(3)
    expect(steps.first).to_contain_text("Máy khai báo khi anh/chị đổi mã")
    look(page, "2_carrying_before")
    steps.first.get_by_role("button").click()
    expect(steps).to_have_count(2)
    page.get_by_role("button", name="Hoàn tác").click()
    expect(
        page.get_by_role("heading", name="Số liệu của phiên bản 1 chuyển thế nào")
    ).to_be_visible()
    expect(steps).to_have_count(3)

    lost = page.locator("article.card").filter(has=page.locator("code", has_text="/rural_male"))
    way = lost.locator("details").filter(has=page.locator("summary", has_text="Tách thành"))
    way.locator("summary").click()
    for label, key in (("Phần thứ nhất", "settled"), ("Phần thứ hai", "staying")):
        way.get_by_label(label).select_option(f"/rows/*/rural_male_{key}")
    way.get_by_label("Tỷ lệ của từng phần, %").fill("90 10")
    way.get_by_role("button", name="Khai báo").click()
    expect(steps.last).to_contain_text("tách thành “Dân tộc: Nam thường trú” 90 %")
    page.get_by_role("button", name="Chuyển dữ liệu thử").click()
    look(page, "3_carrying_after")


def drop_examples(editor: Editor) -> None:
    """Two examples are about what is no more: the date, and the history of the divided column."""
    page = editor.page
    for name in ("có số xác nhận mà thiếu ngày", "một số khác hẳn các năm trước của chính xã"):
        editor.part("/x-tests")
        page.locator("#outline").get_by_role("link", name=name).click()
        page.locator("#part").get_by_role("button", name="Xóa", exact=True).click()


def moved_line(office: Office) -> tuple[str, str]:
    """A report that went along, and one of its rows that has the renamed column."""
    return next(
        (report, row)
        for report, version, _, answers, *_ in office.rows()
        if version == f"{FORM}/2"
        for row, line in json.loads(answers).get("rows", {}).items()
        if "city_male" in line
    )


def test_a_column_is_split_another_renamed_one_added_one_retired(
    browser: Browser,
    address: str,
    office: Office,
    look: Look,
    capsys: pytest.CaptureFixture[str],
) -> None:
    counted = office.counts()
    page = at(browser, address, office.first, "/admin/definition-drafts/")
    revise = page.locator("section", has=page.locator("#revise-title"))
    revise.locator("#revise-form").select_option(FORM)
    revise.get_by_role("button", name="Soạn phiên bản mới").first.click()
    editor = Editor(page, address)
    edit_the_form(editor, look)
    declare_the_split(editor, look)
    drop_examples(editor)
    editor.tab("JSON")
    expect(page.locator("#refusals")).to_contain_text("Không còn lỗi nào")
    look(page, "4_text")

    editor.tab("Ảnh hưởng")
    expect(page.get_by_text("Đếm trên 207 báo cáo")).to_be_visible()
    expect(page.locator("tr", has_text="/police_date").first).to_contain_text(
        "Người duyệt phải chọn cách xử lý"
    )
    look(page, "5_impact")
    editor.tab("Ban hành")
    expect(page.locator("main")).to_contain_text("city_male")
    look(page, "6_review")
    page.get_by_label("Nội dung sửa đổi").fill("Tách nam nông thôn; đổi tên, thêm, bỏ một cột.")
    page.get_by_role("button", name="Chuyển duyệt").click()

    second = at(browser, address, office.second, f"/admin/definition-impact/{editor.id}/")
    second.locator('select[name="decision:/police_date"]').select_option("drop")
    look(second, "7_second_person")
    second.get_by_role("button", name="Duyệt và ban hành phiên bản 2").click()
    second.get_by_role("dialog").get_by_role("button", name="Duyệt và ban hành").click()
    expect(second.locator(".flashes")).to_contain_text("19 báo cáo đang nhập đã chuyển")
    look(second, "8_published")

    report, row = moved_line(office)
    page.goto(f"{address}/submissions/{report}/cell?path=/rows/{row}/city_male")
    expect(page.locator(".cell-past")).to_contain_text(
        "Báo cáo chuyển sang phiên bản 2 của biểu mẫu; trước đó ô này là"
    )
    expect(page.locator(".cell-past")).to_contain_text(f"(/rows/{row}/urban_male)")
    look(page, "9_cell")

    after = office.counts()
    people = sum(one["people"] for one in counted.values())
    assert (counted.keys(), counted[f"{FORM}/1"]["reports"]) == ({f"{FORM}/1"}, 207)
    assert {version: one["reports"] for version, one in after.items()} == {
        f"{FORM}/1": 188,
        f"{FORM}/2": 19,
    }
    assert sum(one["people"] for one in after.values()) == people
    with capsys.disabled():
        sys.stdout.write(f"\nbefore {counted}\nafter  {after}\n")
