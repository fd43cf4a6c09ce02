"""Files attached to reports and to their cells; the bytes stand in a folder by their digest."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """An attachment is written once, and once more when it is removed."""
    schema.table(
        "attachment",
        """
        id TEXT PRIMARY KEY,
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        path TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('document', 'signed_copy')),
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size BIGINT NOT NULL CHECK (size >= 1),
        sha256 TEXT NOT NULL,
        added_by TEXT NOT NULL,
        added_at INSTANT NOT NULL,
        removed_by TEXT,
        removed_at INSTANT,
        reason TEXT,
        CHECK ((removed_at IS NULL) = (removed_by IS NULL)),
        CHECK (removed_at IS NULL OR reason IS NOT NULL)
        """,
    )
    schema.index("attachment_submission", "attachment (submission_id, id)")
    schema.index("attachment_content", "attachment (sha256)")
    schema.append_only_but(
        "attachment",
        fixed="id, submission_id, path, kind, name, media_type, size, sha256, added_by, added_at",
        ends="removed_at",
    )
