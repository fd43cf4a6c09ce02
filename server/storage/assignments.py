"""Assignment rules kept, and whom they concern: contacts of units, owners of forms by date."""

import json
from collections.abc import Collection
from datetime import date

from server.core.assignment import AssignmentRule
from server.core.directory import Contact, FormOwner
from server.core.json_text import dumps
from server.errors import NotFound, Stale
from server.storage.database import Database, Value
from server.storage.fields import day_of, day_text
from server.storage.searching import marks

_RULE = "form, title, levels, kinds, below_id, group_id, units, without, valid_from, valid_to"
_CONTACT = "org_unit_id, name, post, phone, email, valid_from, valid_to"
_OWNER = "code, form, org_unit_id, decree, valid_from, valid_to"


class _Dated:
    """Rows with validity dates and an edit counter, written alike."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _insert(self, table: str, columns: str, values: Collection[Value]) -> int:
        holes = ", ".join("?" * len(values))
        row = self._database.row(
            f"INSERT INTO {table} ({columns}) VALUES ({holes}) RETURNING id", tuple(values)
        )
        assert row is not None
        return int(row[0])

    def _update(
        self, table: str, columns: str, values: Collection[Value], id_: int, edit: int
    ) -> None:
        changes = ", ".join(f"{column.strip()} = ?" for column in columns.split(","))
        changed = self._database.run(
            f"UPDATE {table} SET {changes}, edit = edit + 1 WHERE id = ? AND edit = ?",
            (*values, id_, edit),
        )
        if not changed:
            if self._database.row(f"SELECT 1 FROM {table} WHERE id = ?", (id_,)) is None:
                raise NotFound(kind=table)
            raise Stale(kind=table, current={})


class AssignmentStore(_Dated):
    """The rules that replace what forms say themselves."""

    def all(self, forms: Collection[str] | None = None) -> list[AssignmentRule]:
        """The rules of these forms (all, when none are named), the oldest first."""
        where = (
            "" if forms is None else f" WHERE form IN ({marks(forms)})" if forms else " WHERE 1 = 0"
        )
        rows = self._database.rows(
            f"SELECT {_RULE}, edit, id FROM assignment_rule{where} ORDER BY form, valid_from, id",
            tuple(sorted(forms or ())),
        )
        return [_rule(row) for row in rows]

    def get(self, id_: int) -> AssignmentRule:
        """One rule; raise ``NotFound``."""
        row = self._database.row(
            f"SELECT {_RULE}, edit, id FROM assignment_rule WHERE id = ?", (id_,)
        )
        if row is None:
            raise NotFound(kind="assignment_rule")
        return _rule(row)

    def of_group(self, group: str) -> list[AssignmentRule]:
        """The rules that name this group of units, ended ones as well."""
        return [rule for rule in self.all() if rule.group == group]

    def add(self, rule: AssignmentRule) -> int:
        """Keeps a rule; its number. Raise ``NotFound`` when its group is gone."""
        self._hold(rule)
        return self._insert("assignment_rule", _RULE, _rule_values(rule))

    def change(self, rule: AssignmentRule) -> None:
        """Writes a rule that nobody changed since its edit; ``Stale`` else."""
        self._hold(rule)
        self._update("assignment_rule", _RULE, _rule_values(rule), rule.id, rule.edit)

    def _hold(self, rule: AssignmentRule) -> None:
        """Whoever removes the group waits until the rule stands, and then finds it."""
        if rule.group is not None and not self._database.lock("unit_group", rule.group):
            raise NotFound(kind="unit-group", id=rule.group)


class DirectoryStore(_Dated):
    """Whom to call at a unit on a day, and which unit stands for an owner."""

    def contacts(self, org_units: Collection[str], on: date) -> list[Contact]:
        """Who is responsible at these units on that day, the newest first."""
        if not org_units:
            return []
        rows = self._database.rows(
            f"SELECT {_CONTACT}, edit, id FROM unit_contact"
            f" WHERE org_unit_id IN ({marks(org_units)}) AND valid_from <= ?"
            " AND (valid_to IS NULL OR valid_to >= ?) ORDER BY valid_from DESC, id",
            (*sorted(org_units), day_text(on), day_text(on)),
        )
        return [_contact(row) for row in rows]

    def all_contacts(self) -> list[Contact]:
        """Everybody who ever was a contact, the oldest first."""
        rows = self._database.rows(
            f"SELECT {_CONTACT}, edit, id FROM unit_contact ORDER BY valid_from, id"
        )
        return [_contact(row) for row in rows]

    def put_contact(self, contact: Contact) -> int:
        """Keeps a new contact, or changes a known one; its number."""
        values = (
            contact.org_unit,
            contact.name,
            contact.post,
            contact.phone,
            contact.email,
            day_text(contact.valid_from or date.min),
            day_text(contact.valid_to),
        )
        if not contact.id:
            return self._insert("unit_contact", _CONTACT, values)
        self._update("unit_contact", _CONTACT, values, contact.id, contact.edit)
        return contact.id

    def owners(self) -> list[FormOwner]:
        """Every dated owner, the oldest first."""
        rows = self._database.rows(
            f"SELECT {_OWNER}, edit, id FROM form_owner ORDER BY valid_from, id"
        )
        return [_owner(row) for row in rows]

    def put_owner(self, owner: FormOwner) -> int:
        """Keeps a new dated owner, or changes a known one; its number."""
        values = (
            owner.code,
            owner.form,
            owner.org_unit,
            owner.decree,
            day_text(owner.valid_from or date.min),
            day_text(owner.valid_to),
        )
        if owner.id:
            self._update("form_owner", _OWNER, values, owner.id, owner.edit)
        number = owner.id or self._insert("form_owner", _OWNER, values)
        # Owners are read with the tree of units, which is kept in memory while nothing changes.
        self._database.run("UPDATE stamp SET value = value + 1 WHERE name = 'org_units'")
        return number


def _first(stored: str | date) -> date | None:
    found = day_of(stored)
    return None if found == date.min else found


def _rule_values(rule: AssignmentRule) -> tuple[Value, ...]:
    return (
        rule.form,
        rule.title,
        dumps(sorted(rule.levels)),
        dumps(sorted(rule.kinds)),
        rule.below,
        rule.group,
        dumps(sorted(rule.units)),
        dumps(sorted(rule.without)),
        day_text(rule.valid_from or date.min),
        day_text(rule.valid_to),
    )


def _rule(row: tuple) -> AssignmentRule:
    return AssignmentRule(
        form=row[0],
        title=row[1],
        levels=frozenset(json.loads(row[2])),
        kinds=frozenset(json.loads(row[3])),
        below=row[4],
        group=row[5],
        units=frozenset(json.loads(row[6])),
        without=frozenset(json.loads(row[7])),
        valid_from=_first(row[8]),
        valid_to=day_of(row[9]),
        edit=row[10],
        id=row[11],
    )


def _contact(row: tuple) -> Contact:
    unit, name, post, phone, email, first, last, edit, id_ = row
    return Contact(unit, name, post, phone, email, _first(first), day_of(last), edit, id_)


def _owner(row: tuple) -> FormOwner:
    code, form, unit, decree, first, last, edit, id_ = row
    return FormOwner(code, form, unit, decree, _first(first), day_of(last), edit, id_)
