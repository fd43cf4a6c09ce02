"""The whole job in a browser: a clerk fills, the head signs, two levels approve, a reader reads.

Everything goes through the pages that people use; only the worker's step is called by hand.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.filling_world import PASSWORD, Seeded, copied, example_rows, seed, served
from tests.world import World

ROWS = example_rows()
FIRST = next(iter(ROWS))
#: Kinh, foreigners, not determined: indicator 0101 leaves them out.
NOT_MINORITY = ("01", "55", "99")
TITLE = "Dân số chia theo dân tộc"
REASON = "Số nữ dân tộc Mông chưa khớp sổ."


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("journey"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world) as found:
        yield found


def as_(browser: Browser, address: str, username: str) -> Page:
    """A person's own browser, signed in; its failures are the test's."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
    page.goto(f"{address}/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(f"{address}/work")
    return page


def open_work(page: Page) -> None:
    row = page.locator("li.work-row", has_text=TITLE)
    row.locator(".button").click()


def type_rows(page: Page, rows: dict[str, dict[str, int]]) -> None:
    """Type as clerks do: across with Tab, and Enter at the end of the row."""
    for code, row in rows.items():
        page.locator(f'[id="/rows/{code}/rural_male"]').click()
        page.keyboard.type(str(row["rural_male"]))
        page.keyboard.press("Tab")
        page.keyboard.type(str(row["rural_female"]))
        page.keyboard.press("Enter")


def pass_on(page: Page) -> None:
    """From the filling page through the page to check everything, to the receipt."""
    page.get_by_role("link", name="Trình ký").click()
    for field in page.locator("form.review-form textarea").all():
        field.fill("Đúng theo sổ của công an xã.")
    page.get_by_role("button", name="Trình ký").click()
    expect(page.locator(".receipt-message")).to_contain_text("Đã trình ký lúc 10:00")


def fill_report(page: Page, total: int) -> None:
    page.wait_for_selector("html[data-ready=filling]")
    type_rows(page, ROWS)
    page.locator('[id="/police_total"]').fill(str(total))
    page.keyboard.press("Tab")
    page.locator('[id="/police_date"]').fill("6/1/2025")
    page.keyboard.press("Tab")
    expect(page.locator('[id="/total/total"]')).to_have_text(vietnamese(total))
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator("#findings")).to_be_focused()
    pass_on(page)


def correct_report(page: Page, total: int) -> None:
    """One more person in the first row, and in the control figure."""
    expect(page.locator(".report-head .notice")).to_contain_text(f"Lý do: {REASON}")
    page.wait_for_selector("html[data-ready=filling]")
    page.locator(f'[id="/rows/{FIRST}/rural_male"]').click()
    page.keyboard.type(str(ROWS[FIRST]["rural_male"] + 1))
    page.keyboard.press("Enter")
    page.locator('[id="/police_total"]').fill(str(total + 1))
    page.keyboard.press("Tab")
    pass_on(page)


def sign(page: Page, report: str, receipt: str) -> None:
    """Sign with a double click, as people do; reloading the receipt changes nothing."""
    page.goto(f"{report}/review?event=sign")
    page.get_by_role("button", name="Ký duyệt và gửi").dblclick()
    for _ in range(2):
        expect(page.locator(".receipt-message")).to_contain_text(
            f"Đã gửi báo cáo. Mã tiếp nhận {receipt}, lúc 10:00 ngày 24/01/2025."
        )
        page.reload()


def approve(page: Page, report: str) -> None:
    page.goto(f"{report}/review?event=approve")
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.locator(".receipt-message")).to_contain_text("Đã duyệt lúc 10:00")


def vietnamese(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def test_a_report_goes_from_the_clerks_keyboard_to_the_readers_table(
    browser: Browser, address: str, world: World
) -> None:
    total = sum(sum(row.values()) for row in ROWS.values())
    clerk = as_(browser, address, "commune_reporter")
    open_work(clerk)
    report = clerk.url
    fill_report(clerk, total)

    head = as_(browser, address, "commune_signer")
    expect(head.get_by_role("link", name="Xem và ký")).to_have_count(1)
    sign(head, report, "BK24-DS01-01858-1")
    district = as_(browser, address, "district_approver")
    district.goto(f"{report}/review?event=return")
    district.get_by_label("Lý do").fill(REASON)
    district.get_by_role("button", name="Trả lại để sửa").click()
    clerk.goto(f"{address}/work")
    open_work(clerk)
    correct_report(clerk, total)
    sign(head, report, "BK24-DS01-01858-2")
    district.goto(f"{report}/history?from=1&to=2")
    expect(district.locator("section[aria-labelledby=changes] tbody tr")).to_have_count(2)
    approve(district, report)
    approve(as_(browser, address, "province_approver"), report)
    while world.services.dispatch.run(100):
        pass

    reader = as_(browser, address, "province_reader")
    reader.goto(f"{address}/progress?form=population_ethnic&period=2024")
    expect(reader.locator("tr", has_text="Cổ Linh")).to_contain_text("Tỉnh đã duyệt")
    reader.goto(f"{address}/figures?indicator=0101&period=2024&by=commune&dimension=sex")
    line = reader.locator("tbody tr", has_text="Cổ Linh")
    for sex in ("male", "female"):
        added = int(sex == "male" and FIRST not in NOT_MINORITY)
        counted = sum(row[f"rural_{sex}"] for code, row in ROWS.items() if code not in NOT_MINORITY)
        expect(line).to_contain_text(vietnamese(counted + added))
