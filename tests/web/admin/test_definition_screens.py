"""The editor of definitions in a real browser: accessible, by keys alone, refusals while typing."""

import pytest

from server.core.definition_draft import DefinitionDraft
from tests.web.admin.test_screens import Open, address, faults, open_
from tests.world import World

__all__ = ["address", "open_"]  # fixtures of the screens of the back office
pytestmark = pytest.mark.browser


@pytest.fixture
def draft(world: World) -> DefinitionDraft:
    return world.services.definition_drafts.revise(world.actor("admin"), "form", "households")


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.long)])
def test_no_page_of_the_editor_has_an_accessibility_fault(
    open_: Open, draft: DefinitionDraft, width: int
) -> None:
    page = open_("admin", "/admin/definition-drafts/", width=width)
    root = page.url.removesuffix("/admin/definition-drafts/")
    pages = [
        "/admin/definition-drafts/",
        f"/admin/definition-editor/{draft.id}/",
        f"/admin/definition-editor/{draft.id}/?at=/properties/people/properties/male",
        f"/admin/definition-editor/{draft.id}/text/",
        f"/admin/definition-editor/{draft.id}/review/",
        f"/admin/definition-trials/{draft.id}/screen/",
        f"/admin/definition-trials/{draft.id}/frame/",
        f"/admin/definition-trials/{draft.id}/sheets/",
        f"/admin/definition-trials/{draft.id}/trial/?expression=households",
        "/admin/definition-life/form/households/",
    ]
    for path in pages:
        page.goto(f"{root}{path}")
        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_form_is_changed_by_keys_alone_with_suggestions_and_refusals(
    open_: Open, draft: DefinitionDraft, world: World
) -> None:
    page = open_("admin", f"/admin/definition-editor/{draft.id}/?at=/x-checks/0")
    page.locator('[data-pick="/x-checks/0"]').focus()
    with page.expect_navigation():
        page.keyboard.press("Alt+ArrowDown")
    moved = page.locator('[data-pick^="/x-checks/"]').all_inner_texts()
    with page.expect_navigation():
        page.keyboard.press("Control+z")
    back = page.locator('[data-pick^="/x-checks/"]').all_inner_texts()

    page.goto(page.url.split("?")[0] + "text/")
    place = page.input_value("#text").index('"year"')
    page.evaluate(
        "place => { const text = document.querySelector('#text');"
        " text.focus(); text.setSelectionRange(place, place + 6); }",
        place,
    )
    page.keyboard.press("Delete")
    page.keyboard.press("Control+Space")
    offered = page.locator("#offers li").all_inner_texts()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("x")
    marked = page.locator(".code-lines b").inner_text()  # waits for the check
    refused = page.locator("[data-refusals] li").inner_text()
    page.keyboard.press("Backspace")
    with page.expect_navigation():
        page.keyboard.press("Control+s")

    assert moved == back[::-1]
    assert offered[:3] == ['"year"', '"half_year"', '"quarter"']
    kept = world.services.definition_drafts.store.get(draft.id)
    assert kept is not None
    assert '"periodType": "half_year"' in kept.text
    assert refused.startswith(f"Dòng {marked.strip()}, cột ")
    assert "Không còn lỗi nào" in page.inner_text("#refusals")


@pytest.mark.long
def test_an_expression_is_completed_checked_and_tried_while_it_is_typed(
    open_: Open, draft: DefinitionDraft
) -> None:
    page = open_("admin", f"/admin/definition-editor/{draft.id}/?at=/properties/all_people")
    area, told = page.locator('[data-expression="x-calculate"]'), page.locator(".expression-told p")
    area.fill("")
    area.press_sequentially("people.")
    offered = page.locator("#field-12-offers li, .expression li").all_inner_texts()
    area.press("Enter")
    area.press_sequentially(" +")
    wrong = told.inner_text()  # waits for the check
    area.press_sequentially(" people.fe")
    area.press("Tab")
    told.filter(has_text="cho ra: số").wait_for()
    values = page.locator(".expression-told dd").all_inner_texts()
    written = area.input_value()
    found = faults(page)
    area.fill("people.male > 1")
    told.filter(has_text="Chỗ này cần").wait_for()

    assert offered[:2] == ["male\nNam", "female\nNữ"]
    assert wrong.startswith("Không đọc được biểu thức, ký tự thứ")
    assert written == "people.male + people.female"
    assert len(values) == 1
    assert found == []
    assert area.get_attribute("aria-invalid") == "true"


@pytest.mark.long
def test_a_part_is_moved_by_dragging_and_taken_back(open_: Open, draft: DefinitionDraft) -> None:
    page = open_("admin", f"/admin/definition-editor/{draft.id}/")
    picks = page.locator('[data-pick^="/x-checks/"]')
    before = picks.all_inner_texts()
    with page.expect_navigation():
        page.drag_and_drop('li[data-node="/x-checks/1"]', 'li[data-node="/x-checks/0"]')
    moved = picks.all_inner_texts()
    with page.expect_navigation():
        page.keyboard.press("Control+z")

    assert moved == before[::-1]
    assert picks.all_inner_texts() == before
