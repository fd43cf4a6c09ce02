"""The keys of a spreadsheet do in our grid what the hand expects of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.filling_page import cell, paste, saved
from tests.browser.grid_form import focused, grid_page, texts
from tests.world import World


@dataclass(frozen=True)
class Press:
    """A key: where it is pressed, where the keyboard is then, what has changed, what is chosen."""

    name: str
    at: str
    keys: tuple[str, ...]
    then: str
    holds: tuple[tuple[str, str], ...] = ()
    chosen: int = 0
    editing: bool = False


#: In the table on the page: figures in r1..r3 of the columns a and b; r5 holds one in a.
BLOCK = "1\t4\n2\t5\n3\t6\n\t\n9\t"
PRESSES = (
    Press("arrow down", "/rows/r1/a", ("ArrowDown",), "/rows/r2/a"),
    Press("arrow up", "/rows/r2/a", ("ArrowUp",), "/rows/r1/a"),
    Press("arrow right", "/rows/r1/a", ("ArrowRight",), "/rows/r1/b"),
    Press("arrow left", "/rows/r1/b", ("ArrowLeft",), "/rows/r1/a"),
    Press("tab", "/rows/r1/d", ("Tab",), "/rows/r1/name"),
    Press("shift tab", "/rows/r1/name", ("Shift+Tab",), "/rows/r1/d"),
    Press("enter", "/rows/r1/b", ("Enter",), "/rows/r2/b"),
    Press("shift enter", "/rows/r2/b", ("Shift+Enter",), "/rows/r1/b"),
    Press("enter after tabs", "/rows/r1/a", ("Tab", "Tab", "Enter"), "/rows/r2/a"),
    Press(
        "enter after typed tabs",
        "/rows/r4/a",
        ("7", "Tab", "8", "Tab", "9", "Enter"),
        "/rows/r5/a",
        (("/rows/r4/a", "7"), ("/rows/r4/b", "8"), ("/rows/r4/d", "9,00")),
    ),
    Press("f2", "/rows/r1/a", ("F2",), "/rows/r1/a", editing=True),
    Press("escape", "/rows/r1/a", ("5", "5", "Escape"), "/rows/r1/a", (("/rows/r1/a", "1"),)),
    Press("home", "/rows/r2/d", ("Home",), "/rows/r2/a"),
    Press("end", "/rows/r2/d", ("End",), "/rows/r2/off"),
    Press("control home", "/rows/r3/d", ("Control+Home",), "/rows/r1/a"),
    Press("control end", "/rows/r3/d", ("Control+End",), "/total/off"),
    Press("page down", "/rows/r1/b", ("PageDown",), "/total/b"),
    Press("page up", "/rows/r6/b", ("PageUp",), "/rows/r1/b"),
    Press("control down to the edge", "/rows/r1/a", ("Control+ArrowDown",), "/rows/r3/a"),
    Press("control down over the gap", "/rows/r3/a", ("Control+ArrowDown",), "/rows/r5/a"),
    Press("control up to the edge", "/rows/r3/b", ("Control+ArrowUp",), "/rows/r1/b"),
    Press("control right to the edge", "/rows/r1/a", ("Control+ArrowRight",), "/rows/r1/b"),
    Press("control left to the end", "/rows/r4/name", ("Control+ArrowLeft",), "/rows/r4/a"),
    Press("shift right", "/rows/r1/a", ("Shift+ArrowRight",), "/rows/r1/b", chosen=2),
    Press(
        "shift down twice", "/rows/r1/a", ("Shift+ArrowDown", "Shift+ArrowDown"), "/rows/r3/a",
        chosen=3,
    ),
    Press("shift end", "/rows/r1/a", ("Shift+End",), "/rows/r1/off", chosen=8),
    Press("shift home", "/rows/r1/d", ("Shift+Home",), "/rows/r1/a", chosen=3),
    Press("control shift end", "/rows/r5/day", ("Control+Shift+End",), "/total/off", chosen=9),
    Press("control shift home", "/rows/r2/b", ("Control+Shift+Home",), "/rows/r1/a", chosen=4),
    Press("control shift down", "/rows/r1/a", ("Control+Shift+ArrowDown",), "/rows/r3/a", chosen=3),
    Press("control a", "/rows/r1/a", ("Control+a",), "/total/off", chosen=56),
    Press(
        "delete", "/rows/r1/a", ("Shift+ArrowDown", "Delete"), "/rows/r2/a",
        (("/rows/r1/a", ""), ("/rows/r2/a", ""), ("/rows/r3/a", "3")), chosen=2,
    ),
    Press("backspace", "/rows/r1/b", ("Backspace",), "/rows/r1/b", (("/rows/r1/b", ""),)),
    Press(
        "control d with one cell", "/rows/r4/a", ("Control+d",), "/rows/r4/a",
        (("/rows/r4/a", "3"),),
    ),
    Press(
        "control d over a selection", "/rows/r3/b",
        ("Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown", "Control+d"), "/rows/r6/b",
        (("/rows/r4/b", "6"), ("/rows/r6/b", "6")), chosen=4,
    ),
    Press(
        "control z", "/rows/r1/a", ("Delete", "Control+z"), "/rows/r1/a", (("/rows/r1/a", "1"),)
    ),
    Press(
        "control y", "/rows/r1/a", ("Delete", "Control+z", "Control+y"), "/rows/r1/a",
        (("/rows/r1/a", ""),),
    ),
    Press(
        "control shift z", "/rows/r1/a", ("Delete", "Control+z", "Control+Shift+z"), "/rows/r1/a",
        (("/rows/r1/a", ""),),
    ),
    Press(
        "control enter", "/rows/r4/a",
        ("Shift+ArrowDown", "Shift+ArrowDown", "8", "Control+Enter"), "/rows/r6/a",
        (("/rows/r4/a", "8"), ("/rows/r5/a", "8"), ("/rows/r6/a", "8")), chosen=3,
    ),
)  # fmt: skip


@dataclass
class Desk:
    """A filled page that every press gets as it was."""

    page: Page

    def press(self, press: Press) -> None:
        self.page.evaluate("document.activeElement.blur()")
        cell(self.page, press.at).click()
        for key in press.keys:
            self.page.keyboard.press(key)


@pytest.fixture
def desk(context: BrowserContext, address: str, world: World) -> Iterator[Desk]:
    page, _view = grid_page(context, address, world)
    paste(page, "/rows/r1/a", BLOCK)
    saved(page)
    yield Desk(page)


def test_each_key_leads_where_a_spreadsheet_leads_and_does_what_it_does(desk: Desk) -> None:
    wrong = []
    for press in PRESSES:
        before = texts(desk.page)
        desk.press(press)
        shown = {path: cell(desk.page, path).text_content() for path, _text in press.holds}
        found = (
            focused(desk.page),
            tuple(shown.items()),
            desk.page.locator("td.selected").count(),
            desk.page.locator("td.editing").count() == 1,
        )
        if found != (press.then, press.holds, press.chosen, press.editing):
            wrong.append((press.name, found))
        desk.page.keyboard.press("Escape")
        for _ in range(4):
            if texts(desk.page) != before:
                desk.page.keyboard.press("Control+z")
        assert texts(desk.page) == before, press.name

    assert not wrong, "\n".join(str(one) for one in wrong)
    assert len({press.name for press in PRESSES}) >= 24


def test_a_click_with_shift_selects_up_to_the_cell(desk: Desk) -> None:
    cell(desk.page, "/rows/r1/a").click()
    cell(desk.page, "/rows/r3/d").click(modifiers=["Shift"])

    assert desk.page.locator("td.selected").count() == 9
    assert desk.page.locator("td[aria-selected=true]").count() == 9


def test_a_copied_range_is_cut_and_pasted_with_the_keys(
    context: BrowserContext, address: str, desk: Desk
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    cell(desk.page, "/rows/r1/a").click()
    for key in ("Shift+ArrowDown", "Control+c"):
        desk.page.keyboard.press(key)
    cell(desk.page, "/rows/r4/b").click()
    desk.page.keyboard.press("Control+v")
    expect(cell(desk.page, "/rows/r5/b")).to_have_text("2")
    desk.page.keyboard.press("Control+x")
    expect(cell(desk.page, "/rows/r4/b")).to_have_text("")
    cell(desk.page, "/rows/r6/a").click()
    desk.page.keyboard.press("Control+v")

    expect(cell(desk.page, "/rows/r6/a")).to_have_text("1")
    assert cell(desk.page, "/rows/r1/a").text_content() == "1"


def test_the_legend_is_one_key_away_and_gives_the_keyboard_back(desk: Desk) -> None:
    cell(desk.page, "/rows/r2/b").click()

    for key in ("F1", "Control+/"):
        desk.page.keyboard.press(key)
        expect(desk.page.locator(".keys-list")).to_be_visible()
        desk.page.keyboard.press("Escape")
        expect(desk.page.locator(".keys-list")).to_be_hidden()
        assert focused(desk.page) == "/rows/r2/b"


def test_the_grid_is_one_tab_stop_and_the_keyboard_never_falls_out_of_it(desk: Desk) -> None:
    page = desk.page
    assert page.locator("#section-cells ~ .grid-scroll [tabindex='0']").count() == 1
    assert page.locator("table[data-grid=cells] td.cell[tabindex='-1']").count() == 55

    cell(page, "/rows/r6/kind").click()
    page.keyboard.press("Tab")  # past the last cell to type in
    after = page.evaluate("document.activeElement.closest('[data-grid=cells]') === null")
    assert after
    page.get_by_role("button", name="Thêm dòng").click()
    page.keyboard.type("Lý Thị Hoa")
    page.keyboard.press("Enter")
    assert focused(page).startswith("/people/")
    page.keyboard.press("Control+z")  # takes the line away from under the keyboard
    assert page.locator("[data-remove]").count() == 0
