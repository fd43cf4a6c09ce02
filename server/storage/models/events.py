"""History: events, who was told, erasable personal values, checkpoints."""

from peewee import BigAutoField, BigIntegerField, ForeignKeyField, IntegerField, TextField

from server.storage.fields import CodeField, InstantField, JsonField
from server.storage.models.row import Row


class EventRow(Row):
    """What happened to one subject; the database refuses to change or delete it."""

    id = TextField(primary_key=True)
    subject = TextField()
    sequence = IntegerField()
    name = TextField()
    actor = TextField()
    happened_at = InstantField()
    details = JsonField()
    previous = TextField()
    hash = TextField()

    class Meta:
        table_name = "event"
        indexes = ((("subject", "sequence"), True),)


class EventDeliveryRow(Row):
    """Whether a consumer has seen an event; leased while it works on it."""

    id = BigAutoField()
    event = ForeignKeyField(EventRow, on_delete="RESTRICT", backref="deliveries")
    consumer = TextField()
    state = CodeField(default="waiting")  # waiting, done, dead
    tries = IntegerField(default=0)
    due_at = InstantField()
    error = TextField(null=True)

    class Meta:
        table_name = "event_delivery"
        indexes = ((("event", "consumer"), True),)


class EventPersonalRow(Row):
    """Personal values of an event and the salt of their digests; erased together."""

    event = ForeignKeyField(EventRow, primary_key=True, on_delete="RESTRICT", backref="personal")
    salt = TextField()
    details = JsonField()

    class Meta:
        table_name = "event_personal"


class CheckpointRow(Row):
    """A sealed stretch of events; never changed."""

    number = BigIntegerField(primary_key=True)
    first_leaf = BigIntegerField()
    leaves = IntegerField()
    root = TextField()
    head = TextField(unique=True)
    sealed_at = InstantField()

    class Meta:
        table_name = "checkpoint"


class EventLeafRow(Row):
    """The place of an event in the checkpoints' sequence of leaves; never changed."""

    event = ForeignKeyField(EventRow, primary_key=True, on_delete="RESTRICT", backref="leaf")
    checkpoint = ForeignKeyField(
        CheckpointRow, column_name="checkpoint", on_delete="RESTRICT", backref="members"
    )
    leaf = BigIntegerField(unique=True)

    class Meta:
        table_name = "event_leaf"
