"""A key that changes, in everything a form says with it: expressions and pointers to cells.

The document may be a draft that nobody has checked yet, so what is not understood is left as it
is, and the checker names it. Lists and layout are ``definition_consequences``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from server.core.expression_renaming import Path, Which, pointer_with_key, with_key
from server.core.json_text import tokens

Document = dict[str, Any]
_KEYWORDS: Final = ("x-calculate", "x-relevant", "x-required-when")
_REF: Final = "#/$defs/"


@dataclass(frozen=True, slots=True)
class _Place:
    """Something said at one place: its holder and key, and the lines whose cells are named there
    by plain names."""

    holder: Any
    key: Any
    lines: tuple[Document, ...] = ()
    each: str = ""  # the block whose cells a feed names without a line


def rename_reads(document: Document, path: str, new: str) -> None:
    """Write *new* wherever an expression or a pointer reads the part at *path*."""
    renaming = _Renaming.of(document, tokens(path))
    if renaming is None:
        return
    for place in _expressions(document):
        _write(place, with_key(str(place.holder[place.key]), renaming.within(place.lines), new))
    for place in _pointers(document):
        said, each = str(place.holder[place.key]), place.each
        if each and said.startswith(f"{each}/"):
            lined = f"{each}/*{said.removeprefix(each)}"
            written = pointer_with_key(lined, renaming.within(place.lines), new)
            _write(place, written.replace("/*", "", 1))
            continue
        _write(place, pointer_with_key(said, renaming.within(place.lines), new))
    for test in _dicts(document.get("x-tests", [])):
        for held in (test, test.get("previous"), test.get("lastYear")):
            for keyword in ("statuses", "history"):
                by_path = held.get(keyword) if isinstance(held, dict) else None
                if isinstance(by_path, dict):
                    items = [
                        (pointer_with_key(str(key), renaming.within(()), new), value)
                        for key, value in by_path.items()
                    ]
                    by_path.clear()
                    by_path.update(items)


def texts_of(document: Document) -> Iterator[str]:
    """The expressions and pointers of a form, as often as they stand in it."""
    for place in (*_expressions(document), *_pointers(document)):
        yield str(place.holder[place.key])


def _write(place: _Place, text: str) -> None:
    if place.holder[place.key] != text:
        place.holder[place.key] = text


@dataclass(frozen=True, slots=True)
class _Renaming:
    """What is renamed: a root key, a row of a block, or a cell of lines.

    *cells* is the ``properties`` object the key stands in; *blocks* are the root keys through
    which it is reached, with the row where only one has it; *rows* are the lines beside a row.
    """

    key: str
    cells: Document
    root: bool
    row_of: str | None
    rows: tuple[Document, ...]
    blocks: dict[str, str | None]
    single: frozenset[str]

    @classmethod
    def of(cls, document: Document, parts: Path) -> "_Renaming | None":
        holder: Any = document
        for part in parts[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        if not isinstance(holder, dict) or len(parts) < len(("properties", "key")):
            return None
        roots = document.get("properties")
        single = frozenset(
            key for key, held in (roots.items() if isinstance(roots, dict) else ()) if _line(held)
        )
        key = parts[-1]
        if parts[:-1] == ("properties",):
            return cls(key, holder, True, None, (), {}, single)
        if parts[-2] != "properties":
            return None
        if parts[0] == "$defs":
            wanted = _REF + parts[1]
            blocks: dict[str, str | None] = {
                name: None for name, held in _items(roots) if wanted in _references(held)
            }
            return cls(key, holder, False, None, (), blocks, single)
        declared = holder.get(key)
        if len(parts) == len(("properties", "block", "properties", "row")) and (
            isinstance(declared, dict) and _holds_cells(declared)
        ):
            rows = tuple(_lines(document, roots[parts[1]])) if isinstance(roots, dict) else ()
            return cls(key, holder, False, parts[1], rows, {}, single)
        row = parts[3] if len(parts) > len(("properties", "b", "properties", "row")) else None
        if "items" in parts or "additionalProperties" in parts:
            row = None
        return cls(key, holder, False, None, (), {parts[1]: row}, single)

    def within(self, lines: tuple[Document, ...]) -> Which:
        """Which part of a path is the key, for expressions on *lines* (empty: on the root)."""
        own = any(line is self.cells for line in lines)

        beside = any(line is other for line in lines for other in self.rows)

        def which(path: Path, absolute: bool) -> int | None:
            if beside and path == ("row", self.key) and not absolute:
                return 1
            if not absolute and any(path[0] in line for line in lines):
                # A cell of the own line hides what the root calls the same.
                return 0 if own and path[0] == self.key else None
            if self.root:
                return 0 if path[0] == self.key else None
            if self.row_of is not None:
                return 1 if path[:2] == (self.row_of, self.key) else None
            if path[0] not in self.blocks:
                return None
            place = 1 if path[0] in self.single else 2
            row = self.blocks[path[0]]
            if len(path) <= place or path[place] != self.key:
                return None
            return place if row is None or place == 1 or path[1] in (row, "*") else None

        return which


def _line(held: object) -> bool:
    """Whether a root property is one line of cells."""
    cells = held.get("properties") if isinstance(held, dict) else None
    return isinstance(cells, dict) and not any(
        isinstance(cell, dict) and _holds_cells(cell) for cell in cells.values()
    )


def _holds_cells(held: Document) -> bool:
    return "properties" in held or "$ref" in held


def _expressions(document: Document) -> Iterator[_Place]:
    for cell, lines in _cells(document):
        yield from (_Place(cell, key, lines) for key in _KEYWORDS if isinstance(cell.get(key), str))
    for check in _dicts(document.get("x-checks", [])):
        yield from _texts(document, check, ("rule",))
    for tally in _dicts(document.get("x-tally", [])):
        yield from _texts(document, tally, ("where", "done"))
    for feed in _dicts(document.get("x-feeds", [])):
        yield from _texts(document, feed, ("where",))


def _texts(document: Document, said: Document, keys: tuple[str, ...]) -> Iterator[_Place]:
    lines = _each(document, said)
    yield from (_Place(said, key, lines) for key in keys if isinstance(said.get(key), str))


def _pointers(document: Document) -> Iterator[_Place]:
    for cell, lines in _cells(document):
        if isinstance(cell.get("x-previous"), str):
            yield _Place(cell, "x-previous", lines)
    for check in _dicts(document.get("x-checks", [])):
        paths = check.get("paths")
        if isinstance(paths, list):
            yield from (_Place(paths, n, _each(document, check)) for n in range(len(paths)))
    for unique in document.get("x-unique", []):
        if isinstance(unique, list):
            yield from (_Place(unique, n) for n in range(len(unique)))
    for feed in _dicts(document.get("x-feeds", [])):
        dimensions = feed.get("dimensions")
        for holder in (feed, dimensions if isinstance(dimensions, dict) else {}):
            for key in set(holder) - {"each"}:
                if isinstance(holder[key], str) and holder[key].startswith("/"):
                    yield _Place(holder, key, each=str(feed.get("each", "")))
    # Last: until here ``each`` says by the old name which lines are meant.
    for said in (*_dicts(document.get("x-checks", [])), *_dicts(document.get("x-feeds", []))):
        if isinstance(said.get("each"), str):
            yield _Place(said, "each")


def _each(document: Document, said: Document) -> tuple[Document, ...]:
    """The lines that a rule walks; none where it stands on the root."""
    each = said.get("each")
    roots = document.get("properties")
    held = roots.get(str(each).removeprefix("/")) if isinstance(roots, dict) and each else None
    return tuple(cells for cells in _lines(document, held))


def _cells(document: Document) -> Iterator[tuple[Document, tuple[Document, ...]]]:
    """Everything that may carry an expression, with the line whose cells it names plainly."""
    for _, held in _items(document.get("properties")):
        yield held, ()
        yield from _cells_of(held)
    for _, held in _items(document.get("$defs")):
        yield from _cells_of(held)


def _cells_of(held: Document) -> Iterator[tuple[Document, tuple[Document, ...]]]:
    for inner in (held, held.get("items"), held.get("additionalProperties")):
        cells = inner.get("properties") if isinstance(inner, dict) else None
        for _, cell in _items(cells):
            if "properties" in cell:
                yield from _cells_of(cell)
            else:
                yield cell, (cells,) if isinstance(cells, dict) else ()


def _lines(document: Document, held: object) -> Iterator[Document]:
    """The ``properties`` of the lines of a block, through ``$ref`` as well."""
    if not isinstance(held, dict):
        return
    reference = str(held.get("$ref", ""))
    if reference.startswith(_REF):
        defs = document.get("$defs")
        yield from _lines(document, defs.get(reference[len(_REF) :]) if defs else None)
    cells = held.get("properties")
    if isinstance(cells, dict):
        rows = [cell for _, cell in _items(cells) if _holds_cells(cell)]
        if rows:
            for row in rows:
                yield from _lines(document, row)
        else:
            yield cells
    for key in ("items", "additionalProperties"):
        yield from _lines(document, held.get(key))


def _items(held: object) -> Iterator[tuple[str, Document]]:
    if isinstance(held, dict):
        yield from ((key, value) for key, value in held.items() if isinstance(value, dict))


def _dicts(held: object) -> list[Document]:
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _references(held: object) -> set[str]:
    if isinstance(held, dict):
        own = {str(held["$ref"])} if "$ref" in held else set()
        return own.union(*(_references(one) for one in held.values()))
    return set()
