"""The back office in a real browser: accessible, free of CSP breaches, usable by keys alone."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from server.services.review import SubmissionView
from tests.serving import serving
from tests.web.admin.conftest import decide, open_session, with_back_office
from tests.web.admin.pages import PAGES
from tests.world import CROWDED, REASON, World

pytestmark = pytest.mark.browser
DESK = "/admin/approvals/"
Open = Callable[..., Page]


@pytest.fixture
def address(world: World) -> Iterator[str]:
    app = with_back_office(world)
    app.teardown_appcontext(lambda _: world.application.database.close())
    with serving(app) as place:
        yield place


@pytest.fixture
def open_(browser: Browser, address: str, world: World) -> Iterator[Open]:
    """``open_("admin", path, width=360)`` is that person's page; a CSP breach fails the test."""
    contexts, breaches = [], []

    def opened(username: str, path: str, *, width: int = 1280, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts
        )
        contexts.append(context)
        cookie = {"name": "session", "value": open_session(world, username), "url": address}
        context.add_cookies([cookie])
        page = context.new_page()
        page.on(
            "console", lambda told: breaches.append(told.text) if told.type == "error" else None
        )
        page.on("pageerror", lambda error: breaches.append(str(error)))
        page.goto(f"{address}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert breaches == []


@pytest.fixture
def waiting(sent: Callable[..., SubmissionView], world: World) -> SubmissionView:
    """A report with a warning that the district has to decide on."""
    return sent(CROWDED, reasons=[REASON])


def faults(page: Page) -> list[str]:
    return [fault["id"] for fault in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.long)])
def test_no_page_has_an_accessibility_fault_or_runs_over_the_side(open_: Open, width: int) -> None:
    page = open_("admin", "/admin/", width=width)
    root = page.url.removesuffix("/admin/")
    for path in PAGES:
        page.goto(f"{root}{path}")
        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.long)])
def test_the_desk_has_no_accessibility_fault(
    open_: Open, waiting: SubmissionView, width: int
) -> None:
    page = open_("district_approver", DESK, width=width)
    root = page.url.removesuffix(DESK)
    name = waiting.submission.id
    token = f"{name}.{waiting.submission.edit}"
    for path in ("", f"{name}/", f"{name}/?show=changes", f"summary/?chosen={token}"):
        page.goto(f"{root}{DESK}{path}")
        for part in page.locator("details:not([data-menu])").all():
            part.evaluate("part => { part.open = true }")
        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_deleting_asks_in_place_and_no_is_no(open_: Open, world: World) -> None:
    page = open_("admin", "/admin/holidays/")

    page.get_by_role("link", name="Xóa").click()
    page.get_by_role("dialog").get_by_role("button", name="Thôi").click()

    assert world.count("holiday") == 1
    assert page.url.endswith("/admin/holidays/")


def test_deleting_asks_in_place_and_yes_deletes(open_: Open, world: World) -> None:
    page = open_("admin", "/admin/holidays/")

    page.get_by_role("link", name="Xóa").click()
    page.get_by_role("dialog").get_by_role("button", name="Xóa").click()
    page.get_by_text("Đã xóa.").wait_for()

    assert world.count("holiday") == 0


def test_deleting_asks_without_scripts_too(open_: Open, world: World) -> None:
    page = open_("admin", "/admin/holidays/", scripts=False)

    page.get_by_role("link", name="Xóa").click()
    page.get_by_role("heading", name="Xóa 28/01/2025 Tết Nguyên đán?").wait_for()
    assert world.count("holiday") == 1
    page.get_by_role("button", name="Xóa").click()

    assert world.count("holiday") == 0


def _desk_with_keys(open_: Open) -> Page:
    """The inbox once its script runs: it then shows which keys there are."""
    page = open_("district_approver", DESK)
    page.locator("[data-keys]").first.wait_for(state="visible")
    return page


def test_a_report_is_opened_and_approved_by_keys_alone(
    open_: Open, waiting: SubmissionView, world: World
) -> None:
    page = _desk_with_keys(open_)

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{DESK}{waiting.submission.id}/")
    page.get_by_role("button", name="Duyệt", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Duyệt: Hộ và nhân khẩu, Cổ Linh.").wait_for()

    kept = world.services.submissions.submissions.get(waiting.submission.id)
    assert kept.state == "district_approved"


def test_a_tick_by_key_leads_to_the_summary(open_: Open, waiting: SubmissionView) -> None:
    page = _desk_with_keys(open_)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    page.get_by_role("button", name="Duyệt các báo cáo đã chọn (1)").click()

    page.get_by_text("Sắp duyệt 1 báo cáo, trong đó 1 báo cáo có cảnh báo").wait_for()


def test_a_return_marks_cells_chosen_by_name(
    open_: Open, waiting: SubmissionView, world: World
) -> None:
    page = open_("district_approver", f"{DESK}{waiting.submission.id}/", width=360)

    page.get_by_role("link", name="Trả lại để sửa").click()
    page.get_by_label("Lý do").fill("Số nam chưa khớp sổ.")
    page.get_by_label("Ô khác").select_option("/people/male")
    page.get_by_label(re.compile(r"^Ghi chú: .*Nam")).fill("Sổ ghi 118")
    page.get_by_role("button", name="Trả lại để sửa").click()
    page.get_by_text("Trả lại để sửa: Hộ và nhân khẩu, Cổ Linh.").wait_for()

    history = world.services.submissions.history(
        world.actor("commune_reporter"), waiting.submission.id
    )
    assert history[-1].details["marks"] == [{"path": "/people/male", "note": "Sổ ghi 118"}]


def test_two_approvers_on_one_report_decide_once(
    open_: Open, waiting: SubmissionView, world: World
) -> None:
    page = open_("district_approver", f"{DESK}{waiting.submission.id}/")
    decide(world, waiting, "district_approver", "return", supplied={"note": "Sửa số nam."})

    page.get_by_role("button", name="Duyệt", exact=True).click()
    page.get_by_text("đã thay đổi báo cáo này lúc").wait_for()

    kept = world.services.submissions.submissions.get(waiting.submission.id)
    assert kept.state == "returned"
