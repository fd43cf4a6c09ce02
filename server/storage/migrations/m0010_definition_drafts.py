"""Drafts of forms and workflows with their steps, and what was said of a version at its issue."""

from server.storage.migrations.schema import Schema


def up(schema: Schema) -> None:
    """Steps and issues are never changed; the draft itself points at the step where it stands."""
    schema.table(
        "definition_draft",
        """
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('form', 'workflow')),
        code TEXT NOT NULL,
        title TEXT NOT NULL,
        base INTEGER,
        base_digest TEXT,
        state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'published', 'discarded')),
        edit BIGINT NOT NULL CHECK (edit >= 1),
        step INTEGER NOT NULL,
        sent_by TEXT REFERENCES account (id) ON DELETE RESTRICT,
        note TEXT NOT NULL,
        version_notes TEXT NOT NULL,
        valid_from TEXT,
        reviewed_by TEXT REFERENCES account (id) ON DELETE RESTRICT,
        created_by TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        created_at INSTANT NOT NULL,
        changed_by TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        changed_at INSTANT NOT NULL,
        CHECK ((base IS NULL) = (base_digest IS NULL))
        """,
    )
    schema.index("definition_draft_state", "definition_draft (state, changed_at)")
    # Two people who begin the same version at once meet in one draft.
    schema.index(
        "definition_draft_open",
        "definition_draft (kind, code) WHERE state IN ('draft', 'in_review')",
        unique=True,
    )
    schema.table(
        "definition_draft_step",
        """
        draft_id TEXT NOT NULL REFERENCES definition_draft (id) ON DELETE RESTRICT,
        number INTEGER NOT NULL CHECK (number >= 1),
        parent INTEGER NOT NULL,
        what TEXT NOT NULL,
        body BYTES NOT NULL,
        made_by TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        made_at INSTANT NOT NULL,
        PRIMARY KEY (draft_id, number),
        CHECK (parent < number)
        """,
    )
    schema.append_only("definition_draft_step")
    schema.table(
        "definition_issue",
        """
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('form', 'workflow')),
        code TEXT NOT NULL,
        version INTEGER NOT NULL,
        draft_id TEXT NOT NULL REFERENCES definition_draft (id) ON DELETE RESTRICT,
        notes TEXT NOT NULL,
        valid_from TEXT,
        approved_by TEXT NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
        issued_at INSTANT NOT NULL
        """,
    )
    schema.index("definition_issue_code", "definition_issue (kind, code, version)", unique=True)
    schema.append_only("definition_issue")
