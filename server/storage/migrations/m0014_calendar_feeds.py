"""Calendar feeds: the secret address under which a person's calendar program reads due dates."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Only the digest of the secret is kept; a person has one feed at a time."""
    schema.table(
        "calendar_feed",
        """
        id COUNTED,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        token_hash TEXT NOT NULL UNIQUE,
        created_at INSTANT NOT NULL,
        revoked_at INSTANT
        """,
    )
    schema.index(
        "calendar_feed_standing", "calendar_feed (account_id) WHERE revoked_at IS NULL", unique=True
    )
    schema.append_only_but(
        "calendar_feed", fixed="id, account_id, token_hash, created_at", ends="revoked_at"
    )
