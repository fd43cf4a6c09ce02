"""Opening refuses what could lose data; transactions write all or nothing."""

import re
import stat
from pathlib import Path

import peewee
import pytest

import server
from server.errors import DatabaseUnavailable, DatabaseUnsafe
from server.storage import safety
from server.storage.database import Database
from server.storage.engines import PostgresqlEngine
from server.storage.safety import SqliteFacts, file_system, postgresql_faults, sqlite_faults
from tests.storage.conftest import NOW

SAFE_SQLITE = {
    "version": 3_054_001,
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": True,
    "file_system": "ext4",
    "in_memory": False,
}
SAFE_POSTGRESQL = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "server_encoding": "UTF8",
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": 3_051_002}, "sqlite-too-old"),
        ({"synchronous": 1}, "sqlite-synchronous"),
        ({"foreign_keys": False}, "sqlite-foreign-keys"),
        ({"journal_mode": "off"}, "sqlite-journal-mode"),
        ({"file_system": "nfs4"}, "network-file-system"),
        ({"file_system": "cifs"}, "network-file-system"),
        ({"in_memory": True, "journal_mode": "memory"}, "sqlite-in-memory"),
    ],
)
def test_an_unsafe_sqlite_is_named(change, reason):
    assert sqlite_faults(SqliteFacts(**SAFE_SQLITE)) == []

    assert sqlite_faults(SqliteFacts(**SAFE_SQLITE | change)) == [reason]


def test_an_old_sqlite_without_wal_is_safe():
    facts = SAFE_SQLITE | {"version": 3_040_001, "journal_mode": "delete"}

    assert sqlite_faults(SqliteFacts(**facts)) == []


@pytest.mark.parametrize(
    ("version", "change", "reason"),
    [
        (13_11_00, {}, "postgresql-too-old"),
        (15_00_00, {"fsync": "off"}, "postgresql-fsync"),
        (15_00_00, {"full_page_writes": "off"}, "postgresql-full-page-writes"),
        (15_00_00, {"synchronous_commit": "off"}, "postgresql-synchronous-commit"),
        (15_00_00, {"server_encoding": "SQL_ASCII"}, "postgresql-encoding"),
    ],
)
def test_an_unsafe_postgresql_is_named(version, change, reason):
    assert postgresql_faults(15_00_00, SAFE_POSTGRESQL) == []

    assert postgresql_faults(version, SAFE_POSTGRESQL | change) == [reason]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:///:memory:", "sqlite-in-memory"),
        ("sqlite:///{folder}/a.db?synchronous=normal", "sqlite-synchronous"),
        ("sqlite:///{folder}/a.db?foreign_keys=off", "sqlite-foreign-keys"),
        ("sqlite:///{folder}/a.db?journal_mode=off", "sqlite-journal-mode"),
        ("sqlite:///{folder}/a.db?cache=shared", "unknown-option"),
        ("mysql://localhost/bieumau", "unknown-database"),
    ],
)
def test_a_bad_set_up_is_refused_with_its_reason(tmp_path, url, reason):
    with pytest.raises(DatabaseUnsafe) as refusal:
        Database.open(url.format(folder=tmp_path))

    assert refusal.value.facts["reason"] == reason


def test_an_old_library_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(safety, "apsw_version", lambda: 3_040_001)

    with pytest.raises(DatabaseUnsafe) as refusal:
        Database.open(f"sqlite:///{tmp_path}/a.db")

    assert refusal.value.facts["reason"] == "sqlite-too-old"


def test_a_network_file_system_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(safety, "file_system", lambda path, mounts: "nfs")

    with pytest.raises(DatabaseUnsafe) as refusal:
        Database.open(f"sqlite:///{tmp_path}/a.db")

    assert refusal.value.facts["reason"] == "network-file-system"


def test_a_server_that_does_not_sync_is_refused(migrated_postgresql):
    with pytest.raises(DatabaseUnsafe) as refusal:
        Database.open(migrated_postgresql)

    assert refusal.value.facts["reasons"] == [
        "postgresql-fsync",
        "postgresql-full-page-writes",
        "postgresql-synchronous-commit",
    ]


def test_a_server_that_is_not_there_is_unavailable():
    with pytest.raises(DatabaseUnavailable) as refusal:
        Database.open("postgresql://nobody:secret@127.0.0.1:1/nothing")

    assert refusal.value.facts == {"reason": "unreachable"}


def test_the_file_system_of_a_path_is_that_of_its_nearest_mount(tmp_path):
    folder = tmp_path / "with space" / "data"
    folder.mkdir(parents=True)
    mounts = tmp_path / "mounts"
    spaced = str(tmp_path / "with space").replace(" ", r"\040")
    mounts.write_text(
        f"/dev/a / ext4 rw 0 0\nserver:/b {spaced} nfs4 rw 0 0\nproc /proc proc rw 0 0\n"
    )

    assert file_system(folder / "bieumau.db", mounts) == "nfs4"
    assert file_system(tmp_path / "bieumau.db", mounts) == "ext4"
    assert file_system(folder, tmp_path / "missing") == ""


def test_a_new_file_and_its_side_files_are_for_their_owner_alone(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path}/new/bieumau.db")
    database.migrate()

    files = list((tmp_path / "new").iterdir())
    modes = {stat.S_IMODE(file.stat().st_mode) for file in files}

    assert modes == {0o600}
    assert {file.name for file in files} >= {"bieumau.db", "bieumau.db-wal"}
    database.close()


def test_the_running_connection_is_safe(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path}/bieumau.db")

    assert database.faults() == []
    assert database.row("PRAGMA synchronous") == (2,)
    assert database.row("PRAGMA busy_timeout") == (10_000,)
    assert database.row("PRAGMA foreign_keys") == (1,)
    database.close()


def test_postgresql_sessions_have_limits_and_utc(rolled_back_postgresql):
    settings = ("statement_timeout", "lock_timeout", "timezone")

    found = [rolled_back_postgresql.row(f"SHOW {name}")[0] for name in settings]

    assert found == ["30s", "5s", "UTC"]


def holiday_count(database):
    return database.row("SELECT COUNT(*) FROM holiday")[0]


def put_holiday(database, day):
    database.run("INSERT INTO holiday (day, title, kind) VALUES (?, 'Tết', 'off')", (day,))


def test_a_transaction_that_fails_leaves_no_trace(fresh_database):
    with pytest.raises(KeyError), fresh_database.transaction():
        put_holiday(fresh_database, "2025-01-27")
        raise KeyError

    assert holiday_count(fresh_database) == 0


def test_a_part_that_fails_takes_only_itself_back(fresh_database):
    with fresh_database.transaction():
        put_holiday(fresh_database, "2025-01-27")
        with pytest.raises(KeyError), fresh_database.transaction():
            put_holiday(fresh_database, "2025-01-28")
            raise KeyError
        with fresh_database.transaction():
            put_holiday(fresh_database, "2025-01-29")

    assert [str(day) for (day,) in fresh_database.rows("SELECT day FROM holiday ORDER BY day")] == [
        "2025-01-27",
        "2025-01-29",
    ]


def test_a_statement_that_fails_in_a_part_does_not_spoil_the_whole(fresh_database):
    with fresh_database.transaction():
        put_holiday(fresh_database, "2025-01-27")
        with pytest.raises(peewee.IntegrityError), fresh_database.transaction():
            put_holiday(fresh_database, "2025-01-27")

    assert holiday_count(fresh_database) == 1


def test_a_reading_sees_one_state_and_cannot_be_written_in(fresh_database):
    with fresh_database.reading():
        with fresh_database.reading():
            assert holiday_count(fresh_database) == 0
        with pytest.raises(RuntimeError), fresh_database.transaction():
            raise AssertionError("not reached")

    with fresh_database.transaction(), fresh_database.reading():
        put_holiday(fresh_database, "2025-01-27")
    assert holiday_count(fresh_database) == 1


def test_foreign_keys_hold(world):
    with pytest.raises(peewee.IntegrityError), world.database.transaction():
        world.obligations.add_many([world.obligation("o9", org_unit="nobody")])

    assert world.obligations.list_() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE obligation SET progress = 'lost'",
        "UPDATE submission SET edit = 0",
        "UPDATE event_delivery SET state = 'x'",
        "UPDATE org_unit_stretch SET level = 'village'",
        "INSERT INTO job (id, kind, state, account, created_at, done, total, report, input, tries)"
        " VALUES ('j', 'x', 'lost', 'a', '2025-01-01', 0, 0, '{}', '{}', 0)",
    ],
)
def test_a_word_outside_its_enumeration_is_refused_by_the_database(world, statement):
    world.start()
    world.events.append("submission/s1", "submission.start", "x", NOW, {})

    with pytest.raises(peewee.IntegrityError), world.database.transaction():
        world.database.run(statement)


def test_a_lost_connection_is_replaced_when_new_work_begins(
    fresh_database, postgresql_server, database_kind
):
    if database_kind == "sqlite":
        fresh_database.close()
    else:
        pid = fresh_database.row("SELECT pg_backend_pid()")[0]
        other = Database(PostgresqlEngine(postgresql_server))
        other.rows("SELECT pg_terminate_backend(?)", (pid,))
        other.close()
        fresh_database.bind()

    with fresh_database.transaction():
        put_holiday(fresh_database, "2025-01-27")

    assert holiday_count(fresh_database) == 1


def test_a_connection_lost_within_a_transaction_is_said_and_does_not_stick(
    rolled_back_postgresql, postgresql_server
):
    database = rolled_back_postgresql
    other = Database(PostgresqlEngine(postgresql_server))

    with pytest.raises(DatabaseUnavailable) as refusal, database.transaction():
        put_holiday(database, "2025-01-27")
        other.rows("SELECT pg_terminate_backend(?)", database.row("SELECT pg_backend_pid()"))
        put_holiday(database, "2025-01-28")

    other.close()
    assert refusal.value.facts == {"reason": "unreachable"}
    assert holiday_count(database) == 0


def test_a_released_connection_serves_the_next_request(fresh_database):
    fresh_database.ping()
    fresh_database.release()
    fresh_database.ping()

    with fresh_database.transaction():
        fresh_database.release()
        put_holiday(fresh_database, "2025-01-27")
    assert holiday_count(fresh_database) == 1


def test_a_locked_database_is_named_busy(tmp_path, monkeypatch):
    monkeypatch.setattr("server.storage.engines.BUSY_SECONDS", 0)
    url = f"sqlite:///{tmp_path}/bieumau.db"
    one = Database.open(url)
    one.migrate()
    other = Database.open(url)

    with one.transaction(), pytest.raises(DatabaseUnavailable) as refusal, other.transaction():
        raise AssertionError("not reached")

    assert refusal.value.facts == {"reason": "busy"}
    one.close()
    other.close()


def test_only_one_function_opens_write_transactions():
    root = Path(server.__file__).parent
    opening = re.compile(
        r"begin_write\(|(engine|self|super\(\))\.begin\(|\.atomic\(|manual_commit|session_start"
        r"|\bIMMEDIATE\b|\"BEGIN\""
    )

    found = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if opening.search(path.read_text(encoding="utf-8"))
    }

    assert found == {"storage/engines.py"}
    assert (root / "storage/database.py").read_text().count("begin_write") == 1


def test_a_full_disk_is_named_writes_nothing_and_passes(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path}/bieumau.db")
    database.migrate()
    pages = database.row("PRAGMA page_count")[0]
    database.rows(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(DatabaseUnavailable) as refusal, database.transaction():
        for number in range(100):
            database.run(
                "INSERT INTO holiday (day, title, kind) VALUES (?, ?, 'off')",
                (f"day {number}", "x" * 5000),
            )

    assert refusal.value.facts == {"reason": "disk-full"}
    assert holiday_count(database) == 0
    database.rows("PRAGMA max_page_count = 1000000")
    with database.transaction():
        put_holiday(database, "2025-01-27")
    assert holiday_count(database) == 1
    database.close()
