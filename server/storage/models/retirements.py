"""Decisions on the last day of a definition."""

from peewee import BigAutoField, ForeignKeyField, IntegerField, TextField

from server.storage.fields import CodeField, DayField, InstantField
from server.storage.models.accounts import AccountRow
from server.storage.models.row import Row


class DefinitionRetirementRow(Row):
    """One decision; never changed. Version 0 stands for all versions."""

    id = BigAutoField()
    kind = CodeField()
    code = TextField()
    version = IntegerField()
    last_on = DayField(null=True)
    reason = TextField()
    decided_by = ForeignKeyField(
        AccountRow, column_name="decided_by", on_delete="RESTRICT", backref="+"
    )
    decided_at = InstantField()

    class Meta:
        table_name = "definition_retirement"
