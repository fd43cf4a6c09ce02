"""Threads against one database: nothing is lost, nothing happens twice, one of two wins."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import peewee
import pytest

from server.core.event import is_chained
from server.core.obligation import Obligation
from server.errors import Conflict, Stale, StillRunning
from server.storage import migrations
from server.storage.database import Database
from server.storage.reminders import Delivery, ReminderStore
from tests.databases import create_database, database_url, drop_database
from tests.storage.conftest import NOW


def at_once(database: Database, works: list[Callable[[], object]]) -> list[object]:
    """Runs each work in a thread of its own, all released together; results or exceptions."""
    barrier = threading.Barrier(len(works))

    def run(work):
        barrier.wait(10)
        try:
            return work()
        except Exception as fault:  # noqa: BLE001  # what the caller asserts on
            return fault
        finally:
            database.engine.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_read_modify_write_of_eight_threads_loses_nothing(committed_world):
    world = committed_world
    with world.database.transaction():
        world.start(answers={"total": 0})

    def raise_total():
        for _ in range(25):
            with world.database.transaction():
                world.database.lock("submission", "s1")
                read = world.submissions.get("s1")
                world.submissions.save(
                    read,
                    answers={"total": read.answers["total"] + 1},
                    statuses={},
                    nil=False,
                    reasons=(),
                    by="x",
                    at=NOW,
                )

    assert at_once(world.database, [raise_total] * 8) == [None] * 8

    after = world.submissions.get("s1")
    assert (after.answers, after.edit) == ({"total": 200}, 201)


def test_optimistic_writers_that_try_again_lose_nothing(committed_world):
    world = committed_world
    with world.database.transaction():
        world.start(answers={"total": 0})

    def raise_total():
        done = 0
        while done < 10:
            read = world.submissions.get("s1")
            try:
                with world.database.transaction():
                    world.submissions.save(
                        read,
                        answers={"total": read.answers["total"] + 1},
                        statuses={},
                        nil=False,
                        reasons=(),
                        by="x",
                        at=NOW,
                    )
            except Stale:
                continue
            done += 1

    assert at_once(world.database, [raise_total] * 4) == [None] * 4

    assert world.submissions.get("s1").answers == {"total": 40}


def test_of_two_movers_exactly_one_wins(committed_world):
    world = committed_world
    for number in range(10):
        with world.database.transaction():
            read = world.start(f"s{number}", obligation=f"o{number}", period=f"{2000 + number}")

        def move(state, read=read):
            with world.database.transaction():
                return world.submissions.move(read, state=state, by=state, at=NOW)

        results = at_once(world.database, [lambda: move("approved"), lambda: move("returned")])

        assert results.count(2) == 1
        (stale,) = (found for found in results if isinstance(found, Stale))
        winner = world.submissions.get(f"s{number}").state
        assert stale.facts["current"]["by"] == winner


def test_sixteen_clerks_who_start_one_report_make_one(committed_world):
    world = committed_world
    with world.database.transaction():
        world.owe()

    def start(number):
        with world.database.transaction():
            world.submissions.add(world.submission(f"s{number}"))

    works = [lambda number=number: start(number) for number in range(16)]
    results = at_once(world.database, works)

    assert results.count(None) == 1
    assert sum(isinstance(found, Conflict) for found in results) == 15
    assert len(world.submissions.list_()) == 1


def test_the_database_itself_forbids_to_owe_twice(committed_world):
    world = committed_world
    owed = world.obligation()

    def open_period(number):
        with world.database.transaction():
            return world.obligations.add_many([replace(owed, id=f"o{number}")])

    works = [lambda number=number: open_period(number) for number in range(8)]
    results = at_once(world.database, works)

    assert sorted(results) == [0] * 7 + [1]
    with pytest.raises(peewee.IntegrityError), world.database.transaction():
        world.database.run(
            "INSERT INTO obligation (id, form, org_unit_id, responsible_unit_id, period, opens_on,"
            " due_on, progress, closed) SELECT 'again', form, org_unit_id, responsible_unit_id,"
            " period, opens_on, due_on, progress, closed FROM obligation"
        )


def test_events_of_one_subject_stay_chained_under_eight_writers(committed_world):
    world = committed_world
    lock = threading.Lock()
    plain_id = world.new_id

    def new_id():
        with lock:
            return plain_id()

    world.events._new_id = new_id

    def append():
        for _ in range(10):
            with world.database.transaction():
                world.events.append("submission/s1", "submission.submit", "x", NOW, {})

    assert at_once(world.database, [append] * 8) == [None] * 8

    chain = world.events.of("submission/s1")
    assert len(chain) == 80
    assert is_chained(chain)


def test_eight_consumers_share_the_events_without_overlap(committed_world):
    world = committed_world
    with world.database.transaction():
        for number in range(60):
            world.events.append(f"submission/s{number}", "submission.submit", "x", NOW, {})

    def consume():
        seen = []
        while True:
            with world.database.transaction():
                events = world.events.claim("projection", 7, NOW, 60)
                for event in events:
                    world.events.done("projection", event.id)
            if not events:
                return seen
            seen += [event.id for event in events]

    taken = [event_id for ids in at_once(world.database, [consume] * 8) for event_id in ids]

    assert len(taken) == len(set(taken)) == 60


def test_a_reminder_is_claimed_by_one_of_eight_workers(committed_world):
    world = committed_world
    with world.database.transaction():
        owed: Obligation = world.owe()

    def claim():
        with world.database.transaction():
            return world.mail.claim_reminder(owed.id, "D+1", owed.due_on)

    assert sorted(at_once(world.database, [claim] * 8)) == [False] * 7 + [True]


def test_what_one_worker_writes_the_mail_of_no_other_waits_for(committed_world):
    """All or nothing of a recipient, at once: neither a lock timeout nor half of a digest."""
    world = committed_world
    store = ReminderStore(world.database)
    with world.database.transaction():
        owed = [world.owe(f"o{n}", period=f"{2000 + n}") for n in range(3)]
        store.add([waiting(one.id) for one in owed[:2]])
    held, done, found = threading.Event(), threading.Event(), []

    def other():
        held.wait(10)
        try:
            with world.database.transaction():
                store.add([waiting(owed[2].id)])
            with world.database.transaction():
                found.append(store.waiting("email", "a@x.example"))
        finally:
            done.set()
            world.database.engine.close()

    thread = threading.Thread(target=other)
    thread.start()
    with world.database.transaction():
        mine = store.waiting("email", "a@x.example")
        held.set()
        # SQLite has one writer: there the other gets its turn afterwards and finds everything.
        waited = done.wait(3 if world.database.kind == "postgresql" else 0)
    thread.join(20)

    assert len(mine) == 2
    assert [len(one) for one in found] == [0 if world.database.kind == "postgresql" else 3]
    assert waited is (world.database.kind == "postgresql")


def waiting(obligation: str) -> Delivery:
    return Delivery(
        obligation, "D+1", "deadline", NOW.date(), "unit", None, "A", "a@x.example", "email", "vi",
        NOW,
    )  # fmt: skip


def test_a_request_repeated_by_sixteen_threads_has_one_effect(committed_world):
    world = committed_world

    def request():
        with world.database.transaction():
            kept = world.idempotency.begin("a1", "k", "d", NOW)
            if kept is not None:
                return kept.status, kept.body
            world.events.append("submission/s1", "submission.start", "x", NOW, {})
            world.idempotency.finish("a1", "k", 201, {}, b"made")
            return 201, b"made"

    results = at_once(world.database, [request] * 16)

    assert results == [(201, b"made")] * 16
    assert len(world.events.of("submission/s1")) == 1


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_request_whose_first_still_holds_its_key_is_told_so(committed_world):
    world = committed_world

    def repeated():
        world.database.run("SET lock_timeout = '50ms'")
        try:
            with world.database.transaction():
                world.idempotency.begin("a1", "k", "d", NOW)
        finally:
            world.database.run("RESET lock_timeout")

    with world.database.transaction():
        assert world.idempotency.begin("a1", "k", "d", NOW) is None
        (refused,) = at_once(world.database, [repeated])

    assert isinstance(refused, StillRunning)


def test_of_two_migrators_one_migrates_and_the_other_finds_it_done(
    database_kind, request, tmp_path
):
    if database_kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'new.db'}"
    else:
        server = request.getfixturevalue("postgresql_server")
        name = f"bieumau_two_migrators_{os.getpid()}"
        url = create_database(server, name)
        request.addfinalizer(lambda: drop_database(server, name))
        assert url == database_url(server, name)
    database = Database.open(url, unsafe_for_tests=True)

    results = at_once(database, [database.migrate] * 3)

    assert sorted(results) == [[], [], list(migrations.NAMES)]
    assert database.pending_migrations() == []
    database.close()
