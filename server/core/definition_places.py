"""Where answers hold the parts of a definition: from a place in its document to one in the answers.

The document may be a draft that nobody has checked yet. Lines that are alike are ``*``, as
``x-migrate`` writes them.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from server.core.json_text import tokens
from server.core.migration_step import EVERY

Path = tuple[str, ...]
_REF: Final = "#/$defs/"
_DEFS: Final = 2  # "$defs" and the name
_LINES: Final = ("items", "additionalProperties")


def answer_places(document: Mapping[str, Any], path: str) -> list[Path]:
    """Where answers hold the part at *path* of a definition; ``*`` for lines that are alike."""
    parts = tokens(path)
    if parts[:1] == ("properties",):
        return [_answers_of(parts)]
    if parts[:1] != ("$defs",) or len(parts) <= _DEFS:
        return []
    rest = _answers_of(parts[_DEFS:])
    return [(*above, *rest) for above in _used(document, parts[1])]


def places_of(document: Mapping[str, Any]) -> Iterator[Path]:
    """Every place that answers of a definition may have: cells, lines and blocks."""
    defs = document.get("$defs")

    def below(held: Mapping[str, Any], above: Path, seen: frozenset[str]) -> Iterator[Path]:
        name = str(held.get("$ref", "")).removeprefix(_REF)
        if name and name not in seen and isinstance(defs, dict):
            target = defs.get(name)
            if isinstance(target, dict):
                yield from below(target, above, seen | {name})
        for keyword in _LINES:
            line = held.get(keyword)
            if isinstance(line, dict):
                yield from below(line, (*above, EVERY), seen)
        for key, cell in _items(held.get("properties")):
            yield (*above, key)
            yield from below(cell, (*above, key), seen)
            if len(above) == 1:  # a row: its cells may also be meant in every line
                yield from below(cell, (*above, EVERY), seen)

    yield from below(document, (), frozenset())


def _answers_of(parts: Path) -> Path:
    """``properties`` names what follows it, items and rows by rule are every line."""
    found: list[str] = []
    named = False
    for part in parts:
        if named:
            found.append(part)
            named = False
        elif part == "properties":
            named = True
        elif part in _LINES:
            found.append(EVERY)
    return tuple(found)


def _used(document: Mapping[str, Any], name: str) -> list[Path]:
    """Where a part of ``$defs`` stands; once for a block whose rows are all made of it."""
    found: list[Path] = []
    for key, held in _items(document.get("properties")):
        own = [(key, *one) for one in _references(held, f"{_REF}{name}")]
        rows = held.get("properties")
        if isinstance(rows, dict) and len(own) == len(rows):
            own = [(key, EVERY)]
        found += own
    return found


def _references(held: Mapping[str, Any], wanted: str) -> Iterator[Path]:
    if held.get("$ref") == wanted:
        yield ()
    for name in _LINES:
        below = held.get(name)
        if isinstance(below, dict):
            yield from ((EVERY, *one) for one in _references(below, wanted))
    for key, row in _items(held.get("properties")):
        yield from ((key, *one) for one in _references(row, wanted))


def _items(held: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(held, dict):
        yield from ((key, value) for key, value in held.items() if isinstance(value, dict))
