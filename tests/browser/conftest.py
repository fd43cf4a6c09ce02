"""What browser tests share: the filling page's world, and a bare page that holds our scripts."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.filling_page import hold_session
from tests.filling_world import Seeded, copied, seed, served
from tests.world import World

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("filling"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        hold_session(found)
        yield found


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world) as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
    yield opened
    opened.close()


class Scripts(BaseHTTPRequestHandler):
    """An empty page and the scripts, under the policy that the real pages have."""

    def do_GET(self) -> None:
        script = ROOT / self.path.lstrip("/") if self.path.endswith(".js") else None
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.send_header("Content-Security-Policy", "default-src 'none'; script-src 'self'")
        self.end_headers()
        self.wfile.write(script.read_bytes() if script else b"<!doctype html><title>-</title>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the output belongs to the test run."""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A bare page that can import ``/static/js/*.js``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    opened = browser.new_page()
    opened.goto(f"http://127.0.0.1:{server.server_port}/")
    yield opened
    opened.close()
    server.shutdown()
    server.server_close()
