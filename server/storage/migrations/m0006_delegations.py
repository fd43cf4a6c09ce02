"""Delegations: who may use whose grant from a day to a day."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """A delegation is never changed but once, when it is revoked."""
    schema.table(
        "delegation",
        """
        id COUNTED,
        grant_id BIGINT NOT NULL REFERENCES account_grant (id) ON DELETE RESTRICT,
        principal_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        deputy_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        forms TEXT NOT NULL,
        valid_from DAY NOT NULL,
        valid_to DAY NOT NULL,
        reason TEXT NOT NULL,
        granted_at INSTANT NOT NULL,
        revoked_at INSTANT,
        revoked_by TEXT,
        CHECK (deputy_id <> principal_id),
        CHECK (valid_from <= valid_to),
        CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
        """,
    )
    schema.index("delegation_deputy", "delegation (deputy_id, valid_to)")
    schema.index("delegation_principal", "delegation (principal_id, id)")
    schema.append_only_but(
        "delegation",
        fixed="id, grant_id, principal_id, deputy_id, forms, valid_from, valid_to, reason,"
        " granted_at",
        ends="revoked_at",
    )
