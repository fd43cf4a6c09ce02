"""Org units kept: dated stretches of units, what decrees changed, villages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.core.org_unit import Level, OrgUnit, Village
from server.core.vietnamese import collation_key, fold, fold_unit_name
from server.errors import Conflict, NotFound, Stale
from server.storage.database import Database
from server.storage.fields import FirstDayField, day_of, day_text
from server.storage.models import OrgUnitChangeRow, OrgUnitStretchRow, VillageRow
from server.storage.searching import ESCAPED, contains


@dataclass(frozen=True, slots=True)
class OrgUnitChange:
    """What a decree did: ``old_unit`` went into ``new_unit``; one row per pair."""

    id: str
    kind: str
    old_unit: str | None
    new_unit: str | None
    effective_on: date
    decree: str
    note: str = ""


_COLUMNS = "org_unit_id, code, name, level, kind, parent_id, valid_from, valid_to, email"
_FIRST_DAY = FirstDayField()


class OrgUnitStore:
    """The dated tree; a unit has one stretch per ``valid_from``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[OrgUnit, ...]:
        """Every stretch of every unit, in dictionary order of names."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM org_unit_stretch ORDER BY sort_key, org_unit_id, valid_from"
        )
        return tuple(_org_unit(row) for row in rows)

    def stretches(self, org_unit: str) -> tuple[OrgUnit, ...]:
        """The stretches of one unit in time order; raise ``NotFound``."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM org_unit_stretch WHERE org_unit_id = ? ORDER BY valid_from",
            (org_unit,),
        )
        if not rows:
            raise NotFound(kind="org-unit", id=org_unit)
        return tuple(_org_unit(row) for row in rows)

    def add(self, unit: OrgUnit) -> None:
        """Adds a unit, or another stretch of one.

        Raises:
            Conflict: the stretch overlaps another one of the same unit.
        """
        self._database.run(
            "INSERT INTO org_unit (id) VALUES (?) ON CONFLICT DO NOTHING", (unit.id,)
        )
        self._refuse_overlap(unit, replaces=False)
        self._database.run(
            f"INSERT INTO org_unit_stretch ({_COLUMNS}, folded, sort_key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                unit.id,
                unit.code,
                unit.name,
                unit.level.value,
                unit.kind,
                unit.parent,
                _FIRST_DAY.db_value(unit.valid_from),
                day_text(unit.valid_to),
                unit.email,
                fold_unit_name(unit.name),
                collation_key(unit.name),
            ),
        )
        self._raise_stamp()

    def add_many(self, units: Sequence[OrgUnit]) -> None:
        """As ``add``, for a whole tree; parents may come after their children."""
        self._database.run_many(
            "INSERT INTO org_unit (id) VALUES",
            [(id_,) for id_ in dict.fromkeys(unit.id for unit in units)],
            "ON CONFLICT DO NOTHING",
        )
        for unit in units:
            self.add(unit)

    def update(self, unit: OrgUnit, *, edit: int | None = None) -> None:
        """Writes the stretch of the same unit and first day.

        Raises:
            NotFound: no such stretch.
            Stale: *edit* is given and no longer current.
            Conflict: it would overlap another stretch.
        """
        row = OrgUnitStretchRow
        place = (row.org_unit == unit.id) & (row.valid_from == (unit.valid_from or date.min))
        self._refuse_overlap(unit, replaces=True)
        changed = (
            row.update(
                code=unit.code,
                name=unit.name,
                folded=fold_unit_name(unit.name),
                sort_key=collation_key(unit.name),
                level=unit.level,
                kind=unit.kind,
                parent=unit.parent,
                valid_to=unit.valid_to,
                email=unit.email,
                edit=row.edit + 1,
            )
            .where(place, *([] if edit is None else [row.edit == edit]))
            .execute()
        )
        if not changed:
            current = row.select(row.edit).where(place).tuples().first()
            if current is None:
                raise NotFound(kind="org-unit", id=unit.id)
            raise Stale(kind="org-unit", current={"edit": current[0]})
        self._raise_stamp()

    def search(self, text: str, on: date, limit: int = 20) -> list[OrgUnit]:
        """Units of that day with *text* in name or code, accents and case aside, by name."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM org_unit_stretch"
            " WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"
            f" AND (folded LIKE ? {ESCAPED} OR code LIKE ? {ESCAPED})"
            " ORDER BY sort_key, org_unit_id LIMIT ?",
            (
                day_text(on),
                day_text(on),
                contains(fold_unit_name(text)),
                contains(fold(text)),
                limit,
            ),
        )
        return [_org_unit(row) for row in rows]

    # Decrees

    def add_change(self, change: OrgUnitChange) -> None:
        """Records what a decree did to a unit."""
        OrgUnitChangeRow.insert(
            id=change.id,
            kind=change.kind,
            old_unit=change.old_unit,
            new_unit=change.new_unit,
            effective_on=change.effective_on,
            decree=change.decree,
            note=change.note,
        ).execute()
        self._raise_stamp()

    def changes(self, org_unit: str | None = None) -> list[OrgUnitChange]:
        """All changes, or those that *org_unit* went into or came from, in time order."""
        row = OrgUnitChangeRow
        query = row.select(
            row.id, row.kind, row.old_unit, row.new_unit, row.effective_on, row.decree, row.note
        )
        if org_unit is not None:
            query = query.where((row.old_unit == org_unit) | (row.new_unit == org_unit))
        ordered = query.order_by(row.effective_on, row.id)
        return [OrgUnitChange(*found) for found in self._database.select(ordered)]

    # Villages

    def villages(self, org_unit: str, on: date) -> list[Village]:
        """The villages of a commune on that day, by their number."""
        row = VillageRow
        query = row.select(
            row.id,
            row.org_unit,
            row.number,
            row.name,
            row.kind,
            row.extremely_poor,
            row.road,
            row.valid_from,
            row.valid_to,
        ).where(
            row.org_unit == org_unit,
            row.valid_from <= on,
            row.valid_to.is_null() | (row.valid_to >= on),
        )
        ordered = query.order_by(row.number, row.id)
        return [Village(*found) for found in self._database.select(ordered)]

    def add_villages(self, villages: Sequence[Village]) -> None:
        """Adds villages of any communes.

        Raises:
            Conflict: a commune has a village of that number from that day already.
        """
        added = self._database.run_many(
            "INSERT INTO village (id, org_unit_id, number, name, kind, extremely_poor, road,"
            " valid_from, valid_to) VALUES",
            [
                (
                    village.id,
                    village.org_unit,
                    village.number,
                    village.name,
                    village.kind,
                    village.extremely_poor,
                    village.road,
                    _FIRST_DAY.db_value(village.valid_from),
                    day_text(village.valid_to),
                )
                for village in villages
            ],
            "ON CONFLICT DO NOTHING",
        )
        if added != len(villages):
            raise Conflict(kind="village")
        self._raise_stamp()

    def update_village(self, village: Village, *, edit: int) -> None:
        """Writes all but the commune and the first day.

        Raises:
            NotFound: no such village.
            Stale: *edit* is no longer current.
        """
        row = VillageRow
        changed = (
            row.update(
                number=village.number,
                name=village.name,
                kind=village.kind,
                extremely_poor=village.extremely_poor,
                road=village.road,
                valid_to=village.valid_to,
                edit=row.edit + 1,
            )
            .where(row.id == village.id, row.edit == edit)
            .execute()
        )
        if not changed:
            current = row.select(row.edit).where(row.id == village.id).tuples().first()
            if current is None:
                raise NotFound(kind="village", id=village.id)
            raise Stale(kind="village", current={"edit": current[0]})
        self._raise_stamp()

    def stamp(self) -> int:
        """A counter that every change of units raises, so that a cache knows when it is old."""
        row = self._database.row("SELECT value FROM stamp WHERE name = 'org_units'")
        return 0 if row is None else int(row[0])

    def _raise_stamp(self) -> None:
        self._database.run("UPDATE stamp SET value = value + 1 WHERE name = 'org_units'")

    def _refuse_overlap(self, unit: OrgUnit, *, replaces: bool) -> None:
        first, last = _FIRST_DAY.db_value(unit.valid_from), day_text(unit.valid_to or date.max)
        overlapping = self._database.rows(
            "SELECT valid_from FROM org_unit_stretch WHERE org_unit_id = ?"
            " AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)",
            (unit.id, last, first),
        )
        for (valid_from,) in overlapping:
            if not (replaces and day_text(day_of(valid_from)) == first):
                raise Conflict(kind="org-unit", id=unit.id, valid_from=str(valid_from))


def _org_unit(row: tuple) -> OrgUnit:
    id_, code, name, level, kind, parent, valid_from, valid_to, email = row
    return OrgUnit(
        id=id_,
        code=code,
        name=name,
        level=Level(level),
        kind=kind,
        parent=parent,
        valid_from=_FIRST_DAY.python_value(valid_from),
        valid_to=day_of(valid_to),
        email=email,
    )
