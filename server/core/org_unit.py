"""Org units: reporting organisations in a dated tree.

Official codes are reused (02155 was three communes), so a unit is known by a
surrogate id; code, name, kind and parent hold from a day to a day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property


class Level(StrEnum):
    """Levels of units in the tree."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class OrgUnit:
    """A unit as it is during one stretch of time (both days inclusive, ``None`` = open)."""

    id: str
    code: str
    name: str
    level: Level
    kind: str  # xa, phuong, thi_tran, huyen, thanh_pho, tinh, so, ban ...
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    email: str | None = None

    def exists_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True)
class Tree:
    """The units as they stood on one day, with their parents, owners and groups of that day."""

    units: tuple[OrgUnit, ...]
    on: date
    owners: Mapping[tuple[str, str], str] = field(default_factory=dict)
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        units: Iterable[OrgUnit],
        on: date,
        owners: Mapping[tuple[str, str], str] | None = None,
        groups: Mapping[str, frozenset[str]] | None = None,
    ) -> "Tree":
        """The tree of that day.

        *owners* as ``directory.owners_on`` gives them, *groups* by id the units of named groups.
        """
        existing = tuple(unit for unit in units if unit.exists_on(on))
        return cls(existing, on, owners or {}, groups or {})

    def owner(self, form: str, code: str) -> OrgUnit | None:
        """The unit that the definition of *form* means by the owner *code* on that day."""
        named = self.owners.get((form, code)) or self.owners.get(("", code))
        return self.by_code.get(code) if named is None else self.by_id.get(named)

    @cached_property
    def by_id(self) -> dict[str, OrgUnit]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def by_code(self) -> dict[str, OrgUnit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def _children(self) -> dict[str, list[OrgUnit]]:
        children: dict[str, list[OrgUnit]] = defaultdict(list)
        for unit in self.units:
            if unit.parent is not None:
                children[unit.parent].append(unit)
        return children

    def children(self, unit_id: str) -> tuple[OrgUnit, ...]:
        return tuple(self._children.get(unit_id, ()))

    def below(self, unit_id: str) -> frozenset[str]:
        """Ids of the unit and of all under it on that day."""
        found: set[str] = set()
        waiting = [unit_id]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting.extend(child.id for child in self._children.get(current, ()))
        return frozenset(found)

    def ancestors(self, unit_id: str) -> Iterator[OrgUnit]:
        """The unit itself, its parent, and so on to the root."""
        seen: set[str] = set()
        current = self.by_id.get(unit_id)
        while current is not None and current.id not in seen:
            seen.add(current.id)
            yield current
            current = self.by_id.get(current.parent) if current.parent else None

    def at_level(self, unit_id: str, level: Level) -> OrgUnit | None:
        """The unit of that level on the way up from *unit_id*, itself included."""
        return next((unit for unit in self.ancestors(unit_id) if unit.level is level), None)


@dataclass(frozen=True, slots=True)
class Village:
    """A dated row source of a commune (thôn, bản, tổ dân phố); not a reporting unit."""

    id: str
    org_unit: str
    number: int
    name: str
    kind: str
    extremely_poor: bool
    road: str
    valid_from: date | None
    valid_to: date | None
