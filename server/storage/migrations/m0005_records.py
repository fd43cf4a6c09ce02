"""Survey sheets: deletion that can be taken back, standing for lists, keys of equal sheets.

Also how many sheets a return expects, and the right to see personal values of others.
"""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Sheets from before stand unjudged (``state`` empty) until their return is written to."""
    for column in (
        "deleted_at INSTANT",
        "deleted_by TEXT",
        "deleted_reason TEXT",
        "state TEXT CHECK (state IN ('valid', 'errors', 'draft'))",
        "tally TEXT",
        "search TEXT NOT NULL DEFAULT ''",
        "search_personal TEXT NOT NULL DEFAULT ''",
        "place TEXT NOT NULL DEFAULT ''",
        "portions TEXT NOT NULL DEFAULT '[]'",
    ):
        schema.run(f"ALTER TABLE survey_record ADD COLUMN {column}")
    schema.table(
        "survey_record_key",
        """
        record_id TEXT NOT NULL REFERENCES survey_record (id) ON DELETE RESTRICT,
        rule INTEGER NOT NULL CHECK (rule >= 0),
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        digest TEXT NOT NULL,
        PRIMARY KEY (record_id, rule)
        """,
    )
    schema.index("survey_record_key_same", "survey_record_key (submission_id, rule, digest)")
    schema.table(
        "survey_return",
        """
        submission_id TEXT PRIMARY KEY REFERENCES submission (id) ON DELETE RESTRICT,
        expected INTEGER NOT NULL CHECK (expected >= 0)
        """,
    )
    schema.run("ALTER TABLE account_grant ADD COLUMN personal BOOLEAN NOT NULL DEFAULT FALSE")
