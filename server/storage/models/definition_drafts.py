"""Drafts of forms and workflows, their steps, and the issue of the versions made of them."""

from peewee import (
    BigIntegerField,
    BlobField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from server.storage.fields import CodeField, InstantField, JsonField
from server.storage.models.accounts import AccountRow
from server.storage.models.row import Row


class DefinitionDraftRow(Row):
    """A draft; its text is that of the step it points at."""

    id = TextField(primary_key=True)
    kind = CodeField()
    code = TextField()
    title = TextField()
    base = IntegerField(null=True)
    base_digest = TextField(null=True)
    state = CodeField()
    edit = BigIntegerField()
    step = IntegerField()
    sent_by = ForeignKeyField(
        AccountRow, column_name="sent_by", null=True, on_delete="RESTRICT", backref="+"
    )
    note = TextField()
    version_notes = TextField()
    valid_from = TextField(null=True)
    reviewed_by = ForeignKeyField(
        AccountRow, column_name="reviewed_by", null=True, on_delete="RESTRICT", backref="+"
    )
    created_by = ForeignKeyField(
        AccountRow, column_name="created_by", on_delete="RESTRICT", backref="+"
    )
    created_at = InstantField()
    changed_by = ForeignKeyField(
        AccountRow, column_name="changed_by", on_delete="RESTRICT", backref="+"
    )
    changed_at = InstantField()

    class Meta:
        table_name = "definition_draft"
        indexes = ((("state", "changed_at"), False),)


class DefinitionDraftStepRow(Row):
    """One edit with the whole text after it, deflated; *parent* is where undoing it leads."""

    draft = ForeignKeyField(DefinitionDraftRow, on_delete="RESTRICT", backref="steps")
    number = IntegerField()
    parent = IntegerField()
    what = JsonField()
    body = BlobField()
    made_by = ForeignKeyField(AccountRow, column_name="made_by", on_delete="RESTRICT", backref="+")
    made_at = InstantField()

    class Meta:
        table_name = "definition_draft_step"
        primary_key = CompositeKey("draft", "number")


class DefinitionIssueRow(Row):
    """Why a version was published from the editor, by whom, and from which period it is meant."""

    id = TextField(primary_key=True)
    kind = CodeField()
    code = TextField()
    version = IntegerField()
    draft = ForeignKeyField(DefinitionDraftRow, on_delete="RESTRICT", backref="issues")
    notes = TextField()
    valid_from = TextField(null=True)
    approved_by = ForeignKeyField(
        AccountRow, column_name="approved_by", on_delete="RESTRICT", backref="+"
    )
    issued_at = InstantField()

    class Meta:
        table_name = "definition_issue"
        indexes = ((("kind", "code", "version"), True),)
