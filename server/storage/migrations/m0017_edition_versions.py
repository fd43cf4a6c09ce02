"""Edition versions: in which version of its form each edition was sealed, and sheets of surveys
that went to a newer version.

A report that is reopened may go to a newer version; what it had sent stays in its own.
"""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Editions from before were sealed in the version that their report had until it went on."""
    schema.run("ALTER TABLE submission_revision ADD COLUMN form_version INTEGER")
    schema.writable("submission_revision")
    schema.run(
        "UPDATE submission_revision SET form_version = COALESCE("
        "(SELECT m.from_version FROM definition_migration m"
        " WHERE m.submission_id = submission_revision.submission_id AND m.reverted_at IS NULL"
        " AND m.migrated_at >= submission_revision.sealed_at ORDER BY m.id LIMIT 1),"
        " (SELECT CAST(SUBSTR(s.form_version_id, LENGTH(s.form) + 2) AS INTEGER)"
        " FROM submission s WHERE s.id = submission_revision.submission_id))"
    )
    schema.append_only("submission_revision")
    schema.table(
        "definition_migration_sheet",
        """
        migration_id BIGINT NOT NULL REFERENCES definition_migration (id) ON DELETE RESTRICT,
        record_id TEXT NOT NULL REFERENCES survey_record (id) ON DELETE RESTRICT,
        edit BIGINT NOT NULL,
        answers TEXT NOT NULL,
        statuses TEXT NOT NULL,
        PRIMARY KEY (migration_id, record_id)
        """,
    )
    schema.append_only("definition_migration_sheet")
