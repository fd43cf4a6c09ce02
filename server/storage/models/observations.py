"""The projection of reports to single numbers; thrown away and rebuilt at will."""

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from server.storage.models.org_units import OrgUnitRow
from server.storage.models.row import Row
from server.storage.models.submissions import SubmissionRow


class ObservationSetRow(Row):
    """What all numbers of one report have in common."""

    submission = ForeignKeyField(SubmissionRow, primary_key=True, on_delete="RESTRICT")
    revision = IntegerField()
    form = TextField()
    org_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT")
    period = TextField()
    publication_level = TextField()
    final = BooleanField()

    class Meta:
        table_name = "observation_set"
        indexes = ((("period", "form"), False),)


class ObservationRow(Row):
    """One number: a scaled integer, so that sums are exact on both databases."""

    submission = ForeignKeyField(ObservationSetRow, on_delete="RESTRICT", backref="numbers")
    indicator = TextField()
    measure_unit = TextField()
    dimensions = TextField()  # canonical: ethnic_group=02;sex=male
    scaled = BigIntegerField(null=True)
    scale = IntegerField()
    status = TextField(null=True)

    class Meta:
        table_name = "observation"
        primary_key = CompositeKey("submission", "indicator", "measure_unit", "dimensions")
        indexes = ((("indicator", "submission"), False),)
