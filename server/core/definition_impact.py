"""What a newer version does to the answers that there are: counted per field, report by report.

Pure and fed by a stream: reports are handed in one by one, and nothing of them is kept but counts.
A cell that is the same question in the same place needs no look at its value.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import jsonschema_rs

from server.core.answer_migration import Fate, Outcome, Route
from server.core.answer_paths import (
    Answers,
    PathUnknown,
    cell_title,
    place_of,
    row_path,
    rows_of,
)
from server.core.answer_schema import validator_of
from server.core.definition_migration import in_some_line
from server.core.form import Form
from server.core.json_text import pointer, tokens
from server.core.migration_step import EVERY, converted, leads_to, together
from server.core.shape import Block, BlockKind, Cell

#: What decides whether a value is valid; titles and expressions do not.
_JUDGING = ("type", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern",
            "format", "enum")  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldImpact:
    """How many values of one field become what; ``path`` has ``*`` for every line."""

    path: str
    title: str
    kept: int = 0
    converted: int = 0
    dropped: int = 0
    orphaned: int = 0
    invalid: int = 0  # valid before, not valid in the newer version

    def plus(self, other: "FieldImpact") -> "FieldImpact":
        """Both counts together, of the same field."""
        return FieldImpact(
            self.path,
            self.title,
            self.kept + other.kept,
            self.converted + other.converted,
            self.dropped + other.dropped,
            self.orphaned + other.orphaned,
            self.invalid + other.invalid,
        )

    @property
    def quiet(self) -> bool:
        return not (self.converted or self.dropped or self.orphaned or self.invalid)


@dataclass(slots=True)
class _Judge:
    """Whether a value of an old cell is valid there, and in each cell where it goes."""

    before: jsonschema_rs.Draft202012Validator
    after: tuple[jsonschema_rs.Draft202012Validator, ...]

    def newly_invalid(self, value: object, results: Iterable[object]) -> bool:
        wrong = any(
            not after.is_valid(one) for after, one in zip(self.after, results, strict=False)
        )
        return wrong and self.before.is_valid(value)


@dataclass(frozen=True, slots=True)
class _Way:
    """All that is known of a cell before its value is looked at."""

    where: str
    fate: Fate
    judge: _Judge | None
    decimals: int | None
    contested: bool  # another value may go to the same place

    @property
    def certain(self) -> Outcome | None:
        """What becomes of any value; None where it has to be looked at."""
        fate = self.fate
        if fate.path is None:
            return Outcome.DROPPED if fate.dropped else Outcome.ORPHANED
        if fate.steps or fate.merged or self.contested or self.judge is not None:
            return None
        return Outcome.CONVERTED if fate.moved else Outcome.KEPT


@dataclass(slots=True)
class _Pattern:
    """Lines in which the same columns are filled: how often, and which values must be read."""

    certain: tuple[tuple[str, Outcome], ...]
    concerned: frozenset[str]
    rest: tuple[tuple[str, str], ...]  # column, and path of the cell
    times: int = 0


@dataclass
class ImpactCounter:
    """Counts values; ``add`` takes the answers of one report of the older version.

    What becomes of most values follows from where they stand, so lines are counted by the columns
    that they fill; only the rest is read, on ways that are worked out once.
    """

    route: Route
    reports: int = 0
    touched: int = 0  # reports of which a value is converted, dropped, orphaned or invalid
    _patterns: dict[tuple[str, str], dict[tuple[str, ...], _Pattern]] = field(default_factory=dict)
    _counts: dict[Outcome, Counter[str]] = field(
        default_factory=lambda: {outcome: Counter() for outcome in Outcome}
    )
    _invalid: Counter[str] = field(default_factory=Counter)
    _ways: dict[str, _Way] = field(default_factory=dict)
    _finals: dict[str, jsonschema_rs.Draft202012Validator] = field(default_factory=dict)

    def add(self, answers: Answers) -> frozenset[str]:
        """Counts one report; the fields of it that are not simply kept."""
        self.reports += 1
        concerned: set[str] = set()
        gathered: dict[str, list[tuple[str, object, bool]]] = {}
        placed: set[str] = set()
        for source, value in self._rest(answers, concerned):
            way = self._way(source)
            fate = way.fate
            result = converted(fate.steps, value, way.decimals) if fate.steps else value
            outcome = fate.outcome(value, result)
            if fate.path is not None and fate.merged:
                before = way.judge is None or way.judge.before.is_valid(value)
                gathered.setdefault(fate.path, []).append((way.where, result, before))
            elif fate.path is not None:
                parts = self.route.parts(fate, result) if fate.more else ((fate.path, result),)
                if way.contested and any(place in placed for place, _ in parts):
                    parts, outcome = (), Outcome.ORPHANED
                elif way.judge is not None and way.judge.newly_invalid(
                    value, (one for _, one in parts)
                ):
                    self._invalid[way.where] += 1
                    concerned.add(way.where)
                placed.update(place for place, _ in parts)
            self._counts[outcome][way.where] += 1
            if outcome is not Outcome.KEPT:
                concerned.add(way.where)
        for path, merged in gathered.items():
            if self._final(path).is_valid(together([value for _, value, _ in merged])):
                continue
            for where in [where for where, _, before in merged if before]:
                self._invalid[where] += 1
                concerned.add(where)
        self.touched += bool(concerned)
        return frozenset(concerned)

    def fields(self) -> tuple[FieldImpact, ...]:
        """All fields that hold any value, in the order of the older version."""
        counts = {outcome: Counter(found) for outcome, found in self._counts.items()}
        for patterns in self._patterns.values():
            for pattern in patterns.values():
                for where, outcome in pattern.certain:
                    counts[outcome][where] += pattern.times
        found = {one for counted in counts.values() for one in counted}
        order = {path: place for place, path in enumerate(dict(fields_of(self.route.older)))}
        return tuple(
            FieldImpact(
                path,
                field_title(self.route.older, path),
                counts[Outcome.KEPT][path],
                counts[Outcome.CONVERTED][path],
                counts[Outcome.DROPPED][path],
                counts[Outcome.ORPHANED][path],
                self._invalid[path],
            )
            for path in sorted(found, key=lambda one: order.get(one, len(order)))
        )

    # Parts of these

    def _rest(self, answers: Answers, concerned: set[str]) -> Iterator[tuple[str, object]]:
        """Counts what is certain; yields each other typed value, in the order of the form."""
        shape = self.route.older.shape
        if None in answers.values():
            answers = {key: held for key, held in answers.items() if held is not None}
        rest = dict(self._pattern(None, "", answers, concerned).rest)
        for key in shape.order:
            if key in rest:
                yield rest[key], answers[key]
            block = shape.blocks.get(key)
            if block is None or key not in answers:
                continue
            for row, held in rows_of(block, answers):
                cells = held
                if None in cells.values():
                    cells = {name: value for name, value in held.items() if value is not None}
                for column, path in self._pattern(block, row, cells, concerned).rest:
                    yield f"{row_path(block, row)}/{column}" if block.item else path, cells[column]

    def _pattern(
        self, block: Block | None, row: str, held: Mapping[str, object], concerned: set[str]
    ) -> _Pattern:
        """The pattern of a line (of the document without *block*), counted once more."""
        name = ("", "") if block is None else (block.key, "" if block.item else row)
        patterns = self._patterns.setdefault(name, {})
        columns = tuple(held)
        pattern = patterns.get(columns)
        if pattern is None:
            pattern = patterns[columns] = self._made(block, row, columns)
        pattern.times += 1
        if pattern.concerned:
            concerned |= pattern.concerned
        return pattern

    def _made(self, block: Block | None, row: str, columns: Sequence[str]) -> _Pattern:
        if block is None:
            cells, above = self.route.older.shape.cells, ""
        else:
            cells, above = (block.item or block.lines[row]).cells, row_path(block, row)
        certain: list[tuple[str, Outcome]] = []
        rest: list[tuple[str, str]] = []
        for column, cell in cells.items():
            if column not in columns or cell.calculate is not None:
                continue
            way = self._way(f"{above}/{column}")
            outcome = way.certain
            if outcome is None:
                rest.append((column, f"{above}/{column}"))
            else:
                certain.append((way.where, outcome))
        touched = frozenset(where for where, outcome in certain if outcome is not Outcome.KEPT)
        return _Pattern(tuple(certain), touched, tuple(rest))

    def _way(self, source: str) -> _Way:
        known = self._ways.get(source)
        if known is not None:
            return known
        fate = self.route.fate(source)
        where = template(self.route.older, source)
        # Lines of rosters have names of their own, far too many to remember.
        roster = EVERY in where and self.route.older.shape.blocks[tokens(source)[0]].item
        model = self._ways.get(where) if roster else None
        if model is not None:
            return replace(model, fate=fate)
        new = [self._new_cell(place) for place in fate.places]
        judge = self._judge(source, fate, new) if new else None
        decimals = new[0].decimals if new else None
        way = _Way(where, fate, judge, decimals, self._contested(source, fate))
        self._ways[where if roster else source] = way
        return way

    def _contested(self, source: str, fate: Fate) -> bool:
        """Whether another cell may want the same place: one that a step leads to."""
        return any(self._wanted(place, fate) for place in fate.places)

    def _wanted(self, path: str, fate: Fate) -> bool:
        at = tokens(path)
        leading = sum(
            leads_to(target, at)
            for step in self.route.steps
            if step.sources != step.targets
            for target in step.targets
        )
        return leading > 1 if fate.moved and not self._was_asked(path) else leading > 0

    def _was_asked(self, path: str) -> bool:
        try:
            return place_of(self.route.older, path).cell is not None
        except PathUnknown:
            return False

    def _judge(self, source: str, fate: Fate, new: Sequence[Cell]) -> _Judge | None:
        """None where the same is asked, so that nothing can become invalid."""
        old = place_of(self.route.older, source).cell
        assert old is not None
        same = len(new) == 1 and judging(old) == judging(new[0])
        if same and not fate.steps and not fate.merged:
            return None
        return _Judge(_validator(old), tuple(_validator(one) for one in new))

    def _final(self, path: str) -> jsonschema_rs.Draft202012Validator:
        where = template(self.route.newer, path)
        if where not in self._finals:
            self._finals[where] = _validator(self._new_cell(path))
        return self._finals[where]

    def _new_cell(self, path: str) -> Cell:
        cell = place_of(self.route.newer, path).cell
        assert cell is not None
        return cell


def template(form: Form, path: str) -> str:
    """The field of a cell: lines that are alike share it."""
    parts = tokens(path)
    block = form.shape.blocks.get(parts[0])
    if block is None or block.kind in (BlockKind.LINE, BlockKind.FIXED):
        return path
    return pointer(parts[0], EVERY, *parts[2:])


def field_title(form: Form, path: str) -> str:
    """What a field is called: the table and the column."""
    parts = tokens(path)
    if EVERY not in parts:
        return cell_title(form, path)
    try:
        place = place_of(form, in_some_line(form, path))
    except PathUnknown:
        return path
    if place.block is None or place.cell is None:
        return path
    return f"{place.block.title}: {_under(form, place.block, parts[-1])}{place.cell.title}"


def _under(form: Form, block: Block, column: str) -> str:
    """The heading over a column, where another one of the block is called the same."""
    cells = next(iter(block.samples)).cells
    if column not in cells:
        return ""
    if sum(one.title == cells[column].title for one in cells.values()) == 1:
        return ""
    for section in form.layout.sections:
        grid = section.grid
        if grid is None or not any(tokens(row.path)[0] == block.key for row in grid.rows):
            continue
        for title, columns in grid.groups:
            if column in columns:
                return f"{title}, "
    return ""


def judging(cell: Cell) -> dict[str, object]:
    """The part of a cell's schema that decides whether a value is valid."""
    return {name: cell.schema[name] for name in _JUDGING if name in cell.schema}


def _validator(cell: Cell) -> jsonschema_rs.Draft202012Validator:
    return validator_of(judging(cell))


def fields_of(form: Form) -> Iterator[tuple[str, Cell]]:
    """All fields of a form in their order, each with a cell of it."""
    for key in form.shape.order:
        block = form.shape.blocks.get(key)
        if block is None:
            yield f"/{key}", form.shape.cells[key]
            continue
        for line in block.samples:
            for column, cell in line.cells.items():
                row = line.key if block.kind is BlockKind.FIXED else EVERY
                line_path = block.path if block.kind is BlockKind.LINE else f"{block.path}/{row}"
                yield f"{line_path}/{column}", cell
