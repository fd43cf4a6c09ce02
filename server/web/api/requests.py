"""Reading requests: strict JSON bodies, query parameters, ids, ``If-Match``, ``Idempotency-Key``.

Everything a caller may get wrong about the form of a request is refused here, with the place.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from server.core.json_text import JsonInvalid, loads, pointer
from server.core.period import Period
from server.core.submission import Edit
from server.core.vietnamese import nfc
from server.errors import BodyTooLarge, NotFound, PreconditionMissing, RequestInvalid
from server.services.idempotency import StoredAnswer
from server.web.session import current_actor, services

LIMIT: Final = 100
MAX_LIMIT: Final = 500
_ID: Final = re.compile(r"[!-~]{1,100}", re.ASCII)
_KEY: Final = re.compile(r"[!-~]{1,255}", re.ASCII)
_EDIT: Final = re.compile(r'(?:"([0-9]{1,15})"|([0-9]{1,15}))', re.ASCII)
#: No submission ever has this edit, so a tag that names none is simply stale.
_NO_EDIT: Final = Edit(-1)

TEXT: Final = "text"
OBJECT: Final = "object"
LIST: Final = "list"
FLAG: Final = "flag"
ANY: Final = "any"
_FITS: Final[Mapping[str, Callable[[object], bool]]] = {
    TEXT: lambda value: isinstance(value, str),
    OBJECT: lambda value: isinstance(value, dict),
    LIST: lambda value: isinstance(value, list),
    FLAG: lambda value: isinstance(value, bool),
    ANY: lambda value: True,
}


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is asked for."""

    after: str | None
    limit: int


class Body:
    """A JSON object whose members were checked; an optional member may be absent or null."""

    def __init__(self, members: Mapping[str, object]) -> None:
        self._members = members

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def value(self, name: str) -> object:
        return self._members.get(name)

    def text(self, name: str) -> str:
        return str(self._members[name])

    def maybe_text(self, name: str) -> str | None:
        value = self._members.get(name)
        return None if value is None else str(value)

    def mapping(self, name: str) -> dict[str, object]:
        value = self._members.get(name)
        return value if isinstance(value, dict) else {}

    def maybe_mapping(self, name: str) -> dict[str, object] | None:
        return self.mapping(name) if self._members.get(name) is not None else None

    def list_(self, name: str) -> list[object]:
        value = self._members.get(name)
        return value if isinstance(value, list) else []

    def flag(self, name: str) -> bool:
        return self._members.get(name) is True

    def statuses(self) -> dict[str, str]:
        """The member ``statuses``: reasons by pointer."""
        found = self.mapping("statuses")
        faults = [
            _fault(pointer("statuses", path), "type")
            for path, status in found.items()
            if not isinstance(status, str)
        ]
        if faults:
            raise RequestInvalid(errors=faults)
        return {path: str(status) for path, status in found.items()}


def json_body(
    required: Mapping[str, str] | None = None, optional: Mapping[str, str] | None = None
) -> Body:
    """The request's JSON object with exactly these members; ``RequestInvalid`` names the place."""
    if request.mimetype not in ("", "application/json"):
        raise UnsupportedMediaType
    try:
        value = loads(request.get_data())
    except JsonInvalid as fault:
        if fault.reason == "too_large":
            raise BodyTooLarge from None
        raise RequestInvalid(
            reason=fault.reason, path=fault.path, line=fault.line, column=fault.column
        ) from None
    return members(value, "", required or {}, optional or {})


def members(
    value: object, path: str, required: Mapping[str, str], optional: Mapping[str, str]
) -> Body:
    """*value* as an object with these members and no others."""
    if not isinstance(value, dict):
        raise RequestInvalid(reason="type", path=path)
    faults = [
        _fault(path + pointer(name), "member-missing")
        for name in required
        if (value.get(name) is None and required[name] != ANY) or name not in value
    ]
    for name, held in value.items():
        kind = required.get(name) or optional.get(name)
        if kind is None:
            faults.append(_fault(path + pointer(name), "member-unknown"))
        elif held is not None and not _FITS[kind](held):
            faults.append(_fault(path + pointer(name), "type"))
    if faults:
        raise RequestInvalid(errors=faults)
    return Body(value)


def parameter(name: str) -> str | None:
    """A query parameter in NFC; an empty one counts as absent."""
    return nfc(request.args.get(name, "")) or None


def required_parameter(name: str) -> str:
    value = parameter(name)
    if value is None:
        raise RequestInvalid(reason="parameter-missing", path=f"/{name}")
    return value


def whole_number(name: str) -> int | None:
    """A query parameter that is a number of at most nine digits."""
    value = parameter(name)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
        raise RequestInvalid(reason="number", path=f"/{name}")
    return int(value)


def day(name: str) -> date | None:
    """A query parameter that is a day: ``2025-01-24``."""
    value = parameter(name)
    if value is None:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.isoformat() != value:
        raise RequestInvalid(reason="day", path=f"/{name}")
    return found


def period(name: str = "period") -> str | None:
    """A query parameter that is a period id."""
    value = parameter(name)
    if value is not None:
        span(value)
    return value


def span(text: str) -> Period:
    """The period of an id; ``RequestInvalid`` when it is none."""
    try:
        return Period.asked(text)
    except ValueError:
        raise RequestInvalid(reason="period", path="/period") from None


def unit_parameter(name: str = "org_unit") -> str | None:
    """The id of a unit; whether it exists and is in scope the service says."""
    value = parameter(name)
    return None if value is None else identity(value, "org_unit")


def identity(text: str, kind: str) -> str:
    """*text* when it may be an id at all; a malformed id reads like a missing one."""
    if not _ID.fullmatch(text):
        raise NotFound(kind=kind)
    return text


def window() -> Window:
    """``limit`` and ``cursor``."""
    limit = whole_number("limit")
    if limit is not None and not 1 <= limit <= MAX_LIMIT:
        raise RequestInvalid(reason="limit", path="/limit")
    after = parameter("cursor")
    if after is not None and not _KEY.fullmatch(after):
        raise RequestInvalid(reason="cursor", path="/cursor")
    return Window(after, limit or LIMIT)


def seen_edit() -> Edit:
    """The edit that ``If-Match`` names, as ``"7"`` or ``7``; any other tag matches nothing.

    ``*`` names no edit: a write that does not say what it is based on is refused like none.
    """
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        raise PreconditionMissing
    match = _EDIT.fullmatch(given)
    return _NO_EDIT if match is None else Edit(int(match[1] or match[2]))


def has_key() -> bool:
    """Whether the caller sent an ``Idempotency-Key`` where none is asked for."""
    return "Idempotency-Key" in request.headers


def key_required() -> str:
    """The ``Idempotency-Key``; ``RequestInvalid`` without a usable one."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise RequestInvalid(reason="idempotency-key-missing", path="")
    if not _KEY.fullmatch(key):
        raise RequestInvalid(reason="idempotency-key-invalid", path="")
    return key


def answered_once(action: Callable[[], StoredAnswer]) -> Response:
    """Run *action* once for the caller and the request's key, and answer what it answered.

    Method, address and raw body together are what must be the same when a key comes again.
    """
    key = key_required()
    mark = sha256(f"{request.method} {request.full_path}\n".encode() + request.get_data())
    kept = services().idempotency.once(current_actor(), key, mark.hexdigest(), action)
    return Response(kept.body, kept.status, dict(sorted(kept.headers.items())))


def _fault(path: str, code: str) -> dict[str, str]:
    return {"path": path, "code": code, "message": ""}
