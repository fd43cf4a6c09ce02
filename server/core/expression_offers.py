"""What an expression at one place of a draft may name: cells, columns, functions, unit and period.

The draft may be faulty, so nothing here asks that it can be compiled; the checker decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from server.core.definition_outline import line_path
from server.core.expression_syntax import FUNCTIONS, MACROS
from server.core.form_scope import OUTSIDE
from server.core.json_text import tokens

_REF: Final = "#/$defs/"
#: How a function is written; the cursor goes to where the brackets open.
_READERS: Final = ("prev", "lastYear", "other")


@dataclass(frozen=True, slots=True)
class Offer:
    """A name with its title; *members* follow a dot, or stand in the rows of a block."""

    name: str
    note: str
    kind: str
    members: tuple["Offer", ...] = ()


def block_of(document: Mapping[str, Any], path: str) -> str:
    """The block in whose rows an expression at *path* stands; empty for the document as a whole."""
    parts = tokens(path) if path else ()
    roots = _map(document.get("properties"))
    if parts[:1] == ("x-checks",) or parts[:1] == ("x-feeds",):
        entries, place = document.get(parts[0]), parts[1] if len(parts) > 1 else ""
        known = isinstance(entries, list) and place.isdecimal() and int(place) < len(entries)
        each = _map(entries[int(place)]).get("each") if known and entries else None
        return str(each or "").removeprefix("/")
    if parts[:1] == ("properties",) and len(parts) > len(("properties", "key")):
        return parts[1]
    if parts[:1] == ("$defs",) and len(parts) > len(("$defs", "name")):
        wanted = _REF + parts[1]
        return next((key for key, held in roots.items() if _refers(held, wanted)), "")
    return ""


def offers(document: Mapping[str, Any], path: str) -> list[Offer]:
    """What may be named at *path*: the own row first, then the document, then the functions."""
    found: list[Offer] = []
    block = block_of(document, path)
    if block:
        found += _cells(document, f"/properties/{block}", "column")
        if _many(_map(_map(document.get("properties")).get(block))):
            found.append(Offer("row", "", "row"))
    for key, held in _map(document.get("properties")).items():
        members = tuple(_cells(document, f"/properties/{key}", "column"))
        kind = "cell" if not members else "rows" if _many(_map(held)) else "block"
        found.append(Offer(key, str(_map(held).get("title", "")), kind, members))
    for name, members_of in OUTSIDE.items():
        inner = tuple(Offer(one, "", "word") for one in sorted(members_of))
        found.append(Offer(name, "", name, inner))
    found += [Offer(name, "", "function") for name in sorted({*FUNCTIONS, *_READERS})]
    found += [Offer(name, "", "macro") for name in sorted(MACROS)]
    return found


def _many(held: Mapping[str, Any]) -> bool:
    """Whether a block has rows, so that its cells are named through one of them."""
    if held.get("type") == "array" or "x-rows" in held:
        return True
    return any("properties" in _map(one) or "$ref" in _map(one) for one in _inner(held).values())


def _cells(document: Mapping[str, Any], path: str, kind: str) -> list[Offer]:
    where = line_path(document, path)
    held: Any = document
    for token in tokens(where) if where else ():
        held = _map(held).get(token)
    found = []
    for key, cell in _inner(_map(held)).items() if where else ():
        inner = _map(cell)
        if "properties" in inner:  # fixed rows: the columns of the first are those of all
            return [
                *_cells(document, f"{where}/properties/{key}", kind),
                *(Offer(row, str(_map(one).get("title", "")), "row") for row, one in _rows(held)),
            ]
        found.append(Offer(key, str(inner.get("title", "")), kind))
    return found


def _rows(held: Any) -> list[tuple[str, Any]]:
    return list(_inner(_map(held)).items())


def _inner(held: Mapping[str, Any]) -> Mapping[str, Any]:
    return _map(held.get("properties"))


def _refers(held: object, wanted: str) -> bool:
    if isinstance(held, Mapping):
        return held.get("$ref") == wanted or any(_refers(one, wanted) for one in held.values())
    return False


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
