"""Groups of units with the officers who look after them."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """What an officer sees first; no right rests on these tables."""
    schema.table(
        "unit_group",
        """
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        edit INTEGER NOT NULL DEFAULT 1,
        CHECK (name <> '')
        """,
    )
    schema.table(
        "unit_group_unit",
        """
        id COUNTED,
        group_id TEXT NOT NULL REFERENCES unit_group (id) ON DELETE RESTRICT,
        org_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        valid_from DAY,
        valid_to DAY,
        CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
        """,
    )
    schema.index("unit_group_unit_group", "unit_group_unit (group_id)")
    schema.index("unit_group_unit_unit", "unit_group_unit (org_unit_id)")
    schema.table(
        "unit_group_officer",
        """
        group_id TEXT NOT NULL REFERENCES unit_group (id) ON DELETE RESTRICT,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        kind TEXT NOT NULL CHECK (kind IN ('officer', 'substitute')),
        PRIMARY KEY (group_id, account_id)
        """,
    )
    schema.index("unit_group_officer_account", "unit_group_officer (account_id)")
