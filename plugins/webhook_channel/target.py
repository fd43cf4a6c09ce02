"""Where the webhook goes: options, and the secret from outside of them.

Apart from sending, because all of it is decided once at start and a mistake must stop the start.
"""

import os
import stat
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from server.hooks import Options, Refused

SECRET = "BIEUMAU_WEBHOOK_CHANNEL_SECRET"
SECRET_FILE = "BIEUMAU_WEBHOOK_CHANNEL_SECRET_FILE"
_SHORTEST = 32
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Target:
    """One address, and what signs for us there."""

    host: str
    port: int
    path: str
    tls: bool
    timeout_seconds: float
    secret: bytes = field(repr=False)


def target(options: Options) -> Target:
    """The target of these checked options, or ``Refused``."""
    given: dict[str, Any] = dict(options)
    parts = urlsplit(given["url"])
    host = (parts.hostname or "").lower()
    if host not in {one.lower() for one in given["allowed_hosts"]}:
        raise Refused(f"the host {host!r} of url is not among allowed_hosts")
    if parts.username or parts.password or parts.fragment:
        raise Refused("url holds no user, no password and no fragment")
    if parts.scheme == "http" and not _is_here(host):
        raise Refused("http would carry names across the network unprotected: use https")
    path = parts.path or "/"
    return Target(
        host=host,
        port=parts.port or (443 if parts.scheme == "https" else 80),
        path=f"{path}?{parts.query}" if parts.query else path,
        tls=parts.scheme == "https",
        timeout_seconds=given["timeout_seconds"],
        secret=_secret(),
    )


def _secret() -> bytes:
    secret = os.environ.get(SECRET) or _secret_from_file()
    if len(secret) < _SHORTEST:
        raise Refused(f"the secret has fewer than {_SHORTEST} characters")
    return secret.encode()


def _secret_from_file() -> str:
    file = os.environ.get(SECRET_FILE)
    if not file:
        raise Refused(f"the signature needs a secret in {SECRET} or {SECRET_FILE}")
    path = Path(file)
    try:
        if stat.S_IMODE(path.stat().st_mode) & _OPEN_TO_OTHERS:
            raise Refused(f"{SECRET_FILE}: others can read the file; set its mode to 0600")
        return path.read_text(encoding="utf-8").strip("\r\n")
    except OSError as error:
        raise Refused(f"{SECRET_FILE}: {error.strerror}") from error


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
