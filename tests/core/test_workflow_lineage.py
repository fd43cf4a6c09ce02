"""Maps one after the other: from which versions they lead, and to which state."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.workflow import Workflow
from server.core.workflow_lineage import lineage, state_after
from server.core.workflow_parts import StateMap
from tests.definitions.shipped import ROOT, json_of

FIRST = Workflow.of(json_of(ROOT / "workflows/commune_province/v01.json"))
STATES = sorted(FIRST.states)
maps = st.dictionaries(st.sampled_from(STATES), st.sampled_from([*STATES, "gone"]))


def version(number: int, earlier: int | None = None, **states: str) -> Workflow:
    declared = None if earlier is None else StateMap(earlier, states)
    return replace(FIRST, version=number, map=declared)


@pytest.mark.parametrize(
    ("maps_from", "expected"),
    [
        ({2: 1, 3: 2}, {2: [3], 1: [2, 3]}),
        ({2: 1, 3: 1}, {1: [3]}),
        ({2: None, 3: 2}, {2: [3]}),
        ({2: 1, 3: None}, {}),
        ({2: 3, 3: 2}, {2: [3], 3: [2, 3]}),  # refused when published; it must not go round
    ],
)
def test_every_version_on_a_way_of_maps_is_found(maps_from, expected):
    versions = {1: version(1)} | {
        number: version(number, earlier) for number, earlier in maps_from.items()
    }

    found = lineage(versions, 3)

    assert {old: [one.version for one in way] for old, way in found.items()} == expected


@given(first=maps, second=maps, state=st.sampled_from(STATES))
def test_two_maps_are_one_after_the_other(first, second, state):
    between, newest = version(2, 1, **first), version(3, 2, **second)

    there = between.moved_state(1, state)
    expected = None if there is None else newest.moved_state(2, there)

    assert state_after(1, state, (between, newest)) == expected
