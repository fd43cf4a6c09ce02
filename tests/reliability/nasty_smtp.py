"""An SMTP server with bad manners, chosen by the recipient's name: hang@, slow@, drop@, grey@, ...

Own and not aiosmtpd, because a well-behaved library refuses to be this rude.
"""

import re
import socket
import socketserver
import threading
import time
from collections import Counter

_MESSAGE_ID = re.compile(rb"^Message-ID: *(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


class NastySMTP(socketserver.ThreadingTCPServer):
    """Keeps the Message-ID of every mail that it has taken, once for each taking."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.taken: list[str] = []
        self.seen: Counter[str] = Counter()
        self.hold = threading.Event()
        self.port = int(self.server_address[1])
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def end(self) -> None:
        self.hold.set()
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    server: NastySMTP

    def handle(self) -> None:
        try:
            self._say("220 nasty.example ESMTP")
            self._talk()
        except OSError:
            return

    def _talk(self) -> None:
        manner = ""
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word in (b"EHLO", b"HELO"):
                self._say("250 nasty.example")
            elif word == b"RCPT":
                manner = line.partition(b"<")[2].partition(b"@")[0].decode()
                self._say("550 5.1.1 no such user" if manner == "dead" else "250 ok")
            elif word == b"DATA":
                self._say("354 go on")
                if not self._take(manner):
                    return
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self, manner: str) -> bool:
        """Read a message and answer as this recipient does; false ends the conversation."""
        content = bytearray()
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False  # the sender died before the final dot: nothing was handed over
            content += line
        found = _MESSAGE_ID.search(bytes(content))
        message_id = found[1].decode() if found else ""
        self.server.seen[message_id] += 1
        first = self.server.seen[message_id] == 1
        if manner == "hang":
            self.server.hold.wait(60)
            return False
        if manner == "slow":
            for byte in b"250 ok, but slowly indeed, as you see\r\n":
                self.wfile.write(bytes([byte]))
                time.sleep(0.4)
            return False
        if manner == "grey" and first:
            self._say("451 4.7.1 greylisted, try later")
            return True
        self.server.taken.append(message_id)
        if manner == "drop" and first:
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        self._say("250 2.0.0 Ok: queued")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
