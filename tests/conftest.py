"""What every test stands on: a real PostgreSQL on demand and no way out to the network."""

import gc
import os
import re
import shutil
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from tests.database_keeper import shared_server
from tests.databases import create_database, drop_database
from tests.once import worked_out_once

SWITCHES = (
    "--no-sandbox",  # the tests run as root in containers and open only our own pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""How Chromium starts in tests."""
MARKED_BY_FIXTURE = {"browser": "browser", "postgresql_server": "postgres"}
"""A test that uses the fixture carries the mark, so that nobody has to remember it."""
TOGETHER = (
    re.compile(r"tests/demo/test_(?:story|after_the_merger|changing_the_form)\.py"),
    re.compile(r"tests/security/test_injection\.py::test_(?:no_text|every_attack)\w+(\[\w+\])"),
)
"""What costs half a minute to prepare: tests alike in this part of their name share a worker."""


# Two busy cores make a single example slow now and then; that is no finding about the code.
settings.register_profile("bieumau", deadline=None)
settings.load_profile("bieumau")


class NetworkForbidden(RuntimeError):
    """A test tried to reach another machine."""


class _Together(LoadScopeScheduling):
    """One test at a time to whoever is free; by name, as pytest 9 and xdist 3.8 lose the groups."""

    def _split_scope(self, nodeid: str) -> str:
        for alike in TOGETHER:
            found = alike.match(nodeid)
            if found:
                return f"{alike.pattern}{found.groups()}"
        return nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Together:
    return _Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture, mark in MARKED_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)


def pytest_collection_finish() -> None:
    """What stands now stays to the end: looking it through again took a quarter of all work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 40)  # a whole look every ten rounds is for programs that stay small


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: object) -> None:
        _refuse_outside(self, address)
        connect(self, address)  # type: ignore[arg-type]

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        _refuse_outside(self, address)
        return connect_ex(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        yield


def _refuse_outside(connecting: socket.socket, address: object) -> None:
    if connecting.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = str(address[0]) if isinstance(address, tuple) else str(address)
    if host != "localhost" and not _is_loopback(host):
        raise NetworkForbidden(f"tests stay on this machine; refused a connection to {address!r}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _once() -> Iterator[None]:
    with worked_out_once():
        yield


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all test workers of this run share."""
    folder = tmp_path_factory.getbasetemp()
    return folder if worker_id == "master" else folder.parent


@pytest.fixture(scope="session")
def postgresql_server(run_folder: Path, worker_id: str) -> str:
    """The URL of the run's PostgreSQL server (not durable: fsync is off)."""
    owner = os.getpid() if worker_id == "master" else os.getppid()
    return shared_server(run_folder, owner=owner)


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: str, worker_id: str) -> Iterator[str]:
    """An empty database of this test worker's own."""
    name = f"bieumau_test_{os.getpid()}_{worker_id}"
    yield create_database(postgresql_server, name)
    drop_database(postgresql_server, name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not executable:
        pytest.fail("Browser tests need Chromium: install the package chromium, or set CHROMIUM.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(SWITCHES))
        yield chromium
        chromium.close()
