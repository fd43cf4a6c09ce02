"""Groups of units kept: few rows, read as a whole."""

from collections import defaultdict

from server.core.unit_group import GroupUnit, UnitGroup
from server.core.vietnamese import collation_key
from server.errors import Conflict, NotFound, Stale
from server.storage.database import Database
from server.storage.fields import day_of, day_text


class UnitGroupStore:
    """All groups, written one at a time on the edit that was read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[UnitGroup]:
        """Every group with its units and people, in dictionary order."""
        groups = self._database.rows("SELECT id, name, edit FROM unit_group")
        if not groups:
            return []
        members, people = defaultdict(list), defaultdict(list)
        for group, unit, first, last in self._database.rows(
            "SELECT group_id, org_unit_id, valid_from, valid_to FROM unit_group_unit ORDER BY id"
        ):
            members[group].append(GroupUnit(unit, day_of(first), day_of(last)))
        for group, account, kind in self._database.rows(
            "SELECT group_id, account_id, kind FROM unit_group_officer ORDER BY account_id"
        ):
            people[group, kind].append(account)
        found = [
            UnitGroup(
                id=id_,
                name=name,
                members=tuple(members[id_]),
                officers=tuple(people[id_, "officer"]),
                substitutes=tuple(people[id_, "substitute"]),
                edit=edit,
            )
            for id_, name, edit in groups
        ]
        return sorted(found, key=lambda group: (collation_key(group.name), group.id))

    def get(self, group_id: str) -> UnitGroup:
        """One group; raise ``NotFound``."""
        found = next((group for group in self.all() if group.id == group_id), None)
        if found is None:
            raise NotFound(kind="unit-group", id=group_id)
        return found

    def lock(self, group_id: str) -> UnitGroup:
        """The group, which no rule of assignment comes to name before the transaction ends."""
        self._database.lock("unit_group", group_id)
        return self.get(group_id)

    def add(self, group: UnitGroup) -> None:
        """Keeps a new group; ``Conflict`` when its name is taken."""
        added = self._database.run(
            "INSERT INTO unit_group (id, name, edit) VALUES (?, ?, 1) ON CONFLICT DO NOTHING",
            (group.id, group.name),
        )
        if not added:
            raise Conflict(kind="unit-group", name=group.name)
        self._fill(group)

    def save(self, group: UnitGroup) -> None:
        """Writes the group on the edit that was read.

        Raises:
            Conflict: another group has the name.
            NotFound, Stale: the group is gone, or somebody changed it.
        """
        taken = self._database.row(
            "SELECT id FROM unit_group WHERE name = ? AND id <> ?", (group.name, group.id)
        )
        if taken is not None:
            raise Conflict(kind="unit-group", name=group.name)
        changed = self._database.run(
            "UPDATE unit_group SET name = ?, edit = edit + 1 WHERE id = ? AND edit = ?",
            (group.name, group.id, group.edit),
        )
        if not changed:
            current = self.get(group.id)
            raise Stale(kind="unit-group", current={"edit": current.edit})
        self._empty(group.id)
        self._fill(group)

    def remove(self, group_id: str) -> bool:
        """Forgets a group; false when there is none."""
        self._empty(group_id)
        self._changed()
        return bool(self._database.run("DELETE FROM unit_group WHERE id = ?", (group_id,)))

    def _changed(self) -> None:
        """Groups are read with the tree of units, which is kept in memory while nothing changes."""
        self._database.run("UPDATE stamp SET value = value + 1 WHERE name = 'org_units'")

    def _empty(self, group_id: str) -> None:
        for table in ("unit_group_unit", "unit_group_officer"):
            self._database.run(f"DELETE FROM {table} WHERE group_id = ?", (group_id,))

    def _fill(self, group: UnitGroup) -> None:
        self._database.run_many(
            "INSERT INTO unit_group_unit (group_id, org_unit_id, valid_from, valid_to) VALUES",
            [
                (group.id, one.org_unit, day_text(one.valid_from), day_text(one.valid_to))
                for one in group.members
            ],
        )
        people = [(group.id, account, "officer") for account in group.officers]
        people += [(group.id, account, "substitute") for account in group.substitutes]
        self._database.run_many(
            "INSERT INTO unit_group_officer (group_id, account_id, kind) VALUES", people
        )
        self._changed()
