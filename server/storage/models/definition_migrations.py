"""Reports that went to a newer version of their form."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from server.storage.fields import InstantField
from server.storage.models.row import Row
from server.storage.models.submissions import SubmissionRow, SurveyRecordRow


class DefinitionMigrationRow(Row):
    """One report's way to a newer version; the documents are those before, word for word."""

    id = BigAutoField()
    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT", backref="migrations")
    form = TextField()
    from_version = IntegerField()
    to_version = IntegerField()
    edit = BigIntegerField()  # of the report just after
    answers = TextField()
    statuses = TextField()
    reasons = TextField()
    migrated_at = InstantField()
    migrated_by = TextField()
    reverted_at = InstantField(null=True)
    reverted_by = TextField(null=True)

    class Meta:
        table_name = "definition_migration"
        indexes = ((("form", "to_version", "id"), False), (("submission", "id"), False))


class DefinitionMigrationSheetRow(Row):
    """One sheet of a return that went along, as it was before."""

    migration = ForeignKeyField(DefinitionMigrationRow, on_delete="RESTRICT", backref="sheets")
    record = ForeignKeyField(SurveyRecordRow, on_delete="RESTRICT", backref="migrations")
    edit = BigIntegerField()  # of the sheet just after
    answers = TextField()
    statuses = TextField()

    class Meta:
        table_name = "definition_migration_sheet"
        primary_key = CompositeKey("migration", "record")
