"""Delegations of signing and approving."""

from peewee import BigAutoField, ForeignKeyField, TextField

from server.storage.fields import DayField, InstantField
from server.storage.models.accounts import AccountGrantRow, AccountRow
from server.storage.models.row import Row


class DelegationRow(Row):
    """One person's grant in another person's hands; changed only once, when it is revoked."""

    id = BigAutoField()
    grant = ForeignKeyField(AccountGrantRow, on_delete="RESTRICT", backref="delegations")
    principal = ForeignKeyField(AccountRow, on_delete="RESTRICT", backref="delegated")
    deputy = ForeignKeyField(AccountRow, on_delete="RESTRICT", backref="stands_for")
    forms = TextField()  # codes separated by spaces; empty: all
    valid_from = DayField()
    valid_to = DayField()
    reason = TextField()
    granted_at = InstantField()
    revoked_at = InstantField(null=True)
    revoked_by = TextField(null=True)

    class Meta:
        table_name = "delegation"
        indexes = ((("deputy", "valid_to"), False), (("principal", "id"), False))
