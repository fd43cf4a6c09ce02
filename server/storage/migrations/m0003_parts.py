"""Parts of a report that several hands fill, and who is at a report right now."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Reports that were started before are not divided; a part comes with its first use."""
    schema.table(
        "submission_part",
        """
        id COUNTED,
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        key TEXT NOT NULL,
        owner_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        assignee_id TEXT REFERENCES account (id) ON DELETE RESTRICT,
        state TEXT NOT NULL CHECK (state IN ('open', 'handed_in', 'waived')),
        handed_in_by TEXT,
        handed_in_at INSTANT,
        waived_by TEXT,
        waived_at INSTANT,
        reason TEXT,
        edit BIGINT NOT NULL CHECK (edit >= 1),
        UNIQUE (submission_id, key),
        CHECK (state <> 'waived' OR reason IS NOT NULL)
        """,
    )
    schema.index("submission_part_owed", "submission_part (owner_unit_id, state, id)")
    schema.index("submission_part_assignee", "submission_part (assignee_id, state, id)")
    schema.table(
        "presence",
        """
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        path TEXT NOT NULL,
        seen_at INSTANT NOT NULL,
        PRIMARY KEY (submission_id, account_id)
        """,
    )
    schema.index("presence_age", "presence (seen_at)")
