"""Checkpoints kept: which events are sealed, in which order, under which head."""

from collections.abc import Sequence
from datetime import datetime

from server.core.event import Checkpoint
from server.errors import Conflict
from server.storage.database import Database
from server.storage.fields import instant, instant_text

#: The sealer's list of events still without a leaf is a delivery list like any other.
SEALER = "sealer"
_COLUMNS = "number, first_leaf, leaves, root, head, sealed_at"


class CheckpointStore:
    """The part of ``EventStore`` that is about sealing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unsealed(self, limit: int) -> list[tuple[str, str]]:
        """Ids and hashes of events without a leaf; one sealer at a time (waits for the other)."""
        if self._database.kind == "postgresql":
            self._database.rows("SELECT pg_advisory_xact_lock(7201, 1)")
        return self._database.rows(
            "SELECT e.id, e.hash FROM event_delivery d JOIN event e ON e.id = d.event_id"
            " WHERE d.consumer = ? AND d.state = 'waiting' ORDER BY d.id LIMIT ?",
            (SEALER, limit),
        )

    def add_checkpoint(self, checkpoint: Checkpoint, event_ids: Sequence[str]) -> None:
        """Keeps a checkpoint and the leaves of its events, in this order.

        Raises:
            Conflict: another sealer was faster.
        """
        added = self._database.run(
            f"INSERT INTO checkpoint ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                checkpoint.number,
                checkpoint.first_leaf,
                checkpoint.leaves,
                checkpoint.root,
                checkpoint.head,
                instant_text(checkpoint.sealed_at),
            ),
        )
        if not added:
            raise Conflict(kind="checkpoint", number=checkpoint.number)
        self._database.run_many(
            "INSERT INTO event_leaf (event_id, checkpoint, leaf) VALUES",
            [
                (event_id, checkpoint.number, leaf)
                for leaf, event_id in enumerate(event_ids, start=checkpoint.first_leaf)
            ],
        )
        self._database.run(
            "UPDATE event_delivery SET state = 'done' WHERE consumer = ? AND event_id IN"
            " (SELECT event_id FROM event_leaf WHERE checkpoint = ?)",
            (SEALER, checkpoint.number),
        )

    def last_checkpoint(self) -> Checkpoint | None:
        """The newest seal."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM checkpoint ORDER BY number DESC LIMIT 1")
        return None if row is None else _checkpoint(row)

    def checkpoints(self, after: int = 0, limit: int = 10_000) -> list[Checkpoint]:
        """Seals in order, those after number *after*."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM checkpoint WHERE number > ? ORDER BY number LIMIT ?",
            (after, limit),
        )
        return [_checkpoint(row) for row in rows]

    def leaves(self, checkpoint: int) -> list[tuple[str, str]]:
        """Ids and hashes of the events of a checkpoint in the order of its leaves."""
        return self._database.rows(
            "SELECT e.id, e.hash FROM event_leaf l JOIN event e ON e.id = l.event_id"
            " WHERE l.checkpoint = ? ORDER BY l.leaf",
            (checkpoint,),
        )

    def chain_rows(self, subject: str, sequence: int, limit: int = 5000) -> list[tuple]:
        """Rows of all chains after that one, in order, as they are kept.

        Subject, sequence, name, actor, instant, details as text, the hash before, the hash.
        """
        rows = self._database.rows(
            "SELECT subject, sequence, name, actor, happened_at, details, previous, hash"
            " FROM event WHERE (subject, sequence) > (?, ?) ORDER BY subject, sequence LIMIT ?",
            (subject, sequence, limit),
        )
        return [(*row[:4], instant(row[4]), *row[5:]) for row in rows]

    def last_leaf(self, subject: str) -> tuple[int, int, int] | None:
        """The newest sealed event of a subject: its sequence, its checkpoint, its leaf."""
        row = self._database.row(
            "SELECT e.sequence, l.checkpoint, l.leaf FROM event e"
            " JOIN event_leaf l ON l.event_id = e.id"
            " WHERE e.subject = ? ORDER BY e.sequence DESC LIMIT 1",
            (subject,),
        )
        return None if row is None else (int(row[0]), int(row[1]), int(row[2]))

    def oldest_unsealed(self) -> datetime | None:
        """When the event happened that has waited longest for its seal."""
        row = self._database.row(
            "SELECT MIN(e.happened_at) FROM event_delivery d JOIN event e ON e.id = d.event_id"
            " WHERE d.consumer = ? AND d.state = 'waiting'",
            (SEALER,),
        )
        return None if row is None or row[0] is None else instant(row[0])


def _checkpoint(row: tuple) -> Checkpoint:
    number, first_leaf, leaves, root, head, sealed_at = row
    return Checkpoint(
        number=number,
        first_leaf=first_leaf,
        leaves=leaves,
        root=root,
        head=head,
        sealed_at=instant(sealed_at),
    )
