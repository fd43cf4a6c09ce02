"""Notices on screen, one for each person and event; who keeps the accounts of units below."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Nobody is told afterwards of what happened before."""
    schema.table(
        "notice",
        """
        id COUNTED,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        event_id TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('arrived', 'returned', 'approved', 'extended',
            'closed', 'reopened', 'commented')),
        submission_id TEXT REFERENCES submission (id) ON DELETE RESTRICT,
        facts TEXT NOT NULL,
        created_at INSTANT NOT NULL,
        read_at INSTANT,
        mailed_at INSTANT,
        UNIQUE (account_id, event_id)
        """,
    )
    schema.index("notice_account", "notice (account_id, id)")
    schema.index("notice_unread", "notice (account_id) WHERE read_at IS NULL")
    schema.index("notice_submission", "notice (submission_id) WHERE read_at IS NULL")
    schema.index("notice_age", "notice (created_at)")
    schema.run("ALTER TABLE account_grant ADD COLUMN manages BOOLEAN NOT NULL DEFAULT FALSE")
