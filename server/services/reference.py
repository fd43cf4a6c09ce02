"""Reference data: org units in their dated tree with owners and groups, villages, holidays.

The tree of a day is asked for by every use case, so it is kept in memory and
thrown away when the store's stamp says that a unit changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from server.core.access import Actor
from server.core.calendar import Calendar, DayEntry
from server.core.directory import FormOwner, owners_on
from server.core.org_unit import OrgUnit, Tree, Village
from server.core.period import Period
from server.core.ports import Clock, Transaction
from server.core.unit_group import UnitGroup
from server.core.vietnam_days import national_days
from server.errors import NotFound
from server.storage.assignments import DirectoryStore
from server.storage.events import EventStore
from server.storage.holidays import HolidayStore
from server.storage.org_units import OrgUnitStore
from server.storage.unit_groups import UnitGroupStore


@dataclass
class _Kept:
    """One reading of the store; threads that share it only ever add a day's tree."""

    stamp: int = -1
    units: tuple[OrgUnit, ...] = ()
    by_id: dict[str, list[OrgUnit]] = field(default_factory=dict)
    trees: dict[date, Tree] = field(default_factory=dict)
    days: tuple[DayEntry, ...] = ()
    national: Calendar = field(default_factory=Calendar)
    owners: tuple[FormOwner, ...] = ()
    groups: tuple[UnitGroup, ...] = ()
    ended: dict[date, frozenset[str]] = field(default_factory=dict)

    def versions(self, unit_id: str) -> list[OrgUnit]:
        found = self.by_id.get(unit_id)
        if not found:
            raise NotFound(kind="org_unit")
        return found

    def tree(self, on: date) -> Tree:
        known = self.trees.get(on)
        if known is None:
            groups = {group.id: group.units(on) for group in self.groups}
            owners = owners_on(self.owners, on)
            known = self.trees[on] = Tree.of(self.units, on, owners, groups)
        return known


@dataclass
class _Memory:
    """Where the last reading is kept; it is replaced as a whole, never changed under a reader."""

    kept: _Kept = field(default_factory=_Kept)


@dataclass(frozen=True, slots=True)
class Reference:
    """Use cases around units, villages and days off."""

    store: OrgUnitStore
    holiday_store: HolidayStore
    directory: DirectoryStore
    group_store: UnitGroupStore
    events: EventStore
    transaction: Transaction
    clock: Clock
    _memory: _Memory = field(default_factory=_Memory)

    def tree(self, on: date) -> Tree:
        """The units as they stood on that day."""
        return self._fresh().tree(on)

    def tree_of(self, unit_id: str, period: Period) -> Tree:
        """The tree of the period's last day, or of the unit's own last day when it ended before."""
        kept = self._fresh()
        last, day = kept.versions(unit_id)[-1], period.end
        if last.valid_to is not None and last.valid_to < day:
            day = last.valid_to
        return kept.tree(day)

    def trees_of(self) -> Callable[[str, Period], Tree]:
        """``tree_of`` for many units at once: the store is asked once for whether it changed."""
        return self._trees(self._fresh())

    def trees_within(self) -> Callable[[str, Period], Tree]:
        """The same of what the running transaction has written; nothing of it is remembered.

        A transaction that is undone would otherwise leave trees behind that never were.
        """
        return self._trees(self._read(self.store.stamp()))

    @staticmethod
    def _trees(kept: _Kept) -> Callable[[str, Period], Tree]:
        known = dict[tuple[str, Period], Tree]()

        def of(unit_id: str, period: Period) -> Tree:
            found = known.get((unit_id, period))
            if found is None:
                last = kept.versions(unit_id)[-1].valid_to
                day = period.end if last is None or period.end <= last else last
                found = known[unit_id, period] = kept.tree(day)
            return found

        return of

    def below(self, unit_id: str, period: Period) -> frozenset[str]:
        """The unit and all below it: each unit at the place of which ``tree_of`` tells.

        Those that ended before the period's last day stand where they stood on their own.
        """
        kept = self._fresh()
        last = kept.tree(period.end)
        found = set(last.below(unit_id) if unit_id in last.by_id else ())
        for day, units in kept.ended.items():
            tree = kept.tree(day)
            if day < period.end and unit_id in tree.by_id:
                found |= units & tree.below(unit_id)
        return frozenset(found)

    def known(self, period: Period) -> frozenset[str]:
        """The units of the period's last day, and those that had ended by then."""
        kept = self._fresh()
        before = (units for day, units in kept.ended.items() if day < period.end)
        return frozenset(kept.tree(period.end).by_id).union(*before)

    def epochs(self) -> tuple[date, ...]:
        """The days from which the tree is another one, oldest first, and today."""
        units = self._fresh().units
        starts = {unit.valid_from for unit in units if unit.valid_from is not None}
        first = min((unit.valid_to for unit in units if unit.valid_to), default=None)
        days = starts | ({first} if first else set()) | {self.clock.today()}
        return tuple(sorted(days))

    def unit(self, unit_id: str, on: date | None = None) -> OrgUnit:
        """The unit as it was on that day (as it was last, when no day is given)."""
        versions = self._versions(unit_id)
        if on is not None:
            for version in versions:
                if version.exists_on(on):
                    return version
        return versions[-1]

    def unit_by_code(self, code: str, on: date) -> OrgUnit:
        """The unit that has that official code on that day."""
        found = self.tree(on).by_code.get(code)
        if found is None:
            raise NotFound(kind="org_unit", code=code)
        return found

    def units(self, on: date) -> tuple[OrgUnit, ...]:
        return self.tree(on).units

    def codes(self) -> frozenset[str]:
        """Every official code that any unit ever had."""
        return frozenset(unit.code for unit in self._fresh().units)

    def search(self, text: str, on: date, limit: int = 20) -> list[OrgUnit]:
        """Units whose name or code matches, accents and case aside."""
        return list(self.store.search(text, on, limit))

    def villages(self, unit_id: str, on: date) -> list[Village]:
        return list(self.store.villages(unit_id, on))

    def holidays(self) -> Calendar:
        """The working days of the whole country."""
        return self._fresh().national

    def calendars(self, on: date) -> Callable[[str], Calendar]:
        """The working days of each unit: the country's, its own, and those of units above.

        Units with the same days get the same calendar.
        """
        kept = self._fresh()
        local = [entry for entry in kept.days if entry.org_unit is not None]
        known: dict[tuple[DayEntry, ...], Calendar] = {(): kept.national}

        def of(unit_id: str) -> Calendar:
            above = {over.id for over in kept.tree(on).ancestors(unit_id)} if local else set()
            own = tuple(entry for entry in local if entry.org_unit in above)
            if own not in known:
                national = (entry for entry in kept.days if entry.org_unit is None)
                known[own] = Calendar.of((*national, *own))
            return known[own]

        return of

    def add_units(self, units: list[OrgUnit], actor: Actor) -> None:
        with self.transaction():
            for unit in units:
                self.store.add(unit)
                self._record(unit.id, "added", actor, {"code": unit.code, "name": unit.name})

    def save_unit(self, unit: OrgUnit, actor: Actor, *, edit: int | None = None) -> None:
        """Change one dated version of a unit; the event keeps both.

        Raises:
            Stale: *edit* is given and somebody changed the version since.
        """
        with self.transaction():
            before = self.unit(unit.id, unit.valid_from)
            self.store.update(unit, edit=edit)
            changed = {
                key: [str(getattr(before, key)), str(getattr(unit, key))]
                for key in ("code", "name", "kind", "parent", "valid_from", "valid_to", "email")
                if getattr(before, key) != getattr(unit, key)
            }
            self._record(unit.id, "changed", actor, changed)

    def add_villages(self, villages: list[Village], actor: Actor) -> None:
        with self.transaction():
            self.store.add_villages(villages)
            for unit in sorted({village.org_unit for village in villages}):
                count = sum(village.org_unit == unit for village in villages)
                self._record(unit, "villages_added", actor, {"count": count})

    def save_village(self, village: Village, actor: Actor, *, edit: int) -> None:
        """Change one village; ``Stale`` when somebody changed it since *edit*."""
        with self.transaction():
            self.store.update_village(village, edit=edit)
            details = {"village": village.id, "name": village.name, "number": village.number}
            self._record(village.org_unit, "village_changed", actor, details)

    def put_holiday(
        self, day: date, title: str, kind: str, actor: Actor, org_unit: str | None = None
    ) -> None:
        """Declare a day off, or a working day in its place; *kind* is ``off`` or ``working``.

        With *org_unit* it holds for that unit and those below it only. Dates of rounds that are
        open already stay as they were told.
        """
        with self.transaction():
            self.holiday_store.put(DayEntry(day, title, kind, org_unit))
            self.events.append(
                subject=f"holiday/{day.isoformat()}",
                name="holiday.put",
                actor=actor.account,
                happened_at=self.clock.now(),
                details={
                    "title": title,
                    "kind": kind,
                    **({"org_unit": org_unit} if org_unit else {}),
                },
            )

    def fill_holidays(self, year: int, actor: Actor) -> int:
        """Enter the known days of a year where the calendar has no line of its own; how many.

        Raises:
            ValueError: nothing is known of that year.
        """
        with self.transaction():
            kept = {entry.day for entry in self.holiday_store.all() if entry.org_unit is None}
            fresh = [entry for entry in national_days(year) if entry.day not in kept]
            for entry in fresh:
                self.put_holiday(entry.day, entry.title, entry.kind, actor)
        return len(fresh)

    def remove_holiday(self, day: date, actor: Actor, org_unit: str | None = None) -> None:
        """Take an entry back; the day then counts as any other."""
        with self.transaction():
            if not self.holiday_store.remove(day, org_unit):
                raise NotFound(kind="holiday")
            self.events.append(
                subject=f"holiday/{day.isoformat()}",
                name="holiday.removed",
                actor=actor.account,
                happened_at=self.clock.now(),
                details={"org_unit": org_unit} if org_unit else {},
            )

    def _versions(self, unit_id: str) -> list[OrgUnit]:
        return self._fresh().versions(unit_id)

    def _record(self, unit_id: str, name: str, actor: Actor, details: Mapping[str, object]) -> None:
        self.events.append(
            subject=f"org_unit/{unit_id}",
            name=f"org_unit.{name}",
            actor=actor.account,
            happened_at=self.clock.now(),
            details=details,
        )

    def _fresh(self) -> _Kept:
        stamp = self.store.stamp()
        kept = self._memory.kept
        if stamp != kept.stamp:
            kept = self._memory.kept = self._read(stamp)
        return kept

    def _read(self, stamp: int) -> _Kept:
        units = tuple(self.store.all())
        by_id: dict[str, list[OrgUnit]] = {}
        for unit in sorted(units, key=lambda unit: unit.valid_from or date.min):
            by_id.setdefault(unit.id, []).append(unit)
        days = tuple(self.holiday_store.all())
        national = Calendar.of(entry for entry in days if entry.org_unit is None)
        owners, groups = tuple(self.directory.owners()), tuple(self.group_store.all())
        return _Kept(stamp, units, by_id, {}, days, national, owners, groups, _ended(by_id))


def _ended(by_id: Mapping[str, list[OrgUnit]]) -> dict[date, frozenset[str]]:
    """The units that are no more, by their last day."""
    found: dict[date, set[str]] = {}
    for unit_id, versions in by_id.items():
        if versions[-1].valid_to is not None:
            found.setdefault(versions[-1].valid_to, set()).add(unit_id)
    return {day: frozenset(units) for day, units in found.items()}
