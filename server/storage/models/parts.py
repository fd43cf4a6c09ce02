"""Parts of reports, and who is at a report right now."""

from peewee import BigAutoField, BigIntegerField, CompositeKey, ForeignKeyField, TextField

from server.storage.fields import CodeField, InstantField
from server.storage.models.accounts import AccountRow
from server.storage.models.org_units import OrgUnitRow
from server.storage.models.row import Row
from server.storage.models.submissions import SubmissionRow


class SubmissionPartRow(Row):
    """One share of a report: whose it is, who has it, how far it is."""

    id = BigAutoField()
    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT", backref="parts")
    key = TextField()  # the owner's code, or unit.<section>
    owner_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT")
    assignee = ForeignKeyField(AccountRow, null=True, on_delete="RESTRICT")
    state = CodeField()  # open, handed_in, waived
    handed_in_by = TextField(null=True)
    handed_in_at = InstantField(null=True)
    waived_by = TextField(null=True)
    waived_at = InstantField(null=True)
    reason = TextField(null=True)
    edit = BigIntegerField()

    class Meta:
        table_name = "submission_part"
        indexes = (
            (("submission", "key"), True),
            (("owner_unit", "state", "id"), False),
            (("assignee", "state", "id"), False),
        )


class PresenceRow(Row):
    """That somebody had a report open a moment ago, and at which cell."""

    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT")
    account = ForeignKeyField(AccountRow, on_delete="RESTRICT")
    path = TextField()
    seen_at = InstantField()

    class Meta:
        table_name = "presence"
        primary_key = CompositeKey("submission", "account")
        indexes = ((("seen_at",), False),)
