"""First release, part one: reference data and people."""

from server.storage.migrations.schema import Schema


def catalogue(schema: Schema) -> None:
    """Forms, workflows, code lists, indicators."""
    schema.table("stamp", "name TEXT PRIMARY KEY, value BIGINT NOT NULL")
    schema.run("INSERT INTO stamp (name, value) VALUES ('catalogue', 1), ('org_units', 1)")
    schema.table("form", "code TEXT PRIMARY KEY")
    schema.table(
        "form_version",
        """
        id TEXT PRIMARY KEY,
        code TEXT NOT NULL REFERENCES form (code) ON DELETE RESTRICT,
        version INTEGER NOT NULL CHECK (version >= 1),
        kind TEXT NOT NULL CHECK (kind IN ('report', 'survey')),
        title TEXT NOT NULL,
        folded TEXT NOT NULL,
        sort_key TEXT NOT NULL,
        period_type TEXT NOT NULL,
        digest TEXT NOT NULL,
        source TEXT NOT NULL,
        document TEXT NOT NULL,
        published_at INSTANT NOT NULL,
        UNIQUE (code, version)
        """,
    )
    schema.table(
        "workflow_version",
        """
        id TEXT PRIMARY KEY,
        code TEXT NOT NULL,
        version INTEGER NOT NULL CHECK (version >= 1),
        digest TEXT NOT NULL,
        source TEXT NOT NULL,
        published_at INSTANT NOT NULL,
        UNIQUE (code, version)
        """,
    )
    schema.table(
        "codelist_version",
        """
        id TEXT PRIMARY KEY,
        code TEXT NOT NULL,
        version INTEGER NOT NULL CHECK (version >= 1),
        digest TEXT NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (code, version)
        """,
    )
    schema.table(
        "indicator",
        """
        code TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        folded TEXT NOT NULL,
        sort_key TEXT NOT NULL,
        group_code TEXT NOT NULL,
        document TEXT NOT NULL
        """,
    )
    schema.table(
        "indicator_edition",
        "number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, document TEXT NOT NULL",
    )


def org_units(schema: Schema) -> None:
    """Units, their changes, villages, holidays."""
    schema.table("org_unit", "id TEXT PRIMARY KEY")
    schema.table(
        "org_unit_stretch",
        """
        id COUNTED,
        org_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        sort_key TEXT NOT NULL,
        level TEXT NOT NULL
            CHECK (level IN ('province', 'district', 'commune', 'department')),
        kind TEXT NOT NULL,
        parent_id TEXT REFERENCES org_unit (id) ON DELETE RESTRICT,
        valid_from DAY NOT NULL,
        valid_to DAY,
        email TEXT,
        edit BIGINT NOT NULL DEFAULT 1,
        UNIQUE (org_unit_id, valid_from),
        CHECK (valid_to IS NULL OR valid_to >= valid_from)
        """,
    )
    schema.index("org_unit_stretch_order", "org_unit_stretch (sort_key, id)")
    schema.table(
        "org_unit_change",
        """
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        old_unit_id TEXT REFERENCES org_unit (id) ON DELETE RESTRICT,
        new_unit_id TEXT REFERENCES org_unit (id) ON DELETE RESTRICT,
        effective_on DAY NOT NULL,
        decree TEXT NOT NULL,
        note TEXT NOT NULL
        """,
    )
    schema.table(
        "village",
        """
        id TEXT PRIMARY KEY,
        org_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        extremely_poor BOOLEAN NOT NULL,
        road TEXT NOT NULL,
        valid_from DAY NOT NULL,
        valid_to DAY,
        edit BIGINT NOT NULL DEFAULT 1,
        UNIQUE (org_unit_id, number, valid_from),
        CHECK (valid_to IS NULL OR valid_to >= valid_from)
        """,
    )
    schema.table(
        "holiday",
        "day DAY PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL",
    )


def accounts(schema: Schema) -> None:
    """People and how they get in."""
    schema.table(
        "account",
        """
        id TEXT PRIMARY KEY,
        username TEXT NOT NULL,
        username_folded TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        sort_key TEXT NOT NULL,
        email TEXT,
        org_unit_id TEXT REFERENCES org_unit (id) ON DELETE RESTRICT,
        password_hash TEXT,
        active BOOLEAN NOT NULL,
        must_change BOOLEAN NOT NULL,
        created_at INSTANT NOT NULL,
        edit BIGINT NOT NULL DEFAULT 1
        """,
    )
    schema.index("account_order", "account (sort_key, id)")
    schema.table(
        "account_grant",
        """
        id COUNTED,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        role TEXT NOT NULL
            CHECK (role IN ('reporter', 'signer', 'approver', 'reader', 'admin')),
        org_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        valid_from DAY,
        valid_to DAY,
        edit BIGINT NOT NULL DEFAULT 1
        """,
    )
    schema.index("account_grant_account", "account_grant (account_id)")
    schema.index("account_grant_unit", "account_grant (org_unit_id, role)")
    schema.table(
        "session",
        """
        token_hash TEXT PRIMARY KEY,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        opened_at INSTANT NOT NULL,
        seen_at INSTANT NOT NULL,
        expires_at INSTANT NOT NULL,
        address TEXT NOT NULL,
        agent TEXT NOT NULL
        """,
    )
    schema.index("session_account", "session (account_id)")
    schema.index("session_expiry", "session (expires_at)")
    schema.table(
        "api_token",
        """
        id COUNTED,
        token_hash TEXT NOT NULL UNIQUE,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        name TEXT NOT NULL,
        created_at INSTANT NOT NULL,
        ended_at INSTANT
        """,
    )
    schema.table(
        "one_time_code",
        """
        code_hash TEXT PRIMARY KEY,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        expires_at INSTANT NOT NULL,
        used_at INSTANT
        """,
    )
    schema.table(
        "sign_in_failure",
        "id COUNTED, key TEXT NOT NULL, failed_at INSTANT NOT NULL",
    )
    schema.index("sign_in_failure_key", "sign_in_failure (key, failed_at)")
