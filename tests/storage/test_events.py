"""The history: chained, complete, erasable where it is personal, told to each consumer once."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from server.core.event import Checkpoint, checkpoint_head, is_chained, merkle_root
from server.errors import Conflict
from server.storage.events import EventStore
from tests.storage.conftest import NOW

MINUTE = timedelta(minutes=1)


def append(world, subject="submission/s1", name="submission.submit", **changes):
    facts = {"actor": "Mai", "happened_at": NOW, "details": {"from": "draft", "số": 1}} | changes
    return world.events.append(subject, name, **facts)


def test_events_of_a_subject_are_chained_from_the_first(world):
    appended = [append(world, details={"step": step}) for step in range(3)]
    append(world, "submission/s2")

    chain = world.events.of("submission/s1")

    assert chain == appended
    assert [event.sequence for event in chain] == [1, 2, 3]
    assert is_chained(chain)
    assert is_chained(world.events.of("submission/s2"))


def test_an_instant_from_another_zone_is_chained_as_utc(world):
    hanoi = timezone(timedelta(hours=7))

    append(world, happened_at=datetime(2025, 1, 24, 10, 0, tzinfo=hanoi))

    (event,) = world.events.of("submission/s1")
    assert event.happened_at == NOW
    assert is_chained([event])


@pytest.mark.parametrize("statement", ["UPDATE event SET actor = 'x'", "DELETE FROM event"])
def test_the_database_refuses_to_change_history(world, statement):
    append(world)

    with pytest.raises(Exception, match="append-only"), world.database.transaction():
        world.database.run(statement)

    assert is_chained(world.events.of("submission/s1"))


def test_a_forged_event_is_found_by_its_chain(world):
    first, second = append(world), append(world)

    assert not is_chained([replace(first, actor="x"), second])
    assert not is_chained([second])


def test_personal_values_stand_apart_and_can_be_erased(world):
    append(world, personal={"phone": "0912 345 678"})

    (event,) = world.events.of("submission/s1")
    stored = world.database.rows("SELECT details FROM event")
    assert "0912" not in str(stored)
    assert len(event.details["personal"]["phone"]) == 64
    assert world.events.personal([event.id]) == {event.id: {"phone": "0912 345 678"}}

    assert world.events.erase_personal("submission/s1") == 1
    assert world.events.personal([event.id]) == {}
    assert is_chained(world.events.of("submission/s1"))


def test_equal_personal_values_have_unlike_digests_under_unlike_salts(database):
    salts = iter(["a", "b"])
    ids = iter(["e1", "e2"])
    events = EventStore(
        database, consumers=(), new_id=lambda: next(ids), new_salt=lambda: next(salts)
    )

    first, second = (
        events.append("account/a", "account.add", "x", NOW, {}, personal={"name": "Mai"})
        for _ in range(2)
    )

    assert first.details["personal"] != second.details["personal"]


def test_each_consumer_is_handed_each_event_once(world):
    appended = [append(world, f"submission/s{n}").id for n in range(3)]

    first = world.events.claim("projection", 2, NOW, 60)
    rest = world.events.claim("projection", 2, NOW, 60)
    others = world.events.claim("plugins", 9, NOW, 60)

    assert [event.id for event in first + rest] == appended == [event.id for event in others]
    assert world.events.claim("projection", 9, NOW, 60) == []


def test_a_lease_that_ends_hands_the_event_out_again(world):
    event = append(world)
    world.events.claim("projection", 1, NOW, 60)

    assert world.events.claim("projection", 1, NOW + 0.5 * MINUTE, 60) == []
    assert world.events.claim("projection", 1, NOW + 2 * MINUTE, 60) == [event]
    world.events.done("projection", event.id)
    assert world.events.claim("projection", 1, NOW + 9 * MINUTE, 60) == []


def test_a_new_event_is_due_even_when_the_claiming_clock_is_years_behind(world):
    append(world)

    assert world.events.claim("projection", 1, datetime(1990, 1, 1, tzinfo=NOW.tzinfo), 60)


def test_a_failed_delivery_is_tried_again_and_at_last_given_up(world):
    event = append(world)
    world.events.claim("plugins", 1, NOW, 60)

    tries = world.events.failed("plugins", event.id, "boom", NOW + MINUTE)
    assert tries == 1
    assert world.events.claim("plugins", 1, NOW, 60) == []
    assert world.events.claim("plugins", 1, NOW + MINUTE, 60) == [event]
    assert world.events.failed("plugins", event.id, "boom", None) == 2
    assert world.events.claim("plugins", 1, NOW + 999 * MINUTE, 60) == []
    assert world.events.undelivered()["plugins"] == {"waiting": 0, "dead": 1}
    assert world.events.undelivered()["projection"] == {"waiting": 1, "dead": 0}

    assert world.events.revive("plugins", NOW) == 1
    assert world.events.claim("plugins", 1, NOW, 60) == [event]


def test_the_audit_list_is_newest_first_and_filters(world):
    a = append(world, name="submission.submit", actor="Mai")
    b = append(world, name="submission.sign", actor="Tú", happened_at=NOW + MINUTE)
    c = append(world, "account/a1", name="account.add", actor="Tú")

    assert world.events.recent() == [c, b, a]
    assert world.events.recent(limit=1, after=c.id) == [b]
    assert world.events.recent(name="submission.*") == [b, a]
    assert world.events.recent(name="account.add", actor="Tú") == [c]
    assert world.events.recent(since=NOW + MINUTE) == [b]
    assert world.events.recent(until=NOW + MINUTE, subject="account/a1") == [c]
    assert world.events.subjects() == ["account/a1", "submission/s1"]


def seal(world, number, pairs):
    last = world.events.last_checkpoint()
    root = merkle_root([hash_ for _, hash_ in pairs])
    checkpoint = Checkpoint(
        number=number,
        first_leaf=0 if last is None else last.first_leaf + last.leaves,
        leaves=len(pairs),
        root=root,
        head=checkpoint_head("" if last is None else last.head, root, len(pairs), NOW),
        sealed_at=NOW,
    )
    world.events.add_checkpoint(checkpoint, [event_id for event_id, _ in pairs])
    return checkpoint


def test_sealing_takes_each_event_once_and_remembers_the_order(world):
    events = [append(world) for _ in range(3)]
    assert world.events.oldest_unsealed() == NOW

    first = seal(world, 1, world.events.unsealed(2))
    second = seal(world, 2, world.events.unsealed(9))

    assert world.events.unsealed(9) == []
    assert world.events.oldest_unsealed() is None
    assert world.events.checkpoints() == [first, second]
    assert world.events.last_checkpoint() == second
    leaves = world.events.leaves(1) + world.events.leaves(2)
    assert leaves == [(event.id, event.hash) for event in events]


def test_two_sealers_cannot_use_one_number(world):
    append(world)
    pairs = world.events.unsealed(9)
    seal(world, 1, pairs)

    with pytest.raises(Conflict):
        seal(world, 1, pairs)


def test_an_append_costs_few_statements(world, count_queries):
    append(world)
    statements = count_queries(world.database)

    append(world)

    assert len(statements) == (3 if world.database.kind == "sqlite" else 4)
