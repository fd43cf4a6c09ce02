"""Rounds in full: local days off, dates by level, assignments, extensions, contacts, owners."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """What was opened before keeps its days; nothing is known of why they are these days."""
    _holidays(schema)
    _notices(schema)
    for column in (
        "dates TEXT NOT NULL DEFAULT '[]'",
        "ad_hoc BOOLEAN NOT NULL DEFAULT FALSE",
        "letter_name TEXT",
        "letter_type TEXT",
        "letter_size BIGINT",
        "letter_sha256 TEXT",
    ):
        schema.run(f"ALTER TABLE round ADD COLUMN {column}")
    schema.run("ALTER TABLE obligation ADD COLUMN why TEXT NOT NULL DEFAULT '{}'")
    _assignments(schema)
    _extensions(schema)
    _directory(schema)


def _holidays(schema: Schema) -> None:
    """A day may stand in the calendar once for all and once for each unit."""
    schema.run("ALTER TABLE holiday RENAME TO holiday_before")
    schema.table(
        "holiday",
        """
        id COUNTED,
        day DAY NOT NULL,
        title TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('off', 'working')),
        org_unit_id TEXT REFERENCES org_unit (id) ON DELETE RESTRICT
        """,
    )
    schema.run("INSERT INTO holiday (day, title, kind) SELECT day, title, kind FROM holiday_before")
    schema.run("DROP TABLE holiday_before")
    schema.index("holiday_once", "holiday (day, COALESCE(org_unit_id, ''))", unique=True)


def _notices(schema: Schema) -> None:
    """Rounds that open and extensions asked for or refused are told as well."""
    for index in ("account", "unread", "submission", "age"):
        schema.run(f"DROP INDEX notice_{index}")
    schema.run("ALTER TABLE notice RENAME TO notice_before")
    schema.table(
        "notice",
        """
        id COUNTED,
        account_id TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        event_id TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('arrived', 'returned', 'approved', 'extended',
            'closed', 'reopened', 'commented', 'opened', 'extension_asked',
            'extension_refused')),
        submission_id TEXT REFERENCES submission (id) ON DELETE RESTRICT,
        facts TEXT NOT NULL,
        created_at INSTANT NOT NULL,
        read_at INSTANT,
        mailed_at INSTANT,
        UNIQUE (account_id, event_id)
        """,
    )
    columns = "account_id, event_id, kind, submission_id, facts, created_at, read_at, mailed_at"
    schema.run(f"INSERT INTO notice ({columns}) SELECT {columns} FROM notice_before ORDER BY id")
    schema.run("DROP TABLE notice_before")
    schema.index("notice_account", "notice (account_id, id)")
    schema.index("notice_unread", "notice (account_id) WHERE read_at IS NULL")
    schema.index("notice_submission", "notice (submission_id) WHERE read_at IS NULL")
    schema.index("notice_age", "notice (created_at)")


def _assignments(schema: Schema) -> None:
    schema.table(
        "assignment_rule",
        """
        id COUNTED,
        form TEXT NOT NULL REFERENCES form (code) ON DELETE RESTRICT,
        title TEXT NOT NULL,
        levels TEXT NOT NULL,
        kinds TEXT NOT NULL,
        below_id TEXT REFERENCES org_unit (id) ON DELETE RESTRICT,
        units TEXT NOT NULL,
        without TEXT NOT NULL,
        valid_from DAY NOT NULL,
        valid_to DAY,
        edit BIGINT NOT NULL DEFAULT 1,
        CHECK (valid_to IS NULL OR valid_to >= valid_from)
        """,
    )
    schema.index("assignment_rule_form", "assignment_rule (form, valid_from)")


def _extensions(schema: Schema) -> None:
    schema.table(
        "extension_request",
        """
        id TEXT PRIMARY KEY,
        obligation_id TEXT NOT NULL REFERENCES obligation (id) ON DELETE RESTRICT,
        asked_until DAY NOT NULL,
        reason TEXT NOT NULL,
        asked_by TEXT NOT NULL,
        asked_at INSTANT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'granted', 'refused', 'withdrawn')),
        until DAY,
        answer TEXT,
        decided_by TEXT,
        decided_at INSTANT,
        CHECK ((state = 'open') = (decided_at IS NULL)),
        CHECK ((state = 'granted') = (until IS NOT NULL))
        """,
    )
    schema.index("extension_request_of", "extension_request (obligation_id, id)")
    schema.index(
        "extension_request_open",
        "extension_request (obligation_id) WHERE state = 'open'",
        unique=True,
    )


def _directory(schema: Schema) -> None:
    schema.table(
        "unit_contact",
        """
        id COUNTED,
        org_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        name TEXT NOT NULL,
        post TEXT NOT NULL,
        phone TEXT,
        email TEXT,
        valid_from DAY NOT NULL,
        valid_to DAY,
        edit BIGINT NOT NULL DEFAULT 1,
        CHECK (valid_to IS NULL OR valid_to >= valid_from)
        """,
    )
    schema.index("unit_contact_unit", "unit_contact (org_unit_id, valid_from)")
    schema.table(
        "form_owner",
        """
        id COUNTED,
        code TEXT NOT NULL,
        form TEXT REFERENCES form (code) ON DELETE RESTRICT,
        org_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        decree TEXT NOT NULL,
        valid_from DAY NOT NULL,
        valid_to DAY,
        edit BIGINT NOT NULL DEFAULT 1,
        CHECK (valid_to IS NULL OR valid_to >= valid_from)
        """,
    )
    schema.index("form_owner_code", "form_owner (code, valid_from)")
