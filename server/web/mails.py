"""The mails of the demonstration: what its own SMTP sink has received, readable in the browser.

Only there: with real data nobody reads other people's mail here. The sink writes one ``.eml`` file
for each mail into the folder that ``mails_folder`` names.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol, cast

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.vietnamese import fold
from server.errors import NotFound
from server.web.policy import policy

blueprint = Blueprint("mails", __name__)
_PAGE = 50
_NAME = re.compile(r"[0-9A-Za-z_.-]{1,120}\.eml", re.ASCII)


class _FileWishes(Protocol):
    @property
    def var(self) -> str: ...


class _DemoWishes(Protocol):
    @property
    def enabled(self) -> bool: ...


class _MailSettings(Protocol):
    @property
    def files(self) -> _FileWishes: ...
    @property
    def demo(self) -> _DemoWishes: ...


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One file of the sink."""

    name: str
    to: str
    sender: str
    subject: str
    at: datetime | None
    body: str
    message_id: str


def mails_folder(settings: _MailSettings) -> Path:
    """Where the demonstration's sink keeps what it received."""
    return Path(settings.files.var) / "mails"


@blueprint.get("/demo/mails")
@policy(Right.SIGNED_IN)
def index() -> ResponseReturnValue:
    """All mails, the newest first; ``?q=`` looks in recipient and subject."""
    wanted = request.args.get("q", "").strip()
    mails = [_read(path) for path in _files()]
    if wanted:
        mails = [mail for mail in mails if fold(wanted) in fold(f"{mail.to} {mail.subject}")]
    offset = request.args.get("offset", "")
    start = int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 7 else 0  # noqa: PLR2004
    more = start + _PAGE < len(mails)
    return render_template(
        "mails/index.html",
        mails=mails[start : start + _PAGE],
        count=len(mails),
        wanted=wanted,
        next=url_for(".index", q=wanted or None, offset=start + _PAGE) if more else None,
        first=url_for(".index", q=wanted or None) if start else None,
    )


@blueprint.get("/demo/mails/<name>")
@policy(Right.SIGNED_IN)
def mail(name: str) -> ResponseReturnValue:
    """One mail."""
    path = _folder() / name
    if _NAME.fullmatch(name) is None or not path.is_file():
        raise NotFound(kind="mail")
    return render_template("mails/mail.html", mail=_read(path))


def _folder() -> Path:
    settings = cast(_MailSettings, current_app.extensions["bieumau.settings"])
    if not settings.demo.enabled:
        raise NotFound(kind="mail")
    return mails_folder(settings)


def _files() -> list[Path]:
    folder = _folder()
    if not folder.is_dir():
        return []
    return sorted(folder.glob("*.eml"), key=lambda path: path.name, reverse=True)


def _read(path: Path) -> ReceivedMail:
    message = message_from_bytes(path.read_bytes(), policy=modern)
    body = message.get_body(preferencelist=("plain",))
    return ReceivedMail(
        name=path.name,
        to=str(message.get("To", "")),
        sender=str(message.get("From", "")),
        subject=str(message.get("Subject", "")),
        at=_sent_at(str(message.get("Date", ""))),
        body="" if body is None else str(body.get_content()),
        message_id=str(message.get("Message-ID", "")),
    )


def _sent_at(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
