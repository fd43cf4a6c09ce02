"""How people and machines get in: sessions, tokens, one-time codes, failed tries.

Apart from ``accounts``, which knows who they are; secrets come here only as hashes.
"""

from datetime import datetime

from server.core.account import ApiToken, Session
from server.errors import NotFound
from server.storage.database import Database
from server.storage.fields import instant, instant_of, instant_text

_SESSION = "token_hash, account_id, opened_at, seen_at, expires_at, address, agent"


class SignInStore:
    """The part of ``AccountStore`` that is about getting in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Sessions

    def open_session(self, session: Session) -> None:
        """Keeps a new session."""
        self._database.run(
            f"INSERT INTO session ({_SESSION}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                session.token_hash,
                session.account,
                instant_text(session.opened_at),
                instant_text(session.seen_at),
                instant_text(session.expires_at),
                session.address,
                session.agent,
            ),
        )

    def session(self, token_hash: str) -> Session | None:
        """The session, expired or not."""
        row = self._database.row(
            f"SELECT {_SESSION} FROM session WHERE token_hash = ?", (token_hash,)
        )
        return None if row is None else _session(row)

    def sessions(self, account_id: str) -> list[Session]:
        """A person's sessions, the one used last first."""
        rows = self._database.rows(
            f"SELECT {_SESSION} FROM session WHERE account_id = ?"
            " ORDER BY seen_at DESC, token_hash",
            (account_id,),
        )
        return [_session(row) for row in rows]

    def touch(self, token_hash: str, seen_at: datetime, expires_at: datetime | None = None) -> None:
        """Notes that the session was used, and where given until when it now lasts."""
        if expires_at is None:
            self._database.run(
                "UPDATE session SET seen_at = ? WHERE token_hash = ?",
                (instant_text(seen_at), token_hash),
            )
        else:
            self._database.run(
                "UPDATE session SET seen_at = ?, expires_at = ? WHERE token_hash = ?",
                (instant_text(seen_at), instant_text(expires_at), token_hash),
            )

    def close_session(self, token_hash: str) -> None:
        """Ends one session; one that is gone already is fine."""
        self._database.run("DELETE FROM session WHERE token_hash = ?", (token_hash,))

    def close_sessions(self, account_id: str, *, but: str = "") -> int:
        """Ends a person's sessions except the one with the hash *but*; how many."""
        return self._database.run(
            "DELETE FROM session WHERE account_id = ? AND token_hash <> ?", (account_id, but)
        )

    def purge_sessions(self, before: datetime) -> int:
        """Forgets sessions that expired before that instant."""
        return self._database.run(
            "DELETE FROM session WHERE expires_at < ?", (instant_text(before),)
        )

    # API tokens

    def add_token(self, account_id: str, token_hash: str, name: str, created_at: datetime) -> int:
        """Keeps a token; its number."""
        row = self._database.row(
            "INSERT INTO api_token (token_hash, account_id, name, created_at)"
            " VALUES (?, ?, ?, ?) RETURNING id",
            (token_hash, account_id, name, instant_text(created_at)),
        )
        if row is None:
            raise NotFound(kind="account", id=account_id)
        return int(row[0])

    def account_by_token(self, token_hash: str) -> str | None:
        """The id of the active account that a token in force speaks for."""
        row = self._database.row(
            "SELECT account_id FROM api_token JOIN account ON account.id = account_id"
            " WHERE token_hash = ? AND ended_at IS NULL AND active = ?",
            (token_hash, True),
        )
        return None if row is None else str(row[0])

    def tokens(self, account_id: str) -> list[ApiToken]:
        """A person's tokens, ended ones too."""
        rows = self._database.rows(
            "SELECT id, account_id, name, created_at, ended_at FROM api_token"
            " WHERE account_id = ? ORDER BY id",
            (account_id,),
        )
        return [
            ApiToken(id_, account, name, instant(created_at), instant_of(ended_at))
            for id_, account, name, created_at, ended_at in rows
        ]

    def end_token(self, token_id: int, at: datetime) -> None:
        """Takes a token out of force; raise ``NotFound``."""
        ended = self._database.run(
            "UPDATE api_token SET ended_at = COALESCE(ended_at, ?) WHERE id = ?",
            (instant_text(at), token_id),
        )
        if not ended:
            raise NotFound(kind="token", id=token_id)

    # One-time codes

    def add_code(self, account_id: str, code_hash: str, expires_at: datetime) -> None:
        """Keeps a code; the person's earlier codes no longer work."""
        self._database.run(
            "DELETE FROM one_time_code WHERE account_id = ? AND used_at IS NULL", (account_id,)
        )
        self._database.run(
            "INSERT INTO one_time_code (code_hash, account_id, expires_at) VALUES (?, ?, ?)",
            (code_hash, account_id, instant_text(expires_at)),
        )

    def use_code(self, code_hash: str, at: datetime) -> str | None:
        """Uses a code up; whose it was, or ``None`` when unknown, used or expired."""
        row = self._database.row(
            "UPDATE one_time_code SET used_at = ? WHERE code_hash = ? AND used_at IS NULL"
            " AND expires_at > ? RETURNING account_id",
            (instant_text(at), code_hash, instant_text(at)),
        )
        return None if row is None else str(row[0])

    # Failed tries

    def count_failure(self, key: str, at: datetime) -> None:
        """Notes one failed try of a name or an address."""
        self._database.run(
            "INSERT INTO sign_in_failure (key, failed_at) VALUES (?, ?)", (key, instant_text(at))
        )

    def failures(self, key: str, since: datetime) -> int:
        """How many tries failed since then."""
        row = self._database.row(
            "SELECT COUNT(*) FROM sign_in_failure WHERE key = ? AND failed_at >= ?",
            (key, instant_text(since)),
        )
        return 0 if row is None else int(row[0])

    def clear(self, key: str) -> None:
        """Forgets the failed tries."""
        self._database.run("DELETE FROM sign_in_failure WHERE key = ?", (key,))

    def purge_failures(self, before: datetime) -> int:
        """Forgets what failed before that instant."""
        return self._database.run(
            "DELETE FROM sign_in_failure WHERE failed_at < ?", (instant_text(before),)
        )


def _session(row: tuple) -> Session:
    token_hash, account, opened_at, seen_at, expires_at, address, agent = row
    return Session(
        token_hash,
        account,
        instant(opened_at),
        instant(seen_at),
        instant(expires_at),
        address,
        agent,
    )
