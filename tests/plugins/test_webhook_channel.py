"""The webhook against a real HTTP server on this machine: signed, once, never led astray."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from plugins.webhook_channel.target import SECRET, SECRET_FILE
from server.errors import PluginFault
from server.hooks import Mail, Recipient
from server.hooks.door import GuardedChannel

KEY = "k" * 40
MAIL = Mail("<reminder.1@baocao.example.vn>", "hook:01879", "[Nhắc hạn] Biểu", "Kính gửi.\n")


class Receiver(ThreadingHTTPServer):
    """Keeps what it is sent; answers with *status*, or byte by byte."""

    status, slow = 200, False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.kept: list[tuple[dict[str, str], bytes]] = []


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.kept.append((dict(self.headers), body))
        if self.server.slow:
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 60:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.2)
        self.send_response(self.server.status)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()
        self.wfile.write(b"kept")

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def channel(load, receiver, monkeypatch) -> GuardedChannel:
    monkeypatch.setenv(SECRET, KEY)
    url = f"http://127.0.0.1:{receiver.server_port}/take?x=1"
    plugins = load("webhook_channel", url=url, allowed_hosts=["127.0.0.1"], timeout_seconds=1)
    return plugins.channel("webhook")


def test_a_message_arrives_signed_and_with_its_own_id(channel, receiver):
    assert channel.send(MAIL) == "200 OK kept"

    [(headers, body)] = receiver.kept
    assert json.loads(body) == {
        "id": MAIL.message_id, "recipient": "01879", "subject": MAIL.subject, "text": MAIL.body,
    }  # fmt: skip
    assert headers["Idempotency-Key"] == MAIL.message_id
    signed = headers["X-Bieumau-Timestamp"].encode() + b"." + body
    wanted = hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Bieumau-Signature"] == f"sha256={wanted}"


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(301, True), (307, True), (400, True), (403, True), (429, False), (500, False), (503, False)],
)
def test_what_is_not_taken_is_tried_again_or_given_up(channel, receiver, status, permanent):
    receiver.status = status

    with pytest.raises(PluginFault) as fault:
        channel.send(MAIL)

    assert fault.value.facts["permanent"] is permanent
    assert len(receiver.kept) == 1  # a redirect is not followed


def test_a_server_that_dawdles_is_left_after_the_whole_time(channel, receiver):
    receiver.slow = True
    began = time.monotonic()

    with pytest.raises(PluginFault) as fault:
        channel.send(MAIL)

    assert fault.value.facts["permanent"] is False
    assert time.monotonic() - began < 5


def test_units_and_people_are_known_by_code(channel):
    assert channel.address(Recipient("UBND xã Cổ Linh", None, code="01879")) == "hook:01879"
    assert channel.address(Recipient("UBND xã Cổ Linh", "a@b.vn")) is None


@pytest.mark.parametrize(
    ("options", "secret"),
    [
        ({"url": "https://a.vn/x", "allowed_hosts": ["b.vn"]}, KEY),
        ({"url": "http://a.vn/x", "allowed_hosts": ["a.vn"]}, KEY),
        ({"url": "ftp://a.vn/x", "allowed_hosts": ["a.vn"]}, KEY),
        ({"url": "https://a.vn/x", "allowed_hosts": ["a.vn"]}, "short"),
        ({"url": "https://a.vn/x", "allowed_hosts": ["a.vn"]}, None),
        ({"url": "https://a.vn/x#y", "allowed_hosts": ["a.vn"]}, KEY),
    ],
)
def test_an_unsafe_target_stops_the_start(load, monkeypatch, options, secret):
    for name in (SECRET, SECRET_FILE):
        monkeypatch.delenv(name, raising=False)
    if secret is not None:
        monkeypatch.setenv(SECRET, secret)

    with pytest.raises(PluginFault):
        load("webhook_channel", **options)
