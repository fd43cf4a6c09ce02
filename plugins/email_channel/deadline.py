"""One deadline for a whole conversation with a server.

The timeout of a socket counts each read anew, so a server that sends a byte a second would hold a
worker for hours. Here a watch closes the socket, and the conversation ends as a lost connection.
"""

import contextlib
import smtplib
import socket
import ssl
import threading
from types import TracebackType


class Deadline:
    """Closes the connection of *smtp* after so many seconds; ``passed`` says that it did."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._strike)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    def watch(self, connection: socket.socket) -> None:
        """Include a socket; one that is turned into TLS later is the same connection."""
        self._sockets.append(connection)
        if self.passed:
            self._strike()

    def _strike(self) -> None:
        self.passed = True
        for connection in self._sockets:
            # shutdown, not close: it wakes the thread that is reading.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class WatchedSMTP(smtplib.SMTP):
    """An SMTP connection whose socket is under a deadline from its first byte."""

    def __init__(self, deadline: Deadline, host: str, port: int, timeout: float) -> None:
        self._deadline = deadline
        super().__init__(host, port, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._deadline.watch(connection)
        return connection


class WatchedSMTPTLS(smtplib.SMTP_SSL):
    """The same with TLS from the start; the handshake is under the deadline too."""

    def __init__(
        self, deadline: Deadline, host: str, port: int, timeout: float, context: ssl.SSLContext
    ) -> None:
        self._deadline, self._secure, self._named = deadline, context, host
        super().__init__(host, port, timeout=timeout, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), timeout)
        self._deadline.watch(connection)
        secured = self._secure.wrap_socket(connection, server_hostname=self._named)
        self._deadline.watch(secured)
        return secured
