"""Short answers to a save: ``Prefer: return=minimal`` (RFC 7240), so that typing costs little.

A page that types sends a few cells every second; what it already holds is not sent back. It says
what it holds: ``edit``, the last edit it saw, and ``verdict``, the digest of the findings it shows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from flask import Response, request

from server.core.answers import Conflict
from server.core.submission import Change, DraftChange
from server.services.review import SubmissionView
from server.web.api.bodies import conflict, etag, instant, respond, submission, text_of
from server.web.session import current_actor, services

_DIGITS: Final = 16
_PARAMETER: Final = re.compile(r'\s*([a-z]+)\s*=\s*"?([0-9A-Za-z]{0,64})"?\s*', re.ASCII)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller asks for and holds already."""

    short: bool = False
    edit: int | None = None
    verdict: str = ""


def wish_of(header: str) -> Wish:
    """Read a ``Prefer`` header; what is not understood is passed over, as the RFC wants."""
    for preference in header.split(","):
        first, *rest = preference.split(";")
        if first.replace(" ", "").replace('"', "").lower() != "return=minimal":
            continue
        found = [_PARAMETER.fullmatch(part) for part in rest]
        held = {one[1]: one[2] for one in found if one is not None}
        edit = held.get("edit", "")
        known = int(edit) if edit.isdigit() and len(edit) <= _DIGITS else None
        return Wish(True, known, held.get("verdict", ""))
    return Wish()


def saved(view: SubmissionView, *, versioned: bool = False) -> Response:
    """The submission after a save, as short as the caller wishes it.

    *versioned*: the caller said which version of the form it shows, and hears which it is now.
    """
    whole, edit = submission(view), view.submission.edit
    wish = wish_of(request.headers.get("Prefer", ""))
    if not wish.short:
        return respond(whole, 200, etag(edit))
    judged = {name: whole[name] for name in ("computed", "findings")}
    digest = sha256(text_of(judged)).hexdigest()[:_DIGITS]
    body: dict[str, object] = {
        "id": whole["id"],
        "edit": edit,
        "changed_at": instant(view.submission.changed_at),
        "verdict": digest,
    }
    if versioned:
        body["version"] = whole["version"]
    if wish.verdict != digest:
        body |= judged
    if wish.edit is not None and wish.edit not in {edit, edit - 1}:
        # Somebody else wrote in between: their cells and reasons come along.
        body |= {name: whole[name] for name in ("answers", "statuses", "reasons")}
    return respond(body, 200, {**etag(edit), "Preference-Applied": "return=minimal"})


def told_conflicts(submission_id: str, met: Sequence[Conflict]) -> list[Mapping[str, object]]:
    """Each cell that two people changed, with who wrote the other value and when."""
    last = services().cell_history.last(current_actor(), submission_id)
    by_path = {one.change.path: one for one in last}
    told: list[Mapping[str, object]] = []
    for one in met:
        writer = by_path.get(one.path) or _of_line(one.path, last)
        more: dict[str, object] = {}
        if writer is not None:
            name = services().accounts.name_of(writer.by)
            more = {"by": writer.by, "by_name": name, "at": instant(writer.at)}
        told.append({**conflict(one), **more})
    return told


def _of_line(path: str, last: Sequence[DraftChange]) -> DraftChange | None:
    """The newest change of the line around a cell, or of a cell in a line."""
    near = [one for one in last if _is_near(one.change, path)]
    return max(near, key=lambda one: one.at, default=None)


def _is_near(change: Change, path: str) -> bool:
    return path.startswith(f"{change.path}/") or change.path.startswith(f"{path}/")
