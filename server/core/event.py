"""Events: the append-only history of every subject, chained by hashes.

Each event carries the hash of the previous one of its subject, so writers of
different subjects do not queue behind one another. A sealer takes events
without a leaf into a Merkle checkpoint that chains to the last one
(tree hashing with leaf and node prefixes as in RFC 9162, section 2.1).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core.json_text import dumps

GENESIS = "0" * 64
#: A text in canonical JSON, as ``dumps`` writes it.
_text = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to one subject: ``subject`` is ``kind/id``, ``sequence`` counts from 1."""

    id: str
    subject: str
    sequence: int
    name: str
    actor: str
    happened_at: datetime
    details: Mapping[str, object]
    previous: str
    hash: str


def event_hash(
    *,
    subject: str,
    sequence: int,
    name: str,
    actor: str,
    happened_at: datetime,
    details: Mapping[str, object],
    previous: str,
) -> str:
    """SHA-256 over the canonical JSON of the event and the hash before it, in hex."""
    return row_hash(
        subject=subject,
        sequence=sequence,
        name=name,
        actor=actor,
        happened_at=happened_at,
        details=dumps(details),
        previous=previous,
    )


def row_hash(
    *,
    subject: str,
    sequence: int,
    name: str,
    actor: str,
    happened_at: datetime,
    details: str,
    previous: str,
) -> str:
    """The same of an event as it is kept: *details* are canonical JSON already."""
    body = (
        f'{{"actor":{_text(actor)},"details":{details},'
        f'"happened_at":"{happened_at.isoformat(timespec="microseconds")}",'
        f'"name":{_text(name)},"previous":{_text(previous)},'
        f'"sequence":{sequence},"subject":{_text(subject)}}}'
    )
    return hashlib.sha256(body.encode()).hexdigest()


def is_chained(events: Sequence[Event]) -> bool:
    """Whether these are all events of one subject from the first, unchanged and in order."""
    previous = GENESIS
    for expected, event in enumerate(events, start=1):
        if event.sequence != expected or event.previous != previous:
            return False
        if event.hash != event_hash(
            subject=event.subject,
            sequence=event.sequence,
            name=event.name,
            actor=event.actor,
            happened_at=event.happened_at,
            details=event.details,
            previous=event.previous,
        ):
            return False
        previous = event.hash
    return True


def merkle_root(leaves: Sequence[str]) -> str:
    """The Merkle tree hash of the hex *leaves*, in hex; of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest() for leaf in leaves]
    while len(level) > 1:
        paired = [
            hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest()
            for at in range(0, len(level) - 1, 2)
        ]
        # RFC 9162 splits at the largest power of two; carrying an odd node up gives the same tree.
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0].hex()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A sealed stretch of events: its Merkle root and the head that chains to the last one."""

    number: int
    first_leaf: int
    leaves: int
    root: str
    head: str
    sealed_at: datetime


def checkpoint_head(previous: str, root: str, leaves: int, sealed_at: datetime) -> str:
    """The hash that leaves the database: over the head before, the root, the size and the time."""
    text = "\n".join([previous, root, str(leaves), sealed_at.isoformat(timespec="microseconds")])
    return hashlib.sha256(text.encode()).hexdigest()
