"""What is copied in Excel or LibreOffice lands in our grid exactly, and is seen before it is final
whenever the block does not say everything itself."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.filling_page import cell, now, saved
from tests.browser.grid_form import grid_page, texts
from tests.world import World

PAYLOADS = Path(__file__).parents[1] / "golden" / "clipboard"
NUMBERS = {
    "/rows/r1/a": "1.234", "/rows/r1/b": "5", "/rows/r1/d": "12,50",
    "/rows/r2/a": "1.000.000", "/rows/r2/b": "-7", "/rows/r2/d": "0,25",
    "/rows/r3/a": "0", "/rows/r3/b": "10", "/rows/r3/d": "1.234,75",
}  # fmt: skip
NAMES = {
    "/rows/r1/name": "Lý Thị Hoa",
    "/rows/r2/name": 'Nông Văn "Sơn"',
    "/rows/r3/name": "Dòng một\nDòng hai",
}


def payload(name: str) -> str:
    return (PAYLOADS / name).read_bytes().decode()


@dataclass(frozen=True)
class Case:
    """A block, where it is pasted (up to which cell is chosen), and what stands there then."""

    name: str
    at: str
    text: str = ""
    html: str = ""
    to: str | None = None
    holds: Mapping[str, str] = field(default_factory=dict)
    #: What the preview says; None when the block is pasted at once.
    told: tuple[str, ...] | None = None


CASES = (
    Case("Excel, text", "/rows/r1/a", payload("excel.txt"), payload("excel.html"), holds=NUMBERS),
    Case("Excel, only HTML", "/rows/r1/a", html=payload("excel.html"), holds=NUMBERS),
    Case("LibreOffice, text", "/rows/r1/a", payload("libreoffice.txt"), holds=NUMBERS),
    Case("LibreOffice, only HTML", "/rows/r1/a", html=payload("libreoffice.html"), holds=NUMBERS),
    Case(
        "quotes and breaks within", "/rows/r1/name", payload("excel_texts.txt"), holds=NAMES
    ),
    Case(
        "breaks within, only HTML", "/rows/r1/name", html=payload("excel_texts.html"), holds=NAMES
    ),
    Case(
        "merged cells stand once", "/rows/r1/a", html=payload("libreoffice_merged.html"),
        holds={
            "/rows/r1/a": "5", "/rows/r1/d": "12,50", "/rows/r2/a": "6", "/rows/r2/b": "-7",
        },
    ),
    Case(
        "clipped at the edges", "/rows/r5/a", "1\t2\n3\t4\n5\t6\n7\t8\n9\t9",
        holds={"/rows/r5/a": "1", "/rows/r5/b": "2", "/rows/r6/a": "3", "/rows/r6/b": "4"},
        told=("4 ô nằm ngoài bảng nên không dán.", "2 ô tự tính hoặc không phải ghi"),
    ),
    Case(
        "calculated cells and cells not asked stay", "/rows/r1/b", "1\t2,5\t99\tTên\t\t\t7",
        holds={"/rows/r1/b": "1", "/rows/r1/d": "2,50", "/rows/r1/name": "Tên"},
        told=("2 ô tự tính hoặc không phải ghi nên giữ nguyên.",),
    ),
    Case(
        "one value fills the selection", "/rows/r1/a", "7", to="/rows/r2/b",
        holds=dict.fromkeys(("/rows/r1/a", "/rows/r1/b", "/rows/r2/a", "/rows/r2/b"), "7"),
    ),
    Case(
        "a block repeats over a multiple of it", "/rows/r1/a", "1\n2", to="/rows/r4/b",
        holds={
            f"/rows/r{row}/{column}": str(2 - row % 2) for row in range(1, 5) for column in "ab"
        },
    ),
    Case(
        "a block does not repeat over anything else", "/rows/r1/a", "1\n2", to="/rows/r3/a",
        holds={"/rows/r1/a": "1", "/rows/r2/a": "2"},
    ),
    Case(
        "the heading that repeats the titles is dropped", "/rows/r1/a", "Cột một\tCỘT HAI\n1\t2",
        holds={"/rows/r1/a": "1", "/rows/r1/b": "2"},
        told=("Dòng đầu trùng tên cột nên không dán.",),
    ),
    Case(
        "a heading in another order is none", "/rows/r1/a", "Cột hai\tCột một\n1\t2",
        holds={
            "/rows/r1/a": "Cột hai", "/rows/r1/b": "Cột một", "/rows/r2/a": "1", "/rows/r2/b": "2",
        },
        told=("2 ô không đọc được, như Cột hai",),
    ),
    Case(
        "an empty cell in the block empties", "/rows/r1/a", "1\t\n\t4",
        holds={"/rows/r1/a": "1", "/rows/r2/b": "4"},
    ),
    Case(
        "letters that come apart are joined", "/rows/r1/name",
        unicodedata.normalize("NFD", "Nguyễn Thị Hường"),
        holds={"/rows/r1/name": "Nguyễn Thị Hường"},
    ),
    Case(
        "signs and dates", "/rows/r1/a", "-\t…\tx\t\tTên\t2/3/2026\tCó",
        holds={
            "/rows/r1/a": "–", "/rows/r1/b": "…", "/rows/r1/d": "x", "/rows/r1/name": "Tên",
            "/rows/r1/day": "02/03/2026", "/rows/r1/kind": "Có",
        },
    ),
)  # fmt: skip


def paste(page: Page, text: str, html: str = "") -> None:
    page.evaluate(
        """([text, html]) => {
          const data = new DataTransfer();
          if (text) data.setData("text/plain", text);
          if (html) data.setData("text/html", html);
          const facts = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", facts));
        }""",
        [text, html],
    )


def typed(page: Page) -> dict[str, str]:
    """What the cells show that are not calculated and that are asked."""
    calculated = ("/sum", "/off")
    return {
        path: text
        for path, text in texts(page).items()
        if not path.endswith(calculated) and not path.startswith("/total/")
    }


def preview(page: Page) -> list[str]:
    """What the open preview says."""
    return page.locator("#paste-facts li").all_text_contents()


def give_up(page: Page) -> None:
    """Esc, until the grid shows its own figures again."""
    page.keyboard.press("Escape")
    expect(page.locator("#paste-preview")).to_be_hidden()
    expect(page.locator("td.paste-in, td.paste-ask, td.paste-bad, td.paste-skip")).to_have_count(0)


def test_blocks_land_as_in_a_spreadsheet_and_one_step_takes_each_back(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    wrong = []
    for case in CASES:
        cell(page, case.at).click()
        if case.to:
            cell(page, case.to).click(modifiers=["Shift"])
        paste(page, case.text, case.html)
        asked = page.locator("#paste-preview").is_visible()
        told = preview(page) if asked else None
        if asked:
            page.get_by_role("button", name="Dán", exact=True).last.click()
            # The dialog's end is told a moment after it is closed.
            expect(page.locator("#grid-message")).not_to_be_empty()
        missing = [
            wanted for wanted in case.told or () if not any(wanted in said for said in told or ())
        ]
        if typed(page) != dict(case.holds) or missing or asked != (case.told is not None):
            wrong.append((case.name, typed(page), told))
        page.keyboard.press("Control+z")
        assert typed(page) == {}, case.name

    assert not wrong, "\n".join(str(one) for one in wrong)
    assert len(CASES) >= 14


def test_the_preview_shows_in_the_grid_what_lands_where_and_can_be_given_up(
    context: BrowserContext, address: str, world: World
) -> None:
    page, view = grid_page(context, address, world)
    cell(page, "/rows/r5/a").click()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    saved(page)
    cell(page, "/rows/r5/a").click()
    paste(page, "12\tchữ\n13\t14\n15\t16\n99\t99")

    expect(page.get_by_role("dialog", name="Dán 4 ô?")).to_be_visible()
    assert preview(page)[0] == "Từ Chỉ tiêu 5, Cột một đến Chỉ tiêu 6, Cột hai."
    assert "Ghi đè 1 ô đã có số liệu." in preview(page)
    assert cell(page, "/rows/r5/a").text_content() == "12"
    expect(cell(page, "/rows/r5/b")).to_have_class(re.compile("paste-bad"))
    assert page.locator("td.paste-in").count() == 3
    assert page.locator("td.paste-skip").count() == 2
    give_up(page)

    assert typed(page) == {"/rows/r5/a": "3"}
    assert page.locator("td.paste-in, td.paste-skip, td.paste-bad").count() == 0
    assert page.evaluate("document.activeElement.id") == "/rows/r5/a"
    assert now(world, view).submission.answers["rows"] == {"r5": {"a": 3}}


def test_a_plain_block_is_pasted_at_once_and_the_message_takes_it_back(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    cell(page, "/rows/r1/a").click()
    paste(page, "1\t2\n3\t4")

    message = page.locator("#grid-message")
    expect(message).to_contain_text("Đã dán 4 ô. Ctrl+Z để hoàn tác.")
    saved(page)
    expect(message).to_be_visible()  # the server's answer does not take the message away
    message.get_by_role("button", name="Hoàn tác").click()
    assert typed(page) == {}
    assert page.evaluate("document.activeElement.id") == "/rows/r1/a"


#: Blocks for the column of decimals in which a number can be read in two ways, or in none of ours.
AMBIGUOUS = (
    "1.234", "1.000\n2.500", "12.345\n1,5", "-1.234", "1,234.5", "0.5\n0.25", "1,234\n5",
    "999.999", "1234.5", "1.500\n1.750\n2.000",
)  # fmt: skip
CLEAR = (
    "1", "1,5", "1.234,5", "1234,5", "1 234,5", "1.234.567", "0,25\n0,5", "100\n200\n300",
    "-", "…\n5", "31,0", "1234",
)  # fmt: skip


def test_a_block_that_can_be_read_in_two_ways_asks_once_and_a_clear_one_never(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    wrong = []
    for block, doubtful in [*((one, True) for one in AMBIGUOUS), *((one, False) for one in CLEAR)]:
        cell(page, "/rows/r1/d").click()
        paste(page, block)
        asked = page.locator("#paste-reading").is_visible()
        if asked != doubtful:
            wrong.append(block)
        if asked:
            choices = page.locator("#paste-choices label")
            first = block.split("\n")[0]
            assert any(" đọc là " in text for text in choices.all_text_contents()), first
            give_up(page)
        else:
            page.keyboard.press("Control+z")
        assert typed(page) == {}
    assert wrong == []


@pytest.mark.parametrize(
    ("reading", "shown"), [(0, ["1.234,00", "2.500,00"]), (1, ["1,23", "2,50"])]
)
def test_the_answer_reads_every_doubtful_number_of_the_block(
    context: BrowserContext, address: str, world: World, reading: int, shown: list[str]
) -> None:
    page, _view = grid_page(context, address, world)
    cell(page, "/rows/r1/d").click()
    paste(page, "1.230\n2.500" if reading else "1.234\n2.500")

    go = page.locator("#paste-go")
    expect(go).to_be_disabled()
    page.locator("#paste-choices input").nth(reading).check()
    assert [cell(page, f"/rows/r{row}/d").text_content() for row in (1, 2)] == shown
    go.click()
    assert [cell(page, f"/rows/r{row}/d").text_content() for row in (1, 2)] == shown
    assert page.locator(".question").count() == 0


def test_copied_figures_come_back_the_same_in_both_flavours(
    context: BrowserContext, address: str, world: World
) -> None:
    page, _view = grid_page(context, address, world)
    cell(page, "/rows/r1/a").click()
    paste(page, payload("excel.txt"))
    cell(page, "/rows/r1/a").click()
    cell(page, "/rows/r3/d").click(modifiers=["Shift"])
    copied = cast(
        list[str],
        page.evaluate(
            """() => {
              const data = new DataTransfer();
              const facts = { clipboardData: data, bubbles: true, cancelable: true };
              document.activeElement.dispatchEvent(new ClipboardEvent("copy", facts));
              return [data.getData("text/plain"), data.getData("text/html")];
            }"""
        ),
    )
    assert copied[0] == "1.234\t5\t12,50\r\n1.000.000\t-7\t0,25\r\n0\t10\t1.234,75"
    number = '<td x:num="1234.75" sdval="1234.75" sdnum="1033;">1.234,75</td>'
    assert number in copied[1]  # as LibreOffice 7.4 needs it

    for text, html in (copied, ("", copied[1])):
        cell(page, "/rows/r1/a").click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        assert typed(page) == {}
        cell(page, "/rows/r1/a").click()
        paste(page, text, html)
        assert page.locator("#paste-preview").is_hidden()
        assert typed(page) == NUMBERS


def test_the_menu_pastes_where_there_is_no_keyboard(
    context: BrowserContext, address: str, world: World
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page, _view = grid_page(context, address, world)
    page.evaluate("navigator.clipboard.writeText('5\\t6')")
    cell(page, "/rows/r2/a").click()
    page.locator("[data-paste]").click()

    expect(cell(page, "/rows/r2/b")).to_have_text("6")
    assert typed(page) == {"/rows/r2/a": "5", "/rows/r2/b": "6"}
