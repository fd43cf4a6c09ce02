"""The folder of the demonstration: database, mails, accounts, settings, and what was played."""

import fcntl
import hashlib
import shutil
import socket
from collections.abc import Iterable
from datetime import date
from io import TextIOWrapper
from pathlib import Path

import click

from server.app import ROOT
from server.demo.people import KeyHolder, read_accounts, write_accounts
from server.demo.sink import HOST
from server.settings import Settings, load_settings

_PLUGINS = ("csv_export", "pdf_print", "xlsx_workbook", "email_channel", "deadline_reminders")
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
# What the editor publishes is written here, not into the checkout.
definitions = "{var}"

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

[plugins.deadline_reminders]
# The last step falls on the day on which the demonstration begins: its worker sends it live.
steps = [-7, -1, 1, 5, 9]
"""


class Place:
    """What lies in the folder, and whether it is of use for a start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mails = folder / "mails"
        self.accounts = folder / "accounts.json"
        self.config = folder / "config.toml"
        self.database_url = f"sqlite:///{folder / 'bieumau.sqlite'}"
        self._marker = folder / "played"
        self._port = folder / "sink_port"
        self._lock: TextIOWrapper | None = None

    def hold(self) -> None:
        """Keep other demonstrations out of the folder, until ``release`` or the process's end."""
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = self.folder.with_suffix(".lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            message = f"demo-running: another demonstration runs on {self.folder}"
            raise click.ClickException(message) from None

    def release(self) -> None:
        """Let others in."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def played_until(self, scale: int) -> date | None:
        """Up to which day this version of story and definitions was played here, if at all."""
        if not self._marker.is_file():
            return None
        mark, day = self._marker.read_text(encoding="utf-8").split()
        return date.fromisoformat(day) if mark == _mark(scale) else None

    def note_played(self, until: date, scale: int) -> None:
        self._marker.write_text(f"{_mark(scale)} {until}", encoding="utf-8")

    def clear(self) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700, parents=True)
        for name in ("form_definitions", "workflows"):
            (self.folder / name).mkdir()

    def holders(self) -> list[KeyHolder]:
        """The accounts handed out so far."""
        return read_accounts(self.accounts) if self.accounts.is_file() else []

    def keep_holders(self, holders: Iterable[KeyHolder]) -> None:
        write_accounts(self.accounts, holders)

    def sink_port(self) -> int:
        """The port of the mail sink: the same at every start, another one when it is taken."""
        if self._port.is_file():
            kept = int(self._port.read_text(encoding="utf-8"))
            if is_free(kept):
                return kept
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            found = int(probe.getsockname()[1])
        self._port.write_text(str(found), encoding="utf-8")
        return found

    def configure(self, port: int, sink_port: int, day: date) -> Settings:
        """The settings, in a file too, so that the other commands work on these data."""
        text = _CONFIG.format(
            port=port,
            database=self.database_url,
            var=self.folder,
            day=day.isoformat(),
            plugins=", ".join(f'"{name}"' for name in _PLUGINS),
            host=HOST,
            sink=sink_port,
        )
        self.config.write_text(text, encoding="utf-8")
        return load_settings(self.config, {})


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


def is_free(port: int) -> bool:
    """Whether a server on this machine could listen there; 0 stands for any port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
