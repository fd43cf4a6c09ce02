"""Every state of the clerk's pages at every width, in both themes, in forced colours, enlarged.

No axe violation (best practice and target size included), nothing to scroll sideways, no text cut
off that cannot be read in full. A state is reached once; then the window and the theme change.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.looks_states import STATES, Stage
from tests.world import World

WIDTHS = (320, 360, 768, 1280)
THEMES = ("light", "dark")
#: Of each width and theme one, so that every state is seen each time the tests run.
QUICK = ((1280, "dark"), (360, "light"))
#: The states that a change breaks first; the long run looks at all of them.
IN_SUITE = ("empty", "error", "warning", "offline", "side", "preview", "sheet", "work")

#: Texts of which a part cannot be seen, nor reached by scrolling, nor read elsewhere on the page.
CLIPPED = """() => {
  const found = [];
  const hides = (style) => /hidden|clip/.test(`${style.overflowX} ${style.overflowY}`);
  const isForEars = (box) => box.width <= 2 || box.height <= 2;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const around = text.parentElement;
    if (!text.data.trim() || !around.checkVisibility({ visibilityProperty: true })) continue;
    if (around.closest("script, style, noscript, template, option, svg, textarea")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    for (let at = around; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      const own = at.getBoundingClientRect();
      if (isForEars(own) && hides(style)) break;
      if (/auto|scroll/.test(`${style.overflowX} ${style.overflowY}`)) break; // can be scrolled
      if (!hides(style)) continue;
      const cut = box.right > own.right + 1 || box.left < own.left - 1
        || box.bottom > own.bottom + 2 || box.top < own.top - 2;
      if (cut && !at.title) found.push(text.data.trim().slice(0, 60));
      break;
    }
  }
  return found;
}"""

#: Targets under 24x24 px that have no room around them either (SC 2.5.8). axe takes what a bar at
#: the edge of the window covers for small, so it is measured here.
SMALL = """() => {
  const layer = (one) => one.closest(
    "dialog, .menu-panel, .side, .fill-bar, .keys-list, .cell-tools");
  const isInline = (one) => getComputedStyle(one).display.startsWith("inline")
    && !one.matches(".button") && [...one.parentElement.childNodes].some(
      (node) => node !== one && node.nodeType === 3 && node.data.trim());
  const targets = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, td.cell[tabindex]")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .map((one) => ({ one, box: (one.closest("label.check") || one).getBoundingClientRect() }))
    .filter(({ box }) => box.width > 2 && box.height > 2);
  const isClose = ({ x, y, width, height }, to) => {
    const [cx, cy] = [x + width / 2, y + height / 2];
    const aside = Math.max(to.left - cx, 0, cx - to.right);
    const above = Math.max(to.top - cy, 0, cy - to.bottom);
    return Math.hypot(aside, above) < 12;
  };
  return targets
    .filter(({ one, box }) => (box.width < 23.9 || box.height < 23.9) && !isInline(one)
      && targets.some((other) => other.one !== one && layer(other.one) === layer(one)
        && !other.one.contains(one) && !one.contains(other.one) && isClose(box, other.box)))
    .map(({ one, box }) => `${one.outerHTML.slice(0, 90)} ${box.width} x ${box.height}`);
}"""

#: What is wider than the page; the page itself may never be scrolled sideways.
WIDER = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120)).slice(-3);
}"""


def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    options = {"resultTypes": ["violations"], "rules": rules}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][-160:]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def faults(page: Page, rules: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with the page as it now stands."""
    return [
        *violations(page, rules or {}),
        *(f"small: {one}" for one in page.evaluate(SMALL)),
        *(f"wider: {one}" for one in page.evaluate(WIDER)),
        *(f"clipped: {one}" for one in page.evaluate(CLIPPED)),
    ]


def seen(page: Page, looks: Iterable[tuple[int, str]]) -> list[str]:
    """The faults at each width and theme."""
    found = []
    for width, theme in looks:
        page.set_viewport_size({"width": width, "height": 640 if width < 600 else 800})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.wait_for_timeout(100)
        found += [f"{width} {theme} {fault}" for fault in faults(page)]
    return found


def stage(browser: Browser, world: World, address: str, folder: Path) -> Stage:
    # axe is put into the page by the test; the page's own policy would keep it out.
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="vi-VN", bypass_csp=True,
        reduced_motion="reduce",
    )  # fmt: skip
    return Stage(context, address, world, folder)


@pytest.mark.parametrize(
    "state",
    [one if one in IN_SUITE else pytest.param(one, marks=pytest.mark.long) for one in STATES],
)
def test_a_state_has_no_fault_on_a_desk_and_on_a_phone(
    browser: Browser, world: World, address: str, tmp_path: Path, state: str
) -> None:
    at = stage(browser, world, address, tmp_path)

    found = seen(STATES[state](at), QUICK)

    at.context.close()
    assert found == []


@pytest.mark.long
@pytest.mark.parametrize("state", STATES)
def test_a_state_has_no_fault_at_any_width_in_any_theme(
    browser: Browser, world: World, address: str, tmp_path: Path, state: str
) -> None:
    at = stage(browser, world, address, tmp_path)

    found = seen(STATES[state](at), [(width, theme) for width in WIDTHS for theme in THEMES])

    at.context.close()
    assert found == []


@pytest.mark.long
@pytest.mark.parametrize("state", STATES)
def test_a_state_can_be_read_in_forced_colours_and_at_twice_the_size(
    browser: Browser, world: World, address: str, tmp_path: Path, state: str
) -> None:
    at = stage(browser, world, address, tmp_path)
    page = STATES[state](at)
    colourless = {"color-contrast": {"enabled": False}}

    page.emulate_media(forced_colors="active")
    found = [f"forced: {fault}" for fault in faults(page, colourless)]
    page.emulate_media(forced_colors="none")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for width in (1280, 640):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(100)
        found += [f"large {width}: {fault}" for fault in faults(page)]

    at.context.close()
    assert found == []


#: How the focus and the states of cells show where every colour is the system's own.
MARKED = """() => {
  const cell = document.activeElement;
  const look = getComputedStyle(cell);
  const marks = {};
  for (const state of ["has-error", "has-warning", "has-info", "pending", "failed", "conflict"]) {
    cell.classList.add(state);
    const mark = getComputedStyle(cell, "::before");
    marks[state] = mark.content.split("/")[0].trim();
    cell.classList.remove(state);
  }
  return { outline: look.outlineStyle, width: parseFloat(look.outlineWidth), marks };
}"""


def test_focus_and_marks_of_cells_show_in_forced_colours(
    browser: Browser, world: World, address: str, tmp_path: Path
) -> None:
    at = stage(browser, world, address, tmp_path)
    page = STATES["empty"](at)
    page.locator('[id="/rows/02/rural_male"]').focus()

    page.emulate_media(forced_colors="active")
    shown = page.evaluate(MARKED)

    at.context.close()
    assert shown["outline"] == "solid" and shown["width"] >= 2
    assert len(set(shown["marks"].values())) == 6
    assert not {"none", "normal", '""', '"" ""'} & set(shown["marks"].values())
