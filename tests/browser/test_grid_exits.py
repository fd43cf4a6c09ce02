"""No figure is lost whichever way a cell is left, and the keyboard is always to be seen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.filling_page import cell, fill, start
from tests.browser.grid_form import LINES, focused, grid_page
from tests.world import World

pytestmark = pytest.mark.long

PLACES = {"first": "a", "middle": "d", "last": "name"}
KEYS = (
    "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Tab", "Shift+Tab", "Enter", "Shift+Enter",
)  # fmt: skip


def _click(page: Page) -> None:
    page.locator("h1").first.click()


def _wheel(page: Page) -> None:
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(50)
    page.mouse.wheel(0, -200)
    page.keyboard.press("Enter")


def _other_tab(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("document.activeElement.blur()")


def _other_window(page: Page) -> None:
    """The window loses the focus: the browser tells the input and then answers "not here"."""
    page.evaluate(
        """() => {
          document.hasFocus = () => false;
          document.activeElement.dispatchEvent(new FocusEvent("blur"));
          delete document.hasFocus;
        }"""
    )


EXITS: dict[str, Callable[[Page], None]] = {
    **{key: (lambda page, key=key: page.keyboard.press(key)) for key in KEYS},  # type: ignore[misc]
    "click": _click,
    "wheel": _wheel,
    "tab switch": _other_tab,
    "window blur": _other_window,
}


def test_no_value_is_lost_on_twelve_ways_out_of_a_cell(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    lost, fallen = [], []

    for number, (name, leave) in enumerate(EXITS.items()):
        for place, column in PLACES.items():
            path = f"/rows/{LINES[1 + number % 4]}/{column}"
            typed = f"{100 + number}"
            cell(page, path).click()
            page.keyboard.type(typed)
            leave(page)
            if (cell(page, path).text_content() or "").split(",")[0] != typed:
                lost.append((name, place))
            if focused(page) == "body" and name not in {"click", "tab switch"}:
                fallen.append((name, place))

    assert len(EXITS) == 12
    assert (lost, fallen) == ([], [])


def test_only_escape_gives_up_what_was_typed(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    for column in PLACES.values():
        path = f"/rows/r2/{column}"
        cell(page, path).click()
        page.keyboard.type("12")
        page.keyboard.press("Escape")

        assert cell(page, path).text_content() == ""
        assert focused(page) == path


def test_the_wheel_and_the_arrows_change_no_number_and_nothing_is_a_number_field(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    cell(page, "/rows/r2/a").click()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    cell(page, "/rows/r2/a").click()
    page.keyboard.press("F2")

    page.mouse.wheel(0, 300)
    page.keyboard.press("ArrowLeft")
    assert page.locator(".cell-input").input_value() == "12"
    assert page.locator("input[type=number]").count() == 0
    page.keyboard.press("ArrowUp")
    assert cell(page, "/rows/r2/a").text_content() == "12"


def test_the_keypad_has_a_minus_where_one_may_be_needed(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    keypads = {}
    for column in ("a", "b", "d"):
        cell(page, f"/rows/r1/{column}").dblclick()
        keypads[column] = page.locator(".cell-input").get_attribute("inputmode")
        page.keyboard.press("Escape")

    assert keypads == {"a": "decimal", "b": "text", "d": "decimal"}


def test_every_cell_tells_its_row_and_column(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    page.get_by_role("button", name="Thêm dòng").click()
    page.keyboard.type("Lý Thị Hoa")
    page.keyboard.press("Enter")

    wrong = page.evaluate(
        """() => [...document.querySelectorAll("table[role=grid]")].flatMap((table) => {
          const rows = [...table.rows];
          const counts = table.getAttribute("aria-rowcount") !== String(rows.length);
          const cells = rows.flatMap((row, at) => [...row.cells].filter((cell) => {
            const place = [...row.cells].indexOf(cell) + 1;
            return row.getAttribute("aria-rowindex") !== String(at + 1)
              || cell.getAttribute("aria-colindex") !== String(place)
              || !["gridcell", "rowheader", "columnheader"].includes(cell.getAttribute("role"));
          }).map((cell) => cell.id || cell.textContent));
          return counts ? [table.dataset.grid, ...cells] : cells;
        })"""
    )

    assert wrong == []
    assert page.locator("td.cell").count() == 58


@pytest.mark.parametrize("width", [1280, 768])
def test_what_sticks_never_covers_the_cell_that_has_the_keyboard(
    context: BrowserContext, address: str, world: World, width: int
) -> None:
    view = start(world, "near_poor")
    page = fill(context, address, view)
    page.set_viewport_size({"width": width, "height": 700})
    page.evaluate(
        """() => {
          const add = document.querySelector("[data-add-line]");
          for (let line = 0; line < 25; line += 1) add.click();
        }"""
    )
    page.locator("table[data-grid=by_village] td.cell-typed").first.click()
    walk = ["ArrowRight"] * 9 + ["ArrowDown"] * 26 + ["ArrowLeft"] * 9 + ["ArrowUp"] * 26
    walk += ["Control+End", "Control+Home", "PageDown", "PageDown", "PageUp", "End", "Home"]

    covered = []
    for key in walk:
        page.keyboard.press(key)
        overlap = page.evaluate(
            """async () => {
              const painted = (done) => requestAnimationFrame(() => requestAnimationFrame(done));
              await new Promise(painted); // where it stands is decided with the next frame
              const cell = document.activeElement.closest("td");
              const at = cell.getBoundingClientRect();
              const table = cell.closest("table");
              const stuck = [table.tHead, cell.parentElement.querySelector("th"),
                document.querySelector("[data-fill-bar]")];
              return Math.max(...stuck.map((one) => {
                const box = one.getBoundingClientRect();
                const wide = Math.min(at.right, box.right) - Math.max(at.left, box.left);
                const high = Math.min(at.bottom, box.bottom) - Math.max(at.top, box.top);
                return Math.min(wide, high);
              }));
            }"""
        )
        if overlap > 0.5:  # half a pixel of rounding is no pixel
            covered.append((key, focused(page), overlap))

    assert covered == []
