"""The ledger: sealing events into checkpoints, reading the audit log, checking that all holds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from server.core.access import Actor
from server.core.event import (
    GENESIS,
    Checkpoint,
    Event,
    checkpoint_head,
    merkle_root,
    row_hash,
)
from server.core.ports import Clock, Transaction
from server.errors import AccessDenied
from server.services.page import Page
from server.storage.events import EventStore

_LEAVES = 10_000
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the ledger found; *faults* is empty when everything holds."""

    subjects: int
    events: int
    checkpoints: int
    head: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Use cases of the audit log."""

    events: EventStore
    transaction: Transaction
    clock: Clock

    def seal(self) -> Checkpoint | None:
        """Take the events without a leaf into a checkpoint that chains to the last one.

        Only one sealer works at a time; ``None`` when there is nothing to seal.
        """
        with self.transaction():
            waiting = self.events.unsealed(_LEAVES)
            if not waiting:
                return None
            last = self.events.last_checkpoint()
            root = merkle_root([leaf for _, leaf in waiting])
            now = self.clock.now()
            checkpoint = Checkpoint(
                number=last.number + 1 if last else 1,
                first_leaf=last.first_leaf + last.leaves if last else 1,
                leaves=len(waiting),
                root=root,
                head=checkpoint_head(last.head if last else GENESIS, root, len(waiting), now),
                sealed_at=now,
            )
            self.events.add_checkpoint(checkpoint, [event_id for event_id, _ in waiting])
            return checkpoint

    def head(self) -> str:
        """The head of the last checkpoint; it leaves the database in logs and receipts."""
        last = self.events.last_checkpoint()
        return last.head if last else GENESIS

    def recent(
        self,
        actor: Actor,
        *,
        subject: str | None = None,
        name: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> Page[Event]:
        """The audit log, the newest first; for admins."""
        if not actor.is_admin:
            raise AccessDenied(action="audit")
        found = self.events.recent(after=after, limit=limit + 1, subject=subject, name=name)
        return Page.cut(list(found), limit)

    def verify(self, head: str | None = None) -> Verification:
        """Check every chain and every checkpoint, and that *head* was once sealed here."""
        faults: list[str] = []
        subjects = events = 0
        for subject, rows in groupby(self._rows(), key=itemgetter(0)):
            subjects += 1
            broken, length = _first_break(rows)
            events += length
            if broken is not None:
                faults.append(f"chain broken: {subject} at event {broken}")
        previous, checkpoints = GENESIS, self.events.checkpoints()
        for checkpoint in checkpoints:
            leaves = [leaf for _, leaf in self.events.leaves(checkpoint.number)]
            if len(leaves) != checkpoint.leaves or merkle_root(leaves) != checkpoint.root:
                faults.append(f"checkpoint {checkpoint.number}: root differs")
            expected = checkpoint_head(
                previous, checkpoint.root, checkpoint.leaves, checkpoint.sealed_at
            )
            if expected != checkpoint.head:
                faults.append(f"checkpoint {checkpoint.number}: head differs")
            previous = checkpoint.head
        if head is not None and head not in {checkpoint.head for checkpoint in checkpoints}:
            faults.append(f"head unknown: {head}")
        return Verification(subjects, events, len(checkpoints), previous, tuple(faults))

    def _rows(self) -> Iterator[Row]:
        subject, sequence = "", 0
        while batch := self.events.chain_rows(subject, sequence):
            yield from batch
            subject, sequence = batch[-1][:2]


def _first_break(rows: Iterable[Row]) -> tuple[int | None, int]:
    """The place of the first row that does not hold in the chain of a subject; how many rows."""
    previous, broken, place = GENESIS, None, 0
    for place, row in enumerate(rows, start=1):
        subject, sequence, name, actor, happened_at, details, before, hash_ = row
        if broken is not None:
            continue
        said = row_hash(
            subject=subject,
            sequence=sequence,
            name=name,
            actor=actor,
            happened_at=happened_at,
            details=details,
            previous=before,
        )
        if (sequence, before, hash_) != (place, previous, said):
            broken = place
        previous = hash_
    return broken, place
