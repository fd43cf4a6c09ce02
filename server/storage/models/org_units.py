"""Org units with their dated stretches, their changes, their villages."""

from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from server.storage.fields import CodeField, DayField, FirstDayField
from server.storage.models.row import Row


class OrgUnitRow(Row):
    """A unit as such: the surrogate that everything refers to."""

    id = TextField(primary_key=True)

    class Meta:
        table_name = "org_unit"


class OrgUnitStretchRow(Row):
    """A unit's code, name and place in the tree from a day to a day."""

    id = BigAutoField()
    org_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT", backref="stretches")
    code = TextField()
    name = TextField()
    folded = TextField()
    sort_key = TextField()
    level = CodeField()
    kind = TextField()
    parent = ForeignKeyField(OrgUnitRow, null=True, on_delete="RESTRICT", backref="children")
    valid_from = FirstDayField()
    valid_to = DayField(null=True)
    email = TextField(null=True)
    edit = BigIntegerField(default=1)

    class Meta:
        table_name = "org_unit_stretch"
        indexes = ((("org_unit", "valid_from"), True),)


class OrgUnitChangeRow(Row):
    """What a decree did to a unit: split, merge, rename, abolish; from a day on."""

    id = TextField(primary_key=True)
    kind = TextField()
    old_unit = ForeignKeyField(OrgUnitRow, null=True, on_delete="RESTRICT", backref="left")
    new_unit = ForeignKeyField(OrgUnitRow, null=True, on_delete="RESTRICT", backref="joined")
    effective_on = DayField()
    decree = TextField()
    note = TextField()

    class Meta:
        table_name = "org_unit_change"


class VillageRow(Row):
    """A dated village of a commune: a row source, not a reporting unit."""

    id = TextField(primary_key=True)
    org_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT", backref="villages")
    number = IntegerField()
    name = TextField()
    kind = TextField()
    extremely_poor = BooleanField()
    road = TextField()
    valid_from = FirstDayField()
    valid_to = DayField(null=True)
    edit = BigIntegerField(default=1)

    class Meta:
        table_name = "village"
        indexes = ((("org_unit", "number", "valid_from"), True),)


class HolidayRow(Row):
    """A day off, or a weekend day that is worked instead; everywhere, or at a unit and below."""

    id = BigAutoField()
    day = DayField()
    title = TextField()
    kind = TextField()
    org_unit = ForeignKeyField(OrgUnitRow, null=True, on_delete="RESTRICT", backref="holidays")

    class Meta:
        table_name = "holiday"


HolidayRow.add_index(
    SQL("CREATE UNIQUE INDEX holiday_once ON holiday (day, COALESCE(org_unit_id, ''))")
)
