"""What else a definition says about a part that comes, goes or changes its key.

The layout that shows a cell, the list of required ones, the answers of the tests, the transitions
that name a state. A new key goes into the expressions too (``definition_renaming``); where a part
is removed they are left alone: what they should say then only their author knows, and the checker
names every one that no longer holds.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from server.core.definition_renaming import rename_reads
from server.core.json_text import tokens

Document = dict[str, Any]
KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
#: Words of the expression language and of its scopes: no property may be called so.
_RESERVED: Final = frozenset(
    {
        "constructor", "prototype", "row", "unit", "period", "prev", "true", "false", "null", "in",
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
        "loop", "package", "namespace", "return", "var", "void", "while",
    }
)  # fmt: skip
_REF: Final = "#/$defs/"
#: Tokens of ``/properties/<key>``, and of ``/states/<code>``.
_ROOT_DEPTH: Final = 2


def names_property(key: str) -> bool:
    """Whether a property may have that key."""
    return KEY.fullmatch(key) is not None and key not in _RESERVED


def rekey(holder: Document, old: str, new: str) -> None:
    """*new* where *old* stood: the order of keys is the order of columns and rows."""
    items = [(new if name == old else name, value) for name, value in holder.items()]
    holder.clear()
    holder.update(items)


def require(document: Document, path: str, wanted: bool) -> None:
    """Put a cell on the list of those that must be answered, or take it off."""
    *parts, key = tokens(path)
    holder: Any = document
    for token in parts[:-1]:  # the line's own object stands above "properties"
        holder = holder[token]
    names = [name for name in holder.get("required", []) if name != key]
    if wanted:
        order = list(holder["properties"])
        names = sorted([*names, key], key=lambda name: order.index(name) if name in order else 0)
    if names:
        _put_before(holder, "required", names, "properties")
    else:
        holder.pop("required", None)


def added(document: Document, path: str, section: object) -> None:
    """Show a new root property in that section of the layout, or in the last one that can."""
    parts = tokens(path)
    if len(parts) != _ROOT_DEPTH or parts[0] != "properties":
        return
    held = document["properties"][parts[1]]
    wanted = "grid" if held.get("type") in ("object", "array") or "$ref" in held else "fields"
    sections = document["x-layout"]["sections"]
    place = int(section) if isinstance(section, int) else len(sections) - 1
    shown = sections[place]
    if wanted in shown:
        shown[wanted].append(parts[1])
        return
    # A section holds a grid or fields, never both: one of the same title follows.
    key = _free(parts[1], {one.get("key") for one in sections})
    sections.insert(place + 1, {"key": key, "title": held.get("title", key), wanted: [parts[1]]})


def removed(document: Document, path: str) -> None:
    """Nothing speaks of it any more; asked while it is still there."""
    _everywhere(document, path, None)


def renamed(document: Document, path: str, key: str) -> None:
    """Everything that named it says the new key, in the expressions as well."""
    if "properties" in tokens(path):
        rename_reads(document, path, key)
    _everywhere(document, path, key)


def _everywhere(document: Document, path: str, new: str | None) -> None:
    parts = tokens(path)
    if parts[0] == "states" and len(parts) == _ROOT_DEPTH:
        _states(document, parts[1], new)
    elif parts[0] == "properties" and len(parts) == _ROOT_DEPTH:
        _replace(document, "required", parts[1], new)
        for section in document.get("x-layout", {}).get("sections", []):
            for keyword in ("grid", "fields"):
                _replace(section, keyword, parts[1], new)
        for answers in _answers(document):
            _replace_key(answers, parts[1], new)
    elif parts[-2] == "properties":
        _column(document, parts, new)


def _column(document: Document, parts: tuple[str, ...], new: str | None) -> None:
    """A cell of a line: of ``$defs``, of a group, of a fixed row or of a roster's item."""
    holder: Any = document
    for token in parts[:-2]:
        holder = holder[token]
    _replace(holder, "required", parts[-1], new)
    shown = set(_blocks_of(document, parts))
    if not shown:
        return
    for section in document.get("x-layout", {}).get("sections", []):
        if not shown & {*section.get("grid", ()), *section.get("fields", ())}:
            continue
        for keyword in ("formulas", "numbers"):
            _replace_key(section.get(keyword, {}), parts[-1], new)
        groups = section.get("groups", [])
        for group in groups:
            _replace(group, "columns", parts[-1], new)
        if any(not group.get("columns") for group in groups):
            section["groups"] = [group for group in groups if group.get("columns")]
            if not section["groups"]:
                del section["groups"]
    for answers in _answers(document):
        for block in shown & set(answers):
            for line in _lines(answers[block]):
                _replace_key(line, parts[-1], new)


def _blocks_of(document: Document, parts: tuple[str, ...]) -> Iterator[str]:
    """The root properties whose lines have that cell."""
    if parts[0] == "properties":
        yield parts[1]
        return
    name = f"{_REF}{parts[1]}"
    for key, held in document.get("properties", {}).items():
        if name in _references(held):
            yield key


def _references(held: object) -> set[str]:
    if isinstance(held, dict):
        own = {str(held["$ref"])} if "$ref" in held else set()
        return own.union(*(_references(one) for one in held.values()))
    return set()


def _states(document: Document, code: str, new: str | None) -> None:
    if document.get("initial") == code and new is not None:
        document["initial"] = new
    transitions = document.get("transitions", [])
    for transition in transitions:
        _replace(transition, "from", code, new)
        if transition.get("to") == code and new is not None:
            transition["to"] = new
    if new is None:
        # A move out of nowhere or to nowhere is none.
        document["transitions"] = [
            one for one in transitions if one.get("from") and one.get("to") != code
        ]
    moved = document.get("map", {}).get("states", {})
    for old, target in list(moved.items()):
        if target == code and new is not None:
            moved[old] = new
        elif target == code:
            del moved[old]


def _answers(document: Document) -> Iterator[Document]:
    """The answers of every test, also those of earlier periods."""
    for test in document.get("x-tests", []):
        for held in (test, test.get("previous", {}), test.get("lastYear", {})):
            if isinstance(held, dict) and isinstance(held.get("answers"), dict):
                yield held["answers"]


def _lines(held: object) -> Iterator[Document]:
    if isinstance(held, list):
        yield from (line for line in held if isinstance(line, dict))
    elif isinstance(held, dict):
        yield held
        yield from (line for line in held.values() if isinstance(line, dict))


def _replace(holder: Document, keyword: str, name: str, new: str | None) -> None:
    names = holder.get(keyword)
    if not isinstance(names, list) or name not in names:
        return
    kept = [new if one == name else one for one in names if new is not None or one != name]
    if kept or keyword in ("grid", "fields", "from"):
        holder[keyword] = kept
    else:
        del holder[keyword]


def _replace_key(holder: Document, name: str, new: str | None) -> None:
    if name not in holder:
        return
    items = [
        (new if key == name and new is not None else key, value)
        for key, value in holder.items()
        if new is not None or key != name
    ]
    holder.clear()
    holder.update(items)


def _put_before(holder: Document, key: str, value: object, other: str) -> None:
    if key in holder:
        holder[key] = value
        return
    items = []
    for name, held in holder.items():
        if name == other:
            items.append((key, value))
        items.append((name, held))
    holder.clear()
    holder.update(items)


def _free(wanted: str, taken: set[object]) -> str:
    number, key = 2, wanted
    while key in taken:
        key, number = f"{wanted[:60]}_{number}", number + 1
    return key
