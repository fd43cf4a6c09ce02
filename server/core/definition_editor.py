"""Changes of a definition's document, each one human act: document in, document out.

An operation is plain data (``{"op": "move", "path": ..., "to": ...}``), so that a step of a draft
can be kept, shown and done again. What a change drags along (the ``required`` list, the layout, the
states that a transition names) is ``definition_consequences``. The order of keys is the order of
columns and rows, so every change keeps it.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from server.core import definition_consequences as consequences
from server.core.definition_transfer import TransferRefused, transfer
from server.core.json_text import tokens

Document = dict[str, Any]
#: Limits that mean something for that type alone.
_OF_TYPE: Final[Mapping[str, frozenset[str]]] = {
    "integer": frozenset({"minimum", "maximum", "enum", "x-labels", "x-consolidate"}),
    "number": frozenset({"minimum", "maximum", "multipleOf", "enum", "x-labels", "x-consolidate"}),
    "string": frozenset({"minLength", "maxLength", "pattern", "enum", "x-labels", "x-codelist"}),
    "date": frozenset({"format"}),  # a text to JSON, a type of its own to people
    "boolean": frozenset({"x-labels"}),
}
_OF_NUMBERS: Final = frozenset({"x-indicator", "x-dimension", "x-member", "x-measure-unit"})
_LIMITS: Final = frozenset().union(*_OF_TYPE.values()) | _OF_NUMBERS
_DECIMALS: Final = 0.01


class EditRefused(Exception):
    """The operation cannot be done: ``reason`` is no-place, taken, key or unknown; ``path`` where.

    Two people's views of a draft may differ, so this is an answer and no bug.
    """

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path


def applied(document: Mapping[str, object], operation: Mapping[str, object]) -> Document:
    """*document* after *operation*; the given one stays as it is.

    Raises:
        EditRefused: the place is not there, the key is taken, or the operation is unknown.
    """
    act = _ACTS.get(str(operation.get("op")))
    path = str(operation.get("path", ""))
    if act is None:
        raise EditRefused("unknown", path)
    changed = deepcopy(dict(document))
    try:
        act(changed, path, operation)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise EditRefused("no-place", path) from None
    return changed


def value_at(document: Mapping[str, object], path: str) -> Any:
    """What stands at *path*; ``EditRefused`` when nothing does."""
    held: Any = document
    try:
        for token in tokens(path):
            held = held[int(token)] if isinstance(held, list) else held[token]
    except (KeyError, IndexError, TypeError, ValueError):
        raise EditRefused("no-place", path) from None
    return held


def _parent(document: Document, path: str) -> tuple[Any, str]:
    parts = tokens(path)
    held: Any = document
    for token in parts[:-1]:
        held = held[int(token)] if isinstance(held, list) else held[token]
    return held, parts[-1]


def _set(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    """``values``: attributes of the object at *path*; None takes one away."""
    held = value_at(document, path)
    values = dict(operation["values"])
    required = values.pop("required?", None)
    for key, value in values.items():
        if value is None:
            held.pop(key, None)
        else:
            held[key] = value
    if required is not None:
        consequences.require(document, path, bool(required))


def _add(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    """``value`` at *path*: a new key of an object, or a place of a list.

    ``section`` is where the layout shows it, ``defs`` what it refers to.
    """
    holder, token = _parent(document, path)
    if isinstance(holder, list):
        holder.insert(len(holder) if token == "-" else int(token), deepcopy(operation["value"]))
        return
    if token in holder:
        raise EditRefused("taken", path)
    if tokens(path)[-2:-1] in (("properties",), ("states",)):  # elsewhere it is a keyword
        _refuse_key(path, token)
    for name, declared in operation.get("defs", {}).items():
        if name in document.setdefault("$defs", {}):
            raise EditRefused("taken", path)
        document["$defs"][name] = deepcopy(declared)
    holder[token] = deepcopy(operation["value"])
    consequences.added(document, path, operation.get("section"))


def _remove(document: Document, path: str, _operation: Mapping[str, Any]) -> None:
    holder, token = _parent(document, path)
    if isinstance(holder, list):
        del holder[int(token)]
        return
    if token not in holder:
        raise KeyError(token)
    # What is shown, required or tested goes with it; it looks at the document as it still is.
    consequences.removed(document, path)
    del holder[token]


def _rename(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    """Another key in the same place; who renames a label sets its title instead."""
    holder, token = _parent(document, path)
    key = str(operation["key"])
    if token not in holder or not isinstance(holder, dict):
        raise KeyError(token)
    if key in holder:
        raise EditRefused("taken", path)
    _refuse_key(path, key)
    consequences.renamed(document, path, key)
    consequences.rekey(holder, token, key)


def _refuse_key(path: str, key: str) -> None:
    """Words that expressions keep for themselves name no property; a state may be called so."""
    if not consequences.KEY.fullmatch(key):
        raise EditRefused("key", path)
    if tokens(path)[-2:-1] == ("properties",) and not consequences.names_property(key):
        raise EditRefused("reserved", path)


def _move(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    """To the place ``to`` among its siblings, counted from 0; beyond the ends is the end."""
    holder, token = _parent(document, path)
    if isinstance(holder, list):
        item = holder.pop(int(token))
        holder.insert(max(0, int(operation["to"])), item)
        return
    names = list(holder)
    names.remove(token)
    names.insert(max(0, int(operation["to"])), token)
    items = [(name, holder[name]) for name in names]
    holder.clear()
    holder.update(items)


def _retype(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    """Another type of answer; limits that the new type does not know are dropped."""
    held, wanted = value_at(document, path), str(operation["type"])
    if wanted not in _OF_TYPE:
        raise ValueError(wanted)
    keeps = _OF_TYPE[wanted] | (_OF_NUMBERS if wanted in ("integer", "number") else frozenset())
    for key in _LIMITS - keeps:
        held.pop(key, None)
    written = "string" if wanted == "date" else wanted
    if not isinstance(held.get("enum", []), list) or held.get("type") != written:
        held.pop("enum", None)
        held.pop("x-labels", None)
    held["type"] = written
    if wanted == "date":
        held["format"] = "date"
    if wanted == "number":
        held.setdefault("multipleOf", _DECIMALS)


def _transfer(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    """Into another group of cells, or out of one: ``into`` is where its cells are declared."""
    try:
        transfer(document, path, str(operation["into"]))
    except TransferRefused as refused:
        raise EditRefused(refused.reason, path) from None


def _place(document: Document, path: str, operation: Mapping[str, Any]) -> None:
    """Into another ``section`` of the layout, at ``to`` or the end; key and answers stay."""
    holder, token = _parent(document, path)
    number, sections = int(operation["section"]), document["x-layout"]["sections"]
    if token not in holder or holder is not document["properties"]:
        raise KeyError(token)
    if not 0 <= number < len(sections):
        raise IndexError(number)
    target, kept = sections[number], ""
    for section in sections:
        for shown in ("grid", "fields"):
            if token in section.get(shown, ()):
                section[shown] = [one for one in section[shown] if one != token]
                kept = shown
    if kept and (kept in target or not {"grid", "fields"} & set(target)):
        names = target.setdefault(kept, [])
        names.insert(max(0, int(operation.get("to", len(names)))), token)
    else:
        consequences.added(document, path, number)


_ACTS: Final = {
    "set": _set,
    "add": _add,
    "remove": _remove,
    "rename": _rename,
    "move": _move,
    "retype": _retype,
    "transfer": _transfer,
    "place": _place,
}
