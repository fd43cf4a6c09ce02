"""Vietnamese typed by Telex or VNI arrives whole, whether the method composes or rewrites letters.

Windows' Unikey and EVKey send Backspace and the new letter; macOS, ibus and phones compose. Both
are typed into the three kinds of places in which a clerk writes Vietnamese: a cell of a grid, a
text of several lines, a search box.
"""

import unicodedata
from random import Random

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Locator, Page

from tests.browser.filling_page import cell, sign_in
from tests.browser.grid_form import grid_page
from tests.world import World

#: In the long run: the same rules stand in faster tests of the services and pages.
pytestmark = pytest.mark.long

_TEXT = (
    "được đường người những Nguyễn Thị Hường Đặng Văn Quỳnh thuế khoản Bắc Kạn Pác Nặm thôn bản "
    "nghèo cận dân tộc thiểu số Mường Hmông Dao Tày Nùng Khuổi Mạn Nà Phặc rưỡi khuỷu nghiêng "
    "ngoằn ngoèo hoà thuý quý trường học trạm y tế vượt chỉ tiêu giảm tăng ước tính kỳ trước sửa "
    "lại ghi chú huyện xã tỉnh đã rà soát xong mưa lũ cuốn trôi cầu tạm đợt xác nhận lần ẩm ướt"
)


def sentences(count: int) -> list[str]:
    random = Random(20)
    return [" ".join(random.choices(_TEXT.split(), k=random.randint(2, 6))) for _ in range(count)]


def steps(letter: str) -> list[str]:
    """What stands for *letter* while it is typed: "o", "ô", "ộ"."""
    if letter in "đĐ":
        return ["d" if letter == "đ" else "D", letter]
    parts = unicodedata.normalize("NFD", letter)
    # The mark of the vowel comes before the tone, as the fingers do it.
    marks = sorted(parts[1:], key=lambda mark: mark not in "\u0302\u0306\u031b")
    return [
        unicodedata.normalize("NFC", parts[0] + "".join(marks[:used]))
        for used in range(len(marks) + 1)
    ]


def compose(page: Page, session: CDPSession, text: str) -> None:
    """Each word is under composition until a space ends it."""
    for number, word in enumerate(text.split(" ")):
        if number:
            page.keyboard.press("Space")
        written = ""
        for letter in word:
            for step in steps(letter):
                shown = written + step
                for kind in ("rawKeyDown", "keyUp"):  # the key that goes to the method
                    session.send(
                        "Input.dispatchKeyEvent",
                        {"type": kind, "key": "Process", "windowsVirtualKeyCode": 229},
                    )
                session.send(
                    "Input.imeSetComposition",
                    {"text": shown, "selectionStart": len(shown), "selectionEnd": len(shown)},
                )
            written += letter
        session.send("Input.insertText", {"text": written})


def rewrite(page: Page, session: CDPSession, text: str) -> None:
    """Each letter that changes is taken back with Backspace and written anew."""
    for letter in text:
        for number, step in enumerate(steps(letter)):
            if number:
                page.keyboard.press("Backspace")
            if step.isascii():
                page.keyboard.press("Space" if step == " " else step)
            else:
                session.send("Input.insertText", {"text": step})


STYLES = {"composition": compose, "rewriting": rewrite}


def _leave_cell(page: Page, place: Locator) -> str:
    page.keyboard.press("Enter")
    return place.text_content() or ""


def _differences(page: Page, style: str, widget: str, texts: list[str]) -> list[tuple[str, str]]:
    session = page.context.new_cdp_session(page)
    wrong = []
    for number, text in enumerate(texts):
        if widget == "cell":
            place = cell(page, f"/rows/r{1 + number % 5}/name")
            place.click()
        else:
            place = page.locator({"text": '[id="/note"]', "search": "input[type=search]"}[widget])
            place.fill("")
            place.focus()
        STYLES[style](page, session, text)
        found = _leave_cell(page, place) if widget == "cell" else place.input_value()
        if found != text:
            wrong.append((text, found))
    return wrong


def _place(page: Page, address: str, widget: str) -> None:
    if widget == "search":
        page.context.clear_cookies()
        sign_in(page, address, "admin")
        page.goto(f"{address}/admin/org-units/")
        assert page.locator("input[type=search]").count() == 1


@pytest.mark.parametrize("widget", ["cell", "text"])
@pytest.mark.parametrize("style", STYLES)
def test_vietnamese_arrives_as_it_was_typed(
    context: BrowserContext, address: str, world: World, style: str, widget: str
) -> None:
    page, _view = grid_page(context, address, world)

    assert _differences(page, style, widget, sentences(6)) == []


@pytest.mark.parametrize("widget", ["cell", "text", "search"])
@pytest.mark.parametrize("style", STYLES)
def test_two_hundred_sentences_arrive_as_they_were_typed(
    context: BrowserContext, address: str, world: World, style: str, widget: str
) -> None:
    page, _view = grid_page(context, address, world)
    _place(page, address, widget)

    assert _differences(page, style, widget, sentences(200)) == []
