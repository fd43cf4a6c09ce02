"""Every step can be taken back and made again, each cell with its own value, also once saved."""

from collections.abc import Callable
from random import Random
from typing import cast

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.filling_page import cell
from tests.browser.grid_form import LINES, grid_page
from tests.browser.test_grid_paste import paste
from tests.world import World

pytestmark = pytest.mark.long

_COLUMNS = ("a", "b", "d", "name")
_STATE = """() => {
  const cells = [...document.querySelectorAll("td.cell")].filter((one) => one.textContent);
  return Object.fromEntries(cells.map((one) => [one.id, one.textContent]));
}"""


def _state(page: Page) -> dict[str, str]:
    return cast(dict[str, str], page.evaluate(_STATE))


def _target(page: Page, random: Random) -> str:
    """A cell of the table or of a line that has come."""
    people = page.locator("table[data-grid=people] td.cell-typed").evaluate_all(
        "cells => cells.map((cell) => cell.id)"
    )
    fixed = [f"/rows/{line}/{column}" for line in LINES for column in _COLUMNS]
    return random.choice([*fixed, *people])


def _type(page: Page, random: Random) -> None:
    path = _target(page, random)
    cell(page, path).click()
    page.keyboard.type(str(random.randint(0, 99)))
    page.keyboard.press(random.choice(["Enter", "Tab", "ArrowDown"]))


def _paste(page: Page, random: Random) -> None:
    cell(page, f"/rows/{random.choice(LINES[:4])}/{random.choice('ab')}").click()
    rows, columns = random.randint(1, 3), random.randint(1, 2)
    block = [[str(random.randint(0, 99)) for _ in range(columns)] for _ in range(rows)]
    paste(page, "\r\n".join("\t".join(row) for row in block))


def _select(page: Page, random: Random) -> None:
    cell(page, f"/rows/{random.choice(LINES[:5])}/{random.choice(_COLUMNS)}").click()
    for _ in range(random.randint(0, 2)):
        page.keyboard.press(random.choice(["Shift+ArrowDown", "Shift+ArrowRight"]))


def _clear(page: Page, random: Random) -> None:
    _select(page, random)
    page.keyboard.press("Delete")


def _fill_down(page: Page, random: Random) -> None:
    _select(page, random)
    page.keyboard.press("Control+d")


def _status(page: Page, random: Random) -> None:
    _select(page, random)
    page.locator(f"[data-status={random.choice(['none_arose', 'not_available'])}]").click()


def _add(page: Page, random: Random) -> None:
    """A line of the roster comes with the first thing that is typed into it."""
    page.get_by_role("button", name="Thêm dòng").click()
    page.keyboard.type(str(random.randint(0, 99)))
    page.keyboard.press("Enter")


def _remove(page: Page, random: Random) -> None:
    lines = page.locator("[data-remove]")
    if lines.count():
        lines.nth(random.randrange(lines.count())).click()


OPERATIONS: tuple[tuple[Callable[[Page, Random], None], int], ...] = (
    (_type, 8), (_paste, 4), (_clear, 3), (_fill_down, 2), (_status, 2), (_add, 2), (_remove, 1),
)  # fmt: skip


def _play(page: Page, random: Random, operations: int) -> None:
    """*operations* that change something, then all the way back and all the way on."""
    choices, weights = zip(*OPERATIONS, strict=True)
    states = [_state(page)]
    while len(states) <= operations:
        random.choices(choices, weights)[0](page, random)
        after = _state(page)
        if after != states[-1]:
            states.append(after)
    page.wait_for_timeout(600)  # saved meanwhile, in several goes
    assert len(states) == operations + 1

    cell(page, "/total/a").click()
    for step in range(operations - 1, -1, -1):
        page.keyboard.press("Control+z")
        assert _state(page) == states[step], f"undo to {step}"
        cell(page, "/total/a").focus()
    for step in range(1, operations + 1):
        page.keyboard.press("Control+y")
        assert _state(page) == states[step], f"redo to {step}"
        cell(page, "/total/a").focus()


@pytest.mark.parametrize("seed", [1])
def test_forty_steps_are_taken_back_and_made_again(
    context: BrowserContext, address: str, world: World, seed: int
) -> None:
    page, _view = grid_page(context, address, world)

    _play(page, Random(seed), 40)


@pytest.mark.long
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_two_hundred_steps_are_taken_back_and_made_again(
    context: BrowserContext, address: str, world: World, seed: int
) -> None:
    page, _view = grid_page(context, address, world)

    _play(page, Random(seed), 200)
