"""How the channel reaches its SMTP server: options, and the password from outside of them.

Apart from sending, because all of it is decided once at start and a mistake must stop the start.
"""

import os
import stat
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from server.hooks import Options, Refused

PASSWORD = "BIEUMAU_EMAIL_CHANNEL_PASSWORD"
PASSWORD_FILE = "BIEUMAU_EMAIL_CHANNEL_PASSWORD_FILE"
_STANDARD_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class MailServer:
    """One SMTP account; *security* is ``none``, ``starttls`` or ``tls``."""

    host: str
    port: int
    sender: str
    sender_name: str
    security: str
    timeout_seconds: float
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    total_seconds: float = 45.0


def mail_server(options: Options) -> MailServer:
    """The account of these checked options, or ``Refused``."""
    given: dict[str, Any] = dict(options)
    user = given.get("user")
    if user is not None and given["security"] == "none" and not _is_here(given["host"]):
        raise Refused("a password would cross the network unprotected: set security")
    return MailServer(
        host=given["host"],
        port=given.get("port", _STANDARD_PORTS[given["security"]]),
        sender=given["from"],
        sender_name=given["from_name"],
        security=given["security"],
        timeout_seconds=given["timeout_seconds"],
        total_seconds=given["total_seconds"],
        user=user,
        password=_password() if user is not None else None,
    )


def _password() -> str:
    password = os.environ.get(PASSWORD) or _password_from_file()
    if not password.isascii():
        raise Refused("the password has letters that smtplib cannot send: use ASCII")
    return password


def _password_from_file() -> str:
    file = os.environ.get(PASSWORD_FILE)
    if not file:
        raise Refused(f"user needs a password in {PASSWORD} or {PASSWORD_FILE}")
    path = Path(file)
    try:
        if stat.S_IMODE(path.stat().st_mode) & _OPEN_TO_OTHERS:
            raise Refused(f"{PASSWORD_FILE}: others can read the file; set its mode to 0600")
        password = path.read_text(encoding="utf-8").strip("\r\n")
    except OSError as error:
        raise Refused(f"{PASSWORD_FILE}: {error.strerror}") from error
    if not password:
        raise Refused(f"{PASSWORD_FILE}: the file is empty")
    return password


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
