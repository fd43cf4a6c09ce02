"""An indicator's figures as one line over versions of forms, and where its definition changed.

Observations keep the code, measure unit and members under which they were reported. What a newer
version of the form calls otherwise (``x-migrate``) is read under its present name here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from server.core.answer_migration import Route
from server.core.definition_impact import field_title, template
from server.core.form import Form
from server.core.json_text import tokens
from server.core.observe import Meaning, meanings_of

_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Key:
    """Under what a number is kept."""

    indicator: str
    measure_unit: str
    dimensions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, meaning: Meaning) -> "Key":
        return cls(
            meaning.indicator, meaning.measure_unit, tuple(sorted(meaning.dimensions.items()))
        )


@dataclass(frozen=True, slots=True)
class Present:
    """Under what it is read now, and what its value is multiplied by."""

    key: Key
    factor: Decimal = Decimal(1)


class Turn(StrEnum):
    """How what feeds an indicator changed with a version."""

    RENAMED = "renamed"
    UNIT = "unit"
    RECODED = "recoded"  # another indicator's code, or other members
    CALCULATED = "calculated"
    BEGAN = "began"
    CEASED = "ceased"


@dataclass(frozen=True, slots=True)
class Turned:
    """One change: the field in the older version, and in the newer."""

    turn: Turn
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Part:
    """A sum as it is kept, of one form's version; *reports* speak of the indicator there."""

    form: str
    version: int
    key: Key
    scaled: int | None
    scale: int
    reports: int


def present_keys(routes: Sequence[Route], units: Mapping[str, str]) -> dict[Key, Present]:
    """By the key under which the oldest version reports, the one under which the newest does.

    Only what is kept under another one, or in another unit of measure, is listed.
    """
    if not routes:
        return {}
    older, newer = meanings_of(routes[0].older, units), meanings_of(routes[-1].newer, units)
    found: dict[Key, Present] = {}
    for path, meaning in older.items():
        place, factor = path, Decimal(1)
        for route in routes:
            place, step = route.leads(place)
            factor *= step
        now = newer.get(place)
        if now is not None and (Key.of(now) != Key.of(meaning) or factor != 1):
            found.setdefault(Key.of(meaning), Present(Key.of(now), factor))
    return found


def turns(route: Route, codes: frozenset[str], units: Mapping[str, str]) -> tuple[Turned, ...]:
    """What changed between two versions in the cells that feed these indicators."""
    before = {
        path: one for path, one in meanings_of(route.older, units).items() if one.indicator in codes
    }
    after = {
        path: one for path, one in meanings_of(route.newer, units).items() if one.indicator in codes
    }
    found: dict[Turned, None] = {}
    reached: set[str] = set()
    for path, meaning in before.items():
        place, factor = route.leads(path)
        now = after.get(place)
        reached.add(place)
        for turn in _turned(route, path, place, meaning, now, factor):
            title = "" if now is None else _title(route.newer, place)
            found[Turned(turn, _title(route.older, path), title)] = None
    for path in after:
        if path not in reached:
            found[Turned(Turn.BEGAN, "", _title(route.newer, path))] = None
    return tuple(found)


def summed(
    parts: Iterable[Part], present: Mapping[tuple[str, int], Mapping[Key, Present]], indicator: str
) -> dict[str, tuple[Decimal | None, int]]:
    """By measure unit the value over all members, and how many reports stand behind it.

    A form that gives a total and its breakdown counts once: the least broken-down figures do.
    """
    read = []
    for part in parts:
        now = present.get((part.form, part.version), {}).get(part.key, Present(part.key))
        if now.key.indicator == indicator:
            read.append((part, now))
    offered: dict[tuple[str, int, str], list[tuple[str, ...]]] = {}
    for part, now in read:
        names = tuple(code for code, _ in now.key.dimensions)
        offered.setdefault(_source(part, now), []).append(names)
    least = {
        source: min(names, key=lambda one: (len(one), one)) for source, names in offered.items()
    }
    values: dict[str, Decimal | None] = {}
    reports: dict[str, dict[tuple[str, int], int]] = {}
    for part, now in read:
        if tuple(code for code, _ in now.key.dimensions) != least[_source(part, now)]:
            continue
        unit = now.key.measure_unit
        counted = reports.setdefault(unit, {})
        source = part.form, part.version
        counted[source] = max(counted.get(source, 0), part.reports)
        values.setdefault(unit, None)
        if part.scaled is not None:
            value = Decimal(part.scaled).scaleb(-part.scale) * now.factor
            values[unit] = (values[unit] or Decimal()) + value
    return {unit: (value, sum(reports[unit].values())) for unit, value in values.items()}


def _source(part: Part, now: Present) -> tuple[str, int, str]:
    return part.form, part.version, now.key.measure_unit


def _turned(  # noqa: PLR0917 - both sides of one cell
    route: Route, path: str, place: str, was: Meaning, now: Meaning | None, factor: Decimal
) -> Iterable[Turn]:
    if now is None:
        yield Turn.CEASED
        return
    if path != place or _title(route.older, path) != _title(route.newer, place):
        yield Turn.RENAMED
    if factor != 1 or was.measure_unit != now.measure_unit:
        yield Turn.UNIT
    if (was.indicator, was.dimensions) != (now.indicator, now.dimensions):
        yield Turn.RECODED
    if _calculation(route.older, path, _renames(route)) != _calculation(route.newer, place, {}):
        yield Turn.CALCULATED


def _renames(route: Route) -> dict[str, str]:
    return {
        tokens(source)[-1]: tokens(step.targets[0])[-1]
        for step in route.steps
        if step.op in ("rename", "move")
        for source in step.sources
    }


def _calculation(form: Form, path: str, renamed: Mapping[str, str]) -> frozenset[str]:
    """All that a cell is worked out from, down to what is typed, by the present names."""
    parts = tokens(path)
    block = form.shape.blocks.get(parts[0])
    if block is None:
        cells = dict(form.shape.cells)
        for other in form.shape.blocks.values():
            cells = {**dict(next(iter(other.samples)).cells), **cells}
    else:
        line = block.item or block.lines[parts[1] if len(parts) > 2 else ""]  # noqa: PLR2004
        cells = dict(line.cells)
    found: dict[str, str] = {}
    waiting = [parts[-1]]
    while waiting:
        key = waiting.pop()
        text = str(cells[key].schema.get("x-calculate", ""))
        if key in found or not text:
            continue
        found[key] = _NAME.sub(lambda name: renamed.get(name[0], name[0]), "".join(text.split()))
        waiting += [name for name in _NAME.findall(text) if name in cells]
    return frozenset(f"{renamed.get(key, key)}={text}" for key, text in found.items())


def _title(form: Form, path: str) -> str:
    return field_title(form, template(form, path))
