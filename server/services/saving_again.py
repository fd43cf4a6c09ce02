"""A save that another writer overtook is tried again: two people on different cells both win."""

from collections.abc import Callable
from typing import TypeVar

from server.errors import Stale

Result = TypeVar("Result")
_TRIES = 8


def again_when_stale(save: Callable[[], Result]) -> Result:
    """Run *save* again when another writer came between; disjoint cells then merge."""
    for _ in range(_TRIES - 1):
        try:
            return save()
        except Stale:
            continue
    return save()
