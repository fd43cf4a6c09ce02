"""A line to the server that can be cut, silenced and slowed down, as village lines are.

Below HTTP, so that service workers, navigations and half-sent answers meet it too.
"""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_RESET = struct.pack("ii", 1, 0)  # closing a socket that lingers for no time resets it


@dataclass
class Line:
    """``mode``: pass, cut (resets what comes) or silent (takes requests, never answers)."""

    target: tuple[str, int]
    mode: str = "pass"
    delay: float = 0.0
    tried: list[float] = field(default_factory=list)
    open_: set[socket.socket] = field(default_factory=set)
    address: str = ""

    def cut(self) -> None:
        self.mode = "cut"
        self._drop_open()

    def silence(self) -> None:
        self.mode = "silent"
        self._drop_open()

    def mend(self) -> None:
        if self.mode == "silent":
            self._drop_open()
        self.mode = "pass"

    def _drop_open(self) -> None:
        for one in list(self.open_):
            _reset(one)

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            self.tried.append(time.monotonic())
            if self.mode == "cut":
                _reset(client)
                continue
            self.open_.add(client)
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with suppress(OSError):
            if self.mode == "silent":
                while client.recv(65536):
                    pass
                return
            server = socket.create_connection(self.target)
            self.open_.add(server)
            back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
            back.start()
            self._pump(client, server)
            back.join()
            server.close()
            self.open_.discard(server)
        client.close()
        self.open_.discard(client)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if self.delay:
                    time.sleep(self.delay)
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def _reset(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        one.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        one.close()


@contextmanager
def line_to(address: str) -> Iterator[Line]:
    """A line to the server at *address*, on a port of its own."""
    parts = urlsplit(address)
    listening = socket.create_server(("127.0.0.1", 0))
    line = Line((parts.hostname or "", parts.port or 0))
    line.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    threading.Thread(target=line.serve, args=(listening,), daemon=True).start()
    try:
        yield line
    finally:
        listening.close()
        line.cut()
