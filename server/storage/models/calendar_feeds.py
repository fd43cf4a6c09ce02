"""Secret addresses of calendars."""

from peewee import BigAutoField, ForeignKeyField, TextField

from server.storage.fields import InstantField
from server.storage.models.accounts import AccountRow
from server.storage.models.row import Row


class CalendarFeedRow(Row):
    """One address of a person's calendar; changed only once, when it is revoked."""

    id = BigAutoField()
    account = ForeignKeyField(AccountRow, on_delete="RESTRICT", backref="calendar_feeds")
    token_hash = TextField(unique=True)
    created_at = InstantField()
    revoked_at = InstantField(null=True)

    class Meta:
        table_name = "calendar_feed"
