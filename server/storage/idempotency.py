"""First answers to request keys, so that a repeated request has no second effect."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.core.json_text import dumps
from server.errors import DatabaseUnavailable, KeyReused, StillRunning
from server.storage.database import Database
from server.storage.fields import instant, instant_text

#: A first request that has not answered by then died with its process.
ABANDONED_AFTER = timedelta(seconds=90)
_RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What the first request was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class IdempotencyStore:
    """Keys of one account mean nothing to another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, account: str, key: str, body_digest: str, at: datetime) -> StoredAnswer | None:
        """The first answer, or ``None`` for the first request, which must ``finish`` or ``forget``.

        Raises:
            KeyReused: the key came with another body before.
            StillRunning: the first request has not ended.
        """
        if self._is_first(account, key, body_digest, at):
            return None
        row = self._database.row(
            "SELECT body_digest, started_at, status, headers, body FROM idempotency"
            " WHERE account = ? AND key = ?",
            (account, key),
        )
        if row is None:  # forgotten between the two statements
            raise StillRunning(retry_after=_RETRY_SECONDS)
        known_digest, started_at, status, headers, body = row
        if known_digest != body_digest:
            raise KeyReused(key=key)
        if status is not None:
            return StoredAnswer(status, json.loads(headers), bytes(body))
        if instant(started_at) + ABANDONED_AFTER <= at and self._take_over(
            account, key, started_at, at
        ):
            return None
        raise StillRunning(retry_after=_RETRY_SECONDS)

    def _is_first(self, account: str, key: str, body_digest: str, at: datetime) -> bool:
        """Waits, where the first request holds the key in an open transaction, for its end."""
        try:
            return bool(
                self._database.run(
                    "INSERT INTO idempotency (account, key, body_digest, started_at)"
                    " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (account, key, body_digest, instant_text(at)),
                )
            )
        except DatabaseUnavailable as fault:
            if fault.facts["reason"] != "busy":
                raise
            raise StillRunning(retry_after=_RETRY_SECONDS) from fault

    def _take_over(self, account: str, key: str, started_at: object, at: datetime) -> bool:
        return bool(
            self._database.run(
                "UPDATE idempotency SET started_at = ?"
                " WHERE account = ? AND key = ? AND status IS NULL AND started_at = ?",
                (instant_text(at), account, key, started_at),
            )
        )

    def finish(
        self, account: str, key: str, status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Keeps the answer."""
        self._database.run(
            "UPDATE idempotency SET status = ?, headers = ?, body = ?"
            " WHERE account = ? AND key = ?",
            (status, dumps(headers), body, account, key),
        )

    def forget(self, account: str, key: str) -> None:
        """The first request failed: the key is free again."""
        self._database.run(
            "DELETE FROM idempotency WHERE account = ? AND key = ? AND status IS NULL",
            (account, key),
        )

    def purge(self, before: datetime) -> int:
        """Forgets keys first used before that instant; how many."""
        return self._database.run(
            "DELETE FROM idempotency WHERE started_at < ?", (instant_text(before),)
        )
