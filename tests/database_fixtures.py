"""Databases for tests: every test that asks for ``database`` runs on SQLite and on PostgreSQL.

``database`` is migrated once per test worker, and what a test writes is rolled back.
``furnished`` is the small province of ``tests.world`` in one that was filled once in the same way.
``fresh_database`` is the test's own, for what needs real commits: threads, processes, kills.
Import the fixtures in a ``conftest.py``:

    from tests.database_fixtures import *
"""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from server.storage.database import Database
from tests.databases import database_url, drop_database
from tests.world import World, make_world

__all__ = [
    "count_queries",
    "database",
    "database_kind",
    "fresh_database",
    "furnished",
    "furnished_postgresql",
    "furnished_sqlite",
    "migrated_postgresql",
    "migrated_sqlite",
    "rolled_back_postgresql",
    "rolled_back_sqlite",
]

_NUMBERS = itertools.count(1)
_IN_USE: list[Database] = []


class _Undo(BaseException):
    """Leaves a transaction without writing."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """The two databases the product runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that is only ever copied."""
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    template = Database.open(f"sqlite:///{path}")
    template.migrate()
    template.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_url: str) -> str:
    """The URL of a migrated database that nobody is connected to, to be copied."""
    template = Database.open(postgresql_url, unsafe_for_tests=True)
    template.migrate()
    template.close()
    return postgresql_url


@pytest.fixture(scope="session")
def rolled_back_sqlite(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The one file whose tests roll back."""
    with _copied_file(migrated_sqlite, tmp_path_factory.mktemp("database")) as opened:
        yield opened


@pytest.fixture(scope="session")
def rolled_back_postgresql(migrated_postgresql: str, postgresql_server: str) -> Iterator[Database]:
    """The one PostgreSQL database whose tests roll back."""
    with _copied(postgresql_server, migrated_postgresql) as opened:
        yield opened


@pytest.fixture(scope="session")
def furnished_sqlite(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The small province in a file whose tests roll back."""
    folder = tmp_path_factory.mktemp("furnished")
    with _copied_file(migrated_sqlite, folder) as opened:
        yield make_world(opened, folder)


@pytest.fixture(scope="session")
def furnished_postgresql(
    migrated_postgresql: str, postgresql_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The same on PostgreSQL."""
    with _copied(postgresql_server, migrated_postgresql) as opened:
        yield make_world(opened, tmp_path_factory.mktemp("furnished"))


@pytest.fixture
def furnished(database_kind: str, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world to be copied with ``copied_world``; what is then written is not left behind."""
    world: World = request.getfixturevalue(f"furnished_{database_kind}")
    with _rolled_back(world.application.database):
        yield world


@pytest.fixture
def database(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated database; nothing that the test writes is left behind."""
    opened: Database = request.getfixturevalue(f"rolled_back_{database_kind}")
    with _rolled_back(opened):
        yield opened


@pytest.fixture
def fresh_database(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    """A migrated database of the test's own, in which commits stay."""
    if database_kind == "sqlite":
        with _copied_file(request.getfixturevalue("migrated_sqlite"), tmp_path) as opened:
            yield opened
    else:
        server = request.getfixturevalue("postgresql_server")
        with _copied(server, request.getfixturevalue("migrated_postgresql")) as opened:
            yield opened


@pytest.fixture
def count_queries() -> Callable[[Database], list[str]]:
    """``count_queries(database)`` is a list to which every statement run from then on is added."""

    def counted(database: Database) -> list[str]:
        statements: list[str] = []
        database.engine.query_hooks.append(lambda event: statements.append(event.sql))
        watched.append(database)
        return statements

    watched: list[Database] = []
    yield counted  # type: ignore[misc]
    for database in watched:
        database.engine.query_hooks.clear()


@contextmanager
def _rolled_back(opened: Database) -> Iterator[None]:
    if _IN_USE:
        raise RuntimeError(
            "a test has one of `database` and `furnished`: ask its world for the other"
        )
    opened.bind()  # other tests may have opened another database since
    _IN_USE.append(opened)
    try:
        with suppress(_Undo), opened.transaction():
            yield
            raise _Undo
    finally:
        _IN_USE.clear()


@contextmanager
def _copied_file(template: Path, folder: Path) -> Iterator[Database]:
    shutil.copy(template, folder / "bieumau.db")
    opened = Database.open(f"sqlite:///{folder / 'bieumau.db'}")
    yield opened
    opened.close()


@contextmanager
def _copied(server_url: str, template_url: str) -> Iterator[Database]:
    template = template_url.rsplit("/", 1)[1]
    name = f"{template}_{next(_NUMBERS)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    opened = Database.open(database_url(server_url, name), unsafe_for_tests=True)
    try:
        yield opened
    finally:
        opened.close()
        drop_database(server_url, name)
