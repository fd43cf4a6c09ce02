"""Durable databases of a test's own: nothing here may be faster than what production has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database_fixtures import *  # noqa: F403
from tests.databases import create_database, drop_database, postgresql


@pytest.fixture(scope="session")
def durable_server() -> Iterator[str]:
    """A PostgreSQL server with fsync, full_page_writes and synchronous_commit as they come."""
    with postgresql(fsync=True) as url:
        yield url


@pytest.fixture
def durable_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The URL of an empty database that survives what its server survives."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'bieumau.db'}"
        return
    server = request.getfixturevalue("durable_server")
    name = f"bieumau_kill_{tmp_path.name}"[:60].lower()
    yield create_database(server, name)
    drop_database(server, name)
