"""The panel beside the cell in a real browser: figures, history, comments, copying, phones."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from server.core.submission import Change
from server.services.review import SubmissionView
from tests.browser.filling_page import (
    cell,
    fill,
    now,
    open_report,
    saved,
    sign_in,
    start,
    write,
)
from tests.filling_world import example_rows
from tests.world import World

#: In the long run: the same rules stand in faster tests of the services and pages.
pytestmark = pytest.mark.long

CELL = "/rows/02/rural_male"
BEFORE = example_rows()["02"]["rural_male"]
SIDE = "#side"


def facts(page: Page) -> dict[str, str]:
    """What the panel says of the cell, by title; the cell itself must have come into view."""
    page.wait_for_timeout(150)
    titles = page.locator(f"{SIDE} [data-side-facts] dt").all_text_contents()
    return dict(
        zip(titles, page.locator(f"{SIDE} [data-side-facts] dd").all_text_contents(), strict=True)
    )


def commented(world: World, view: SubmissionView, text: str, path: str = CELL) -> str:
    approver = world.actor("district_approver")
    return world.services.comments.write(approver, view.submission.id, text=text, path=path).id


def test_the_panel_shows_the_cell_now_and_before_and_who_wrote_it(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)

    write(page, CELL, "448", "ArrowDown")
    saved(page)
    cell(page, CELL).click()

    found = facts(page)
    expect(page.locator(f"{SIDE} h2")).to_have_text("Tày, Nông thôn: Nam")
    assert found["Hiện nay"] == "448"
    assert found["Kỳ trước"] == str(BEFORE)
    share = f"{(448 - BEFORE) / BEFORE * 100:.1f}".replace(".", ",")
    assert found["Tăng, giảm so với kỳ trước"] == f"+{448 - BEFORE} (+{share} %)"
    assert found["Người nhập"] == "commune reporter, lúc 10:00 24/01/2025 (nhập tay)"


def test_a_cell_with_a_past_of_twelve_periods_shows_it_beside_last_year(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = context.new_page()
    sign_in(page, address)
    here = f"{address}/submissions/{view.submission.id}"

    def with_past(route: Route) -> None:
        answer = route.fetch()
        head, begin, rest = answer.text().partition('id="program">')
        program, end, tail = rest.partition("</script>")
        told = json.loads(program)
        told["history"] = {CELL: list(range(200, 212))}
        told["lastYear"] = {"rows": {"02": {"rural_male": 400}}}
        told["lastYearStatuses"] = {}
        written = json.dumps(told).replace("<", "\\u003c")
        route.fulfill(response=answer, body=f"{head}{begin}{written}{end}{tail}")

    page.route(here, with_past)
    page.goto(here)
    page.wait_for_selector("html[data-ready=filling]")
    write(page, CELL, "300", "ArrowDown")
    cell(page, CELL).click()

    found = facts(page)
    assert found["Cùng kỳ năm trước"] == "400"
    assert found["Tăng, giảm so với cùng kỳ"] == "-100 (-25,0 %)"
    assert found["Các kỳ trước (12 kỳ)"] == "bình quân 206, từ 200 đến 211"


def test_the_history_beside_the_cell_is_that_of_the_audit_table(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    write(page, CELL, "12", "ArrowDown")
    saved(page)
    write(page, CELL, "15", "ArrowDown")
    saved(page)
    cell(page, CELL).click()

    page.locator("[data-side-part=history] summary").click()

    shown = page.locator("[data-side-part=history] .cell-past li")
    expect(shown).to_have_count(2)
    rows = world.application.database.rows(
        "SELECT old, new FROM draft_change WHERE path = ? ORDER BY id DESC", (CELL,)
    )
    pairs = [
        (item.locator("del").text_content(), item.locator("ins").text_content())
        for item in shown.all()
    ]
    assert pairs == [("12", "15"), ("(trống)", "12")]
    assert rows == [("12", "15"), ("null", "12")]


def test_a_comment_marks_its_cell_and_is_answered_and_settled_beside_it(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    commented(world, view, "Nguồn nào? <b>Ghi rõ.</b>")
    page = fill(context, address, view)
    expect(cell(page, CELL)).to_have_class(re.compile(r"\bhas-comment\b"))
    assert "state-comment" in (cell(page, CELL).get_attribute("aria-describedby") or "")

    cell(page, CELL).click()
    thread = page.locator(f"{SIDE} .side-comments .thread")
    expect(thread).to_contain_text("<b>Ghi rõ.</b>")
    thread.get_by_role("button", name="Trả lời").click()
    page.keyboard.type("Sổ hộ khẩu.")
    page.locator(f"{SIDE} .side-comments").get_by_role("button", name="Gửi ý kiến").click()
    expect(thread.locator(".thread-answer")).to_contain_text("Sổ hộ khẩu.")
    thread.get_by_role("button", name="Đánh dấu đã xong").click()

    expect(cell(page, CELL)).not_to_have_class(re.compile(r"\bhas-comment\b"))
    clerk = world.actor("commune_reporter")
    (kept,) = world.services.comments.threads(clerk, view.submission.id)
    assert not kept.is_open
    assert [answer.text for answer in kept.answers] == ["Sổ hộ khẩu."]


def test_a_comment_that_could_not_be_sent_stays_in_its_field_and_goes_once(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    cell(page, CELL).click()
    text = page.locator(f"{SIDE} .side-comments textarea")
    text.fill("Theo sổ của công an xã.")
    send = page.locator(f"{SIDE} .side-comments").get_by_role("button", name="Gửi ý kiến")

    page.route("**/comments", lambda route: route.abort())
    send.click()
    expect(page.locator(f"{SIDE} .side-comments [role=status]")).to_contain_text("Chưa gửi được")
    expect(text).to_have_value("Theo sổ của công an xã.")
    page.unroute("**/comments")
    send.click()

    expect(text).to_have_value("")
    assert world.count("comment") == 1


def test_the_clerk_lands_on_the_marked_cell_and_can_answer_there(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    people = {"rural_male": 1574, "rural_female": 1500}
    clerk = world.actor("commune_reporter")
    for column, value in people.items():
        world.services.submissions.save_cells(
            clerk, view.submission.id, [Change(f"/rows/02/{column}", None, value)]
        )
    view = now(world, view)
    reasons = [
        {"code": finding.code, "path": finding.path, "text": "Đúng theo sổ của công an xã."}
        for finding in view.verdict.findings
    ]
    marks = [{"path": CELL, "note": "Cao gấp bảy lần năm trước."}]
    for username, event, supplied in (
        ("commune_reporter", "submit", {}),
        ("commune_signer", "sign", {}),
        ("district_approver", "return", {"note": "Xem lại.", "marks": marks}),
    ):
        view = world.services.approvals.decide(
            world.actor(username),
            view.submission.id,
            event,
            seen=view.submission.edit,
            supplied=supplied,
            reasons=reasons,
        )
    page = fill(context, address, view)

    page.goto(f"{address}/submissions/{view.submission.id}/comments")
    page.get_by_role("link", name="Tày, cột 8 (Nam)").click()
    page.wait_for_selector("html[data-ready=filling]")

    expect(cell(page, CELL)).to_be_focused()
    thread = page.locator(f"{SIDE} .side-comments .thread")
    expect(thread).to_contain_text("Cao gấp bảy lần năm trước.")
    expect(thread).to_contain_text("chờ trả lời")
    thread.get_by_role("button", name="Trả lời").click()
    page.keyboard.type("Thêm hai thôn mới sáp nhập.")
    page.locator(f"{SIDE} .side-comments").get_by_role("button", name="Gửi ý kiến").click()
    expect(thread).not_to_contain_text("chờ trả lời")
    passed = world.services.approvals.decide(
        clerk, view.submission.id, "submit", seen=now(world, view).submission.edit, reasons=reasons
    )
    assert passed.submission.state == "awaiting_signature"


@pytest.mark.parametrize("by_key", [True, False])
def test_a_cell_is_copied_marked_and_unmarked_when_it_is_typed_over(
    context: BrowserContext, address: str, world: World, by_key: bool
) -> None:
    view = start(world)
    page = fill(context, address, view)
    cell(page, CELL).click()

    if by_key:
        page.keyboard.press("Control+Shift+L")
    else:
        page.locator("[data-copy-cell]").click()

    expect(cell(page, CELL)).to_have_text(str(BEFORE))
    expect(cell(page, CELL)).to_have_class(re.compile(r"\bcopied\b"))
    saved(page)
    assert world.services.cell_history.copied(now(world, view)) == (CELL,)
    open_report(page, address, view)
    expect(cell(page, CELL)).to_have_class(re.compile(r"\bcopied\b"))
    write(page, CELL, "225")
    expect(cell(page, CELL)).not_to_have_class(re.compile(r"\bcopied\b"))
    saved(page)
    assert world.services.cell_history.copied(now(world, view)) == ()


def test_a_section_is_copied_after_a_preview_and_undone_in_one_step(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    write(page, CELL, "1")
    saved(page)
    cell(page, CELL).click()
    page.locator("[data-copy-more] summary").click()
    page.locator("[name=copy-scope][value=section]").check()
    held = sum(
        value is not None
        for row in example_rows().values()
        for column, value in row.items()
        if column.startswith("rural")
    )

    plan = page.locator("[data-copy-plan]")
    expect(plan).to_contain_text(f"Sẽ chép {held - 1} ô. 1 ô đã có số liệu nên giữ nguyên.")
    page.locator("[data-copy-over]").check()
    expect(plan).to_contain_text(f"Sẽ chép {held} ô. Trong đó ghi đè 1 ô đã có số liệu.")
    page.locator("[data-copy-over]").uncheck()
    page.locator("[data-copy-go]").click()
    saved(page)

    expect(cell(page, CELL)).to_have_text("1")
    assert len(world.services.cell_history.copied(now(world, view))) == held - 1
    cell(page, CELL).click()
    page.keyboard.press("Control+z")
    saved(page)
    page.wait_for_function("document.querySelectorAll('.pending').length === 0")
    assert world.services.cell_history.copied(now(world, view)) == ()
    assert now(world, view).submission.answers["rows"]["02"] == {"rural_male": 1}  # type: ignore[index]


def test_the_panel_is_reached_and_left_by_keys_and_its_state_is_remembered(
    context: BrowserContext, address: str, world: World
) -> None:
    view = start(world)
    page = fill(context, address, view)
    cell(page, CELL).focus()

    page.keyboard.press("Shift+F2")
    expect(page.locator(f"{SIDE} h2")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[data-side-close]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(cell(page, CELL)).to_be_focused()
    expect(page.locator(SIDE)).to_be_visible()

    page.keyboard.press("Shift+F2")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(SIDE)).to_be_hidden()
    expect(cell(page, CELL)).to_be_focused()
    open_report(page, address, view)
    expect(page.locator(SIDE)).to_be_hidden()
    page.keyboard.press("Shift+F2")
    open_report(page, address, view)
    expect(page.locator(SIDE)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_of_it_is_shut_to_anybody(
    browser: Browser, address: str, world: World, width: int, scheme: str
) -> None:
    view = start(world)
    commented(world, view, "Nguồn nào?")
    opened = browser.new_context(
        viewport={"width": width, "height": 800},
        locale="vi-VN",
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = fill(opened, address, view)
    cell(page, CELL).focus()
    if width < 1000:
        page.get_by_role("button", name="Chi tiết ô").click()
    for part in ("[data-side-part=history]", "[data-side-part=meaning]", "[data-copy-more]"):
        page.locator(f"{part} summary").click()
    expect(page.locator("[data-side-part=history] [data-part] > *").first).to_be_attached()
    here = f"{address}/submissions/{view.submission.id}"

    _is_open_to_all(page, within=[[SIDE]])
    for rest in ("/comments", f"/cell?path={CELL}"):
        page.goto(f"{here}{rest}")
        _is_open_to_all(page)
    page.goto(f"{address}/my-figures")
    _is_open_to_all(page)
    opened.close()


def _is_open_to_all(page: Page, within: list[list[str]] | None = None) -> None:
    found = Axe().run(page, context={"include": within} if within else None)
    assert found.response["violations"] == []
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
