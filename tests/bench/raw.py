"""The floor: the same document committed durably by one INSERT, with nothing around it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import psycopg

from server.storage.engines import SAFE_PRAGMAS

_TABLE = "CREATE TABLE document (id TEXT PRIMARY KEY, body TEXT NOT NULL)"
Commit = Callable[[str, str], None]


@contextmanager
def raw_commits(url: str, folder: Path) -> Iterator[Commit]:
    """``commit(id, body)``: on a file beside the server's, or a table in its database."""
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS document")
            connection.execute(_TABLE)
            yield _inserting(connection, "INSERT INTO document VALUES (%s, %s)")
        return
    file = apsw.Connection(str(folder / "raw.db"))
    for name, value in SAFE_PRAGMAS.items():
        file.execute(f"PRAGMA {name} = {value}").fetchall()
    file.execute(_TABLE)
    yield _inserting(file, "INSERT INTO document VALUES (?, ?)")
    file.close()


def _inserting(connection: Any, statement: str) -> Commit:
    def commit(id_: str, body: str) -> None:
        connection.execute(statement, (id_, body))

    return commit
