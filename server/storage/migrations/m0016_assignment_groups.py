"""Assignment rules by named group: the units of a group, as it stands when a round opens."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Rules that exist name no group; a group that a rule names cannot be removed."""
    schema.run(
        "ALTER TABLE assignment_rule ADD COLUMN group_id TEXT"
        " REFERENCES unit_group (id) ON DELETE RESTRICT"
    )
    schema.index("assignment_rule_group", "assignment_rule (group_id)")
