"""What a difference of two definitions does to a document: the operations, carried out.

Apart from the editor's operations (``definition_editor``), because a difference has to lead to
every document, also to one that no editor made: it names places in lists and keeps the order of
all keys. What a human act drags along is left to ``definition_consequences`` where ``along`` says
so, so that one act is one operation.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from server.core import definition_consequences as consequences
from server.core.json_text import pointer, tokens

Document = dict[str, Any]
Operation = dict[str, Any]
#: Stands for a key before which no other one stands.
FIRST: Final = None


def apply(operations: Sequence[Mapping[str, Any]], document: Mapping[str, object]) -> Document:
    """*document* after all *operations*; the given one stays as it is.

    ``KeyError``, ``IndexError`` or ``ValueError`` when they were made for another document.
    """
    changed = deepcopy(dict(document))
    for operation in operations:
        carry_out(changed, operation)
    return changed


def carry_out(document: Document, operation: Mapping[str, Any]) -> None:
    """One operation, in place."""
    _ACTS[operation["op"]](document, str(operation["path"]), operation)


def held_at(document: object, path: str) -> Any:
    """What stands at *path*."""
    held: Any = document
    for token in tokens(path) if path else ():
        held = held[int(token)] if isinstance(held, list) else held[token]
    return held


def put_behind(holder: Document, key: str, value: object, behind: str | None) -> None:
    """*key* directly behind another one, or first."""
    items = [(name, held) for name, held in holder.items() if name != key]
    names = [name for name, _ in items]
    place = 0 if behind is FIRST else names.index(behind) + 1
    items.insert(place, (key, value))
    holder.clear()
    holder.update(items)


def _holder(document: Document, path: str) -> tuple[Any, str]:
    parts = tokens(path)
    return held_at(document, pointer(*parts[:-1])), parts[-1]


def _set(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    held = held_at(document, path)
    for change in operation["changes"]:
        _patch(held, change)
    if "required" in operation:
        consequences.require(document, path, bool(operation["required"]))


def _patch(held: Any, change: Mapping[str, Any]) -> None:
    """``to`` a value (``behind`` a key, where it is new), ``gone``, ``splice`` or ``order``."""
    at = str(change["at"])
    if "order" in change:
        target = held_at(held, at)
        items = [(name, target[name]) for name in change["order"]]
        target.clear()
        target.update(items)
        return
    if "splice" in change:
        target = held_at(held, at)
        # From the end, so that the places are those of the list as it was.
        for start, count, values in reversed(change["splice"]):
            target[start : start + count] = deepcopy(values)
        return
    holder, token = _holder(held, at)
    if change.get("gone"):
        del holder[token]
    elif isinstance(holder, list):
        holder[int(token)] = deepcopy(change["to"])
    elif "behind" in change:
        put_behind(holder, token, deepcopy(change["to"]), change["behind"])
    else:
        holder[token] = deepcopy(change["to"])


def _add(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    holder, token = _holder(document, path)
    value = deepcopy(operation["value"])
    if isinstance(holder, list):
        holder.insert(int(token), value)
        return
    if token in holder:
        raise KeyError(token)
    put_behind(holder, token, value, operation["behind"])
    if operation.get("along"):
        consequences.added(document, path, operation.get("section"))


def _remove(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    holder, token = _holder(document, path)
    if isinstance(holder, list):
        del holder[int(token)]
        return
    if operation.get("along"):
        consequences.removed(document, path)
    del holder[token]


def _rename(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    holder, token = _holder(document, path)
    key = str(operation["key"])
    if key in holder:
        raise KeyError(key)
    if operation.get("along"):
        consequences.renamed(document, path, key)
    consequences.rekey(holder, token, key)


def _move(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    holder, token = _holder(document, path)
    if isinstance(holder, list):
        item = holder.pop(int(token))
        holder.insert(int(operation["to"]), item)
        return
    put_behind(holder, token, holder[token], operation["behind"])


def _place(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    """A root property into another section of the layout; *path* is the list it stands in."""
    held_at(document, path).remove(operation["key"])
    held_at(document, str(operation["to"])).insert(int(operation["at"]), operation["key"])


_ACTS: Final = {
    "set": _set,
    "add": _add,
    "remove": _remove,
    "rename": _rename,
    "move": _move,
    "place": _place,
}
