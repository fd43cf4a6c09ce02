"""Files attached to reports; their bytes stand in a folder by their digest."""

from peewee import BigIntegerField, ForeignKeyField, TextField

from server.storage.fields import CodeField, InstantField
from server.storage.models.row import Row
from server.storage.models.submissions import SubmissionRow


class AttachmentRow(Row):
    """One attached file; never changed but once, when it is removed."""

    id = TextField(primary_key=True)
    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT", backref="attachments")
    path = TextField()  # empty: of the whole report
    kind = CodeField()  # document, signed_copy
    name = TextField()
    media_type = TextField()
    size = BigIntegerField()
    sha256 = TextField()
    added_by = TextField()
    added_at = InstantField()
    removed_by = TextField(null=True)
    removed_at = InstantField(null=True)
    reason = TextField(null=True)

    class Meta:
        table_name = "attachment"
        indexes = ((("submission", "id"), False), (("sha256",), False))
