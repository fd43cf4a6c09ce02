"""Changing answers cell by cell: applying, comparing, sealing.

Apart from paths, because here two people's work meets: disjoint cells merge, and a cell that
changed under somebody's hands is a conflict that shows both values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from server.core.answer_paths import (
    Answers,
    Place,
    Statuses,
    cells_of,
    find_row,
    place_of,
    row_path,
    rows_of,
    value_at,
    without_calculated,
)
from server.core.form import Form
from server.core.shape import ROW_ID, Block, BlockKind
from server.core.submission import Change
from server.core.validity import lapsed_rows


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that is no longer as its writer saw it: what they want, and what stands there."""

    path: str
    mine: object
    theirs: object


@dataclass(frozen=True, slots=True)
class Applied:
    """Answers after a save; ``applied`` are the changes that took effect."""

    answers: dict[str, object]
    statuses: dict[str, str]
    conflicts: tuple[Conflict, ...]
    applied: tuple[Change, ...]


def apply_changes(
    form: Form, answers: Answers, statuses: Statuses, changes: Sequence[Change]
) -> Applied:
    """Write *changes*; those whose cell moved meanwhile become conflicts, the others are kept.

    A change's status is the cell's status afterwards: None takes it away. A cell without a value
    may be known to its writer by its status or by nothing. Changes of calculated cells are passed
    over. A cell of a roster line that does not exist yet adds the line.

    Raises:
        PathUnknown: before anything is written.
    """
    places = [place_of(form, change.path) for change in changes]
    draft = _Draft(answers, statuses)
    conflicts, applied = [], []
    for change, place in zip(changes, places, strict=True):
        if place.cell is not None and place.cell.calculate is not None:
            continue
        wanted = _wanted(form, place, change)
        theirs, status = value_at(draft.answers, place), draft.statuses.get(place.path)
        if same(theirs, wanted.new) and status == wanted.status:
            applied.append(wanted)
        elif _as_seen(change.old, theirs, status):
            draft.write(place, wanted)
            applied.append(wanted)
        else:
            conflicts.append(
                Conflict(
                    path=place.path,
                    mine=wanted.status if wanted.new is None else wanted.new,
                    theirs=status if theirs is None else theirs,
                )
            )
    return Applied(draft.answers, draft.statuses, tuple(conflicts), tuple(applied))


def same(a: object, b: object) -> bool:
    """Equality of JSON values: 5 is 5.0, but 1 is not true."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a == b


def diff(
    form: Form, before: Answers, before_statuses: Statuses, after: Answers, after_statuses: Statuses
) -> tuple[Change, ...]:
    """The changed cells; applying them to *before* gives *after*.

    A line that comes or goes without a value in it, or goes as a whole, is a change of its own,
    behind those of its cells.
    """
    old, new = dict(cells_of(form, before)), dict(cells_of(form, after))
    paths: dict[str, None] = dict.fromkeys([*old, *new])
    for path in (*before_statuses, *after_statuses):
        if before_statuses.get(path) != after_statuses.get(path):
            paths[path] = None
    changes = [
        Change(path, old.get(path), new.get(path), after_statuses.get(path))
        for path in paths
        if not same(old.get(path), new.get(path))
        or before_statuses.get(path) != after_statuses.get(path)
    ]
    rows_before, rows_after = _rows(form, before), _rows(form, after)
    cells: list[Change] = []
    others: dict[str, None] = {}
    for change in changes:
        # What holds a value in the answers is a cell; a status may stand at a line or a block.
        if change.path in old or change.path in new or _is_cell(form, change.path):
            cells.append(change)
        else:
            others[change.path] = None
    for path in dict.fromkeys([*rows_before, *rows_after, *others]):
        was, is_ = path in rows_before, path in rows_after
        if path in others or (was and not is_) or (is_ and not was and not _holds(new, path)):
            empty: dict[str, object] = {}
            cells.append(
                Change(
                    path, empty if was else None, empty if is_ else None, after_statuses.get(path)
                )
            )
    return tuple(cells)


def seal(
    form: Form, answers: Answers, statuses: Statuses, day: date | None = None
) -> tuple[dict[str, object], dict[str, str]]:
    """What a sealed edition holds: lines of a code list that were left out say so themselves.

    Lines whose code is not valid on *day*, the period's last, were not asked for and say nothing.
    """
    sealed = dict(statuses)
    lapsed = lapsed_rows(form.shape, day) if form.dated else {}
    for block in form.shape.blocks.values():
        if block.kind is not BlockKind.CODELIST or block.path in statuses:
            continue
        present = {row for row, _ in rows_of(block, answers)}
        spoken = {path.rsplit("/", 1)[0] for path in statuses}
        gone = lapsed.get(block.key, ())
        for line in block.lines.values():
            if line.key in gone:
                continue
            if line.key not in present and line.path not in spoken and line.typed:
                sealed.setdefault(line.path, "none_arose")
    return without_calculated(form, answers), sealed


def _wanted(form: Form, place: Place, change: Change) -> Change:
    """The change as it will be kept: an emptied text is no value, a reason replaces one."""
    new = None if change.new == "" else change.new
    status = change.status or None
    if status is not None and status != "estimated":
        new = None
    if place.cell is None and place.block is not None and new is not None:
        new = _container(form, place, new)
    return Change(change.path, change.old, new, status, change.origin)


def _container(form: Form, place: Place, new: object) -> object:
    """A whole line or block with its calculated values taken out; unknown keys are refused."""
    assert place.block is not None
    if place.line is not None and isinstance(new, Mapping):
        if place.block.kind is BlockKind.ROSTER:
            whole: object = [{ROW_ID: place.row, **new}]
        else:
            whole = {place.row: new}
    else:
        whole = new
    document = {place.block.key: whole}
    for path, _ in _pointers(whole, place.block.path):
        place_of(form, path)
    kept = without_calculated(form, document).get(place.block.key, {})
    if place.line is None or not isinstance(new, Mapping):
        return kept
    if place.block.kind is BlockKind.ROSTER:
        return dict(cast(list[dict[str, object]], kept)[0])
    return cast(dict[str, object], kept).get(cast(str, place.row), {})


def _pointers(whole: object, path: str) -> Iterable[tuple[str, object]]:
    if isinstance(whole, Mapping):
        for key, value in whole.items():
            yield f"{path}/{key}", value
            if isinstance(value, Mapping):
                yield from _pointers(value, f"{path}/{key}")
    elif isinstance(whole, list | tuple):
        for row in whole:
            if isinstance(row, Mapping):
                name = f"{path}/{row.get(ROW_ID, '')}"
                yield name, row
                yield from ((f"{name}/{key}", value) for key, value in row.items() if key != ROW_ID)


def _as_seen(seen: object, value: object, status: str | None) -> bool:
    if value is None:
        return seen is None or seen == "" or (status is not None and seen == status)
    if same(seen, value):
        return True
    # Whoever adds or removes an empty line knows no more of it than that it is empty.
    return (
        isinstance(value, Mapping)
        and isinstance(seen, Mapping)
        and not seen
        and not (value.keys() - {ROW_ID})
    )


def _is_cell(form: Form, path: str) -> bool:
    return place_of(form, path).cell is not None


def _holds(cells: Mapping[str, object], path: str) -> bool:
    """Whether a cell of the line at *path* has a value."""
    return any(found.startswith(f"{path}/") for found in cells)


def _rows(form: Form, answers: Answers) -> dict[str, Mapping[str, object]]:
    """The pointers of all lines that the answers hold."""
    return {
        row_path(block, row): held
        for block in form.shape.blocks.values()
        for row, held in rows_of(block, answers)
    }


class _Draft:
    """Answers under change: containers are copied once, before their first write."""

    def __init__(self, answers: Answers, statuses: Statuses) -> None:
        self.answers = dict(answers)
        self.statuses = dict(statuses)
        self._own: set[str] = set()

    def write(self, place: Place, change: Change) -> None:
        for path in place.above:
            self.statuses.pop(path, None)
        if place.cell is None:
            for path in [path for path in self.statuses if path.startswith(f"{place.path}/")]:
                del self.statuses[path]
        if change.status is None:
            self.statuses.pop(place.path, None)
        else:
            self.statuses[place.path] = change.status
        if place.block is None:
            self._put(self.answers, place.path[1:], change.new)
        elif place.line is None:
            self._put(self.answers, place.block.key, change.new)
        elif place.cell is None:
            self._write_row(place.block, place.row, change.new)
        elif change.new is not None or find_row(place.block, self.answers, place.row) is not None:
            self._put(self._row(place.block, place.row), place.cell.key, change.new)

    @staticmethod
    def _put(container: dict[str, object], key: str, value: object) -> None:
        if value is None:
            container.pop(key, None)
        else:
            container[key] = value

    def _row(self, block: Block, row: str | None) -> dict[str, object]:
        """The line to write into, made when it is not there."""
        if block.kind is BlockKind.LINE:
            return self._owned_map(self.answers, block.key, block.path)
        if block.kind is BlockKind.ROSTER:
            rows = self._owned_rows(block)
            place = next((at for at, held in enumerate(rows) if _named(held, row)), len(rows))
            if place == len(rows):
                rows.append({ROW_ID: row})
            held = dict(cast(Mapping[str, object], rows[place]))
            rows[place] = held
            return held
        grid = self._owned_map(self.answers, block.key, block.path)
        return self._owned_map(grid, cast(str, row), row_path(block, cast(str, row)))

    def _owned_map(self, within: dict[str, object], key: str, path: str) -> dict[str, object]:
        held = within.get(key)
        if path not in self._own or not isinstance(held, dict):
            held = dict(held) if isinstance(held, Mapping) else {}
            within[key] = held
            self._own.add(path)
        return held

    def _owned_rows(self, block: Block) -> list[object]:
        held = self.answers.get(block.key)
        rows = list(held) if isinstance(held, list | tuple) else []
        self.answers[block.key] = rows
        return rows

    def _write_row(self, block: Block, row: str | None, new: object) -> None:
        if block.kind is BlockKind.ROSTER:
            rows = self._owned_rows(block)
            place = next((at for at, held in enumerate(rows) if _named(held, row)), None)
            if isinstance(new, Mapping):
                held = {ROW_ID: row, **new}
                if place is None:
                    rows.append(held)
                else:
                    rows[place] = held
            elif place is not None:
                del rows[place]
        else:
            grid = self._owned_map(self.answers, block.key, block.path)
            self._own.discard(row_path(block, cast(str, row)))
            self._put(grid, cast(str, row), new)
        if not self.answers[block.key]:
            del self.answers[block.key]


def _named(held: object, row: str | None) -> bool:
    return isinstance(held, Mapping) and held.get(ROW_ID) == row
