"""Where each answer of an earlier version of a form goes in a newer one: ``x-migrate``, done.

``Route`` is worked out once for two versions and asked for every cell, by the impact before a
publication and by the migration after it, so that what was announced is what happens. A report
that is taken along is written anew, cell by cell; what the newer form has no place for is named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
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
from server.core.form import Form
from server.core.json_text import pointer, tokens
from server.core.shape import ROW_ID, BlockKind, mapping, sequence, strings

EVERY: Final = "*"
#: Stands for any line of a roster where a place is looked up.
ANY_ROW: Final = "every"


class Outcome(StrEnum):
    """What becomes of a value."""

    KEPT = "kept"  # the same value in the same place
    CONVERTED = "converted"  # in another place or written otherwise, as ``x-migrate`` says
    DROPPED = "dropped"  # let go, as ``x-migrate`` says
    ORPHANED = "orphaned"  # no place for it, and nothing declared


@dataclass(frozen=True, slots=True)
class Step:
    """One declared step; ``sources`` and ``targets`` are the same for what stays in its place."""

    op: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    factor: Decimal = Decimal(1)
    value: object = None


@dataclass(frozen=True, slots=True)
class Fate:
    """Where a cell's value goes: ``path`` is None when nowhere; ``steps`` rewrite it on the way."""

    path: str | None
    moved: bool
    dropped: bool
    merged: bool
    steps: tuple[Step, ...]

    def in_line(self, row: str) -> "Fate":
        """The same for that line of a roster."""
        parts = tokens(self.path or "")
        return replace(self, path=pointer(*(row if one == ANY_ROW else one for one in parts)))

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
        place = _place(self.older, path)
        if place is not None and place.cell is not None and place.cell.calculate is None:
            return self.fate(path).path
        return path if _place(self.newer, path) is not None else None

    def migrated(self, answers: Answers, statuses: Statuses) -> Migrated:
        """The report's document in the newer version."""
        fates: list[CellFate] = []
        placed: dict[str, object] = {}
        gathered: dict[str, list[tuple[str, object]]] = {}
        for source, value in cells_of(self.older, answers):
            fate = self.fate(source)
            result = converted(fate, value, self._decimals(fate.path))
            outcome = fate.outcome(value, result)
            target = fate.path if outcome in (Outcome.KEPT, Outcome.CONVERTED) else None
            if target is not None and fate.merged:
                gathered.setdefault(target, []).append((source, result))
            elif target is not None and target in placed:
                target, outcome = None, Outcome.ORPHANED  # two values, one place: the first stays
            elif target is not None:
                placed[target] = result
            fates.append(CellFate(source, value, target, result, outcome))
        for target, parts in gathered.items():
            placed[target] = together([value for _, value in parts])
        self._defaults(placed, statuses, answers)
        return Migrated(self._built(answers, placed), self._statuses(statuses), tuple(fates))

    # Parts of these

    def _fate(self, path: str) -> Fate:
        at, moved, merged = tokens(path), False, False
        rewriting: list[Step] = []
        for step in self.steps:
            bound = next(
                (found for one in step.sources if (found := _bound(one, at)) is not None), None
            )
            if bound is None or step.op == "default":
                continue
            if step.op == "drop":
                return Fate(None, False, True, False, ())
            if step.op in ("recode", "unit"):
                rewriting.append(step)
                continue
            row, rest = bound
            at = (*(row if one == EVERY else one for one in tokens(step.targets[0])), *rest)
            moved, merged = True, merged or step.op == "merge"
        target = pointer(*at)
        if not self._typed(target):
            return Fate(None, moved, False, False, ())
        return Fate(target, moved and target != path, False, merged, tuple(rewriting))

    def _typed(self, path: str) -> bool:
        place = _place(self.newer, path)
        return place is not None and place.cell is not None and place.cell.calculate is None

    def _decimals(self, path: str | None) -> int | None:
        place = None if path is None else _place(self.newer, path)
        return None if place is None or place.cell is None else place.cell.decimals

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
            target = self.target(path)
            if target is not None:
                found.setdefault(target, status)
        return found


def declared_from(form: Form) -> int | None:
    """The version of which ``x-migrate`` takes reports along; None when it takes none."""
    declared = mapping(form.document.get("x-migrate", {}))
    return int(str(declared["from"])) if declared else None


def steps_of(form: Form) -> tuple[Step, ...]:
    """The declared steps, in order."""
    declared = mapping(form.document.get("x-migrate", {}))
    return tuple(_step(mapping(one)) for one in sequence(declared.get("steps", ())))


def converted(fate: Fate, value: object, decimals: int | None) -> object:
    """The value as it is written in the newer version."""
    for step in fate.steps:
        if step.op == "recode":
            value = step.values.get(str(value), value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            exact = Decimal(str(value)) * step.factor
            unit = Decimal(1).scaleb(-(decimals or 0))
            rounded = exact.quantize(unit, ROUND_HALF_UP)
            whole = rounded == rounded.to_integral_value()
            value = int(rounded) if whole else float(rounded)
    return value


def together(values: list[Any]) -> object:
    """Several values in one place: numbers are added up, texts stand behind one another."""
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        total = sum((Decimal(str(one)) for one in values), Decimal())
        return int(total) if total == total.to_integral_value() else float(total)
    if all(isinstance(one, bool) for one in values):
        return any(values)
    return "; ".join(str(one) for one in values)


def _step(declared: Mapping[str, object]) -> Step:
    op = str(declared["op"])
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    if "path" in declared:
        sources = targets = (str(declared["path"]),)
    else:
        sources, targets = _pointers(declared["from"]), _pointers(declared["to"])
    values = {key: str(value) for key, value in mapping(declared.get("values", {})).items()}
    factor = Decimal(str(declared.get("factor", 1)))
    return Step(op, sources, targets, values, factor, declared.get("value"))


def _pointers(declared: object) -> tuple[str, ...]:
    return (declared,) if isinstance(declared, str) else strings(declared)


def _bound(source: str, at: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """The line that ``*`` means and what follows, where *source* is the place or stands above."""
    parts = tokens(source)
    if len(parts) > len(at):
        return None
    row = ""
    for one, other in zip(parts, at, strict=False):
        if one == EVERY:
            row = other
        elif one != other:
            return None
    return row, at[len(parts) :]


def leads_to(target: str, at: tuple[str, ...]) -> bool:
    """Whether a declared place is the one at *at*, or stands above it."""
    return _bound(target, at) is not None


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
