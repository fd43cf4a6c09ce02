"""Reports: where each stands, its sealed revisions, its changed cells, its survey records."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from server.storage.fields import InstantField, JsonField
from server.storage.models.catalogue import FormRow, FormVersionRow, WorkflowVersionRow
from server.storage.models.obligations import ObligationRow, RoundRow
from server.storage.models.org_units import OrgUnitRow
from server.storage.models.row import Row


class SubmissionRow(Row):
    """Where one organisation's report for one period stands now.

    Form, unit, period and round are copies from the obligation, which never change there
    either: lists filter by them without a join.
    """

    id = TextField(primary_key=True)
    obligation = ForeignKeyField(ObligationRow, unique=True, on_delete="RESTRICT")
    form = ForeignKeyField(FormRow, column_name="form", on_delete="RESTRICT")
    form_version = ForeignKeyField(FormVersionRow, on_delete="RESTRICT")
    workflow_version = ForeignKeyField(WorkflowVersionRow, on_delete="RESTRICT")
    org_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT")
    period = TextField()
    round = ForeignKeyField(RoundRow, null=True, on_delete="RESTRICT")
    state = TextField()
    state_since = InstantField(null=True)
    edit = BigIntegerField()  # raised by every write; the ETag
    revision = IntegerField()  # sealed editions so far
    nil = BooleanField()
    answers = JsonField()
    statuses = JsonField()
    reasons = JsonField()
    started_at = InstantField(null=True)
    changed_at = InstantField(null=True)
    changed_by = TextField(null=True)

    class Meta:
        table_name = "submission"
        indexes = (
            (("form", "period", "id"), False),
            (("period", "id"), False),
            (("org_unit", "form", "period"), False),
        )


class SubmissionRevisionRow(Row):
    """A sealed edition; never changed."""

    id = BigAutoField()
    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT", backref="revisions")
    number = IntegerField()
    answers = JsonField()
    statuses = JsonField()
    computed = JsonField()
    reasons = JsonField()
    nil = BooleanField()
    digest = TextField()
    receipt = TextField(unique=True)
    sealed_at = InstantField()
    sealed_by = TextField()
    form_version = IntegerField(null=True)

    class Meta:
        table_name = "submission_revision"
        indexes = ((("submission", "number"), True),)


class DraftChangeRow(Row):
    """One changed cell: path, from, to, who, when; never changed."""

    id = BigAutoField()
    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT", backref="changes")
    revision = IntegerField()  # sealed editions at that time
    path = TextField()
    old = JsonField()
    new = JsonField()
    status = TextField(null=True)
    changed_by = TextField()
    changed_at = InstantField()
    origin = TextField(default="typed")  # typed, copied, pasted, imported

    class Meta:
        table_name = "draft_change"
        indexes = ((("submission", "revision", "id"), False), (("submission", "path"), False))


class SurveyRecordRow(Row):
    """One record (a household) of a survey return."""

    id = TextField(primary_key=True)
    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT", backref="records")
    number = IntegerField()
    edit = BigIntegerField()
    answers = JsonField()
    statuses = JsonField()
    changed_at = InstantField(null=True)
    changed_by = TextField(null=True)
    deleted_at = InstantField(null=True)
    deleted_by = TextField(null=True)
    deleted_reason = TextField(null=True)
    state = TextField(null=True)
    tally = TextField(null=True)
    search = TextField(default="")
    search_personal = TextField(default="")
    place = TextField(default="")
    portions = TextField(default="[]")

    class Meta:
        table_name = "survey_record"
        indexes = ((("submission", "number"), True),)


class SurveyRecordKeyRow(Row):
    """By rule of the form what only equal records share; deleted records have none."""

    record = ForeignKeyField(SurveyRecordRow, on_delete="RESTRICT", backref="keys")
    rule = IntegerField()
    submission = ForeignKeyField(SubmissionRow, on_delete="RESTRICT")
    digest = TextField()

    class Meta:
        table_name = "survey_record_key"
        primary_key = CompositeKey("record", "rule")
        indexes = ((("submission", "rule", "digest"), False),)


class SurveyReturnRow(Row):
    """How many records a survey return expects."""

    submission = ForeignKeyField(SubmissionRow, primary_key=True, on_delete="RESTRICT")
    expected = IntegerField()

    class Meta:
        table_name = "survey_return"
