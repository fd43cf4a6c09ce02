"""Two versions that began from one: what each changed, put together where they do not meet.

For a draft whose base was superseded meanwhile. Objects are merged member by member; a list or a
value that both changed is a conflict, in which the draft's stays and the place is named.
"""

from collections.abc import Mapping
from typing import Any, Final

from server.core.json_text import pointer

_ABSENT: Final = object()


def merged(
    base: Mapping[str, object], mine: Mapping[str, object], theirs: Mapping[str, object]
) -> tuple[dict[str, Any], list[str]]:
    """*mine* with what *theirs* changed, and the places where both changed the same."""
    conflicts: list[str] = []
    return _objects(base, mine, theirs, "", conflicts), conflicts


def changes(before: object, after: object, path: str = "") -> list[tuple[str, object, object]]:
    """Each place that differs with both values, ``None`` for nothing; lists count as one value."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        found = []
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key, _ABSENT), after.get(key, _ABSENT)
            found += changes(old, new, path + pointer(key))
        return found
    if _same(before, after):
        return []
    return [(path, None if before is _ABSENT else before, None if after is _ABSENT else after)]


def _objects(
    base: Mapping[str, object],
    mine: Mapping[str, object],
    theirs: Mapping[str, object],
    path: str,
    conflicts: list[str],
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    # The order is mine; what they added comes behind, as it came to the file.
    for key in dict.fromkeys([*mine, *theirs]):
        value = _merged(
            base.get(key, _ABSENT),
            mine.get(key, _ABSENT),
            theirs.get(key, _ABSENT),
            path + pointer(key),
            conflicts,
        )
        if value is not _ABSENT:
            result[key] = value
    return result


def _merged(base: object, mine: object, theirs: object, path: str, conflicts: list[str]) -> object:
    if _same(mine, theirs) or _same(base, theirs):
        return mine
    if _same(base, mine):
        return theirs
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        shared = base if isinstance(base, Mapping) else {}
        return _objects(shared, mine, theirs, path, conflicts)
    conflicts.append(path)
    return mine


def _same(one: object, other: object) -> bool:
    """Equal, and of the same type within: for JSON, 1 and true are two values."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other
