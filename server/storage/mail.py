"""The outbox of mails, and which reminders were taken."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.core.ports import Mail
from server.storage.database import Database
from server.storage.fields import day_text, instant, instant_of, instant_text
from server.storage.searching import marks


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail with its fate; ``state`` is ``waiting``, ``sent`` or ``dead``."""

    id: int
    mail: Mail
    kind: str
    obligation: str | None
    step: str | None
    state: str
    created_at: datetime
    due_at: datetime
    tries: int
    sent_at: datetime | None
    response: str | None
    error: str | None
    channel: str = "email"
    returned_at: datetime | None = None
    returned_why: str | None = None


_COLUMNS = (
    "id, message_id, recipient, subject, body, kind, obligation_id, step, state, created_at,"
    " due_at, tries, sent_at, response, error, channel, returned_at, returned_why"
)


class MailStore:
    """Mails by Message-ID, which is the same at every try."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        mail: Mail,
        *,
        kind: str,
        obligation: str | None,
        step: str | None,
        created_at: datetime,
        channel: str = "email",
    ) -> bool:
        """Puts a mail into the outbox; false when that Message-ID is there already."""
        added = self._database.run(
            "INSERT INTO mail (message_id, recipient, subject, body, kind, obligation_id, step,"
            " state, created_at, due_at, tries, channel)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, 0, ?)"
            " ON CONFLICT DO NOTHING",
            (
                mail.message_id,
                mail.recipient,
                mail.subject,
                mail.body,
                kind,
                obligation,
                step,
                instant_text(created_at),
                instant_text(created_at),
                channel,
            ),
        )
        return bool(added)

    def due(self, now: datetime, limit: int, lease_seconds: float = 300) -> list[StoredMail]:
        """Claims mails to send; until the lease ends no other worker gets them."""
        chosen = (
            "SELECT id FROM mail WHERE state = 'waiting' AND due_at <= ?"
            " ORDER BY due_at, id LIMIT ?"
        )
        rows = self._database.rows(
            "UPDATE mail SET due_at = ?, tries = tries + 1"
            f" WHERE id {self._database.claimed(chosen)} RETURNING {_COLUMNS}",
            (
                instant_text(now + timedelta(seconds=lease_seconds)),
                instant_text(now),
                limit,
            ),
        )
        return sorted((_mail(row) for row in rows), key=lambda mail: mail.id)

    def sent(self, message_id: str, at: datetime, response: str) -> None:
        """The server took the mail."""
        self._database.run(
            "UPDATE mail SET state = 'sent', sent_at = ?, response = ?, error = NULL"
            " WHERE message_id = ?",
            (instant_text(at), response, message_id),
        )

    def failed(self, message_id: str, at: datetime, error: str, retry_at: datetime | None) -> None:
        """The try of *at* failed; again at *retry_at*, or with ``None`` never."""
        self._database.run(
            "UPDATE mail SET state = ?, due_at = ?, error = ?"
            " WHERE message_id = ? AND state <> 'sent'",
            (
                "dead" if retry_at is None else "waiting",
                instant_text(retry_at or at),
                error,
                message_id,
            ),
        )

    def find(self, message_id: str) -> StoredMail | None:
        """The mail of that Message-ID."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM mail WHERE message_id = ?", (message_id,))
        return None if row is None else _mail(row)

    def many(self, message_ids: Collection[str]) -> dict[str, StoredMail]:
        """The mails of these Message-IDs."""
        if not message_ids:
            return {}
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM mail WHERE message_id IN ({marks(message_ids)})",
            sorted(message_ids),
        )
        return {mail.mail.message_id: mail for mail in map(_mail, rows)}

    def get(self, number: int) -> StoredMail | None:
        row = self._database.row(f"SELECT {_COLUMNS} FROM mail WHERE id = ?", (number,))
        return None if row is None else _mail(row)

    def revive(self, number: int, at: datetime) -> bool:
        """Lets a dead mail, or one that came back, be tried from the start; false for others."""
        return bool(
            self._database.run(
                "UPDATE mail SET state = 'waiting', due_at = ?, tries = 0, returned_at = NULL,"
                " returned_why = NULL WHERE id = ?"
                " AND (state = 'dead' OR (state = 'sent' AND returned_at IS NOT NULL))",
                (instant_text(at), number),
            )
        )

    def returned(self, message_id: str, at: datetime, why: str) -> bool:
        """Notes that a sent mail did not arrive; false when it was not sent, or is noted."""
        return bool(
            self._database.run(
                "UPDATE mail SET returned_at = ?, returned_why = ?"
                " WHERE message_id = ? AND state = 'sent' AND returned_at IS NULL",
                (instant_text(at), why, message_id),
            )
        )

    def list_(
        self,
        *,
        state: str | None = None,
        kind: str | None = None,
        recipient: str | None = None,
        obligation: str | None = None,
        after: int | None = None,
        limit: int = 100,
    ) -> list[StoredMail]:
        """Mails, the newest first, those older than number *after*."""
        where: list[str] = ["1 = 1"]
        values: list[object] = []
        conditions: tuple[tuple[str, object], ...] = (
            ("state = ?", state),
            ("kind = ?", kind),
            ("recipient = ?", recipient),
            ("obligation_id = ?", obligation),
            ("id < ?", after),
        )
        for condition, value in conditions:
            if value is not None:
                where.append(condition)
                values.append(value)
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM mail WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?",
            (*values, limit),
        )
        return [_mail(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many mails are in which state."""
        rows = self._database.rows("SELECT state, COUNT(*) FROM mail GROUP BY state")
        return {"waiting": 0, "sent": 0, "dead": 0} | dict(rows)

    def oldest_waiting(self) -> datetime | None:
        """When the mail was written that has waited longest."""
        row = self._database.row("SELECT MIN(created_at) FROM mail WHERE state = 'waiting'")
        return None if row is None else instant_of(row[0])

    # Reminders

    def claim_reminder(self, obligation: str, step: str, due_on: date) -> bool:
        """Takes a step of the reminder plan for an obligation; true once, for whoever is first."""
        return bool(
            self._database.run(
                "INSERT INTO reminder (obligation_id, step, due_on) VALUES (?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (obligation, step, day_text(due_on)),
            )
        )

    def reminded(self, obligation: str) -> frozenset[str]:
        """The steps that were taken for an obligation."""
        rows = self._database.rows(
            "SELECT step FROM reminder WHERE obligation_id = ?", (obligation,)
        )
        return frozenset(step for (step,) in rows)


def _mail(row: tuple) -> StoredMail:
    id_, message_id, recipient, subject, body, kind, obligation, step, state = row[:9]
    created_at, due_at, tries, sent_at, response, error, channel, returned_at, why = row[9:]
    return StoredMail(
        id=id_,
        mail=Mail(message_id, recipient, subject, body),
        kind=kind,
        obligation=obligation,
        step=step,
        state=state,
        created_at=instant(created_at),
        due_at=instant(due_at),
        tries=tries,
        sent_at=instant_of(sent_at),
        response=response,
        error=error,
        channel=channel,
        returned_at=instant_of(returned_at),
        returned_why=why,
    )
