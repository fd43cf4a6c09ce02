"""What the sheets of a survey say about indicators: ``x-feeds`` turned into observations.

Each feed counts the sheets (or the lines of a roster) for which its condition is true, or sums
one of their cells, apart by its dimensions. Sums are of scaled integers, so their order is free.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from server.core.answer_paths import Answers, Statuses
from server.core.answers import Context, with_results
from server.core.expressions import Expression, evaluate, parse
from server.core.form import Form
from server.core.json_text import tokens
from server.core.observation import Observation, scaled
from server.core.past import nothing_before
from server.core.shape import Block, Cell, mapping, sequence
from server.core.values_view import View, view_of

Document = tuple[Answers, Statuses]
Members = tuple[tuple[str, str], ...]
_Key = tuple[str, str, Members]


@dataclass(frozen=True, slots=True)
class FeedCell:
    """A cell a feed reads: of the sheet, of one of its groups, or of the line that is counted."""

    block: Block | None
    cell: Cell
    of_row: bool

    def read(self, view: View, row: Mapping[str, object] | None) -> object:
        if self.block is None:
            return view.values[self.cell.key]
        held = row if self.of_row else view.values[self.block.key]
        return held.get(self.cell.key) if isinstance(held, Mapping) else None


@dataclass(frozen=True, slots=True)
class Feed:
    """One entry of ``x-feeds``, compiled."""

    indicator: str
    measure_unit: str | None
    where: Expression | None
    each: Block | None
    value: FeedCell | None
    literals: Members
    fields: tuple[tuple[str, FeedCell], ...]

    @property
    def decimals(self) -> int:
        return 0 if self.value is None else self.value.cell.decimals or 0


@dataclass(frozen=True, slots=True)
class Portion:
    """What one sheet adds to one feed for the members that the sheet itself names."""

    feed: int
    members: Members
    number: int


_FEEDS: "WeakKeyDictionary[Form, tuple[Feed, ...]]" = WeakKeyDictionary()


def feeds_of(form: Form) -> tuple[Feed, ...]:
    """The feeds of a checked form, compiled at their first use."""
    found = _FEEDS.get(form)
    if found is None:
        declared = sequence(form.document.get("x-feeds", ()))
        found = _FEEDS[form] = tuple(_feed(form, mapping(one)) for one in declared)
    return found


def feed_cell(form: Form, path: str, each: Block | None) -> FeedCell | None:
    """The cell that *path* names in a feed; None when the feed cannot read such a cell."""
    parts = tokens(path)
    if len(parts) == 1:
        cell = form.shape.cells.get(parts[0])
        return None if cell is None else FeedCell(None, cell, of_row=False)
    block = form.shape.blocks.get(parts[0])
    if block is None or len(parts) != 2:  # noqa: PLR2004 - block and column
        return None
    if each is not None and block is each:
        line = next(iter(block.samples))
        found = line.cells.get(parts[1])
        return None if found is None else FeedCell(block, found, of_row=True)
    line_of = block.lines.get("")
    found = None if line_of is None else line_of.cells.get(parts[1])
    return None if found is None else FeedCell(block, found, of_row=False)


def portions_of(
    form: Form, answers: Answers, statuses: Statuses, context: Context
) -> tuple[Portion, ...]:
    """What one sheet adds to the feeds; nothing where no condition is true.

    A sheet or line whose dimension has no value cannot be placed and adds nothing.
    """
    feeds = feeds_of(form)
    if not feeds:
        return ()
    view = _view(form, answers, statuses, context)
    sums: dict[tuple[int, Members], int] = {}
    for place, feed in enumerate(feeds):
        for members, number in _yields(feed, view):
            sums[place, members] = sums.get((place, members), 0) + number
    return tuple(Portion(place, members, number) for (place, members), number in sums.items())


def summed(
    form: Form, sheets: Iterable[Iterable[Portion]], units: Mapping[str, str] | None = None
) -> tuple[Observation, ...]:
    """The observations of a return, from the portions of its *sheets*.

    A feed without dimensions of its own says 0 where no sheet qualifies; without any sheet
    nothing is said. *units* names measure units where the form does not.
    """
    feeds = feeds_of(form)
    sums: dict[_Key, tuple[int, int]] = {}
    for number, portions in enumerate(sheets):
        if number == 0:
            for feed in feeds:
                if not feed.fields:
                    _add(sums, _key(feed, (), units), 0, feed.decimals)
        for portion in portions:
            feed = feeds[portion.feed]
            _add(sums, _key(feed, portion.members, units), portion.number, feed.decimals)
    return tuple(
        Observation(indicator, unit, dict(dimensions), number, scale, None)
        for (indicator, unit, dimensions), (number, scale) in sorted(sums.items())
    )


def observe_records(
    form: Form,
    records: Iterable[Document],
    context: Context,
    units: Mapping[str, str] | None = None,
) -> tuple[Observation, ...]:
    """The observations of a return: *records* are the answers and statuses of its sheets."""
    sheets = (portions_of(form, answers, statuses, context) for answers, statuses in records)
    return summed(form, sheets, units)


def _feed(form: Form, declared: Mapping[str, object]) -> Feed:
    each_path, where, value = declared.get("each"), declared.get("where"), declared.get("value")
    each = None if each_path is None else form.shape.blocks[tokens(str(each_path))[0]]
    literals, fields = [], []
    for dimension, source in mapping(declared.get("dimensions", {})).items():
        text = str(source)
        cell = feed_cell(form, text, each) if text.startswith("/") else None
        if cell is None:
            literals.append((dimension, text))
        else:
            fields.append((dimension, cell))
    unit = declared.get("measureUnit")
    return Feed(
        indicator=str(declared["indicator"]),
        measure_unit=None if unit is None else str(unit),
        where=None if where is None else parse(str(where)),
        each=each,
        value=None if value is None else feed_cell(form, str(value), each),
        literals=tuple(literals),
        fields=tuple(fields),
    )


def _view(form: Form, answers: Answers, statuses: Statuses, context: Context) -> View:
    """The sheet as expressions see it, with its results, the unit and the period."""
    whole = with_results(form, answers, statuses, context)
    view = view_of(form.shape, whole, statuses, with_calculated=True)
    unit, period = context.unit, context.period
    view.values["unit"] = {"code": unit.code, "level": unit.level, "kind": unit.kind}
    view.values["period"] = {"id": period.id, "type": str(period.type), "year": period.year}
    return view


def _yields(feed: Feed, view: View) -> Iterator[tuple[Members, int]]:
    """What one sheet adds, with the members it adds it to."""
    if feed.each is None:
        rows: list[Mapping[str, object] | None] = [None]
    else:
        rows = [
            {"row": row.key, **row.values}
            for row in view.rows[feed.each.key]
            if row.held is not None
        ]
    for row in rows:
        values = view.values if row is None else {**view.values, **row}
        if feed.where is not None and evaluate(feed.where, values, nothing_before) is not True:
            continue
        members = _members(feed, view, row)
        number = 1 if feed.value is None else _number(feed.value, view, row)
        if members is not None and number is not None:
            yield members, number


def _members(feed: Feed, view: View, row: Mapping[str, object] | None) -> Members | None:
    found = []
    for dimension, cell in feed.fields:
        member = cell.read(view, row)
        if not isinstance(member, str) or not member:
            return None
        found.append((dimension, member))
    return tuple(found)


def _number(cell: FeedCell, view: View, row: Mapping[str, object] | None) -> int | None:
    value = cell.read(view, row)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return scaled(value, cell.cell.decimals or 0)


def _key(feed: Feed, members: tuple[tuple[str, str], ...], units: Mapping[str, str] | None) -> _Key:
    unit = feed.measure_unit
    if unit is None:
        unit = (units or {}).get(feed.indicator, "")
    return feed.indicator, unit, tuple(sorted((*feed.literals, *members)))


def _add(sums: dict[_Key, tuple[int, int]], key: _Key, number: int, scale: int) -> None:
    held, held_scale = sums.get(key, (0, scale))
    common = max(held_scale, scale)
    total = held * 10 ** (common - held_scale) + number * 10 ** (common - scale)
    sums[key] = (total, common)
