"""What a newer version of a form asks otherwise, place by place: for whoever fills an older one.

A report stays on the version it began with; this only tells. Identity is the property key, and
what became of a key that is gone stands in ``x-migrate`` of the newer version.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.core.answer_paths import cell_title
from server.core.form import Form
from server.core.json_text import tokens
from server.core.layout import choices_of
from server.core.shape import Block, BlockKind, Cell, mapping, sequence, strings


class Change(StrEnum):
    """What happened to a place."""

    MOVED = "moved"  # another key holds it now
    SPLIT = "split"
    MERGED = "merged"
    ELSEWHERE = "elsewhere"  # the same question, in another section
    GONE = "gone"
    NEW = "new"
    RECODED = "recoded"
    UNIT = "unit"
    RETITLED = "retitled"
    ASKED_OTHERWISE = "asked_otherwise"  # another type, other choices, required or no longer


@dataclass(frozen=True, slots=True)
class VersionChange:
    """One difference: the titles in the older version, and those in the newer."""

    change: Change
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    title: str
    look: object = None
    above: str = ""


def version_changes(older: Form, newer: Form) -> tuple[VersionChange, ...]:
    """The differences of two versions of one form: first what went where, then new and changed."""
    before, after = dict(_places(older)), dict(_places(newer))
    declared: list[VersionChange] = []
    left: set[str] = set()
    reached: set[str] = set()
    for step in _steps(newer):
        if step["op"] == "default":  # nothing went anywhere: what is new is told below
            continue
        sources, targets = _ends(step)
        left.update(sources, map(_column, sources))
        reached.update(targets, map(_column, targets))
        declared.append(
            VersionChange(
                _DECLARED[str(step["op"])],
                tuple(_title(older, before, path) for path in sources),
                tuple(_title(newer, after, path) for path in targets),
            )
        )
    gone = _only(before, after, left)
    new = _only(after, before, reached)
    kept = [path for path in before if path in after and path not in left | reached]
    return (
        *declared,
        *_elsewhere(older, newer),
        *(VersionChange(Change.GONE, (before[path].title,)) for path in gone),
        *(VersionChange(Change.NEW, (), (after[path].title,)) for path in new),
        *(change for path in kept for change in _compared(before[path], after[path])),
    )


_DECLARED: Mapping[str, Change] = {
    "rename": Change.MOVED,
    "move": Change.MOVED,
    "split": Change.SPLIT,
    "merge": Change.MERGED,
    "recode": Change.RECODED,
    "unit": Change.UNIT,
    "drop": Change.GONE,
}


def _steps(form: Form) -> list[Mapping[str, object]]:
    declared = mapping(form.document.get("x-migrate", {}))
    return [mapping(step) for step in sequence(declared.get("steps", ()))]


def _ends(step: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The pointers a step leads from, and those it leads to."""
    if "path" in step:
        path = (str(step["path"]),)
        return path, () if step["op"] == "drop" else path
    return _pointers(step["from"]), _pointers(step["to"])


def _pointers(declared: object) -> tuple[str, ...]:
    return (declared,) if isinstance(declared, str) else strings(declared)


def _only(
    one: Mapping[str, _Place], other: Mapping[str, _Place], explained: set[str]
) -> Iterator[str]:
    """What only *one* has: a block or a line stands for all that is in it."""
    for path, place in one.items():
        lone = path not in other and path not in explained
        if lone and (not place.above or place.above in other or place.above in explained):
            yield path


def _compared(before: _Place, after: _Place) -> Iterator[VersionChange]:
    if before.name != after.name:
        yield VersionChange(Change.RETITLED, (before.title,), (after.title,))
    if before.look != after.look:
        yield VersionChange(Change.ASKED_OTHERWISE, (before.title,), (after.title,))


def _elsewhere(older: Form, newer: Form) -> Iterator[VersionChange]:
    then, now = _sections(older), _sections(newer)
    titles = dict(_places(newer))
    for key, (section, title) in then.items():
        if key in now and now[key][0] != section and now[key][1] != title:
            yield VersionChange(Change.ELSEWHERE, (titles[f"/{key}"].title,), (now[key][1],))


def _sections(form: Form) -> dict[str, tuple[str, str]]:
    """Key and title of the section in which each root property stands."""
    return {
        key: (str(section["key"]), str(section["title"]))
        for section in map(mapping, sequence(mapping(form.document["x-layout"])["sections"]))
        for part in ("fields", "grid")
        for key in strings(section.get(part, ()))
    }


def _places(form: Form) -> Iterator[tuple[str, _Place]]:
    """Every root property, line and column; lines that are alike share their columns' places."""
    for key in form.shape.order:
        cell = form.shape.cells.get(key)
        if cell is not None:
            yield f"/{key}", _Place(cell.title, cell.title, _look(cell))
        else:
            yield from _block_places(form.shape.blocks[key])


def _block_places(block: Block) -> Iterator[tuple[str, _Place]]:
    yield block.path, _Place(block.title, block.title, block.kind)
    for line in block.lines.values():
        if block.kind is not BlockKind.LINE:
            title = f"{block.title}: {line.title}"
            yield line.path, _Place(line.title, title, None, block.path)
    for line in block.samples:
        shared = block.kind is not BlockKind.FIXED
        above = block.path if shared else line.path
        base = block.path if block.kind is BlockKind.LINE else f"{block.path}/*"
        for column, cell in line.cells.items():
            path = f"{base}/{column}" if shared else line.pointers[column]
            title = f"{block.title if shared else line.title}: {cell.title}"
            yield path, _Place(cell.title, title, _look(cell), above)


def _look(cell: Cell) -> object:
    """What whoever types notices: type, decimals, choices, whether it must be answered."""
    return cell.type, cell.decimals, choices_of(cell), cell.required, cell.calculate is None


def _column(path: str) -> str:
    """The place of a cell in a line that looks like all others.

    >>> _column("/rows/02/male"), _column("/people/male")
    ('/rows/*/male', '/people/male')
    """
    parts = tokens(path)
    return path if len(parts) < _IN_LINE else f"/{parts[0]}/*/{parts[2]}"


_IN_LINE = 3


def _title(form: Form, places: Mapping[str, _Place], path: str) -> str:
    found = places.get(path) or places.get(_column(path))
    return found.title if found else cell_title(form, path)
