"""The check can fail: whatever is done to a report behind the server's back is reported."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from server.core.json_text import dumps
from server.storage.database import Database
from tests.reliability.checks import Findings, check
from tests.reliability.killer import Server, Witness
from tests.reliability.province import application_on, make_province
from tests.reliability.testimony import Request

_ONE = "(SELECT MIN(id) FROM submission)"
_SUBJECT = f"'submission/' || {_ONE}"
_LAST = f"id = (SELECT id FROM event WHERE subject = {_SUBJECT} ORDER BY sequence DESC LIMIT 1)"
_START_KEY = "(SELECT key FROM idempotency WHERE status = 201 ORDER BY key LIMIT 1)"

TAMPERINGS = {
    "a deleted report": ("lost", [f"DELETE FROM submission WHERE id = {_ONE}"]),
    "a report of nobody's event": ("half", [f"DELETE FROM submission WHERE id = {_ONE}"]),
    "other answers": (
        "altered",
        [
            "UPDATE submission SET answers = replace(answers, 'male\":', 'male\":1')"
            f" WHERE id = {_ONE}"
        ],
    ),
    "other sealed answers": (
        "half",
        [
            "UPDATE submission_revision SET answers = replace(answers, 'note', 'nota')"
            f" WHERE submission_id = {_ONE}"
        ],
    ),
    "another sealed digest": ("altered", ["UPDATE submission_revision SET digest = 'x'"]),
    "a write taken back": ("lost", [f"UPDATE submission SET edit = edit - 1 WHERE id = {_ONE}"]),
    "a decision taken back": (
        "altered",
        [f"UPDATE submission SET state = 'submitted' WHERE id = {_ONE}"],
    ),
    "a lost last event": ("lost", [f"DELETE FROM event WHERE {_LAST}"]),
    "an event twice": (
        "twice",
        [
            "INSERT INTO event SELECT id || 'x', subject, sequence + 1, name, actor, happened_at,"
            f" details, hash, 'y' FROM event WHERE {_LAST}"
        ],
    ),
    "an altered cell of a draft": (
        "altered",
        [f"UPDATE draft_change SET new = '1' WHERE submission_id = {_ONE}"],
    ),
    "a lost cell of a draft": (
        "altered",
        [f"DELETE FROM draft_change WHERE submission_id = {_ONE} AND path = '/note'"],
    ),
    "an altered event": ("broken", [f"UPDATE event SET actor = 'x' WHERE {_LAST}"]),
    "an event that nobody was told of": (
        "half",
        ["DELETE FROM event_delivery WHERE id = (SELECT MAX(id) FROM event_delivery)"],
    ),
    "a lost sealed revision": (
        "half",
        [f"DELETE FROM submission_revision WHERE submission_id = {_ONE}"],
    ),
    "a revision without its signature": (
        "half",
        [f"DELETE FROM event WHERE subject = {_SUBJECT} AND name = 'submission.sign'"],
    ),
    "an obligation left behind": (
        "half",
        [
            "UPDATE obligation SET progress = 'started' WHERE id ="
            f" (SELECT obligation_id FROM submission WHERE id = {_ONE})"
        ],
    ),
    "a report by another unit": (
        "twice",
        [
            "UPDATE submission SET org_unit_id ="
            f" (SELECT MAX(org_unit_id) FROM submission) WHERE id = {_ONE}"
        ],
    ),
    "a forgotten answer": ("lost", [f"DELETE FROM idempotency WHERE key = {_START_KEY}"]),
    "another answer": (
        "altered",
        [f"UPDATE idempotency SET body = CAST('{{}}' AS BLOB) WHERE key = {_START_KEY}"],
    ),
    "a key whose request never ended": (
        "half",
        [f"UPDATE idempotency SET status = NULL WHERE key = {_START_KEY}"],
    ),
    "an index that misses rows": (
        "broken",
        [
            "CREATE TABLE hidden AS SELECT * FROM sqlite_schema WHERE 0",
            "CREATE INDEX tampered ON submission (state) WHERE state = 'none'",
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_schema SET sql = replace(sql, ' WHERE state = ''none''', '')"
            " WHERE name = 'tampered'",
        ],
    ),
}


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Request]]]:
    """A database in which two offices brought three reports each through, and their testimony."""
    folder = tmp_path_factory.mktemp("worked")
    url = f"sqlite:///{folder / 'bieumau.db'}"
    application = application_on(url, folder)
    province = make_province(application, crews=2, communes=3)
    application.database.close()
    server, witness = Server(url, folder), Witness(folder, province)
    server.start()
    try:
        witness.start(server.port, seed=7)
        witness.finish()
    finally:
        witness.kill()
        server.kill()
    # The killed server left its last commits in the journal: the copies are made without it.
    journal = apsw.Connection(str(folder / "bieumau.db"))
    assert journal.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    journal.close()
    yield folder / "bieumau.db", witness.testimony()


def tampered(database: Path, folder: Path, statements: list[str]) -> Path:
    """A copy in which the statements were carried out, past every guard of the database."""
    copy = folder / "copy.db"
    shutil.copy(database, copy)
    connection = apsw.Connection(str(copy))
    triggers = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    for (name,) in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        connection.execute(statement)
    connection.close()
    return copy


def checked(path: Path, testimony: list[Request]) -> Findings:
    database = Database.open(f"sqlite:///{path}")
    try:
        return check(database, testimony)
    finally:
        database.close()


def test_an_untouched_database_holds_what_was_acknowledged(
    worked: tuple[Path, list[Request]], tmp_path: Path
) -> None:
    database, testimony = worked

    found = checked(tampered(database, tmp_path, []), testimony)

    assert not found, str(found)
    assert len({request.unit for request in testimony}) == 6
    assert {request.answer["state"] for request in testimony if request.step == "approve"} == {
        "district_approved",
        "approved",
    }


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_is_done_behind_the_servers_back_is_reported(
    name: str, worked: tuple[Path, list[Request]], tmp_path: Path
) -> None:
    database, testimony = worked
    kind, statements = TAMPERINGS[name]

    found = checked(tampered(database, tmp_path, statements), testimony)

    assert getattr(found, kind), str(found)


def test_an_acknowledged_write_that_came_back_over_a_later_one_is_reported(
    worked: tuple[Path, list[Request]], tmp_path: Path
) -> None:
    database, testimony = worked
    first = next(request for request in testimony if request.step == "start").answer
    copy = tampered(database, tmp_path, [])
    connection = apsw.Connection(str(copy))
    connection.execute(
        "UPDATE submission SET answers = ? WHERE id = ?", (dumps(first["answers"]), first["id"])
    )
    connection.close()

    assert checked(copy, testimony).altered


def test_an_answer_that_the_witness_never_got_may_have_had_its_effect_or_not(
    worked: tuple[Path, list[Request]], tmp_path: Path
) -> None:
    database, testimony = worked
    copy = tampered(database, tmp_path, [])
    last = max(range(len(testimony)), key=lambda at: (testimony[at].unit, at))
    unanswered = [
        Request(**{**vars(one), "status": None, "text": ""}) if at == last else one
        for at, one in enumerate(testimony)
    ]

    assert not checked(copy, unanswered)
    assert checked(copy, [one for at, one in enumerate(testimony) if at != last])
