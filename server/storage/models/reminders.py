"""Reminders as data: plans, deliveries, urging by hand, wishes of people, runs of workers."""

from peewee import (
    BigAutoField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from server.storage.fields import CodeField, DayField, InstantField, JsonField
from server.storage.models.accounts import AccountRow
from server.storage.models.obligations import ObligationRow
from server.storage.models.row import Row


class ReminderPlanRow(Row):
    """One version of a form's plan; ``*`` is every form, no plan means "as the plugin has it"."""

    id = BigAutoField()
    form = TextField()
    version = IntegerField()
    plan = JsonField(null=True)
    changed_by = TextField()
    changed_at = InstantField()

    class Meta:
        table_name = "reminder_plan"
        indexes = ((("form", "version"), True),)


class ReminderDeliveryRow(Row):
    """That somebody was to get a step, and what became of it; without a recipient: why nobody."""

    id = BigAutoField()
    obligation = ForeignKeyField(ObligationRow, on_delete="RESTRICT", backref="deliveries")
    step = TextField()
    rule = TextField()
    planned_on = DayField()
    addressee = TextField(null=True)
    account_id = TextField(null=True)
    name = TextField(null=True)
    recipient = TextField(null=True)
    channel = TextField()
    language = TextField()
    taken_at = InstantField()
    outcome = TextField()
    settled_at = InstantField(null=True)
    message_id = TextField(null=True)

    class Meta:
        table_name = "reminder_delivery"
        indexes = ((("obligation", "id"), False), (("message_id",), False))


class ReminderGateRow(Row):
    """The last day on which reminders were planned; a day that awaits a person's word."""

    id = IntegerField(primary_key=True)
    day = DayField()
    held_day = DayField(null=True)
    held_at = InstantField(null=True)

    class Meta:
        table_name = "reminder_gate"


class UrgingRow(Row):
    """One reminder by hand: a mail, a telephone call, a copied text, a letter."""

    id = BigAutoField()
    obligation = ForeignKeyField(ObligationRow, on_delete="RESTRICT", backref="urgings")
    kind = CodeField()
    day = DayField()
    again = IntegerField()
    text = TextField()
    promised_on = DayField(null=True)
    message_id = TextField(null=True)
    account = ForeignKeyField(AccountRow, on_delete="RESTRICT", backref="urgings")
    happened_at = InstantField()

    class Meta:
        table_name = "urging"
        indexes = ((("obligation", "kind", "day", "again"), True),)


class MailPreferenceRow(Row):
    """What mails a person wants, and in which language."""

    account = ForeignKeyField(AccountRow, primary_key=True, on_delete="RESTRICT")
    only_mandatory = BooleanField()
    language = TextField()
    changed_at = InstantField()

    class Meta:
        table_name = "mail_preference"


class WorkerRunRow(Row):
    """The last run of one kind of work in one worker."""

    worker = TextField()
    work = TextField()
    every_seconds = IntegerField()
    started_at = InstantField()
    ended_at = InstantField(null=True)
    next_at = InstantField()
    failed = TextField(null=True)
    stopped = BooleanField()

    class Meta:
        table_name = "worker_run"
        primary_key = CompositeKey("worker", "work")
