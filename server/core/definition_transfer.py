"""A cell that goes into a group of cells, out of one, or from one into another.

Its key stays, its place in the answers is another one, so everything that names it is written anew:
first under a word that nothing else has (``definition_renaming`` knows every place), then as the
new place. Where the new text could mean something else, the act is refused.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from server.core import definition_consequences as consequences
from server.core.definition_renaming import rename_reads
from server.core.expression_renaming import with_key
from server.core.json_text import pointer, tokens

Document = dict[str, Any]
_MARK: Final = "moved_away_here"
_KEYWORDS: Final = ("x-calculate", "x-relevant", "x-required-when")
_ROOT: Final = ("properties",)
_IN_GROUP: Final = 4  # properties, group, properties, key


class TransferRefused(Exception):
    """``reason`` is no-place (none that takes cells), taken (the key is there) or named (an
    expression would mean another cell)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def groups_for(document: Document, path: str) -> list[tuple[str, str]]:
    """Where the cell at *path* may go: the pointer and the title of each group, an empty title for
    the form itself; nothing for what is no cell of the form or of a group.
    """
    parts = tokens(path)
    home = parts[:-1]
    if not _is_home(document, home) or not _is_cell(_held(document, path)):
        return []
    places = [(_ROOT, "")] + [
        (("properties", key, "properties"), str(held.get("title", key)))
        for key, held in document["properties"].items()
        if _is_group(held)
    ]
    return [
        (pointer(*place), title)
        for place, title in places
        if place != home and parts[-1] not in _held(document, pointer(*place))
    ]


def transfer(document: Document, path: str, into: str) -> None:
    """Take the cell at *path* to the place *into*, which is among ``groups_for``."""
    if into not in dict(groups_for(document, path)):
        raise TransferRefused("no-place")
    parts, target = tokens(path), tokens(into)
    key, old = parts[-1], _group(parts[:-1])
    new = _group(target)
    _refuse_shadows(document, parts, target)
    _qualify_own(document, path, old)
    required = key in _line(document, parts[:-1]).get("required", ())
    consequences.require(document, path, False)
    for answers, value in list(_taken_from_tests(document, old, key)):
        place = answers if new is None else answers.setdefault(new, {})
        place[key] = value
    rename_reads(document, path, _MARK)
    holder = _held(document, pointer(*parts[:-1]))
    cell = holder.pop(key)
    if old is None:
        _hide(document, key)
    _held(document, into)[key] = _rewritten(cell, old, new, key, own=True)
    changed = _rewritten(document, old, new, key, own=False)
    document.clear()
    document.update(changed)
    if _MARK in str(document):
        raise TransferRefused("named")
    moved = pointer(*target, key)
    if required:
        consequences.require(document, moved, True)
    if new is None:
        consequences.added(document, moved, _section_of(document, old))


def _rewritten(held: Any, old: str | None, new: str | None, key: str, *, own: bool) -> Any:
    """Every text and key in which the mark stands, with the new place."""
    if isinstance(held, dict):
        return {
            _placed(name, old, new, key, own=own): _rewritten(one, old, new, key, own=own)
            for name, one in held.items()
        }
    if isinstance(held, list):
        return [_rewritten(one, old, new, key, own=own) for one in held]
    return _placed(held, old, new, key, own=own) if isinstance(held, str) else held


def _placed(text: str, old: str | None, new: str | None, key: str, *, own: bool) -> str:
    if _MARK not in text:
        return text
    was = "" if old is None else f"/{old}"
    now = f"/{key}" if new is None else f"/{new}/{key}"
    text = re.sub(rf"(?<![A-Za-z0-9_/]){was}/{_MARK}(?![A-Za-z0-9_/])", now, text)
    if old is not None:
        whole = rf"(?<![\w.]){old}(?:\.{_MARK}|\[[\"']{_MARK}[\"']\])(?!\w)"
        text = re.sub(whole, _name(new, key), text)
    # The cell itself goes on to call itself by its plain name.
    plain = key if own and text == _MARK else _name(new, key)
    return re.sub(rf"(?<![\w./\"']){_MARK}(?![\w\"'])", plain, text)


def _name(group: str | None, key: str) -> str:
    return key if group is None else f"{group}.{key}"


def _qualify_own(document: Document, path: str, old: str | None) -> None:
    """Out of a group a cell names its former neighbours from the root."""
    if old is None:
        return
    cell, parts = _held(document, path), tokens(path)
    for neighbour in _held(document, pointer(*parts[:-1])):
        for keyword in _KEYWORDS:
            if isinstance(cell.get(keyword), str) and neighbour != parts[-1]:
                cell[keyword] = with_key(
                    cell[keyword],
                    lambda at, absolute, name=neighbour: (  # type: ignore[misc]
                        0 if at[0] == name and not absolute else None
                    ),
                    f"{old}.{neighbour}",
                )


def _refuse_shadows(document: Document, parts: tuple[str, ...], target: tuple[str, ...]) -> None:
    """A plain name of a line hides what the root calls the same."""
    new = _group(target)
    seen_from_root = parts[-1] if new is None else new
    for line in _lines(document):
        if seen_from_root in line and line is not _held(document, pointer(*parts[:-1])):
            raise TransferRefused("named")
    cell = _held(document, pointer(*parts))
    if new is not None:
        names = set(_held(document, pointer(*target)))
        said = " ".join(str(cell.get(keyword, "")) for keyword in _KEYWORDS)
        if names & set(re.findall(r"(?<![\w.])[a-z]\w*", said)):
            raise TransferRefused("named")


def _lines(document: Document) -> Iterator[Document]:
    """The cells of every line of the form."""
    waiting = [*document.get("properties", {}).values(), *document.get("$defs", {}).values()]
    while waiting:
        held = waiting.pop()
        if not isinstance(held, dict):
            continue
        cells = held.get("properties")
        if isinstance(cells, dict):
            yield cells
            waiting += cells.values()
        waiting += [held.get("items"), held.get("additionalProperties")]


def _taken_from_tests(
    document: Document, group: str | None, key: str
) -> Iterator[tuple[Document, Any]]:
    for test in document.get("x-tests", []):
        for held in (test, test.get("previous"), test.get("lastYear")):
            answers = held.get("answers") if isinstance(held, dict) else None
            if not isinstance(answers, dict):
                continue
            holder = answers if group is None else answers.get(group)
            if isinstance(holder, dict) and key in holder:
                yield answers, holder.pop(key)


def _hide(document: Document, key: str) -> None:
    """The form's layout shows groups and cells of its own, not those in a group."""
    for section in document.get("x-layout", {}).get("sections", []):
        if key in section.get("fields", ()):
            section["fields"] = [one for one in section["fields"] if one != key]


def _section_of(document: Document, group: str | None) -> int | None:
    """The section that shows the group: what leaves it is looked for there."""
    for number, section in enumerate(document["x-layout"]["sections"]):
        if group in (*section.get("fields", ()), *section.get("grid", ())):
            return number
    return None


def _is_home(document: Document, home: tuple[str, ...]) -> bool:
    if home == _ROOT:
        return True
    in_group = len(home) == _IN_GROUP - 1 and home[0] == home[2] == "properties"
    return in_group and _is_group(document["properties"].get(home[1]))


def _is_group(held: object) -> bool:
    """An object with a row of cells of its own."""
    cells = held.get("properties") if isinstance(held, dict) else None
    return isinstance(cells, dict) and all(_is_cell(one) for one in cells.values())


def _is_cell(held: object) -> bool:
    return isinstance(held, dict) and held.get("type") in ("integer", "number", "string", "boolean")


def _group(home: tuple[str, ...]) -> str | None:
    return None if home == _ROOT else home[1]


def _line(document: Document, home: tuple[str, ...]) -> Document:
    found: Document = _held(document, pointer(*home[:-1]))
    return found


def _held(document: Document, path: str) -> Any:
    held: Any = document
    for token in tokens(path) if path else ():
        held = held[token]
    return held
