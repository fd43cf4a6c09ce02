"""Where each answer of an earlier version of a form goes in a newer one: ``x-migrate``, done.

``Route`` is worked out once for two versions and asked for every cell, by the impact before a
publication and by the migration after it, so that what was announced is what happens. A report
that is taken along is written anew, cell by cell; what the newer form has no place for is named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from server.core.answer_paths import (
    Answers,
    PathUnknown,
    Place,
    Statuses,
    cells_of,
    place_of,
    rows_of,
)
from server.core.definition_migration import in_some_line
from server.core.form import Form
from server.core.json_text import pointer, tokens
from server.core.migration_step import (
    ANY_ROW,
    EVERY,
    Step,
    bound,
    converted,
    declared_from,
    leads_to,
    shared_out,
    steps_of,
    together,
)
from server.core.shape import ROW_ID, BlockKind

Path = tuple[str, ...]
_LEADS: Final = ("rename", "move")


class Outcome(StrEnum):
    """What becomes of a value."""

    KEPT = "kept"  # the same value in the same place
    CONVERTED = "converted"  # in another place or written otherwise, as ``x-migrate`` says
    DROPPED = "dropped"  # let go, as ``x-migrate`` says
    ORPHANED = "orphaned"  # no place for it, and nothing declared


@dataclass(frozen=True, slots=True)
class Fate:
    """Where a cell's value goes: ``path`` is None when nowhere; ``steps`` rewrite it on the way.

    ``split`` is the step that divides it, ``more`` are the places of its parts after ``path``.
    """

    path: str | None
    moved: bool
    dropped: bool
    merged: bool
    steps: tuple[Step, ...]
    split: Step | None = None
    more: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """All places that the value goes to."""
        return () if self.path is None else (self.path, *self.more)

    def in_line(self, row: str) -> "Fate":
        """The same for that line of a roster."""
        path, *more = [
            pointer(*(row if one == ANY_ROW else one for one in tokens(place)))
            for place in self.places
        ]
        return replace(self, path=path, more=tuple(more))

    def outcome(self, before: object, after: object) -> Outcome:
        if self.dropped:
            return Outcome.DROPPED
        if self.path is None:
            return Outcome.ORPHANED
        changed = self.moved or self.merged or before != after
        return Outcome.CONVERTED if changed else Outcome.KEPT


@dataclass(frozen=True, slots=True)
class CellFate:
    """One value of a report: where it stood, what it was, and what became of it."""

    source: str
    value: object
    target: str | None
    result: object
    outcome: Outcome
    split: Step | None = None
    parts: tuple[tuple[str, object], ...] = ()  # after a split, what stands where


@dataclass(frozen=True, slots=True)
class Migrated:
    """A report in the newer version, and what became of each value."""

    answers: dict[str, Any]
    statuses: dict[str, str]
    fates: tuple[CellFate, ...]


@dataclass(frozen=True)
class Route:
    """The way from *older* to *newer*; without steps for exactly that version, only by keys."""

    older: Form
    newer: Form
    steps: tuple[Step, ...]
    _known: dict[str, Fate] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, older: Form, newer: Form) -> "Route":
        declared = declared_from(newer)
        return cls(older, newer, steps_of(newer) if declared == older.version else ())

    def fate(self, path: str) -> Fate:
        """Where the cell at *path* of the older version goes."""
        known = self._known.get(path)
        if known is not None:
            return known
        parts = tokens(path)
        block = self.older.shape.blocks.get(parts[0])
        if block is not None and block.item is not None and parts[1] != ANY_ROW:
            # Lines of rosters are alike, and have far too many names to remember.
            any_line = self.fate(pointer(parts[0], ANY_ROW, *parts[2:]))
            return any_line if any_line.path is None else any_line.in_line(parts[1])
        known = self._known[path] = self._fate(path)
        return known

    def target(self, path: str) -> str | None:
        """Where what is said of a cell, a line or a block is said of in the newer version."""
        return next(iter(self.targets(path)), None)

    def targets(self, path: str) -> tuple[str, ...]:
        """All places where it is said: one for each part of what was divided."""
        place = _place(self.older, path)
        if place is not None and place.cell is not None and place.cell.calculate is None:
            return self.fate(path).places
        return (path,) if _place(self.newer, path) is not None else ()

    def leads(self, path: str) -> tuple[str, Decimal]:
        """Where a cell stands in the newer version, calculated ones as well, and the factor on it.

        For what is said of a cell over the years, not for its values: a divided one stays.
        """
        first, factor = tokens(path), Decimal(1)
        at = first
        for step in self.steps:
            here = self._here(step, at, first)
            if here is None:
                continue
            if step.op == "unit":
                factor *= step.factor
            elif step.op in _LEADS or step.op == "merge":
                row, rest = here
                target = tokens(step.targets[0])
                at = (*(row if one == EVERY else one for one in target), *rest)
        return pointer(*at), factor

    def migrated(self, answers: Answers, statuses: Statuses) -> Migrated:
        """The report's document in the newer version."""
        fates: list[CellFate] = []
        placed: dict[str, object] = {}
        gathered: dict[str, list[tuple[str, object]]] = {}
        for source, value in cells_of(self.older, answers):
            fate = self.fate(source)
            result = converted(fate.steps, value, self.decimals(fate.path))
            outcome = fate.outcome(value, result)
            parts: tuple[tuple[str, object], ...] = ()
            if fate.path is not None and fate.merged:
                gathered.setdefault(fate.path, []).append((source, result))
            elif fate.path is not None:
                parts = self.parts(fate, result)
                if any(place in placed for place, _ in parts):
                    parts, outcome = (), Outcome.ORPHANED  # one place, two values: the first stays
                placed.update(parts)
            target = fate.path if fate.merged or parts else None
            fates.append(CellFate(source, value, target, result, outcome, fate.split, parts))
        for merged, values in gathered.items():
            placed[merged] = together([value for _, value in values])
        self._defaults(placed, statuses, answers)
        return Migrated(self._built(answers, placed), self._statuses(statuses), tuple(fates))

    def parts(self, fate: Fate, value: object) -> tuple[tuple[str, object], ...]:
        """What stands where of a value that is written as in the newer version."""
        path, split = fate.path, fate.split
        if path is None:
            return ()
        if split is None or not split.parts:
            return ((path, value),)
        if split.shares and isinstance(value, int | float) and not isinstance(value, bool):
            decimals = [self.decimals(place) for place in fate.places]
            numbers = shared_out(value, split.shares, decimals)
            return tuple(zip(fate.places, numbers, strict=True))
        if split.separator and isinstance(value, str):
            cut = [one.strip() for one in value.split(split.separator, len(fate.more))]
            held = [(place, one) for place, one in zip(fate.places, cut, strict=False) if one]
            return tuple(held) or ((path, value),)
        return ((path, value),)

    def decimals(self, path: str | None) -> int | None:
        """The decimals of a cell of the newer version."""
        place = None if path is None else _place(self.newer, path)
        return None if place is None or place.cell is None else place.cell.decimals

    # Parts of these

    def _fate(self, path: str) -> Fate:
        first, moved, merged = tokens(path), False, False
        at = first
        rewriting: list[Step] = []
        split: Step | None = None
        others: tuple[str, ...] = ()
        for step in self.steps:
            here = self._here(step, at, first)
            if here is None or step.op == "default":
                continue
            if step.op == "drop":
                return Fate(None, False, True, False, ())
            if step.op in ("recode", "unit"):
                rewriting.append(step)
                continue
            row, rest = here
            at, *more = [
                (*(row if one == EVERY else one for one in tokens(place)), *rest)
                for place in step.targets
            ]
            moved, merged = True, merged or step.op == "merge"
            if step.op == "split":
                split = step
                others = tuple(pointer(*one) for one in more) if step.parts else ()
                break  # its parts stay where they came
        target = pointer(*at)
        if not moved and self._taken(at):
            return Fate(None, False, False, False, ())
        if not all(self._typed(place) for place in (target, *others)):
            return Fate(None, moved, False, False, ())
        moved = moved and (target != path or bool(others))
        return Fate(target, moved, False, merged, tuple(rewriting), split, others)

    def _here(self, step: Step, at: Path, first: Path) -> tuple[str, Path] | None:
        """What *step* takes of the value at *at*, which began at *first*; None if it means another.

        A value that came to a place stays there when the older version had one of its own in that
        place: the step that takes that one away does not mean it. So two columns may change keys.
        """
        named_now = step.op in ("recode", "unit", "default")  # by the places of the newer version
        for source in step.sources:
            found = bound(source, at)
            if found is None:
                continue
            own = named_now or at == first or bound(source, first) is not None
            if own or _place(self.older, in_some_line(self.older, source)) is None:
                return found
        return None

    def _taken(self, at: Path) -> bool:
        """Whether what is declared leads another value to the place that this one only has by key.

        It would depend on the order of the cells which of the two stays.
        """
        return any(
            step.op in _LEADS and step.sources != step.targets and leads_to(target, at)
            for step in self.steps
            for target in step.targets
        )

    def _typed(self, path: str) -> bool:
        place = _place(self.newer, path)
        return place is not None and place.cell is not None and place.cell.calculate is None

    def _defaults(self, placed: dict[str, object], statuses: Statuses, answers: Answers) -> None:
        """Where nothing stands and no reason says why, the declared value."""
        for step in self.steps:
            if step.op != "default":
                continue
            for path in self._every(step.sources[0], placed, answers):
                if path not in placed and path not in statuses and self._typed(path):
                    placed[path] = step.value

    def _every(self, path: str, placed: Mapping[str, object], answers: Answers) -> Iterator[str]:
        """The cells that a declared path means: in every line that the report has."""
        parts = tokens(path)
        if EVERY not in parts:
            yield path
            return
        rows = {tokens(one)[1] for one in placed if tokens(one)[0] == parts[0]}
        block = self.older.shape.blocks.get(parts[0])
        if block is not None:
            rows |= {row for row, _ in rows_of(block, answers)}
        for row in sorted(rows):
            yield pointer(*(row if one == EVERY else one for one in parts))

    def _built(self, answers: Answers, placed: Mapping[str, object]) -> dict[str, Any]:
        """The document of the placed cells: lines of rosters in the order they had."""
        built: dict[str, Any] = {}
        for key in self.newer.shape.order:
            block = self.newer.shape.blocks.get(key)
            held = answers.get(key)
            if block is not None and block.kind is BlockKind.ROSTER and isinstance(held, list):
                built[key] = [{ROW_ID: row[ROW_ID]} for row in held if ROW_ID in row]
        for path, value in placed.items():
            parts = tokens(path)
            block = self.newer.shape.blocks.get(parts[0])
            if block is None:
                built[parts[0]] = value
            elif block.kind is BlockKind.LINE:
                built.setdefault(parts[0], {})[parts[1]] = value
            elif block.kind is BlockKind.ROSTER:
                _roster_row(built.setdefault(parts[0], []), parts[1])[parts[2]] = value
            else:
                built.setdefault(parts[0], {}).setdefault(parts[1], {})[parts[2]] = value
        return built

    def _statuses(self, statuses: Statuses) -> dict[str, str]:
        """Reasons go where their cells go; those of lines and blocks stay where there is one."""
        found: dict[str, str] = {}
        for path, status in statuses.items():
            for target in self.targets(path):
                found.setdefault(target, status)
        return found


def _place(form: Form, path: str) -> Place | None:
    try:
        return place_of(form, path)
    except PathUnknown:
        return None


def _roster_row(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    for row in rows:
        if row.get(ROW_ID) == name:
            return row
    row = {ROW_ID: name}
    rows.append(row)
    return row
