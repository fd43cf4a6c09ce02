"""First release, part two: reports, their history and their numbers."""

from server.storage.migrations.schema import Schema


def obligations(schema: Schema) -> None:
    """Rounds and expected reports."""
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


def submissions(schema: Schema) -> None:
    """Reports, revisions, changed cells, survey records."""
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


def events(schema: Schema) -> None:
    """History, deliveries, checkpoints."""
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


def observations(schema: Schema) -> None:
    """The projection to single numbers."""
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
