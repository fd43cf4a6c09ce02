"""Comments on cells and on reports as a whole."""

from peewee import ForeignKeyField, TextField

from server.storage.fields import InstantField
from server.storage.models.row import Row
from server.storage.models.submissions import SubmissionRow


class CommentRow(Row):
    """One comment; never changed but once, when its thread is settled."""

    id = TextField(primary_key=True)
    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT", backref="comments")
    path = TextField()  # empty: about the whole report
    author = TextField()
    side = TextField()  # unit, office
    written_at = InstantField()
    text = TextField()
    answers_to = TextField(null=True)  # the comment that began the thread, or a return's event
    resolved_at = InstantField(null=True)
    resolved_by = TextField(null=True)

    class Meta:
        table_name = "comment"
        indexes = ((("submission", "id"), False),)
