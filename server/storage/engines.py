"""The two database drivers behind peewee: SQLite through APSW, PostgreSQL through psycopg 3.

Apart from ``database``, which says when transactions begin and end: here stands only how
a connection is made, kept healthy, and how its faults are named.
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import peewee
from playhouse.apsw_ext import APSWDatabase
from playhouse.pool import MaxConnectionsExceeded, PooledPostgresqlDatabase
from psycopg.pq import ConnStatus, TransactionStatus

from server.errors import DatabaseUnavailable
from server.storage.failures import reason_of

BUSY_SECONDS = 10
STATEMENT_SECONDS = 30
LOCK_SECONDS = 5
POOL_SIZE = 40

#: The order matters: the mode of the journal decides what synchronous means.
SAFE_PRAGMAS: Mapping[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": "on",
}
_PRAGMAS = {"cache_size": -16_000, "temp_store": "memory", "journal_size_limit": 64 * 1024 * 1024}


@contextmanager
def _named_faults() -> Iterator[None]:
    try:
        yield
    except (peewee.PeeweeException, MaxConnectionsExceeded) as fault:
        reason = "busy" if isinstance(fault, MaxConnectionsExceeded) else reason_of(fault)
        if reason is None:
            raise
        raise DatabaseUnavailable(reason=reason) from fault


class SqliteEngine(APSWDatabase):
    """One file, one connection per thread, one writer at a time."""

    def __init__(self, path: str, pragmas: Mapping[str, str | int]) -> None:
        chosen = {**SAFE_PRAGMAS, **pragmas, **_PRAGMAS}
        super().__init__(path, pragmas=chosen, timeout=BUSY_SECONDS, returning_clause=True)
        # SQLite's own waiting sleeps in growing steps; threads of this process queue here instead.
        self._writer = threading.Lock()

    @contextmanager
    def write_turn(self) -> Iterator[None]:
        """Waits until no other thread of this process writes."""
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise DatabaseUnavailable(reason="busy")
        try:
            yield
        finally:
            self._writer.release()

    def begin_write(self) -> None:
        with _named_faults():
            self.begin("IMMEDIATE")

    def begin_read(self) -> None:
        with _named_faults():
            self.begin("DEFERRED")

    def commit(self) -> bool:
        with _named_faults():
            return bool(super().commit())

    def _execute_cursor(self, sql, params, **options):  # type: ignore[no-untyped-def]
        with _named_faults():
            return super()._execute_cursor(sql, params, **options)


def create_sqlite_file(path: Path) -> None:
    """Makes the file readable by its owner alone; SQLite's side files inherit that."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


class PostgresqlEngine(PooledPostgresqlDatabase):
    """A pool of connections; each thread keeps one until it releases it."""

    def __init__(self, url: str) -> None:
        session = {
            "statement_timeout": f"{STATEMENT_SECONDS}s",
            "lock_timeout": f"{LOCK_SECONDS}s",
            "idle_in_transaction_session_timeout": "120s",
            "timezone": "UTC",
            "client_encoding": "UTF8",
        }
        super().__init__(
            url,
            max_connections=POOL_SIZE,
            timeout=5,
            prefer_psycopg3=True,
            options=" ".join(f"-c {name}={value}" for name, value in session.items()),
            application_name="bieumau",
            connect_timeout=5,
        )

    @contextmanager
    def write_turn(self) -> Iterator[None]:
        """Nothing to wait for: the server lets many write at once."""
        yield

    def begin_write(self) -> None:
        self._begin("BEGIN")

    def begin_read(self) -> None:
        self._begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def _begin(self, statement: str) -> None:
        """Begins, on a new connection when the server dropped this one (nothing is lost yet)."""
        try:
            self._run(statement)
        except DatabaseUnavailable as fault:
            if fault.facts["reason"] != "unreachable":
                raise
            self.close_idle()  # the others were dropped with it
            self._run(statement)

    def _run(self, statement: str) -> None:
        self.execute_sql(statement)

    def commit(self) -> None:
        with _named_faults():
            super().commit()

    def cursor(self, named_cursor=None):  # type: ignore[no-untyped-def]
        """A cursor on a living connection; a dead one is replaced unless work hangs on it."""
        if not self._state.closed and not self._state.transactions:
            connection = self._state.conn
            if connection.closed or connection.pgconn.status != ConnStatus.OK:
                self._close(connection, close_conn=True)
                self._state.reset()
        return super().cursor(named_cursor)

    def release(self) -> None:
        """Hands this thread's connection back to the pool."""
        if not self.is_closed() and not self.in_transaction():
            self.close()

    def _is_closed(self, conn) -> bool:  # type: ignore[no-untyped-def]
        # Without peewee's "SELECT 1" at each check-out: a dead one is found when work begins.
        return bool(conn.closed) or conn.pgconn.transaction_status != TransactionStatus.IDLE

    def _execute_cursor(self, sql, params, **options):  # type: ignore[no-untyped-def]
        with _named_faults():
            return super()._execute_cursor(sql, params, **options)
