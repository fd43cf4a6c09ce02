"""Retirements: the last day of a form, a workflow, or one version of them, as it was decided."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Each decision is a row that is never changed; the newest of a definition holds."""
    schema.table(
        "definition_retirement",
        """
        id COUNTED,
        kind TEXT NOT NULL CHECK (kind IN ('form', 'workflow')),
        code TEXT NOT NULL,
        version INTEGER NOT NULL CHECK (version >= 0),
        last_on DAY,
        reason TEXT NOT NULL,
        decided_by TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        decided_at INSTANT NOT NULL
        """,
    )
    schema.index("definition_retirement_code", "definition_retirement (kind, code, version, id)")
    schema.append_only("definition_retirement")
