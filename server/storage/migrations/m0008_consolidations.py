"""Which sealed editions of its children a consolidated report was summed from."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Reports from before are summed from nothing; a row comes with each consolidation."""
    schema.table(
        "consolidation_source",
        """
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        child_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        revision INTEGER NOT NULL CHECK (revision >= 1),
        digest TEXT NOT NULL,
        pinned_at INSTANT NOT NULL,
        PRIMARY KEY (submission_id, child_id)
        """,
    )
    schema.index("consolidation_source_child", "consolidation_source (child_id)")
