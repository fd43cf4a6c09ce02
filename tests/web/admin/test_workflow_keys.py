"""The simulator by keys alone, on a published version and on a draft, at both widths."""

import pytest
from playwright.sync_api import Page

from tests.web.admin.test_screens import Open, address, faults, open_
from tests.web.admin.test_workflow_simulator import PAGE
from tests.world import World

__all__ = ["address", "open_"]  # fixtures of the screens of the back office
pytestmark = [pytest.mark.long, pytest.mark.browser]
_MOST_KEYS = 120
_FOCUSED = """() => {
  const part = document.activeElement;
  const box = part.getBoundingClientRect();
  const style = getComputedStyle(part);
  const label = part.labels && part.labels[0] ? part.labels[0].innerText : part.innerText;
  return {
    words: (label || '').trim().replace(/\\s+/g, ' ').replace(/ :/g, ':'),
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
  };
}"""


def reach(page: Page, words: str) -> None:
    """Tab on until the part with these words has the focus, in sight and marked."""
    for _ in range(_MOST_KEYS):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if words in focused["words"]:
            assert focused["seen"] and focused["marked"], focused
            return
    raise AssertionError(f"no key leads to {words!r}")


def follow(page: Page, words: str) -> None:
    reach(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.fixture(params=["published", "draft"])
def path(request: pytest.FixtureRequest, world: World) -> str:
    """The page of a play: of the version in force, or of a draft of the next one."""
    if request.param == "published":
        return PAGE
    draft = world.services.definition_drafts.revise(
        world.actor("admin"), "workflow", "commune_district_province"
    )
    return f"/admin/workflow-trials/{draft.id}/play/?unit=u-commune"


@pytest.mark.parametrize("width", [360, 1280])
def test_a_report_is_played_to_its_end_and_back_by_keys_alone(
    open_: Open, path: str, width: int
) -> None:
    page = open_("admin", path, width=width)

    follow(page, "commune reporter: Trình ký")
    follow(page, "commune signer: Ký duyệt và gửi")
    assert "Đã gửi, chờ huyện duyệt" in page.locator("#now").inner_text()
    follow(page, "Lùi một bước")
    assert "Chờ lãnh đạo ký" in page.locator("#now-title").inner_text()
    follow(page, "commune signer: Ký duyệt và gửi")
    follow(page, "district approver: Duyệt")
    follow(page, "province approver: Duyệt")

    assert "Tỉnh đã duyệt" in page.locator("#now-title").inner_text()
    assert page.locator("ol.path li").count() == 4
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_supposed_is_changed_by_keys_alone(open_: Open, path: str) -> None:
    page = open_("admin", path)

    reach(page, "Chưa đạt: số liệu không còn lỗi")
    page.keyboard.press("Space")
    follow(page, "Áp dụng")

    assert "Chưa thực hiện được vì chưa đạt" in page.locator("main").inner_text()
    assert page.get_by_role("link", name="commune reporter: Trình ký").count() == 0
