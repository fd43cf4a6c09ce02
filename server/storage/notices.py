"""Notices kept: for whom, about what, read or not, in a digest or not."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from server.core.json_text import dumps
from server.core.notice import Notice, NoticeKind
from server.storage.database import Database
from server.storage.fields import instant, instant_of, instant_text
from server.storage.searching import marks

_COLUMNS = "account_id, event_id, kind, submission_id, created_at, facts, read_at, id"


class NoticeStore:
    """Notices by person and by report."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, notice: Notice) -> bool:
        """Keeps a notice; false when that person was told of that event before."""
        return bool(
            self._database.run(
                "INSERT INTO notice (account_id, event_id, kind, submission_id, created_at, facts)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (
                    notice.account,
                    notice.event,
                    notice.kind.value,
                    notice.submission,
                    instant_text(notice.created_at),
                    dumps(dict(notice.facts)),
                ),
            )
        )

    def of(self, account: str, after: int | None = None, limit: int = 50) -> list[Notice]:
        """A person's notices, the newest first; those older than the number *after*."""
        older = "" if after is None else " AND id < ?"
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM notice WHERE account_id = ?{older} ORDER BY id DESC LIMIT ?",
            (account, *(() if after is None else (after,)), limit),
        )
        return [_notice(row) for row in rows]

    def get(self, account: str, number: int) -> Notice | None:
        """The notice of that number, if it is that person's."""
        row = self._database.row(
            f"SELECT {_COLUMNS} FROM notice WHERE account_id = ? AND id = ?", (account, number)
        )
        return None if row is None else _notice(row)

    def unread(self, account: str) -> int:
        """How many a person has not read."""
        row = self._database.row(
            "SELECT COUNT(*) FROM notice WHERE account_id = ? AND read_at IS NULL", (account,)
        )
        return 0 if row is None else int(row[0])

    def read(self, account: str, at: datetime, *, number: int | None = None) -> int:
        """Marks one, or all of a person's as read; how many were unread."""
        one = "" if number is None else " AND id = ?"
        return self._database.run(
            f"UPDATE notice SET read_at = ? WHERE account_id = ? AND read_at IS NULL{one}",
            (instant_text(at), account, *(() if number is None else (number,))),
        )

    def settle(
        self,
        submission: str,
        at: datetime,
        *,
        account: str | None = None,
        kind: NoticeKind | None = None,
    ) -> int:
        """Marks those about a report up to then as read: one person's, or one kind of all."""
        where = ""
        values: list[object] = []
        if account is not None:
            where, values = where + " AND account_id = ?", [*values, account]
        if kind is not None:
            where, values = where + " AND kind = ?", [*values, kind.value]
        return self._database.run(
            "UPDATE notice SET read_at = ? WHERE submission_id = ? AND read_at IS NULL"
            f" AND created_at <= ?{where}",
            (instant_text(at), submission, instant_text(at), *values),
        )

    def settle_events(self, events: Collection[str], at: datetime) -> int:
        """Marks what was told of these events as read, for everybody."""
        if not events:
            return 0
        return self._database.run(
            "UPDATE notice SET read_at = ? WHERE read_at IS NULL"
            f" AND event_id IN ({marks(events)})",
            (instant_text(at), *sorted(events)),
        )

    def waiting(self, kinds: Collection[NoticeKind], since: datetime) -> Mapping[str, list[Notice]]:
        """Unread ones of these kinds that stood in no mail yet, by person, the oldest first."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM notice WHERE read_at IS NULL AND mailed_at IS NULL"
            f" AND created_at >= ? AND kind IN ({marks(kinds)}) ORDER BY id",
            (instant_text(since), *sorted(kind.value for kind in kinds)),
        )
        found: dict[str, list[Notice]] = {}
        for notice in map(_notice, rows):
            found.setdefault(notice.account, []).append(notice)
        return found

    def mailed(self, numbers: Collection[int], at: datetime) -> None:
        """Notes that they stand in a mail."""
        if not numbers:
            return
        self._database.run(
            f"UPDATE notice SET mailed_at = ? WHERE id IN ({marks(numbers)})",
            (instant_text(at), *sorted(numbers)),
        )

    def purge(self, before: datetime) -> int:
        """Forgets what was told before that instant."""
        return self._database.run(
            "DELETE FROM notice WHERE created_at < ?", (instant_text(before),)
        )


def _notice(row: tuple) -> Notice:
    facts = json.loads(row[5]) if isinstance(row[5], str) else row[5]
    return Notice(
        account=row[0],
        event=row[1],
        kind=NoticeKind(row[2]),
        submission=row[3],
        created_at=instant(row[4]),
        facts=facts,
        read_at=instant_of(row[6]),
        id=row[7],
    )
