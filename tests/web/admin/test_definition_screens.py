"""The editor of definitions in a real browser: accessible, by keys alone, refusals while typing."""

import pytest
from playwright.sync_api import Position

from server.core.definition_draft import DefinitionDraft, readable
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
def test_a_part_goes_to_another_section_by_keys_and_by_dragging_and_stays_in_focus(
    open_: Open, draft: DefinitionDraft, world: World
) -> None:
    drafts, admin = world.services.definition_drafts, world.actor("admin")
    second = {"key": "more", "title": "Phần khác", "fields": ["note"]}
    edit: dict[str, object] = {"op": "add", "path": "/x-layout/sections/-", "value": second}
    held = drafts.apply(admin, draft.id, edit, seen=draft.edit)
    edit = {"op": "remove", "path": "/x-layout/sections/0/fields/3"}
    held = drafts.apply(admin, draft.id, edit, seen=held.edit)
    page = open_("admin", f"/admin/definition-editor/{draft.id}/")

    def shown() -> list[list[str]]:
        now = readable(drafts.get(admin, draft.id).text) or {}
        return [section["fields"] for section in now["x-layout"]["sections"]]  # type: ignore[index]

    assert shown() == [["people", "households", "all_people"], ["note"]]
    ways = []
    page.locator('[data-pick="/properties/households"]').focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):
        with page.expect_navigation():
            page.keyboard.press(f"Alt+{key}")
        assert page.evaluate("document.activeElement.dataset.pick") == "/properties/households"
        ways.append(shown())
    lines = 'li[data-root="/properties/{}"]'.format
    link = page.locator(lines("note") + " > a").bounding_box()
    assert link is not None
    below: Position = {"x": 40, "y": link["height"] - 2}

    def drag(key: str, onto: str) -> list[list[str]]:
        with page.expect_navigation():
            page.drag_and_drop(
                lines(key), lines(onto), source_position={"x": 40, "y": 8}, target_position=below
            )
        return shown()

    dragged, back = drag("people", "note"), drag("people", "all_people")

    assert ways == [
        [["people", "all_people", "households"], ["note"]],
        [["people", "all_people"], ["households", "note"]],
        [["people", "all_people"], ["note", "households"]],
        [["people", "all_people"], ["households", "note"]],
        [["people", "all_people", "households"], ["note"]],
    ]
    assert dragged == [["all_people", "households"], ["note", "people"]]
    assert back == [["all_people", "people", "households"], ["note"]]


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
