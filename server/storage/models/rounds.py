"""What rounds need besides themselves: assignment rules, extensions asked for, contacts, owners."""

from peewee import SQL, BigAutoField, BigIntegerField, ForeignKeyField, TextField

from server.storage.fields import CodeField, DayField, FirstDayField, InstantField, JsonField
from server.storage.models.catalogue import FormRow
from server.storage.models.obligations import ObligationRow
from server.storage.models.org_units import OrgUnitRow
from server.storage.models.row import Row
from server.storage.models.unit_groups import UnitGroupRow


class AssignmentRuleRow(Row):
    """Who owes a form from a day to a day; it replaces the form's own rule."""

    id = BigAutoField()
    form = ForeignKeyField(FormRow, column_name="form", on_delete="RESTRICT")
    title = TextField()
    levels = JsonField()
    kinds = JsonField()
    below = ForeignKeyField(OrgUnitRow, null=True, on_delete="RESTRICT", backref="assignments")
    group = ForeignKeyField(UnitGroupRow, null=True, on_delete="RESTRICT", backref="assignments")
    units = JsonField()
    without = JsonField()
    valid_from = FirstDayField()
    valid_to = DayField(null=True)
    edit = BigIntegerField(default=1)

    class Meta:
        table_name = "assignment_rule"
        indexes = ((("form", "valid_from"), False),)


class ExtensionRequestRow(Row):
    """A unit asked for more time; at most one request of an obligation is open."""

    id = TextField(primary_key=True)
    obligation = ForeignKeyField(ObligationRow, on_delete="RESTRICT", backref="extensions")
    asked_until = DayField()
    reason = TextField()
    asked_by = TextField()
    asked_at = InstantField()
    state = CodeField(default="open")
    until = DayField(null=True)
    answer = TextField(null=True)
    decided_by = TextField(null=True)
    decided_at = InstantField(null=True)

    class Meta:
        table_name = "extension_request"
        indexes = ((("obligation", "id"), False),)


ExtensionRequestRow.add_index(
    SQL(
        "CREATE UNIQUE INDEX extension_request_open ON extension_request (obligation_id)"
        " WHERE state = 'open'"
    )
)


class UnitContactRow(Row):
    """Whom to call at a unit, from a day to a day."""

    id = BigAutoField()
    org_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT", backref="contacts")
    name = TextField()
    post = TextField()
    phone = TextField(null=True)
    email = TextField(null=True)
    valid_from = FirstDayField()
    valid_to = DayField(null=True)
    edit = BigIntegerField(default=1)

    class Meta:
        table_name = "unit_contact"
        indexes = ((("org_unit", "valid_from"), False),)


class FormOwnerRow(Row):
    """Which unit stands for an owner that definitions name by code, from a day to a day."""

    id = BigAutoField()
    code = TextField()
    form = ForeignKeyField(FormRow, column_name="form", null=True, on_delete="RESTRICT")
    org_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT", backref="owned")
    decree = TextField()
    valid_from = FirstDayField()
    valid_to = DayField(null=True)
    edit = BigIntegerField(default=1)

    class Meta:
        table_name = "form_owner"
        indexes = ((("code", "valid_from"), False),)
