"""Event chains and Merkle checkpoints: what was changed is found."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.event import GENESIS, Event, checkpoint_head, event_hash, is_chained, merkle_root

NOON = datetime(2025, 1, 24, 5, 0, tzinfo=UTC)


def make_chain(length: int) -> list[Event]:
    events: list[Event] = []
    previous = GENESIS
    for sequence in range(1, length + 1):
        facts = {
            "subject": "submission/1",
            "sequence": sequence,
            "name": "submission.submit",
            "actor": "a",
            "happened_at": NOON,
            "details": {"edit": sequence},
            "previous": previous,
        }
        previous = event_hash(**facts)
        events.append(Event(id=f"e{sequence}", hash=previous, **facts))
    return events


def test_an_untouched_chain_holds():
    assert is_chained(make_chain(5))
    assert is_chained([])


@pytest.mark.parametrize(
    "change",
    [
        {"name": "submission.approve"},
        {"actor": "b"},
        {"details": {"edit": 9}},
        {"happened_at": NOON.replace(hour=6)},
        {"sequence": 7},
        {"previous": GENESIS[:-1] + "1"},
        {"hash": "f" * 64},
    ],
)
@pytest.mark.parametrize("position", [0, 2, 4])
def test_any_change_of_any_event_breaks_the_chain(change, position):
    events = make_chain(5)
    events[position] = replace(events[position], **change)

    assert not is_chained(events)


def test_a_missing_or_swapped_event_breaks_the_chain():
    events = make_chain(4)

    assert not is_chained([*events[:1], *events[2:]])
    assert not is_chained([events[1], events[0], *events[2:]])
    assert not is_chained(events[1:])


def _recursive_root(leaves: list[str]) -> bytes:
    """RFC 9162, 2.1.1, as it is defined there: split at the largest power of two below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + bytes.fromhex(leaves[0])).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = _recursive_root(leaves[:split]), _recursive_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@given(st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=40))
def test_the_root_is_that_of_the_definition(leaves):
    assert merkle_root(leaves) == _recursive_root(leaves).hex()


def test_a_checkpoint_depends_on_everything_before_it():
    heads = {
        checkpoint_head(GENESIS, "aa", 3, NOON),
        checkpoint_head("b" * 64, "aa", 3, NOON),
        checkpoint_head(GENESIS, "ab", 3, NOON),
        checkpoint_head(GENESIS, "aa", 4, NOON),
        checkpoint_head(GENESIS, "aa", 3, NOON.replace(hour=6)),
    }

    assert len(heads) == 5
