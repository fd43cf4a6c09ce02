"""All tables of the first release."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Creates everything; the order is that of the references."""
    _catalogue(schema)
    _org_units(schema)
    _accounts(schema)
    _obligations(schema)
    _submissions(schema)
    _events(schema)
    _observations(schema)
    _work(schema)
    schema.append_only(
        "form_version",
        "workflow_version",
        "codelist_version",
        "indicator_edition",
        "submission_revision",
        "draft_change",
        "event",
        "event_leaf",
        "checkpoint",
        "plugin_option",
    )


def _catalogue(schema: Schema) -> None:
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


def _org_units(schema: Schema) -> None:
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


def _accounts(schema: Schema) -> None:
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


def _obligations(schema: Schema) -> None:
    schema.table(
        "round",
        """
        id TEXT PRIMARY KEY,
        code TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        period TEXT NOT NULL,
        letter_number TEXT NOT NULL,
        letter_on DAY NOT NULL,
        contact TEXT NOT NULL,
        phone TEXT NOT NULL,
        level TEXT NOT NULL CHECK (level IN ('estimate', 'preliminary', 'official')),
        forms TEXT NOT NULL,
        opens_on DAY NOT NULL,
        edit BIGINT NOT NULL DEFAULT 1
        """,
    )
    schema.table(
        "obligation",
        """
        id TEXT PRIMARY KEY,
        form TEXT NOT NULL REFERENCES form (code) ON DELETE RESTRICT,
        org_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        responsible_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        period TEXT NOT NULL,
        round_id TEXT REFERENCES round (id) ON DELETE RESTRICT,
        opens_on DAY NOT NULL,
        due_on DAY NOT NULL,
        grace_on DAY,
        closes_on DAY,
        progress TEXT NOT NULL
            CHECK (progress IN ('none', 'started', 'returned', 'sent', 'final')),
        sent_at INSTANT,
        excused_until DAY,
        excuse TEXT,
        closed BOOLEAN NOT NULL,
        return_due_on DAY,
        edit BIGINT NOT NULL DEFAULT 1
        """,
    )
    # Two empty rounds must count as equal, which a plain unique constraint would not do.
    schema.index(
        "obligation_owed_once",
        "obligation (org_unit_id, form, period, COALESCE(round_id, ''))",
        unique=True,
    )
    schema.index("obligation_form_period", "obligation (form, period, id)")
    schema.index("obligation_period", "obligation (period, id)")
    schema.index("obligation_responsible", "obligation (responsible_unit_id, id)")


def _submissions(schema: Schema) -> None:
    schema.table(
        "submission",
        """
        id TEXT PRIMARY KEY,
        obligation_id TEXT NOT NULL UNIQUE REFERENCES obligation (id) ON DELETE RESTRICT,
        form TEXT NOT NULL REFERENCES form (code) ON DELETE RESTRICT,
        form_version_id TEXT NOT NULL REFERENCES form_version (id) ON DELETE RESTRICT,
        workflow_version_id TEXT NOT NULL REFERENCES workflow_version (id) ON DELETE RESTRICT,
        org_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        period TEXT NOT NULL,
        round_id TEXT REFERENCES round (id) ON DELETE RESTRICT,
        state TEXT NOT NULL,
        state_since INSTANT,
        edit BIGINT NOT NULL CHECK (edit >= 1),
        revision INTEGER NOT NULL CHECK (revision >= 0),
        nil BOOLEAN NOT NULL,
        answers TEXT NOT NULL,
        statuses TEXT NOT NULL,
        reasons TEXT NOT NULL,
        started_at INSTANT,
        changed_at INSTANT,
        changed_by TEXT
        """,
    )
    schema.index("submission_form_period", "submission (form, period, id)")
    schema.index("submission_period", "submission (period, id)")
    schema.index("submission_unit", "submission (org_unit_id, form, period)")
    schema.table(
        "submission_revision",
        """
        id COUNTED,
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        number INTEGER NOT NULL CHECK (number >= 1),
        answers TEXT NOT NULL,
        statuses TEXT NOT NULL,
        computed TEXT NOT NULL,
        reasons TEXT NOT NULL,
        nil BOOLEAN NOT NULL,
        digest TEXT NOT NULL,
        receipt TEXT NOT NULL UNIQUE,
        sealed_at INSTANT NOT NULL,
        sealed_by TEXT NOT NULL,
        UNIQUE (submission_id, number)
        """,
    )
    schema.table(
        "draft_change",
        """
        id COUNTED,
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        revision INTEGER NOT NULL,
        path TEXT NOT NULL,
        old TEXT NOT NULL,
        new TEXT NOT NULL,
        status TEXT,
        changed_by TEXT NOT NULL,
        changed_at INSTANT NOT NULL
        """,
    )
    schema.index("draft_change_submission", "draft_change (submission_id, revision, id)")
    schema.table(
        "survey_record",
        """
        id TEXT PRIMARY KEY,
        submission_id TEXT NOT NULL REFERENCES submission (id) ON DELETE RESTRICT,
        number INTEGER NOT NULL CHECK (number >= 1),
        edit BIGINT NOT NULL CHECK (edit >= 1),
        answers TEXT NOT NULL,
        statuses TEXT NOT NULL,
        changed_at INSTANT,
        changed_by TEXT,
        UNIQUE (submission_id, number)
        """,
    )


def _events(schema: Schema) -> None:
    schema.table(
        "event",
        """
        id TEXT PRIMARY KEY,
        subject TEXT NOT NULL,
        sequence INTEGER NOT NULL CHECK (sequence >= 1),
        name TEXT NOT NULL,
        actor TEXT NOT NULL,
        happened_at INSTANT NOT NULL,
        details TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL,
        UNIQUE (subject, sequence)
        """,
    )
    schema.table(
        "event_delivery",
        """
        id COUNTED,
        event_id TEXT NOT NULL REFERENCES event (id) ON DELETE RESTRICT,
        consumer TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
        tries INTEGER NOT NULL,
        due_at INSTANT NOT NULL,
        error TEXT,
        UNIQUE (event_id, consumer)
        """,
    )
    schema.index("event_delivery_waiting", "event_delivery (consumer, id) WHERE state = 'waiting'")
    schema.table(
        "event_personal",
        """
        event_id TEXT PRIMARY KEY REFERENCES event (id) ON DELETE RESTRICT,
        salt TEXT NOT NULL,
        details TEXT NOT NULL
        """,
    )
    schema.table(
        "checkpoint",
        """
        number BIGINT PRIMARY KEY CHECK (number >= 1),
        first_leaf BIGINT NOT NULL,
        leaves INTEGER NOT NULL CHECK (leaves >= 1),
        root TEXT NOT NULL,
        head TEXT NOT NULL UNIQUE,
        sealed_at INSTANT NOT NULL
        """,
    )
    schema.table(
        "event_leaf",
        """
        event_id TEXT PRIMARY KEY REFERENCES event (id) ON DELETE RESTRICT,
        checkpoint BIGINT NOT NULL REFERENCES checkpoint (number) ON DELETE RESTRICT,
        leaf BIGINT NOT NULL UNIQUE
        """,
    )


def _observations(schema: Schema) -> None:
    schema.table(
        "observation_set",
        """
        submission_id TEXT PRIMARY KEY REFERENCES submission (id) ON DELETE RESTRICT,
        revision INTEGER NOT NULL,
        form TEXT NOT NULL,
        org_unit_id TEXT NOT NULL REFERENCES org_unit (id) ON DELETE RESTRICT,
        period TEXT NOT NULL,
        publication_level TEXT NOT NULL,
        final BOOLEAN NOT NULL
        """,
    )
    schema.index("observation_set_period", "observation_set (period, form)")
    schema.table(
        "observation",
        """
        submission_id TEXT NOT NULL
            REFERENCES observation_set (submission_id) ON DELETE RESTRICT,
        indicator TEXT NOT NULL,
        measure_unit TEXT NOT NULL,
        dimensions TEXT NOT NULL,
        scaled BIGINT,
        scale INTEGER NOT NULL CHECK (scale >= 0),
        status TEXT,
        PRIMARY KEY (submission_id, indicator, measure_unit, dimensions)
        """,
    )
    schema.index("observation_indicator", "observation (indicator, submission_id)")


def _work(schema: Schema) -> None:
    schema.table(
        "mail",
        """
        id COUNTED,
        message_id TEXT NOT NULL UNIQUE,
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        kind TEXT NOT NULL,
        obligation_id TEXT REFERENCES obligation (id) ON DELETE RESTRICT,
        step TEXT,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
        created_at INSTANT NOT NULL,
        due_at INSTANT NOT NULL,
        tries INTEGER NOT NULL,
        sent_at INSTANT,
        response TEXT,
        error TEXT
        """,
    )
    schema.index("mail_waiting", "mail (due_at) WHERE state = 'waiting'")
    schema.table(
        "reminder",
        """
        obligation_id TEXT NOT NULL REFERENCES obligation (id) ON DELETE RESTRICT,
        step TEXT NOT NULL,
        due_on DAY NOT NULL,
        PRIMARY KEY (obligation_id, step)
        """,
    )
    schema.table(
        "job",
        """
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        state TEXT NOT NULL
            CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
        account TEXT NOT NULL,
        created_at INSTANT NOT NULL,
        done BIGINT NOT NULL,
        total BIGINT NOT NULL,
        report TEXT NOT NULL,
        result_name TEXT,
        result_path TEXT,
        input TEXT NOT NULL,
        tries INTEGER NOT NULL,
        leased_until INSTANT,
        ended_at INSTANT
        """,
    )
    schema.index("job_account", "job (account, id)")
    schema.index("job_open", "job (id) WHERE state IN ('queued', 'running')")
    schema.table(
        "idempotency",
        """
        account TEXT NOT NULL,
        key TEXT NOT NULL,
        body_digest TEXT NOT NULL,
        started_at INSTANT NOT NULL,
        status INTEGER,
        headers TEXT,
        body BYTES,
        PRIMARY KEY (account, key)
        """,
    )
    schema.index("idempotency_age", "idempotency (started_at)")
    schema.table(
        "plugin_option",
        """
        id COUNTED,
        plugin TEXT NOT NULL,
        version INTEGER NOT NULL CHECK (version >= 1),
        options TEXT NOT NULL,
        changed_by TEXT NOT NULL,
        changed_at INSTANT NOT NULL,
        UNIQUE (plugin, version)
        """,
    )
