"""The database: opened safely, and the one place where transactions begin and end.

``transaction`` is the only function of the server that opens a write transaction.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from server.errors import DatabaseUnsafe
from server.storage import bulk, migrations, safety
from server.storage.engines import PostgresqlEngine, SqliteEngine, create_sqlite_file
from server.storage.models import MODELS

#: Values that go into a statement and that come out of one.
Value = object
_SQLITE_OPTIONS = frozenset({"journal_mode", "synchronous", "foreign_keys"})
_SQLITE_WORDS = frozenset({"wal", "delete", "truncate", "off", "on", "normal", "full", "extra"})


class Database:
    """A SQLite file or a PostgreSQL database, with its transactions."""

    def __init__(self, engine: SqliteEngine | PostgresqlEngine) -> None:
        self.engine = engine
        self.kind: Literal["sqlite", "postgresql"] = (
            "sqlite" if isinstance(engine, SqliteEngine) else "postgresql"
        )
        self._local = threading.local()
        self._statements: dict[str, str] = {}
        self.bind()

    @classmethod
    def open(cls, url: str, *, unsafe_for_tests: bool = False) -> "Database":
        """Connects, and refuses a set-up that could lose data.

        Raises:
            DatabaseUnsafe: fact ``reason`` names the fault, ``reasons`` all of them.
            DatabaseUnavailable: no connection.
        """
        scheme = urlsplit(url).scheme
        if scheme == "sqlite":
            database = cls(_sqlite(url))
        elif scheme in {"postgresql", "postgres"}:
            database = cls(PostgresqlEngine("postgresql" + url.removeprefix(scheme)))
        else:
            raise DatabaseUnsafe(reason="unknown-database", scheme=scheme)
        faults = database.faults()
        if faults and not unsafe_for_tests:
            database.close()
            raise DatabaseUnsafe(reason=faults[0], reasons=faults)
        return database

    def bind(self) -> None:
        """Makes the models rows of this database; a process has one, the one opened last."""
        self.engine.bind(MODELS)

    def faults(self) -> list[str]:
        """Reason codes for what is unsafe about this database as it runs now."""
        if isinstance(self.engine, SqliteEngine):
            return safety.sqlite_faults(safety.read_sqlite(self.engine))
        return safety.postgresql_faults(*safety.read_postgresql(self.engine))

    # Transactions

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All inside is written, or nothing; within an outer one, a part that can fail alone."""
        depth = self._depth()
        if self._reads():
            # SQLite would refuse to turn a reader into a writer as soon as anyone else wrote.
            raise RuntimeError("a write transaction cannot begin inside a reading")
        if depth:
            with self._savepoint(depth):
                yield
            return
        with self.engine.write_turn(), self._bracket(self.engine.begin_write):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All queries inside see one state of the database; joins what is open already."""
        if self._depth():
            yield
            return
        with self._bracket(self.engine.begin_read):
            self._local.reads = True
            try:
                yield
            finally:
                self._local.reads = False

    @contextmanager
    def _bracket(self, begin: Callable[[], None]) -> Iterator[None]:
        begin()
        self._local.depth = 1
        self.engine.push_transaction(self)
        try:
            yield
        except BaseException:
            self._leave()
            self._abandon()
            raise
        self._leave()
        try:
            self.engine.commit()
        except BaseException:
            self._abandon()
            raise

    @contextmanager
    def _savepoint(self, depth: int) -> Iterator[None]:
        name = f"part_{depth}"
        self.engine.execute_sql(f"SAVEPOINT {name}")
        self._local.depth = depth + 1
        try:
            yield
        except BaseException:
            self._local.depth = depth
            if self._usable():
                self.engine.execute_sql(f"ROLLBACK TO SAVEPOINT {name}")
                self.engine.execute_sql(f"RELEASE SAVEPOINT {name}")
            raise
        self._local.depth = depth
        self.engine.execute_sql(f"RELEASE SAVEPOINT {name}")

    def _leave(self) -> None:
        self._local.depth = 0
        self.engine.pop_transaction()

    def _abandon(self) -> None:
        """Rolls back; a lost connection has nothing to roll back, and must not hide the cause."""
        if self._usable():
            self.engine.rollback()

    def _usable(self) -> bool:
        if isinstance(self.engine, SqliteEngine):
            # A full disk makes SQLite roll back by itself.
            return not self.engine.connection().getautocommit()
        return not self.engine.is_closed() and not self.engine.connection().closed

    def _depth(self) -> int:
        return getattr(self._local, "depth", 0)

    def _reads(self) -> bool:
        return getattr(self._local, "reads", False)

    # Statements of the stores, with ``?`` for values on both databases

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple]:
        """All rows of a query, or of a statement that returns some."""
        return self.engine.execute_sql(self._written(sql), values).fetchall()

    def row(self, sql: str, values: Sequence[Value] = ()) -> tuple | None:
        """The first row, or ``None``."""
        found = self.engine.execute_sql(self._written(sql), values).fetchall()
        return found[0] if found else None

    def select(self, query: Any) -> list[tuple]:
        """All rows of a peewee query, with its fields' Python values."""
        return list(query.tuples())

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Runs a statement; how many rows it changed."""
        cursor = self.engine.execute_sql(self._written(sql), values)
        return self.engine.rows_affected(cursor)

    def run_many(self, head: str, rows: Sequence[Sequence[Value]], tail: str = "") -> int:
        """``INSERT ... VALUES`` (*head* ends there) of many rows in few statements."""
        if not rows:
            return 0
        # PostgreSQL takes 65,535 values in a statement, SQLite 32,766; equal sizes reuse the plan.
        size = max(1, min(500, 30_000 // len(rows[0])))
        stated = bulk.as_json if self.kind == "postgresql" else bulk.listed
        changed = 0
        for start in range(0, len(rows), size):
            changed += self.run(*stated(head, rows[start : start + size], tail))
        return changed

    def lock(self, table: str, id_: str) -> bool:
        """Holds a row until the transaction ends; false when there is none (SQLite holds all)."""
        suffix = "" if self.kind == "sqlite" else " FOR UPDATE"
        return self.row(f"SELECT id FROM {table} WHERE id = ?{suffix}", (id_,)) is not None

    def claimed(self, chosen: str) -> str:
        """The condition on an id that takes what *chosen* selects, passing by what others take.

        PostgreSQL may run a bare subquery again for each row, and take more than its LIMIT.
        """
        if self.kind == "postgresql":
            return f"= ANY(ARRAY({chosen} FOR UPDATE SKIP LOCKED))"
        return f"IN ({chosen})"

    def _written(self, sql: str) -> str:
        if self.kind == "sqlite":
            return sql
        known = self._statements.get(sql)
        if known is None:
            known = self._statements[sql] = sql.replace("?", "%s")
        return known

    # Life

    def migrate(self) -> list[str]:
        """Applies what is pending, all or nothing, one migrator at a time; their names."""
        with self.transaction():
            return migrations.apply(self)

    def pending_migrations(self) -> list[str]:
        """Names of migrations that this code knows and this database has not seen."""
        return migrations.pending(self)

    def ping(self) -> None:
        """Answers, or raises ``DatabaseUnavailable``."""
        self.engine.execute_sql("SELECT 1").fetchall()

    def release(self) -> None:
        """Ends a request: a pooled connection goes back, a SQLite one stays with its thread."""
        if isinstance(self.engine, PostgresqlEngine):
            self.engine.release()

    def close(self) -> None:
        """Closes this thread's connection, and the idle ones of the pool."""
        self.engine.close()
        if isinstance(self.engine, PostgresqlEngine):
            self.engine.close_idle()


def _sqlite(url: str) -> SqliteEngine:
    """``sqlite:///relative/path``, ``sqlite:////absolute/path``; options are for trials only."""
    parts = urlsplit(url)
    path = unquote(parts.path.removeprefix("/"))
    options = {name: value.lower() for name, value in parse_qsl(parts.query)}
    for name, value in options.items():
        if name not in _SQLITE_OPTIONS or value not in _SQLITE_WORDS:
            raise DatabaseUnsafe(reason="unknown-option", option=name)
    if path != ":memory:":
        create_sqlite_file(Path(path))
    return SqliteEngine(path, options)
