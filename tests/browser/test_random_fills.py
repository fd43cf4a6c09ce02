"""Random typing on one page: at the end the page and the server hold the same, totals included."""

import random

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.filling_page import SAVED, fill, now, start
from tests.filling_world import EXAMPLE
from tests.world import World

FILLS = 500
#: Most are plain counts; the others are nothing in its four kinds, and a slip of the fingers.
TEXTS = ("0", "-", "...", "x", "", "1.234", "12a", "7 5")
KEYS = ("Enter", "Tab", "ArrowDown", "ArrowRight", "Shift+Tab")
#: What differs between the live page and the page as the server would send it now.
DIFFERENCES = """async () => {
  const answer = await fetch(location.pathname, { cache: "no-store" });
  const sent = new DOMParser().parseFromString(await answer.text(), "text/html");
  const read = (cell) => (cell.matches("td, output") ? cell.textContent : cell.value).trim();
  const cells = [...document.querySelectorAll("#sheet td.cell, #sheet [data-cell], #sheet output")]
    .filter(({ id }) => id && sent.getElementById(id));
  const differing = cells
    .map((cell) => [cell.id, read(cell), read(sent.getElementById(cell.id))])
    .filter(([, here, there]) => here !== there);
  const calculated = cells.filter((cell) => cell.matches(".cell-computed") && read(cell));
  return { compared: cells.length, calculated: calculated.length, differing };
}"""


def fills(page: Page, draw: random.Random, paths: list[str]) -> int:
    """Types, deletes, takes back, all by keyboard; gives how many values were typed."""
    typed = 0
    while typed < FILLS:
        path = draw.choice(paths)
        page.evaluate(
            "(id) => { const cell = document.getElementById(id);"
            " cell.closest('tr').hidden = false; cell.focus(); }",
            path,
        )
        action = draw.random()
        if action < 0.06:
            page.keyboard.press("Delete")
        elif action < 0.12:
            page.keyboard.press(draw.choice(("Control+z", "Control+y")))
        else:
            odd = draw.random() < 0.2
            text = draw.choice(TEXTS) if odd else str(draw.randrange(1, 20_000))
            if not text:
                page.keyboard.press("F2")
                page.keyboard.press("Control+a")
                page.keyboard.press("Delete")
            page.keyboard.type(text)
            page.keyboard.press(draw.choice(KEYS))
            typed += 1
    return typed


def settled(page: Page) -> None:
    page.wait_for_function(
        """(said) => new RegExp(said).test(document.getElementById("save-state").textContent)
          && !document.querySelector(".pending")""",
        arg=SAVED.pattern,
        timeout=30_000,
    )


@pytest.mark.long
@pytest.mark.parametrize("seed", [1])
def test_after_five_hundred_random_fills_page_and_server_hold_the_same(
    context: BrowserContext, address: str, world: World, seed: int
) -> None:
    view = start(world)
    page = fill(context, address, view)
    page.on("dialog", lambda dialog: dialog.accept())
    columns = [
        key
        for key in next(iter(EXAMPLE["answers"]["rows"].values()))
        if page.locator(f'[id="/rows/02/{key}"].cell-typed').count()
    ]
    paths = [f"/rows/{code:02d}/{key}" for code in range(1, 11) for key in columns]
    typed = fills(page, random.Random(seed), paths)
    page.locator("h1").click()
    settled(page)
    found = page.evaluate(DIFFERENCES)

    print(  # noqa: T201 - the figure
        f"{typed} fills, {found['compared']} cells compared, {found['calculated']} calculated, "
        f"{len(found['differing'])} differ"
    )
    assert found["differing"] == []
    assert found["calculated"] > 50
    assert len(now(world, view).submission.answers["rows"]) == 10  # type: ignore[arg-type]
