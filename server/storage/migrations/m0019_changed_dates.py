"""Dates of open rounds that a second letter changes: the units that owe are told of it.

Also what a report that outlasts the deadline of its state is told by: a kind of notice and the
claim by which each stay in a state is told of once.
"""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """The kinds stand in a check of the table, which SQLite changes in a new table alone."""
    for index in ("account", "unread", "submission", "age"):
        schema.run(f"DROP INDEX notice_{index}")
    schema.run("ALTER TABLE notice RENAME TO notice_before")
    schema.table(
        "notice",
        """
        id COUNTED,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        event_id TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('arrived', 'returned', 'approved', 'extended',
            'closed', 'reopened', 'commented', 'opened', 'extension_asked',
            'extension_refused', 'reopen_asked', 'reopen_refused', 'dates_changed',
            'escalated')),
        submission_id TEXT REFERENCES submission (id) ON DELETE RESTRICT,
        facts TEXT NOT NULL,
        created_at INSTANT NOT NULL,
        read_at INSTANT,
        mailed_at INSTANT,
        UNIQUE (account_id, event_id)
        """,
    )
    columns = "account_id, event_id, kind, submission_id, facts, created_at, read_at, mailed_at"
    schema.run(f"INSERT INTO notice ({columns}) SELECT {columns} FROM notice_before ORDER BY id")
    schema.run("DROP TABLE notice_before")
    schema.index("notice_account", "notice (account_id, id)")
    schema.index("notice_unread", "notice (account_id) WHERE read_at IS NULL")
    schema.index("notice_submission", "notice (submission_id) WHERE read_at IS NULL")
    schema.index("notice_age", "notice (created_at)")
    schema.table(
        "escalation",
        """
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        state_since INSTANT NOT NULL,
        state TEXT NOT NULL,
        told_at INSTANT NOT NULL,
        PRIMARY KEY (submission_id, state_since)
        """,
    )
