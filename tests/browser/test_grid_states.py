"""Each state of a cell is to be told apart without colour, in words and in high contrast."""

import io
import re
import struct
import zlib
from itertools import combinations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.filling_page import cell, go_on, now, saved, start
from tests.browser.grid_form import grid_page
from tests.browser.test_grid_paste import paste
from tests.world import World

#: In the long run: the same rules stand in faster tests of the services and pages.
pytestmark = pytest.mark.long

#: The state's name in the legend, the classes that make it, whether the cell holds a figure.
STATES = {
    "saved": ("cell-typed saved", True),
    "pending": ("cell-typed pending", True),
    "failed": ("cell-typed failed", True),
    "comment": ("cell-typed has-comment", True),
    "error": ("cell-typed has-error", True),
    "warning": ("cell-typed has-warning", True),
    "computed": ("cell-computed", True),
    "required": ("cell-typed cell-required", False),
    "conflict": ("cell-typed conflict", True),
    "info": ("cell-typed has-info", True),
    "copied": ("cell-typed copied", True),
    "locked": ("cell-locked", True),
}
EIGHT = tuple(STATES)[:8]
LEAST_PIXELS = 12


def _put(page: Page, classes: str, filled: bool, path: str = "/rows/r2/a") -> None:
    page.evaluate(
        """([classes, text, path]) => {
          const cell = document.getElementById(path);
          cell.className = `cell n ${classes}`;
          cell.textContent = text;
        }""",
        [classes, "12" if filled else "", path],
    )


def _grey(png: bytes) -> list[int]:
    """The brightness of each pixel of an 8-bit RGB picture."""
    width, height, chunks, at = 0, 0, [], 8
    source = io.BytesIO(png).getbuffer()
    while at < len(source):
        (length,), kind = struct.unpack(">I", source[at : at + 4]), bytes(source[at + 4 : at + 8])
        data = bytes(source[at + 8 : at + 8 + length])
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", data[:10])
            assert (depth, colour) in {(8, 2), (8, 6)}
            step = 3 if colour == 2 else 4
        elif kind == b"IDAT":
            chunks.append(data)
        at += length + 12
    raw, line, grey = zlib.decompress(b"".join(chunks)), bytearray(width * step), []
    for row in range(height):
        start = row * (width * step + 1)
        line = _unfiltered(raw[start], raw[start + 1 : start + 1 + width * step], line, step)
        for x in range(0, width * step, step):
            grey.append((299 * line[x] + 587 * line[x + 1] + 114 * line[x + 2]) // 1000)
    return grey


def _unfiltered(kind: int, data: bytes, above: bytearray, step: int) -> bytearray:
    """One line of a PNG, whose bytes are kept as differences to their neighbours."""
    out = bytearray(data)
    for at in range(len(out)):
        left = out[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        guess = left + above[at] - corner
        near = [abs(guess - left), abs(guess - above[at]), abs(guess - corner)]
        paeth = (left, above[at], corner)[near.index(min(near))]
        out[at] = (out[at] + (0, left, above[at], (left + above[at]) // 2, paeth)[kind]) & 255
    return out


def _pictures(page: Page) -> dict[str, list[int]]:
    found = {}
    box = cell(page, "/rows/r2/a").bounding_box()
    assert box is not None
    for name, (classes, filled) in STATES.items():
        _put(page, classes, filled)
        # The shape of the marks must differ, not the ground they stand on.
        page.evaluate(
            "document.getElementById('/rows/r2/a')"
            ".style.setProperty('background', 'Canvas', 'important')"
        )
        found[name] = _grey(page.screenshot(clip=box))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("colours", ["none", "active"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_two_states_differ_in_greyscale_and_in_forced_colours(
    browser: Browser, address: str, world: World, colours: str, theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        forced_colors=colours,  # type: ignore[arg-type]
        color_scheme=theme,  # type: ignore[arg-type]
    )
    page, _view = grid_page(context, address, world)
    pictures = _pictures(page)
    context.close()

    alike = [
        (one, other)
        for one, other in combinations(pictures, 2)
        if sum(abs(a - b) > 40 for a, b in zip(pictures[one], pictures[other], strict=True))
        < LEAST_PIXELS
    ]
    assert alike == []
    assert len(EIGHT) == 8


def test_every_state_is_described_and_stands_in_the_legend(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    for name, (classes, filled) in STATES.items():
        _put(page, classes, filled)
        cell(page, "/rows/r1/a").focus()
        cell(page, "/rows/r2/a").focus()

        described = cell(page, "/rows/r2/a").get_attribute("aria-describedby") or ""
        assert f"state-{name}" in described.split(), name
        words = page.locator(f"#state-{name}").text_content()
        assert words and page.locator(f".legend .mark-{name}").count() == 1


def test_a_figure_is_shown_on_its_way_and_with_the_server(
    context: BrowserContext, address: str, world: World
) -> None:
    page, view = grid_page(context, address, world)
    held: list[Route] = []
    hold = True
    page.route("**/answers", lambda route: held.append(route) if hold else route.continue_())
    cell(page, "/rows/r1/a").click()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(cell(page, "/rows/r1/a")).to_have_class("cell cell-typed n pending")
    assert "state-pending" in (cell(page, "/rows/r1/a").get_attribute("aria-describedby") or "")

    page.wait_for_timeout(700)
    hold = False
    for route in held:
        route.continue_()
    saved(page)
    expect(cell(page, "/rows/r1/a")).to_have_class("cell cell-typed n saved")
    assert now(world, view).submission.answers["rows"] == {"r1": {"a": 5}}


def test_a_begun_row_asks_for_what_is_compulsory_in_it(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    page.get_by_role("button", name="Thêm dòng").click()
    page.keyboard.type("Lý Thị Hoa")
    page.keyboard.press("Tab")

    age = page.locator("table[data-grid=people] td[id$='/age']")
    expect(age).to_be_focused()
    assert "state-required" in (age.get_attribute("aria-describedby") or "")
    page.keyboard.type("60")
    page.keyboard.press("Enter")
    assert "state-required" not in (age.get_attribute("aria-describedby") or "")


def test_a_line_of_a_code_list_is_begun_by_its_first_figure(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = go_on(context, address, view)
    row = page.locator("tr[data-row='/rows/02']")
    expect(row).not_to_have_class(re.compile("begun"))
    cell(page, "/rows/02/rural_male").click()
    page.keyboard.type("5")
    page.keyboard.press("Enter")

    expect(row).to_have_class(re.compile("begun"))


def test_a_calculated_cell_follows_at_once_is_locked_and_shows_its_formula(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = go_on(context, address, view)
    cell(page, "/rows/02/rural_male").click()
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    total = cell(page, "/rows/02/rural")
    assert total.text_content() == "12"

    total.click()
    page.keyboard.type("9")
    assert total.text_content() == "12"
    expect(total).to_have_attribute("aria-readonly", "true")
    expect(page.locator("#cell-note")).to_contain_text("7=8+9")


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_state_the_legend_and_the_preview_have_an_accessibility_violation(
    browser: Browser, address: str, world: World, width: int, theme: str
) -> None:
    # axe is put into the page by the test; the page's own policy would keep it out.
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=theme,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    page, _view = grid_page(context, address, world)
    for place, (classes, filled) in enumerate(STATES.values()):
        _put(page, classes, filled, f"/rows/r{1 + place % 6}/{'ab'[place // 6]}")
    cell(page, "/rows/r5/d").focus()
    page.keyboard.press("F1")
    expect(page.locator(".keys-list")).to_be_visible()
    legend = Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    cell(page, "/rows/r5/d").focus()
    paste(page, "1.234\tx1\n1\t2\n3\t4")
    expect(page.locator("#paste-preview")).to_be_visible()
    seen = Axe().run(page).response["violations"]
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()

    assert [(found["id"], found["nodes"][0]["html"][:200]) for found in [*legend, *seen]] == []
    assert wider <= 0


def test_a_phone_leads_from_card_to_card_and_keeps_the_keypad(
    browser: Browser, address: str, world: World
) -> None:
    phone = browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True)
    page, view = grid_page(phone, address, world)
    cell(page, "/rows/r2/a").tap()
    page.keyboard.type("7")
    page.locator("[data-step='1']").tap()
    expect(page.locator(".cell-input")).to_be_focused()
    page.keyboard.type("8")
    page.keyboard.press("Enter")  # "next" on the keypad: the field below, in the same card
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    small = page.locator(".card-steps button, .cell-tools button").evaluate_all(
        "all => all.filter((one) => one.offsetParent"
        " && (one.offsetHeight < 24 || one.offsetWidth < 24)).length"
    )
    saved(page)
    phone.close()

    assert now(world, view).submission.answers["rows"] == {"r2": {"a": 7}, "r3": {"a": 8, "b": 9}}
    assert small == 0
