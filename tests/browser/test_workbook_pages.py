"""The workbook's pages in a browser: by keyboard alone, at every width, in both themes."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from server.core.submission import Change
from server.services.review import SubmissionView
from tests.filling_world import PASSWORD, example_rows
from tests.workbooks import edited
from tests.world import World

#: In the long run: the same rules stand in faster tests of the services and pages.
pytestmark = [pytest.mark.long, pytest.mark.browser]
PATH = "/rows/07/rural_male"


@pytest.fixture
def view(world: World) -> SubmissionView:
    return world.services.submissions.start(
        world.actor("commune_reporter"), form="population_ethnic", org_unit="u-commune",
        period="2024", answers={"rows": example_rows()},
    )  # fmt: skip


@pytest.fixture
def filled(world: World, view: SubmissionView, tmp_path: Path) -> Path:
    """A filled workbook with every kind of line in its preview."""
    clerk, services = world.actor("commune_reporter"), world.services
    content = services.workbooks.download(clerk, view.submission.id).take()
    cells = {"/rows/02/rural_male": "12a", "/rows/03/rural_male": 99, PATH: 10, "/note": "ă" * 2001}
    out = tmp_path / "bieu.xlsx"
    out.write_bytes(edited(content, cells))
    online = [
        Change(PATH, example_rows()["07"]["rural_male"], 55),
        Change("/police_total", None, 9),
    ]
    services.submissions.save_cells(clerk, view.submission.id, online)
    return out


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("[name=username]", "commune_reporter")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/work")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360, 320])
def test_upload_refusal_and_preview_have_no_violation_and_do_not_scroll_sideways(
    browser: Browser, address: str, view: SubmissionView, filled: Path, width: int, theme: str
) -> None:
    # axe is put into the page by the test; the page's own policy would keep it out.
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=theme,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    page = context.new_page()
    sign_in(page, address)
    found: list[str] = []
    wider: list[int] = []

    def look() -> None:
        found.extend(str(one["id"]) for one in Axe().run(page).response["violations"])
        wider.append(page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    page.goto(f"{address}/submissions/{view.submission.id}/import")
    look()
    page.set_input_files("#workbook", {"name": "a.xlsx", "mimeType": "x/x", "buffer": b"a;b"})
    page.get_by_role("button", name="Xem trước").click()
    expect(page.locator(".error-summary")).to_be_focused()
    look()
    page.set_input_files("#workbook", filled)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_role("heading", name="Ô cần chọn (1)")).to_be_visible()
    look()
    context.close()

    assert found == []
    assert max(wider) <= 0


def test_a_workbook_is_taken_with_the_keyboard_alone(
    browser: Browser, address: str, world: World, view: SubmissionView, filled: Path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/submissions/{view.submission.id}/import")
    page.set_input_files("#workbook", filled)
    page.locator("#workbook").press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/import/*")

    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name")
        if name == f"choice:{PATH}":
            page.keyboard.press("ArrowDown")
        if name == "act":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/submissions/{view.submission.id}")
    after = world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)
    context.close()

    rows = after.submission.answers["rows"]
    assert (rows["03"]["rural_male"], rows["07"]["rural_male"]) == (99, 10)
    assert rows["02"] == example_rows()["02"]
    assert after.submission.answers["police_total"] == 9
