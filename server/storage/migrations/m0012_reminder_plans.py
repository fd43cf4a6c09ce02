"""Reminders as data: plans by form, who got what, urging by hand, wishes, workers' jobs."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Plans and what was done never change; a delivery is written once more, when it leaves."""
    schema.table(
        "reminder_plan",
        """
        id COUNTED,
        form TEXT NOT NULL,
        version INTEGER NOT NULL CHECK (version >= 1),
        plan TEXT,
        changed_by TEXT NOT NULL,
        changed_at INSTANT NOT NULL,
        UNIQUE (form, version)
        """,
    )
    schema.append_only("reminder_plan")
    schema.table(
        "reminder_delivery",
        """
        id COUNTED,
        obligation_id TEXT NOT NULL REFERENCES obligation (id) ON DELETE RESTRICT,
        step TEXT NOT NULL,
        rule TEXT NOT NULL,
        planned_on DAY NOT NULL,
        addressee TEXT,
        account_id TEXT,
        name TEXT,
        recipient TEXT,
        channel TEXT NOT NULL,
        language TEXT NOT NULL,
        taken_at INSTANT NOT NULL,
        outcome TEXT NOT NULL,
        settled_at INSTANT,
        message_id TEXT
        """,
    )
    schema.index(
        "reminder_delivery_place",
        "reminder_delivery (obligation_id, step, channel, recipient) WHERE recipient IS NOT NULL",
        unique=True,
    )
    schema.index("reminder_delivery_obligation", "reminder_delivery (obligation_id, id)")
    schema.index("reminder_delivery_waiting", "reminder_delivery (id) WHERE settled_at IS NULL")
    schema.index("reminder_delivery_message", "reminder_delivery (message_id)")
    schema.append_only_but(
        "reminder_delivery",
        fixed="id, obligation_id, step, rule, planned_on, addressee, account_id, name, recipient,"
        " channel, language, taken_at",
        ends="settled_at",
    )
    schema.table(
        "reminder_gate",
        """
        id INTEGER PRIMARY KEY CHECK (id = 1),
        day DAY NOT NULL,
        held_day DAY,
        held_at INSTANT
        """,
    )
    schema.table(
        "urging",
        """
        id COUNTED,
        obligation_id TEXT NOT NULL REFERENCES obligation (id) ON DELETE RESTRICT,
        kind TEXT NOT NULL CHECK (kind IN ('mail', 'call', 'copied', 'letter')),
        day DAY NOT NULL,
        again INTEGER NOT NULL,
        text TEXT NOT NULL,
        promised_on DAY,
        message_id TEXT,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        happened_at INSTANT NOT NULL,
        UNIQUE (obligation_id, kind, day, again)
        """,
    )
    schema.append_only("urging")
    schema.table(
        "mail_preference",
        """
        account_id TEXT PRIMARY KEY REFERENCES account (id) ON DELETE RESTRICT,
        only_mandatory BOOLEAN NOT NULL,
        language TEXT NOT NULL CHECK (language IN ('vi', 'en')),
        changed_at INSTANT NOT NULL
        """,
    )
    schema.table(
        "worker_run",
        """
        worker TEXT NOT NULL,
        work TEXT NOT NULL,
        every_seconds INTEGER NOT NULL,
        started_at INSTANT NOT NULL,
        ended_at INSTANT,
        next_at INSTANT NOT NULL,
        failed TEXT,
        stopped BOOLEAN NOT NULL,
        PRIMARY KEY (worker, work)
        """,
    )
    schema.index("obligation_due", "obligation (due_on, id)")
    schema.run("ALTER TABLE mail ADD COLUMN channel TEXT NOT NULL DEFAULT 'email'")
    schema.run("ALTER TABLE mail ADD COLUMN returned_at INSTANT")
    schema.run("ALTER TABLE mail ADD COLUMN returned_why TEXT")
