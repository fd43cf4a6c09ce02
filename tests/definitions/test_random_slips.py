"""Definitions changed at random: judged every time, with a place in the file, and never a crash."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.definitions.shipped import FORMS, WORKFLOWS, json_of, name_of
from tests.definitions.slips import as_form, as_workflow

_VALUES: tuple[object, ...] = (
    *(None, True, 0, -1, 10**20, 1e300, "", "x", "a.b", "/x", "#/$defs/row", "rows", "note"),
    *([], {}, [1], ["note"], {"a": 1}, {"$ref": "#/$defs/row"}, "prev('/x')", "unit.kind", "P1D"),
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, held in inner:
        yield (*path, key)
        if isinstance(held, dict | list):
            yield from places(held, (*path, key))


def slip(document: Any, chance: random.Random) -> Any:
    """A copy with one thing taken away, renamed, or replaced by something from elsewhere."""
    changed = copy.deepcopy(document)
    # Half of the places lie in the tests, where a slip only makes a test fail.
    known = [place for place in places(document) if place[0] != "x-tests" or len(place) < 4]
    *above, last = chance.choice(known)
    holder = changed
    for token in above:
        holder = holder[token]
    match chance.randrange(4):
        case 0:
            del holder[last]
        case 1 if isinstance(holder, dict):
            holder[f"{last}_x"] = holder.pop(last)
        case 2:
            found = document
            for token in chance.choice(known):
                found = found[token]
            holder[last] = copy.deepcopy(found)
        case _:
            holder[last] = chance.choice(_VALUES)
    return changed


@pytest.mark.parametrize("path", [*FORMS, *WORKFLOWS], ids=name_of)
def test_a_random_slip_never_breaks_the_judge_and_always_has_a_place(path):
    chance = random.Random(name_of(path))
    check = as_form if path in FORMS else as_workflow
    document = json_of(path)
    refused = 0

    for _ in range(8):
        text = json.dumps(slip(document, chance), ensure_ascii=False, indent=1)
        found = check(text)
        refused += bool(found)
        lines = text.count("\n") + 1
        assert all(1 <= refusal.line <= lines and refusal.message for refusal in found)

    assert refused >= 3
