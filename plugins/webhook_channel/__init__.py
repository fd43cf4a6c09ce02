"""Messages to another system by HTTPS: one signed JSON document each, no redirects followed."""

import contextlib
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
import time

from plugins.webhook_channel.target import Target, target
from server.hooks import Mail, Options, Recipient, Refused, hookimpl

__version__ = "1.0.0"

_MOST_READ = 1000
_TAKEN = range(200, 300)
_AGAIN = frozenset({408, 425, 429})
_OURS = range(400, 500)


class WebhookChannel:
    """Posts to one address; a retry brings the same ``Idempotency-Key``."""

    code = "webhook"

    def __init__(self, where: Target) -> None:
        self._target = where

    def address(self, recipient: Recipient) -> str | None:
        """By official code or user name: the other system knows how to reach them."""
        return f"hook:{recipient.code}" if recipient.code else None

    def send(self, mail: Mail) -> str:
        """The other side's answer; 4xx (but 408, 425, 429) and redirects are permanent."""
        body = document(mail)
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"Bieumau-webhook/{__version__}",
            "Idempotency-Key": mail.message_id,
            "X-Bieumau-Timestamp": stamp,
            "X-Bieumau-Signature": f"sha256={signature(self._target.secret, stamp, body)}",
        }
        connection = self._connection()
        watch = threading.Timer(self._target.timeout_seconds, _shut, (connection,))
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", self._target.path, body, headers)
            with connection.getresponse() as answer:
                said = answer.read(_MOST_READ)
        except (OSError, http.client.HTTPException) as error:
            reason = f"{self._target.host}: {type(error).__name__}: {error}"
            raise Refused(reason, permanent=False) from error
        finally:
            watch.cancel()
            connection.close()
        return _judged(answer.status, answer.reason, said)

    def _connection(self) -> http.client.HTTPConnection:
        where = self._target
        if where.tls:
            return http.client.HTTPSConnection(
                where.host,
                where.port,
                timeout=where.timeout_seconds,
                context=ssl.create_default_context(),
            )
        return http.client.HTTPConnection(where.host, where.port, timeout=where.timeout_seconds)


def document(mail: Mail) -> bytes:
    """The body that is signed, byte by byte the same on every retry."""
    content = {
        "id": mail.message_id,
        "recipient": mail.recipient.removeprefix("hook:"),
        "subject": mail.subject,
        "text": mail.body,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the time stamp, a full stop and the body."""
    return hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _judged(status: int, reason: str, said: bytes) -> str:
    text = " ".join(f"{status} {reason} {said.decode('utf-8', 'replace')}".split())[:300]
    if status in _TAKEN:
        return text
    redirected = 300 <= status < 400  # noqa: PLR2004 - the class of redirects
    raise Refused(text, permanent=redirected or (status in _OURS and status not in _AGAIN))


def _shut(connection: http.client.HTTPConnection) -> None:
    """Wakes a thread that reads from a server which dawdles."""
    found = getattr(connection, "sock", None)
    if isinstance(found, socket.socket):
        with contextlib.suppress(OSError):
            found.shutdown(socket.SHUT_RDWR)


@hookimpl
def register_channels(options: Options) -> list[WebhookChannel]:
    return [WebhookChannel(target(options))]
