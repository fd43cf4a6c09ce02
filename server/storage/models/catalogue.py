"""Published definitions: forms, workflows, code lists, indicators."""

from peewee import BigIntegerField, ForeignKeyField, IntegerField, TextField

from server.storage.fields import CodeField, InstantField, JsonField
from server.storage.models.row import Row


class FormRow(Row):
    """A form as such, whatever its version; what obligations and submissions refer to."""

    code = TextField(primary_key=True)

    class Meta:
        table_name = "form"


class FormVersionRow(Row):
    """One published edition of a form; never changed. The id is ``code/version``."""

    id = TextField(primary_key=True)
    code = ForeignKeyField(FormRow, column_name="code", on_delete="RESTRICT", backref="versions")
    version = IntegerField()
    kind = CodeField()
    title = TextField()
    folded = TextField()
    sort_key = TextField()
    period_type = TextField()
    digest = TextField()
    source = TextField()
    document = JsonField()
    published_at = InstantField()

    class Meta:
        table_name = "form_version"
        indexes = ((("code", "version"), True),)


class WorkflowVersionRow(Row):
    """One published edition of a workflow; never changed. The id is ``code/version``."""

    id = TextField(primary_key=True)
    code = TextField()
    version = IntegerField()
    digest = TextField()
    source = TextField()
    published_at = InstantField()

    class Meta:
        table_name = "workflow_version"
        indexes = ((("code", "version"), True),)


class CodeListVersionRow(Row):
    """One published edition of a code list; never changed. The id is ``code/version``."""

    id = TextField(primary_key=True)
    code = TextField()
    version = IntegerField()
    digest = TextField()
    document = JsonField()

    class Meta:
        table_name = "codelist_version"
        indexes = ((("code", "version"), True),)


class IndicatorRow(Row):
    """An entry of the current indicator catalogue, for lists and search."""

    code = TextField(primary_key=True)
    title = TextField()
    folded = TextField()
    sort_key = TextField()
    group = TextField(column_name="group_code")
    document = JsonField()

    class Meta:
        table_name = "indicator"


class IndicatorEditionRow(Row):
    """The whole indicator catalogue as it was published at one time; never changed."""

    number = IntegerField(primary_key=True)
    digest = TextField(unique=True)
    document = JsonField()

    class Meta:
        table_name = "indicator_edition"


class StampRow(Row):
    """A counter per family of reference data, raised by every change; caches compare it."""

    name = TextField(primary_key=True)
    value = BigIntegerField()

    class Meta:
        table_name = "stamp"
