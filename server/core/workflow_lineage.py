"""Where a report of any earlier version stands in a newer one: maps, one after the other.

Each version may declare one map, from one earlier version. The map of version 4 from 3 and that
of 3 from 1 lead from 1 to 4; only where such a chain ends does a version stay what it is.
"""

from collections.abc import Mapping, Sequence

from server.core.workflow import Workflow


def lineage(versions: Mapping[int, Workflow], newer: int) -> dict[int, tuple[Workflow, ...]]:
    """Every earlier version that maps lead from to *newer*, with the versions on the way.

    The way begins after the earlier version and ends with *newer*; the nearest version is first.
    """
    found: dict[int, tuple[Workflow, ...]] = {}
    way: tuple[Workflow, ...] = ()
    at = versions.get(newer)
    while at is not None and at.map is not None and at.map.version not in found:
        way = (at, *way)
        found[at.map.version] = way
        at = versions.get(at.map.version)
    return found


def state_after(earlier: int, state: str, way: Sequence[Workflow]) -> str | None:
    """The state at the end of *way* of a report in *state* of version *earlier*; None: nowhere."""
    found: str | None = state
    for newer in way:
        if found is None:
            return None
        found = newer.moved_state(earlier, found)
        earlier = newer.version
    return found
