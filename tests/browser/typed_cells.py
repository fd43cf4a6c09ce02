"""A hundred cells typed by keyboard, and where they are afterwards.

Shared by the tests of killed browsers, lost networks and offline pages.
"""

from playwright.sync_api import Page, expect

from server.services.review import SubmissionView
from tests.browser.filling_page import cell, now
from tests.world import World

ROWS = 50


def codes(page: Page) -> list[str]:
    """The lines of the population form, all of them shown."""
    return page.evaluate(
        """(count) => {
          const rows = [...document.querySelectorAll("tbody tr:not(.total)")];
          const typed = rows.filter((row) => row.querySelector("td.cell-typed"));
          for (const row of typed) row.hidden = false;
          return typed.slice(0, count).map((row) => row.dataset.row.split("/").pop());
        }""",
        ROWS,
    )


def type_hundred(page: Page, first: int) -> dict[str, dict[str, int]]:
    """Types 2 columns of 50 lines with Enter, and gives what should be there."""
    lines = codes(page)
    assert len(lines) == ROWS
    typed: dict[str, dict[str, int]] = {code: {} for code in lines}
    for at, column in enumerate(("rural_male", "rural_female")):
        cell(page, f"/rows/{lines[0]}/{column}").click()
        for place, code in enumerate(lines):
            value = first + ROWS * at + place
            page.keyboard.type(str(value))
            page.keyboard.press("Enter")
            typed[code][column] = value
    return typed


def shown(page: Page, typed: dict[str, dict[str, int]]) -> list[str]:
    """The cells that do not show what was typed."""
    wanted = {f"/rows/{code}/{key}": v for code, row in typed.items() for key, v in row.items()}
    texts = page.evaluate(
        "(ids) => ids.map((id) => document.getElementById(id).textContent)", list(wanted)
    )
    read = [int(text.replace(".", "")) if text else None for text in texts]
    return [
        f"{path}: {text}, not {value}"
        for (path, value), text in zip(wanted.items(), read, strict=True)
        if text != value
    ]


def held(world: World, view: SubmissionView) -> object:
    return now(world, view).submission.answers.get("rows", {})


def says(page: Page, text: str, seconds: float = 5) -> None:
    expect(page.locator("#save-state")).to_contain_text(text, timeout=1000 * seconds)
