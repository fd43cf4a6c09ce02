"""All tables of the first release."""

from server.storage.migrations import m0001_reference, m0001_reports
from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Creates everything; the order is that of the references."""
    m0001_reference.catalogue(schema)
    m0001_reference.org_units(schema)
    m0001_reference.accounts(schema)
    m0001_reports.obligations(schema)
    m0001_reports.submissions(schema)
    m0001_reports.events(schema)
    m0001_reports.observations(schema)
    work(schema)
    schema.append_only(
        "form_version",
        "workflow_version",
        "codelist_version",
        "indicator_edition",
        "submission_revision",
        "draft_change",
        "event",
        "event_leaf",
        "checkpoint",
        "plugin_option",
    )


def work(schema: Schema) -> None:
    """Mails, reminders, jobs, kept answers, plugin options."""
    schema.table(
        "mail",
        """
        id COUNTED,
        message_id TEXT NOT NULL UNIQUE,
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        kind TEXT NOT NULL,
        obligation_id TEXT REFERENCES obligation (id) ON DELETE RESTRICT,
        step TEXT,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
        created_at INSTANT NOT NULL,
        due_at INSTANT NOT NULL,
        tries INTEGER NOT NULL,
        sent_at INSTANT,
        response TEXT,
        error TEXT
        """,
    )
    schema.index("mail_waiting", "mail (due_at) WHERE state = 'waiting'")
    schema.table(
        "reminder",
        """
        obligation_id TEXT NOT NULL REFERENCES obligation (id) ON DELETE RESTRICT,
        step TEXT NOT NULL,
        due_on DAY NOT NULL,
        PRIMARY KEY (obligation_id, step)
        """,
    )
    schema.table(
        "job",
        """
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        state TEXT NOT NULL
            CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
        account TEXT NOT NULL,
        created_at INSTANT NOT NULL,
        done BIGINT NOT NULL,
        total BIGINT NOT NULL,
        report TEXT NOT NULL,
        result_name TEXT,
        result_path TEXT,
        input TEXT NOT NULL,
        tries INTEGER NOT NULL,
        leased_until INSTANT,
        ended_at INSTANT
        """,
    )
    schema.index("job_account", "job (account, id)")
    schema.index("job_open", "job (id) WHERE state IN ('queued', 'running')")
    schema.table(
        "idempotency",
        """
        account TEXT NOT NULL,
        key TEXT NOT NULL,
        body_digest TEXT NOT NULL,
        started_at INSTANT NOT NULL,
        status INTEGER,
        headers TEXT,
        body BYTES,
        PRIMARY KEY (account, key)
        """,
    )
    schema.index("idempotency_age", "idempotency (started_at)")
    schema.table(
        "plugin_option",
        """
        id COUNTED,
        plugin TEXT NOT NULL,
        version INTEGER NOT NULL CHECK (version >= 1),
        options TEXT NOT NULL,
        changed_by TEXT NOT NULL,
        changed_at INSTANT NOT NULL,
        UNIQUE (plugin, version)
        """,
    )
