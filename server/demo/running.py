"""``./run demo``: settings made in code, the story on an embedded database, and the server."""

import hashlib
import secrets
import shutil
import socket
import stat
import sys
import time
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

import click
from aiosmtpd.controller import Controller

from server.app import ROOT, Application, ShiftedClock, build
from server.cli.operation import run_server
from server.core.json_text import loads
from server.demo.people import write_accounts
from server.demo.seeding import Seeder
from server.demo.sink import HOST, start_sink
from server.demo.timeline import local
from server.settings import Settings, load_settings
from server.storage.database import Database

DAY = date(2025, 1, 24)
HOUR = 10
_PLUGINS = ("csv_export", "pdf_print", "email_channel", "deadline_reminders")
_SHOWN = ("admin", "colinh.nhap", "colinh.lanhdao", "pacnam.duyet", "tinh.thamdinh", "tinh.lanhdao")


def run_demo(*, port: int, as_of: date | None, fresh: bool, scale: int) -> None:
    """Fill the demonstration when it is empty, print how to get in, and serve until Ctrl+C."""
    started = time.monotonic()
    day = as_of or DAY
    place = Place(ROOT / "var" / "demo")
    if fresh or not place.is_current(scale):
        place.clear()
    sink_port = place.sink_port()
    place.write_config(port, sink_port, day)
    settings = place.settings()
    clock = ShiftedClock()
    sink = start_sink(place.mails, clock, sink_port)
    try:
        if not place.is_seeded():
            _seed(place, settings, clock, scale)
            _tell(f"filled in {time.monotonic() - started:.1f} s")
        clock.set(local(day, HOUR))
        application = build(settings, clock)
        application.database.migrate()
        _welcome(place, settings, day)
        run_server(application, with_worker=True)
    finally:
        sink.stop()


class Place:
    """The folder of the demonstration and the files in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mails = folder / "mails"
        self.accounts = folder / "accounts.json"
        self.config = folder / "config.toml"
        self._database = folder / "bieumau.sqlite"
        self._marker = folder / "seeded"
        self._port = folder / "sink_port"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self._database}"

    def is_seeded(self) -> bool:
        return self._marker.is_file()

    def is_current(self, scale: int) -> bool:
        """Whether what lies here was made by this version of story and definitions."""
        return self.is_seeded() and self._marker.read_text(encoding="utf-8") == _mark(scale)

    def mark_seeded(self, scale: int) -> None:
        self._marker.write_text(_mark(scale), encoding="utf-8")

    def clear(self) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700, parents=True)

    def sink_port(self) -> int:
        """The port of the mail sink: the same at every start, another one when it is taken."""
        if self._port.is_file():
            kept = int(self._port.read_text(encoding="utf-8"))
            if _is_free(kept):
                return kept
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            found = int(probe.getsockname()[1])
        self._port.write_text(str(found), encoding="utf-8")
        return found

    def write_config(self, port: int, sink_port: int, day: date) -> None:
        """Settings in a file too, so that the other commands work on the demonstration's data."""
        self.config.write_text(
            _CONFIG.format(
                port=port,
                database=self.database_url,
                var=self.folder,
                day=day.isoformat(),
                plugins=", ".join(f'"{name}"' for name in _PLUGINS),
                host=HOST,
                sink=sink_port,
            ),
            encoding="utf-8",
        )

    def settings(self) -> Settings:
        return load_settings(self.config, {})


_CONFIG = """# Written by ./run demo at each start.
[server]
host = "127.0.0.1"
port = {port}
public_url = "http://127.0.0.1:{port}"

[database]
url = "{database}"

[mail]
from_address = "bieumau@backan.example"
from_name = "Biểu mẫu (minh họa)"

[files]
var = "{var}"

[demo]
enabled = true
as_of = "{day}"

[plugins]
enabled = [{plugins}]

[plugins.email_channel]
host = "{host}"
port = {sink}
security = "none"
from = "bieumau@backan.example"
from_name = "Biểu mẫu (minh họa)"
"""


def _seed(place: Place, settings: Settings, clock: ShiftedClock, scale: int) -> None:
    # Nothing acknowledged can be lost yet: a broken filling is thrown away and done again.
    url = f"{place.database_url}?synchronous=off"
    database = Database.open(url, unsafe_for_tests=True)
    try:
        database.migrate()
        application = build(settings, clock, database)
        seeder = Seeder(application, clock, _tell)
        cast = seeder.seed(local(DAY, HOUR))
    finally:
        database.close()
    write_accounts(place.accounts, cast.holders)
    place.mark_seeded(scale)


def _welcome(place: Place, settings: Settings, day: date) -> None:
    url = settings.server.public_url
    click.echo(f"\nSỐ LIỆU MINH HỌA  {day:%d/%m/%Y} 10:00  {url}\n")
    holders = loads(place.accounts.read_bytes())
    for holder in holders if isinstance(holders, list) else []:
        if isinstance(holder, dict) and holder["username"] in _SHOWN:
            click.echo(f"  {holder['username']:18} {holder['password']:28} {holder['role']}")
    click.echo(f"\nall accounts: {place.accounts}\nmails: {url}/demo/mails\n")


def _mark(scale: int) -> str:
    """Changes with everything that the demonstration's data are made from."""
    digest = hashlib.sha256(f"scale {scale}".encode())
    for folder, pattern in (
        (ROOT / "form_definitions", "**/*"),
        (ROOT / "workflows", "**/*.json"),
        (ROOT / "server" / "demo", "*.py"),
        (ROOT / "server" / "storage" / "migrations", "*.py"),
    ):
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _tell(text: str) -> None:
    click.echo(f"demo: {text}", err=True)
