"""Events kept: the chain of each subject, and who is still to be told of an event.

The checkpoints that seal events are in ``checkpoints``.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from server.core.event import GENESIS, Event, event_hash
from server.core.json_text import dumps
from server.core.ports import NewId
from server.storage.checkpoints import SEALER, CheckpointStore
from server.storage.database import Database
from server.storage.fields import instant, instant_text
from server.storage.searching import marks

_COLUMNS = "id, subject, sequence, name, actor, happened_at, details, previous, hash"
#: A new delivery is due whatever the clock of the node that claims it says.
_DUE_AT_ONCE = instant_text(datetime(1970, 1, 1, tzinfo=UTC))
#: How many subjects one query names.
_AT_ONCE = 500


class EventStore(CheckpointStore):
    """The append-only history.

    ``details`` never holds personal values: what is given as ``personal`` is kept apart, where
    it can be erased, and only its salted digest is chained.
    """

    def __init__(
        self,
        database: Database,
        *,
        consumers: Sequence[str],
        new_id: NewId,
        new_salt: Callable[[], str],
    ) -> None:
        super().__init__(database)
        self._database = database
        self._consumers = (*consumers, SEALER)
        self._new_id = new_id
        self._new_salt = new_salt
        self._deliver = (
            "INSERT INTO event_delivery (event_id, consumer, state, tries, due_at) VALUES "
            + ", ".join(["(?, ?, 'waiting', 0, ?)"] * len(self._consumers))
        )

    def append(
        self,
        subject: str,
        name: str,
        actor: str,
        happened_at: datetime,
        details: Mapping[str, object],
        *,
        personal: Mapping[str, object] | None = None,
    ) -> Event:
        """Adds what happened to the subject's chain and to the consumers' lists.

        Writers of one subject wait for one another until the transaction ends.
        """
        sequence, previous = self._head(subject)
        salt = ""
        if personal:
            salt = self._new_salt()
            details = {**details, "personal": _digests(personal, salt)}
        happened_at = happened_at.astimezone(UTC)
        written = dumps(details)
        event = Event(
            id=self._new_id(),
            subject=subject,
            sequence=sequence + 1,
            name=name,
            actor=actor,
            happened_at=happened_at,
            details=json.loads(written),
            previous=previous,
            hash=event_hash(
                subject=subject,
                sequence=sequence + 1,
                name=name,
                actor=actor,
                happened_at=happened_at,
                details=details,
                previous=previous,
            ),
        )
        self._database.run(
            f"INSERT INTO event ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                event.id,
                subject,
                event.sequence,
                name,
                actor,
                instant_text(happened_at),
                written,
                previous,
                event.hash,
            ),
        )
        self._database.run(
            self._deliver,
            [value for consumer in self._consumers for value in (event.id, consumer, _DUE_AT_ONCE)],
        )
        if personal:
            self._database.run(
                "INSERT INTO event_personal (event_id, salt, details) VALUES (?, ?, ?)",
                (event.id, salt, dumps(personal)),
            )
        return event

    def hold(self, subject: str) -> None:
        """Other writers of the subject wait until the transaction ends; SQLite has one anyway."""
        if self._database.kind == "postgresql":
            # A statement of its own, so that the next one sees what the lock waited for.
            self._database.rows(
                "SELECT pg_advisory_xact_lock(hashtextextended(?, 7201))", (subject,)
            )

    def _head(self, subject: str) -> tuple[int, str]:
        self.hold(subject)
        row = self._database.row(
            "SELECT sequence, hash FROM event WHERE subject = ? ORDER BY sequence DESC LIMIT 1",
            (subject,),
        )
        return (0, GENESIS) if row is None else (row[0], row[1])

    # Reading

    def get(self, event_id: str) -> Event | None:
        """One event."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM event WHERE id = ?", (event_id,))
        return None if row is None else event_of(row)

    def of(self, subject: str) -> list[Event]:
        """The whole chain of a subject, the first event first."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM event WHERE subject = ? ORDER BY sequence", (subject,)
        )
        return [event_of(row) for row in rows]

    def latest(self, subjects: Sequence[str], names: Sequence[str]) -> dict[str, Event]:
        """Of each of *subjects* the newest event of one of these names."""
        found: dict[str, tuple] = {}
        for start in range(0, len(subjects), _AT_ONCE):
            part = subjects[start : start + _AT_ONCE]
            rows = self._database.rows(
                f"SELECT {_COLUMNS} FROM event WHERE subject IN ({marks(part)})"
                f" AND name IN ({marks(names)}) ORDER BY sequence",
                (*part, *names),
            )
            found |= {row[1]: row for row in rows}
        return {subject: event_of(row) for subject, row in found.items()}

    def recent(
        self,
        *,
        subject: str | None = None,
        name: str | None = None,
        actor: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Event]:
        """Events for the audit browser, the newest first, those older than the event *after*.

        *name* may end in ``*`` (``submission.*``).
        """
        where: list[str] = ["1 = 1"]
        values: list[object] = []
        conditions: tuple[tuple[str, object], ...] = (
            ("subject = ?", subject),
            ("actor = ?", actor),
            ("happened_at >= ?", instant_text(since)),
            ("happened_at < ?", instant_text(until)),
            ("id < ?", after),
        )
        for condition, value in conditions:
            if value is not None:
                where.append(condition)
                values.append(value)
        if name is not None and name.endswith("*"):
            where.append("name >= ? AND name < ?")
            values += [name[:-1], name[:-1] + "\U0010ffff"]
        elif name is not None:
            where.append("name = ?")
            values.append(name)
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM event WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?",
            (*values, limit),
        )
        return [event_of(row) for row in rows]

    def subjects(self, after: str = "", limit: int = 1000) -> list[str]:
        """Subjects in order, for going through all chains."""
        rows = self._database.rows(
            "SELECT subject FROM event WHERE sequence = 1 AND subject > ? ORDER BY subject LIMIT ?",
            (after, limit),
        )
        return [subject for (subject,) in rows]

    # Personal values

    def personal(self, event_ids: Sequence[str]) -> dict[str, dict[str, object]]:
        """The personal values of these events that are not erased."""
        if not event_ids:
            return {}
        rows = self._database.rows(
            f"SELECT event_id, details FROM event_personal WHERE event_id IN ({marks(event_ids)})",
            event_ids,
        )
        return {event_id: json.loads(details) for event_id, details in rows}

    def erase_personal(self, subject: str) -> int:
        """Erases the personal values (and salts) of a subject's events; the chain stays whole."""
        return self._database.run(
            "DELETE FROM event_personal WHERE event_id IN (SELECT id FROM event WHERE subject = ?)",
            (subject,),
        )

    # Delivery

    def claim(self, consumer: str, limit: int, now: datetime, lease_seconds: float) -> list[Event]:
        """Takes waiting events for a consumer; until the lease ends nobody else gets them.

        What is neither ``done`` nor ``failed`` by then is handed out again.
        """
        chosen = (
            "SELECT id FROM event_delivery WHERE consumer = ? AND state = 'waiting' AND due_at <= ?"
            " ORDER BY id LIMIT ?"
        )
        claimed = self._database.rows(
            "UPDATE event_delivery SET due_at = ?, tries = tries + 1"
            f" WHERE id {self._database.claimed(chosen)} RETURNING id, event_id",
            (
                instant_text(now + timedelta(seconds=lease_seconds)),
                consumer,
                instant_text(now),
                limit,
            ),
        )
        if not claimed:
            return []
        ids = [event_id for _, event_id in sorted(claimed)]
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM event WHERE id IN ({marks(ids)})", ids)
        found = {row[0]: event_of(row) for row in rows}
        return [found[event_id] for event_id in ids]

    def done(self, consumer: str, event_id: str) -> None:
        """The consumer has dealt with the event."""
        self._database.run(
            "UPDATE event_delivery SET state = 'done', error = NULL"
            " WHERE event_id = ? AND consumer = ?",
            (event_id, consumer),
        )

    def failed(self, consumer: str, event_id: str, error: str, retry_at: datetime | None) -> int:
        """The consumer failed: again at *retry_at*, ``None`` is never. How many tries so far."""
        row = self._database.row(
            "UPDATE event_delivery SET error = ?, due_at = COALESCE(?, due_at), state = ?"
            " WHERE event_id = ? AND consumer = ? RETURNING tries",
            (
                error,
                instant_text(retry_at),
                "dead" if retry_at is None else "waiting",
                event_id,
                consumer,
            ),
        )
        return 0 if row is None else int(row[0])

    def undelivered(self) -> dict[str, dict[str, int]]:
        """By consumer, how many events wait (``waiting``) and how many were given up (``dead``)."""
        rows = self._database.rows(
            "SELECT consumer, state, COUNT(*) FROM event_delivery WHERE state <> 'done'"
            " GROUP BY consumer, state"
        )
        counts = {consumer: {"waiting": 0, "dead": 0} for consumer in self._consumers}
        for consumer, state, number in rows:
            counts.setdefault(consumer, {"waiting": 0, "dead": 0})[state] = number
        return counts

    def revive(self, consumer: str, now: datetime) -> int:
        """Gives a consumer another try at what was given up; how many."""
        return self._database.run(
            "UPDATE event_delivery SET state = 'waiting', due_at = ?"
            " WHERE consumer = ? AND state = 'dead'",
            (instant_text(now), consumer),
        )


def _digests(personal: Mapping[str, object], salt: str) -> dict[str, str]:
    return {
        name: sha256(f"{salt}\n{name}\n{dumps(value)}".encode()).hexdigest()
        for name, value in personal.items()
    }


def event_of(row: tuple) -> Event:
    """The event of a row with the columns in the order of ``Event``."""
    id_, subject, sequence, name, actor, happened_at, details, previous, hash_ = row
    return Event(
        id=id_,
        subject=subject,
        sequence=sequence,
        name=name,
        actor=actor,
        happened_at=instant(happened_at),
        details=json.loads(details),
        previous=previous,
        hash=hash_,
    )
