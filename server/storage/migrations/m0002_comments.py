"""Comments on cells and reports; how each changed cell came by its value."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """What was changed before counts as typed."""
    schema.table(
        "comment",
        """
        id TEXT PRIMARY KEY,
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        path TEXT NOT NULL,
        author TEXT NOT NULL,
        side TEXT NOT NULL CHECK (side IN ('unit', 'office')),
        written_at INSTANT NOT NULL,
        text TEXT NOT NULL,
        answers_to TEXT,
        resolved_at INSTANT,
        resolved_by TEXT,
        CHECK ((resolved_at IS NULL) = (resolved_by IS NULL))
        """,
    )
    schema.index("comment_submission", "comment (submission_id, id)")
    schema.append_only_but(
        "comment",
        fixed="id, submission_id, path, author, side, written_at, text, answers_to",
        ends="resolved_at",
    )
    schema.run(
        "ALTER TABLE draft_change ADD COLUMN origin TEXT NOT NULL DEFAULT 'typed'"
        " CHECK (origin IN ('typed', 'copied', 'pasted', 'imported'))"
    )
    schema.index("draft_change_cell", "draft_change (submission_id, path)")
