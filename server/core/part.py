"""Parts of a report: which unit or clerk fills which cells, and who is done with them.

A cell belongs to the unit in its ``x-owner``, else in that of its row, its block or its section,
else to the unit that files the report. Pure: stored parts come in, what one actor may write goes
out; ``services.parts`` changes them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

from server.core.access import Actor, Role
from server.core.answer_paths import Place, place_of
from server.core.form import Form
from server.core.layout import Section
from server.core.org_unit import Tree
from server.core.shape import mapping, sequence, strings
from server.core.submission import Change

#: The key of what the filing unit fills and has given to nobody in particular.
UNIT: Final = "unit"


class PartState(StrEnum):
    """How far a part is. A waived part is not waited for: the filing unit may fill it itself."""

    OPEN = "open"
    HANDED_IN = "handed_in"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Part:
    """One share of a report.

    The key is the code of another unit (its cells), ``unit.<section>`` (a section that the filing
    unit gave to one clerk), or ``unit``: the rest, which is handed in by passing the report on.
    """

    submission: str
    key: str
    owner_unit: str
    assignee: str | None = None
    state: PartState = PartState.OPEN
    handed_in_by: str | None = None
    handed_in_at: datetime | None = None
    waived_by: str | None = None
    waived_at: datetime | None = None
    reason: str | None = None
    edit: int = 0

    @property
    def section(self) -> str | None:
        """The section that was given to a clerk, where the part is one."""
        return self.key.partition(".")[2] or None

    @property
    def awaited(self) -> bool:
        """Whether the report waits for it."""
        return self.state is PartState.OPEN and self.key != UNIT


@dataclass(frozen=True, slots=True)
class Share:
    """Whose a cell is by the form alone: the code of a unit or ``unit``, and its section."""

    owner: str
    section: str


@dataclass(frozen=True)
class Ownership:
    """Who fills what, as a form version declares it."""

    form: Form

    @cached_property
    def sections(self) -> Mapping[str, tuple[str, str]]:
        """Root key -> the key and the owner of the section in which it stands."""
        layout = mapping(self.form.document["x-layout"])
        found: dict[str, tuple[str, str]] = {}
        for declared in sequence(layout["sections"]):
            section = mapping(declared)
            stands = (str(section["key"]), str(section.get("owner", UNIT)))
            for keyword in ("fields", "grid"):
                for key in strings(section.get(keyword, ())):
                    found[key] = stands
        return found

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The codes of the units named as owners, in the order of the form."""
        owners = dict.fromkeys(share.owner for share in self._shares() if share.owner != UNIT)
        return tuple(owners)

    def share(self, place: Place) -> Share:
        """Whose the cell, row or block at *place* is."""
        root = place.path.split("/")[1]
        section, owner = self.sections[root]
        for schema in (
            place.cell and place.cell.schema,
            place.line and place.line.schema,
            place.block and place.block.schema,
        ):
            if schema and "x-owner" in schema:
                return Share(str(schema["x-owner"]), section)
        return Share(owner, section)

    def sections_of(self, owner: str) -> tuple[Section, ...]:
        """The sections in which *owner* has a cell to type in."""
        theirs = {share.section for share in self._shares() if share.owner == owner}
        return tuple(section for section in self.form.layout.sections if section.key in theirs)

    def _shares(self) -> Iterator[Share]:
        """The share of each cell to type in."""
        shape = self.form.shape
        for key in shape.order:
            if key in shape.cells:
                if shape.cells[key].calculate is None:
                    yield self.share(Place(f"/{key}", None, None, None, shape.cells[key]))
                continue
            block = shape.blocks[key]
            for line in block.samples:
                for cell in line.cells.values():
                    if cell.calculate is None:
                        yield self.share(Place(block.path, block, None, line, cell))


_KNOWN: "WeakKeyDictionary[Form, Ownership]" = WeakKeyDictionary()


def ownership_of(form: Form) -> Ownership:
    """The ownership of *form*, read at its first use."""
    known = _KNOWN.get(form)
    if known is None:
        known = _KNOWN[form] = Ownership(form)
    return known


def owners_of(form: Form, org_unit: str, tree: Tree) -> dict[str, str]:
    """The other units that fill cells of a report of *org_unit*: code -> id.

    A named unit that does not exist on *tree*, or files the report itself, is none of them: its
    cells are the filing unit's.
    """
    named = {code: tree.owner(form.code, code) for code in ownership_of(form).units}
    return {code: unit.id for code, unit in named.items() if unit and unit.id != org_unit}


def parts_of(
    form: Form, submission: str, org_unit: str, owners: Mapping[str, str], stored: Collection[Part]
) -> tuple[Part, ...]:
    """The parts of a report as they are now; none where the unit alone fills it, as a whole."""
    ownership, kept = ownership_of(form), {part.key: part for part in stored}
    found = [_owned(kept.get(code), submission, code, unit) for code, unit in owners.items()]
    given = []
    for section in ownership.sections_of(UNIT):
        part = kept.get(f"{UNIT}.{section.key}")
        if part is not None and (part.assignee is not None or part.state is not PartState.OPEN):
            given.append(part)
    if not found and not given:
        return ()
    own = {section.key for section in ownership.sections_of(UNIT)}
    rest = (Part(submission, UNIT, org_unit),) if own - {part.section for part in given} else ()
    return (*rest, *given, *found)


def _owned(kept: Part | None, submission: str, code: str, unit: str) -> Part:
    """The part of the owner *code*; another unit that stands for it now has given it to nobody."""
    if kept is None:
        return Part(submission, code, unit)
    return kept if kept.owner_unit == unit else replace(kept, owner_unit=unit, assignee=None)


@dataclass(frozen=True, slots=True)
class Hands:
    """Which cells of one report one actor may write, by its parts as they stand now."""

    form: Form
    parts: tuple[Part, ...]
    open_keys: frozenset[str]

    @classmethod
    def of(cls, form: Form, org_unit: str, parts: Sequence[Part], actor: Actor) -> "Hands":
        """The hands of *actor*; without parts, those of the filing unit's reporters."""
        units = actor.units(Role.REPORTER)
        if not parts:
            return cls(form, (), frozenset({UNIT}) if org_unit in units else frozenset())
        open_keys = {part.key for part in parts if _may_write(part, org_unit, actor, units)}
        return cls(form, tuple(parts), frozenset(open_keys))

    @property
    def any(self) -> bool:
        return bool(self.open_keys)

    @property
    def divided(self) -> bool:
        return bool(self.parts)

    def key_of(self, path: str) -> str:
        """The key of the part to which a cell, a row or a block belongs."""
        return self._key(ownership_of(self.form).share(place_of(self.form, path)))

    def locked(self, path: str) -> bool:
        """Whether the actor cannot type at *path*."""
        return self.key_of(path) not in self.open_keys

    def refused(self, change: Change) -> str | None:
        """The key of the part that forbids *change* (one of ``diff``), none when it is allowed.

        A reason at a row or a block speaks for all of its cells, so all must be the actor's; an
        empty row comes and goes with whoever may type in one of them.
        """
        place = place_of(self.form, change.path)
        if place.cell is not None:
            keys = [self.key_of(change.path)]
        else:
            keys = [self._key(share) for share in self._within(place)]
        closed = [key for key in keys if key not in self.open_keys]
        if not closed or (place.cell is None and not change.status and len(closed) < len(keys)):
            return None
        return closed[0]

    def _key(self, share: Share) -> str:
        keys = {part.key for part in self.parts}
        if share.owner != UNIT and share.owner in keys:
            return share.owner
        section = f"{UNIT}.{share.section}"
        return section if section in keys else UNIT

    def _within(self, place: Place) -> list[Share]:
        """The shares of the cells to type in of a row or block."""
        assert place.block is not None
        block, ownership = place.block, ownership_of(self.form)
        shares = (
            ownership.share(Place(block.path, block, place.row, line, cell))
            for line in ([place.line] if place.line is not None else block.samples)
            for cell in line.cells.values()
            if cell.calculate is None
        )
        return list(dict.fromkeys(shares))


def _may_write(part: Part, org_unit: str, actor: Actor, units: frozenset[str]) -> bool:
    if part.state is PartState.HANDED_IN:
        return False
    if part.state is PartState.WAIVED:
        return org_unit in units
    return part.owner_unit in units and part.assignee in (None, actor.account)
