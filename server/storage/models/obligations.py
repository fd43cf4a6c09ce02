"""What is owed: collection rounds and expected reports."""

from peewee import SQL, BigIntegerField, BooleanField, ForeignKeyField, TextField

from server.storage.fields import CodeField, DayField, InstantField, JsonField
from server.storage.models.catalogue import FormRow
from server.storage.models.org_units import OrgUnitRow
from server.storage.models.row import Row


class RoundRow(Row):
    """A collection opened by a letter."""

    id = TextField(primary_key=True)
    code = TextField(unique=True)
    title = TextField()
    period = TextField()
    letter_number = TextField()
    letter_on = DayField()
    contact = TextField()
    phone = TextField()
    level = CodeField()
    forms = JsonField()
    opens_on = DayField()
    dates = JsonField(default=list)
    ad_hoc = BooleanField(default=False)
    letter_name = TextField(null=True)
    letter_type = TextField(null=True)
    letter_size = BigIntegerField(null=True)
    letter_sha256 = TextField(null=True)
    edit = BigIntegerField(default=1)

    class Meta:
        table_name = "round"


class ObligationRow(Row):
    """One expected report: form x unit x period x round."""

    id = TextField(primary_key=True)
    form = ForeignKeyField(FormRow, column_name="form", on_delete="RESTRICT")
    org_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT", backref="obligations")
    responsible_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT", backref="responsibilities")
    period = TextField()
    round = ForeignKeyField(RoundRow, null=True, on_delete="RESTRICT", backref="obligations")
    opens_on = DayField()
    due_on = DayField()
    grace_on = DayField(null=True)
    closes_on = DayField(null=True)
    progress = CodeField(default="none")
    sent_at = InstantField(null=True)
    excused_until = DayField(null=True)
    excuse = TextField(null=True)
    closed = BooleanField(default=False)
    return_due_on = DayField(null=True)
    why = TextField(default="{}")
    edit = BigIntegerField(default=1)

    class Meta:
        table_name = "obligation"
        indexes = (
            (("form", "period", "id"), False),
            (("period", "id"), False),
            (("responsible_unit", "id"), False),
        )


ObligationRow.add_index(
    SQL(
        "CREATE UNIQUE INDEX obligation_owed_once ON obligation"
        " (org_unit_id, form, period, COALESCE(round_id, ''))"
    )
)
