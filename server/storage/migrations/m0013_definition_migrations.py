"""Definition migrations: which reports went to a newer version of their form, and what they held.

The documents before stand beside them word for word, so that going back is exact.
"""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """A row is never changed but once, when the report goes back."""
    schema.table(
        "definition_migration",
        """
        id COUNTED,
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        form TEXT NOT NULL,
        from_version INTEGER NOT NULL,
        to_version INTEGER NOT NULL,
        edit BIGINT NOT NULL,
        answers TEXT NOT NULL,
        statuses TEXT NOT NULL,
        reasons TEXT NOT NULL,
        migrated_at INSTANT NOT NULL,
        migrated_by TEXT NOT NULL,
        reverted_at INSTANT,
        reverted_by TEXT,
        CHECK (from_version < to_version),
        CHECK ((reverted_at IS NULL) = (reverted_by IS NULL))
        """,
    )
    schema.index("definition_migration_form", "definition_migration (form, to_version, id)")
    schema.index("definition_migration_submission", "definition_migration (submission_id, id)")
    schema.append_only_but(
        "definition_migration",
        fixed="id, submission_id, form, from_version, to_version, edit, answers, statuses,"
        " reasons, migrated_at, migrated_by",
        ends="reverted_at",
    )
