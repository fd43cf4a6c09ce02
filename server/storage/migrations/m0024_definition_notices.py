"""Notices about definitions: a draft to review, its answer, a report that went to a new version."""

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
            'escalated', 'form_changed', 'review_asked', 'review_returned',
            'review_published')),
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
