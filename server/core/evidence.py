"""Evidence that a sealed report is what was signed: the sealed document and Merkle proofs.

What is exported from here anybody checks without the server, with ``docs/check_report.py``.
"""

import hashlib
from collections.abc import Mapping, Sequence

from server.core.event import Event
from server.core.submission import Submission

FORMAT = "bieumau-evidence/1"


def sealed_document(
    submission: Submission,
    number: int,
    *,
    answers: Mapping[str, object],
    statuses: Mapping[str, str],
    nil: bool,
    reasons: Sequence[Mapping[str, str]],
    records: str | None = None,
) -> dict[str, object]:
    """What the digest of edition *number* is over; *records*: that of a survey's records."""
    document: dict[str, object] = {
        "submission": submission.id,
        "number": number,
        "form": f"{submission.form}/{submission.version}",
        "org_unit": submission.org_unit,
        "period": submission.period,
        "answers": answers,
        "statuses": statuses,
        "nil": nil,
        "reasons": list(reasons),
    }
    if records is not None:
        document["records"] = records
    return document


def event_row(event: Event) -> dict[str, object]:
    """The row as its hash is over it, and the hash."""
    return {
        "subject": event.subject,
        "sequence": event.sequence,
        "name": event.name,
        "actor": event.actor,
        "happened_at": event.happened_at.isoformat(timespec="microseconds"),
        "details": event.details,
        "previous": event.previous,
        "hash": event.hash,
    }


def sealing_event(events: Sequence[Event], number: int, digest: str) -> Event | None:
    """The event that sealed edition *number*: the first that names its digest."""
    for event in events:
        details = event.details
        if details.get("revision") == number and details.get("digest") == digest:
            return event
    return None


def inclusion_path(leaves: Sequence[str], place: int) -> list[str]:
    """The hashes that lead from the leaf at *place* (from 0) to the root, nearest first.

    RFC 9162, 2.1.3.1, on the same tree as ``event.merkle_root``.
    """
    if not 0 <= place < len(leaves):
        raise IndexError(place)
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest() for leaf in leaves]
    path: list[str] = []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):  # an odd node at the end is carried up alone
            path.append(level[beside].hex())
        paired = [
            hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest()
            for at in range(0, len(level) - 1, 2)
        ]
        if len(level) % 2:
            paired.append(level[-1])
        level, place = paired, place // 2
    return path
