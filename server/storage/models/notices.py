"""Notices on screen, and which overdue stays were told of."""

from peewee import BigAutoField, CompositeKey, ForeignKeyField, TextField

from server.storage.fields import CodeField, InstantField, JsonField
from server.storage.models.accounts import AccountRow
from server.storage.models.row import Row
from server.storage.models.submissions import SubmissionRow


class NoticeRow(Row):
    """That one person is told of one event; when it was read, and sent in a digest."""

    id = BigAutoField()
    account = ForeignKeyField(AccountRow, on_delete="RESTRICT", backref="notices")
    event = TextField(column_name="event_id")  # the log has it; notices go away before it does
    kind = CodeField()
    submission = ForeignKeyField(SubmissionRow, null=True, on_delete="RESTRICT", backref="notices")
    facts = JsonField()
    created_at = InstantField()
    read_at = InstantField(null=True)
    mailed_at = InstantField(null=True)

    class Meta:
        table_name = "notice"
        indexes = ((("account", "event"), True), (("account", "id"), False))


class EscalationRow(Row):
    """That those above were told of a report which outlasted the deadline of its state."""

    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT", backref="escalations")
    state_since = InstantField()
    state = CodeField()
    told_at = InstantField()

    class Meta:
        table_name = "escalation"
        primary_key = CompositeKey("submission", "state_since")
