"""Retired code lists: a list of codes as a whole can have a last day, as forms and workflows do.

SQLite cannot change what a column allows, so the table is made anew on both databases, with all
decisions in their order.
"""

from server.storage.migrations.schema import Schema

_COLUMNS = "kind, code, version, last_on, reason, decided_by, decided_at"


def up(schema: Schema) -> None:
    """Nothing refers to a decision by its number, so new numbers in the same order will do."""
    schema.writable("definition_retirement")
    schema.run("DROP INDEX definition_retirement_code")
    schema.run("ALTER TABLE definition_retirement RENAME TO definition_retirement_before")
    schema.table(
        "definition_retirement",
        """
        id COUNTED,
        kind TEXT NOT NULL CHECK (kind IN ('form', 'workflow', 'codelist')),
        code TEXT NOT NULL,
        version INTEGER NOT NULL CHECK (version >= 0),
        last_on DAY,
        reason TEXT NOT NULL,
        decided_by TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        decided_at INSTANT NOT NULL
        """,
    )
    schema.run(
        f"INSERT INTO definition_retirement ({_COLUMNS})"
        f" SELECT {_COLUMNS} FROM definition_retirement_before ORDER BY id"
    )
    schema.run("DROP TABLE definition_retirement_before")
    schema.index("definition_retirement_code", "definition_retirement (kind, code, version, id)")
    schema.append_only("definition_retirement")
