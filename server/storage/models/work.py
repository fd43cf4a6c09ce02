"""Work that happens later: mails, reminders, jobs, kept answers, plugin options."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from server.storage.fields import CodeField, DayField, InstantField, JsonField
from server.storage.models.obligations import ObligationRow
from server.storage.models.row import Row


class MailRow(Row):
    """A mail of the outbox; the Message-ID is the same at every try."""

    id = BigAutoField()
    message_id = TextField(unique=True)
    recipient = TextField()
    subject = TextField()
    body = TextField()
    kind = TextField()
    obligation = ForeignKeyField(ObligationRow, null=True, on_delete="RESTRICT", backref="mails")
    step = TextField(null=True)
    state = CodeField(default="waiting")  # waiting, sent, dead
    created_at = InstantField()
    due_at = InstantField()
    tries = IntegerField(default=0)
    sent_at = InstantField(null=True)
    response = TextField(null=True)
    error = TextField(null=True)
    channel = TextField(default="email")
    returned_at = InstantField(null=True)  # that it did not arrive was learnt after it was sent
    returned_why = TextField(null=True)

    class Meta:
        table_name = "mail"


class ReminderRow(Row):
    """That a step of the reminder plan was taken for an obligation: once, whoever took it."""

    obligation = ForeignKeyField(ObligationRow, on_delete="RESTRICT", backref="reminders")
    step = TextField()
    due_on = DayField()

    class Meta:
        table_name = "reminder"
        primary_key = CompositeKey("obligation", "step")


class JobRow(Row):
    """Long work: an export, an import, a print run."""

    id = TextField(primary_key=True)
    kind = TextField()
    state = CodeField(default="queued")
    account = TextField()
    created_at = InstantField()
    done = BigIntegerField(default=0)
    total = BigIntegerField(default=0)
    report = JsonField()
    result_name = TextField(null=True)
    result_path = TextField(null=True)
    input = JsonField()
    tries = IntegerField(default=0)
    leased_until = InstantField(null=True)
    ended_at = InstantField(null=True)

    class Meta:
        table_name = "job"
        indexes = ((("account", "id"), False),)


class IdempotencyRow(Row):
    """The first answer to a request key of an account."""

    account = TextField()
    key = TextField()
    body_digest = TextField()
    started_at = InstantField()
    status = IntegerField(null=True)  # empty while the first request still runs
    headers = JsonField(null=True)
    body = BlobField(null=True)

    class Meta:
        table_name = "idempotency"
        primary_key = CompositeKey("account", "key")
        indexes = ((("started_at",), False),)


class PluginOptionRow(Row):
    """One version of a plugin's overridden options; never changed."""

    id = BigAutoField()
    plugin = TextField()
    version = IntegerField()
    options = JsonField()
    changed_by = TextField()
    changed_at = InstantField()

    class Meta:
        table_name = "plugin_option"
        indexes = ((("plugin", "version"), True),)
