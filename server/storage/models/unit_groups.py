"""Groups of units and their officers."""

from peewee import BigAutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

from server.storage.fields import DayField
from server.storage.models.accounts import AccountRow
from server.storage.models.org_units import OrgUnitRow
from server.storage.models.row import Row


class UnitGroupRow(Row):
    """One group; its edit rises with every change of its units or people."""

    id = TextField(primary_key=True)
    name = TextField(unique=True)
    edit = IntegerField(default=1)

    class Meta:
        table_name = "unit_group"


class UnitGroupUnitRow(Row):
    """A unit in a group, from a day to a day."""

    id = BigAutoField()
    group = ForeignKeyField(UnitGroupRow, on_delete="RESTRICT", backref="members")
    org_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT", backref="groups")
    valid_from = DayField(null=True)
    valid_to = DayField(null=True)

    class Meta:
        table_name = "unit_group_unit"


class UnitGroupOfficerRow(Row):
    """A person of a group: its officer or a substitute."""

    group = ForeignKeyField(UnitGroupRow, on_delete="RESTRICT", backref="people")
    account = ForeignKeyField(AccountRow, on_delete="RESTRICT", backref="unit_groups")
    kind = TextField()

    class Meta:
        table_name = "unit_group_officer"
        primary_key = CompositeKey("group", "account")
