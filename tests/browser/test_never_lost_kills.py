"""Browsers killed while a person types: no cell is lost, a half-typed one comes back."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.fault_proxy import line_to
from tests.browser.filling_page import cell, open_report, saved, sign_in, start
from tests.browser.typed_cells import held, says, shown, type_hundred
from tests.conftest import SWITCHES
from tests.filling_world import Seeded, copied, served

_AFTER_LAST_CELL = 0.3
HALF = "/rows/02/rural_male"


@dataclass
class MortalBrowser:
    """A real browser with a profile on disk, in a process group that can be killed."""

    browser: Browser
    profile: Path
    process: subprocess.Popen[bytes] | None = None
    seen: list[Browser] = field(default_factory=list)

    def start(self) -> BrowserContext:
        executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
        assert executable is not None
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [
                executable, *SWITCHES, "--headless=new", "--remote-debugging-port=0",
                f"--user-data-dir={self.profile}", "about:blank",
            ],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 60
        while not (port_file.exists() and port_file.read_text().count("\n")):
            assert time.monotonic() < until, "the browser did not start"
            time.sleep(0.05)
        port = port_file.read_text().splitlines()[0]
        connected = self.browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")
        self.seen.append(connected)
        return connected.contexts[0]

    def kill(self) -> None:
        """The whole process tree at once, without a word."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def mortal(browser: Browser, profile: Path) -> Iterator[MortalBrowser]:
    found = MortalBrowser(browser, profile)
    try:
        yield found
    finally:
        found.kill()


def kill_round(browser: Browser, seeded: Seeded, folder: Path, number: int) -> list[str]:
    """Types 100 cells and half of one more without a network, kills, and looks what came back."""
    folder.mkdir()
    with (
        copied(seeded, folder) as world,
        served(world) as address,
        line_to(address) as line,
        mortal(browser, folder / "profile") as victim,
    ):
        view = start(world)
        page = victim.start().new_page()
        sign_in(page, line.address)
        open_report(page, line.address, view)
        # On a machine too busy to open the browser's store in time the page says that it keeps
        # nothing yet, until it does: what is promised begins there.
        expect(page.locator("#storage-note")).to_be_hidden(timeout=30_000)
        line.cut()
        typed = type_hundred(page, 1000 + 100 * number)
        half = number % 2 == 1
        if half:  # without leaving the cell; what is older than a second must come back
            cell(page, HALF).click()
            page.keyboard.type("77")
            time.sleep(1.0)
        else:
            time.sleep(_AFTER_LAST_CELL)
        victim.kill()

        line.mend()
        again = victim.start().new_page()
        again.goto(f"{line.address}/sign-in")
        if again.locator("#username").count():  # the session mostly dies with the browser
            sign_in(again, line.address)
        open_report(again, line.address, view)
        lost = shown(again, typed) if not half else []
        if half:
            editor = cell(again, HALF).locator("input")
            expect(editor).to_have_value("77")
            expect(again.locator(".typing-box")).to_contain_text("77")
            editor.press("Enter")
            typed["02"]["rural_male"] = 77
            lost = shown(again, typed)
        says(again, "Đã lưu trên máy chủ lúc", 20)
        saved(again)
        if held(world, view) != typed:
            lost.append("the server holds something else")
        return lost


def test_a_killed_browser_loses_no_cell_of_a_hundred(
    browser: Browser, seeded: Seeded, tmp_path: Path
) -> None:
    lost = [kill_round(browser, seeded, tmp_path / str(number), number) for number in range(2)]

    assert lost == [[], []]


@pytest.mark.long
def test_fifty_killed_browsers_lose_no_cell_of_a_hundred(
    browser: Browser, seeded: Seeded, tmp_path: Path
) -> None:
    rounds = 50
    lost = [
        one
        for number in range(rounds)
        for one in kill_round(browser, seeded, tmp_path / str(number), number)
    ]

    print(f"{rounds} kills, {rounds * 100} cells, {len(lost)} lost")  # noqa: T201 - the figure
    assert lost == []
