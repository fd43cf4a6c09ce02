"""The killer: starts the real server and the witness, and ends the server's process group.

SIGKILL at a random moment of a seeded sequence; the server comes back on the same port and
database, and the witness goes on.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from tests.reliability.province import ROOT, Province
from tests.reliability.testimony import Request, read_testimony
from tests.reliability.witness import STOP

_START_SECONDS = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerDead(RuntimeError):
    """The server ended by itself, or does not answer."""


@dataclass
class Server:
    """The process group of a real server; it may be killed and started again."""

    url: str
    folder: Path
    module: str = "tests.reliability.server"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start, wait for the first answer, and say how many seconds it took."""
        began = time.monotonic()
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module, self.url, str(self.port), str(self.folder)],
                cwd=ROOT,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() - began > _START_SECONDS:
                raise ServerDead((self.folder / "server.log").read_text()[-3000:])
            time.sleep(0.02)
        return time.monotonic() - began

    def kill(self) -> None:
        """End the whole process group at once, without a word."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@dataclass
class Witness:
    """The process of the clients, with its testimony in *folder*."""

    folder: Path
    province: Province
    process: subprocess.Popen[str] | None = None

    def start(self, port: int, seed: int) -> None:
        (self.folder / "province.json").write_text(self.province.as_json(), encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.witness", self.folder, str(port), str(seed)],
            cwd=ROOT,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def testimony(self) -> list[Request]:
        return read_testimony(self.folder)

    def acknowledged(self) -> int:
        return sum(request.is_acknowledged for request in self.testimony())

    def stop(self) -> None:
        """Let every client get an answer to its last request, and end."""
        (self.folder / STOP).touch()
        self.finish()

    def finish(self) -> None:
        """Wait until the clients have no communes left."""
        assert self.process is not None
        _, said = self.process.communicate(timeout=180)
        if self.process.returncode:
            raise AssertionError(f"a client was answered what it did not expect: {said}")

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()


def ask_again(port: int, requests: Sequence[Request]) -> list[str]:
    """Send acknowledged requests with their keys once more; what differs from the first answer."""
    differing = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for request in requests:
        connection.request(
            request.method,
            f"/api/v1{request.path}",
            request.body.encode(),
            dict(request.headers),
        )
        response = connection.getresponse()
        text, etag = response.read().decode(), response.headers.get("ETag", "")
        if (response.status, etag, text) != (request.status, request.etag, request.text):
            differing.append(f"{request.number} {request.step}: {response.status} {text}")
    connection.close()
    return differing
