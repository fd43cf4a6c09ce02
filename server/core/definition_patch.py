"""What is written otherwise in one object of a definition, and which items of two lists are one.

Apart from ``definition_diff``, which knows what a definition is made of; this knows JSON alone.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any, Final

from server.core.json_text import pointer

#: What tells an item of a list from the others, in the order in which it is asked for.
_NAMES: Final = ("code", "key", "name", "event", "indicator", "title")
#: From here on two items without a common name are one that was changed.
_ALIKE: Final = 0.5
_BY_ITSELF: Final = (str, int, float, bool, type(None))


def text(value: object) -> str:
    """JSON in the order that the value has: two are the same where this is."""
    return json.dumps(value, ensure_ascii=False)


def same(one: object, other: object) -> bool:
    return one is other or text(one) == text(other)


def patches(
    held: Mapping[str, Any], wanted: Mapping[str, Any], apart: Collection[str], at: str = ""
) -> list[dict[str, Any]]:
    """The changes that make *wanted* of *held*; of members that stand *apart* only the order."""
    if not apart and same(held, wanted):
        return []
    found: list[dict[str, Any]] = [
        {"at": at + pointer(key), "gone": True} for key in held if key not in wanted
    ]
    order = [key for key in held if key in wanted]
    for place, key in enumerate(wanted):
        below = at + pointer(key)
        if key not in held:
            behind = list(wanted)[place - 1] if place else None
            # Where the one before it moves as well, ``order`` below puts both right.
            if behind is not None and behind not in order:
                behind = order[-1] if order else None
            order.insert(0 if behind is None else order.index(behind) + 1, key)
            found.append({"at": below, "to": deepcopy(wanted[key]), "behind": behind})
        elif key not in apart:
            found += _changed(held[key], wanted[key], below)
    if order != list(wanted):
        found.append({"at": at, "order": list(wanted)})
    return found


def _changed(held: object, wanted: object, at: str) -> list[dict[str, Any]]:
    if same(held, wanted):
        return []
    if isinstance(held, dict) and isinstance(wanted, dict):
        return patches(held, wanted, (), at)
    if isinstance(held, list) and isinstance(wanted, list):
        return _spliced(held, wanted, at)
    return [{"at": at, "to": deepcopy(wanted)}]


def _spliced(held: list[Any], wanted: list[Any], at: str) -> list[dict[str, Any]]:
    """Only what differs of a list; an object in the place of another one is compared within."""
    matcher = SequenceMatcher(None, list(map(text, held)), list(map(text, wanted)), autojunk=False)
    within: list[dict[str, Any]] = []
    splice: list[tuple[int, int, list[Any]]] = []
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            continue
        paired = 0
        for old, new in zip(held[start:end], wanted[first:last], strict=False):
            if not (isinstance(old, dict | list) and type(old) is type(new)):
                break
            within += _changed(old, new, f"{at}/{start + paired}")
            paired += 1
        if start + paired < end or first + paired < last:
            values = deepcopy(wanted[first + paired : last])
            splice.append((start + paired, end - start - paired, values))
    return [*within, *([{"at": at, "splice": [list(one) for one in splice]}] if splice else [])]


def similarity(one: object, other: object) -> float:
    """The share of members that two objects have in common, from 0 to 1."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return float(same(one, other))
    keys = {*one, *other}
    if not keys:
        return 1.0
    equal = sum(key in one and key in other and same(one[key], other[key]) for key in keys)
    return equal / len(keys)


def matching(held: Sequence[Any], wanted: Sequence[Any]) -> dict[int, int]:
    """Which item of the one list is which of the other, by their places."""
    pairs: dict[int, int] = {}
    left, right = list(range(len(held))), list(range(len(wanted)))

    def pair(one: int, other: int) -> None:
        pairs[one] = other
        left.remove(one)
        right.remove(other)

    for exact in (True, False):
        names: dict[str, list[int]] = {}
        for number in right:
            names.setdefault(text(wanted[number]) if exact else _name(wanted[number]), []).append(
                number
            )
        for number in list(left):
            known = names.get(text(held[number]) if exact else _name(held[number]))
            if known:
                pair(number, known.pop(0))
    for number in list(left):
        scored = [(similarity(held[number], wanted[other]), -other) for other in right]
        if scored and max(scored)[0] >= _ALIKE:
            pair(number, -max(scored)[1])
    return pairs


def _name(item: Mapping[str, Any]) -> str:
    for name in _NAMES:
        if isinstance(item.get(name), _BY_ITSELF) and name in item:
            return text([name, item[name], item.get("from"), item.get("op")])
    return text(item)
