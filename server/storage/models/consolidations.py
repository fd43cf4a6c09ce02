"""What consolidated reports were summed from."""

from peewee import CompositeKey, ForeignKeyField, IntegerField, TextField

from server.storage.fields import InstantField
from server.storage.models.row import Row
from server.storage.models.submissions import SubmissionRow


class ConsolidationSourceRow(Row):
    """One child's sealed edition in a parent's sums."""

    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT", backref="sources")
    child = ForeignKeyField(SubmissionRow, on_delete="RESTRICT", backref="taken_by")
    revision = IntegerField()
    digest = TextField()
    pinned_at = InstantField()

    class Meta:
        table_name = "consolidation_source"
        primary_key = CompositeKey("submission", "child")
        indexes = ((("child",), False),)
