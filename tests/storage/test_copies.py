"""A copy holds every row, and can be put into either kind of database."""

import json
from datetime import timedelta

import pytest

from server.core.access import Grant, Role
from server.core.account import Account
from server.core.event import is_chained
from server.core.observation import Observation
from server.core.ports import Mail
from server.core.submission import Change
from server.errors import Conflict
from server.storage.copies import TABLES, dump, load
from server.storage.database import Database
from server.storage.models import MODELS
from tests.storage.conftest import NOW, World


def fill(world):
    """Something of each kind: text, numbers, flags, days, instants, bytes, nothing."""
    world.accounts.add(Account("a1", "mai", "Lý Thị Mai", None, "u2", None, True, False, NOW))
    world.accounts.add_grant("a1", Grant(Role.REPORTER, "u2"))
    world.start(answers={"tổng": 1.5})
    world.submissions.add_changes("s1", [Change("/tổng", None, 1.5)], "Mai", NOW)
    world.observations.replace(
        "s1",
        1,
        org_unit="u2",
        period="2024",
        form="population",
        publication_level="official",
        final=False,
        observations=[Observation("0101", "person", {"sex": "male"}, None, 0, "confidential")],
    )
    world.events.append("submission/s1", "submission.start", "Mai", NOW, {"a": 1})
    mail = Mail("<1@x>", "mai@x", "Nhắc hạn", "Kính gửi")
    world.mail.add(mail, kind="reminder", obligation="o1", step="D-1", created_at=NOW)
    world.idempotency.begin("a1", "k", "d", NOW)
    world.idempotency.finish("a1", "k", 201, {}, b"\x00\xff")


@pytest.fixture
def copied(committed_world):
    with committed_world.database.transaction():
        fill(committed_world)
    # Through JSON, as a file would hold it.
    return json.loads(json.dumps(list(dump(committed_world.database)), ensure_ascii=False))


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request, tmp_path):
    """An empty, migrated database of either kind, whatever kind the copy came from."""
    if request.param == "sqlite":
        database = Database.open(f"sqlite:///{tmp_path / 'target.db'}")
        database.migrate()
    else:
        database = request.getfixturevalue("rolled_back_postgresql")
        database.bind()
    yield database
    if request.param == "sqlite":
        database.close()


class Enough(BaseException):
    """Leaves the transaction without writing."""


def test_a_copy_put_elsewhere_is_the_same_copy(copied, target):
    with pytest.raises(Enough), target.transaction():
        assert load(target, copied) == len(copied) > 20

        assert [[table, row] for table, row in dump(target)] == copied
        world = World(target)
        assert world.submissions.get("s1").answers == {"tổng": 1.5}
        assert is_chained(world.events.of("submission/s1"))
        assert world.idempotency.begin("a1", "k", "d", NOW).body == b"\x00\xff"
        raise Enough


def test_new_rows_are_numbered_behind_the_copied_ones(copied, target):
    with pytest.raises(Enough), target.transaction():
        load(target, copied)

        first = World(target).mail.list_()[0].id
        mail = Mail("<2@x>", "mai@x", "Nhắc hạn", "Kính gửi")
        World(target).mail.add(
            mail, kind="x", obligation=None, step=None, created_at=NOW + timedelta(days=1)
        )
        assert [one.id for one in World(target).mail.list_()] == [first + 1, first]
        raise Enough


def test_a_database_that_holds_something_takes_no_copy(copied, committed_world):
    with pytest.raises(Conflict):
        load(committed_world.database, copied)

    assert [[table, row] for table, row in dump(committed_world.database)] == copied


def test_long_tables_are_copied_whole(committed_world):
    with committed_world.database.transaction():
        committed_world.obligations.add_many(
            [committed_world.obligation(f"o{n:05}", period=str(n)) for n in range(2500)]
        )

    copied = [row[0] for table, row in dump(committed_world.database) if table == "obligation"]

    assert copied == [f"o{n:05}" for n in range(2500)]


def test_every_table_is_copied():
    assert set(TABLES) == {model._meta.table_name for model in MODELS}
