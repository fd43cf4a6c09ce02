"""Indicator drafts: the catalogue of indicators is drafted and reviewed as forms and workflows are.

SQLite cannot change what a column allows, so the three tables are made anew on both databases, with
all rows.
"""

from server.storage.migrations.schema import Schema

_KINDS = "CHECK (kind IN ('form', 'workflow', 'indicators'))"
_PERSON = "TEXT REFERENCES account (id) ON DELETE RESTRICT"
_TABLES = {
    "definition_draft": f"""
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL {_KINDS},
        code TEXT NOT NULL,
        title TEXT NOT NULL,
        base INTEGER,
        base_digest TEXT,
        state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'published', 'discarded')),
        edit BIGINT NOT NULL CHECK (edit >= 1),
        step INTEGER NOT NULL,
        sent_by {_PERSON},
        note TEXT NOT NULL,
        version_notes TEXT NOT NULL,
        valid_from TEXT,
        reviewed_by {_PERSON},
        created_by {_PERSON} NOT NULL,
        created_at INSTANT NOT NULL,
        changed_by {_PERSON} NOT NULL,
        changed_at INSTANT NOT NULL,
        CHECK ((base IS NULL) = (base_digest IS NULL))
        """,
    "definition_draft_step": f"""
        draft_id TEXT NOT NULL REFERENCES definition_draft (id) ON DELETE RESTRICT,
        number INTEGER NOT NULL CHECK (number >= 1),
        parent INTEGER NOT NULL,
        what TEXT NOT NULL,
        body BYTES NOT NULL,
        made_by {_PERSON} NOT NULL,
        made_at INSTANT NOT NULL,
        PRIMARY KEY (draft_id, number),
        CHECK (parent < number)
        """,
    "definition_issue": f"""
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL {_KINDS},
        code TEXT NOT NULL,
        version INTEGER NOT NULL,
        draft_id TEXT NOT NULL REFERENCES definition_draft (id) ON DELETE RESTRICT,
        notes TEXT NOT NULL,
        valid_from TEXT,
        approved_by {_PERSON} NOT NULL,
        issued_at INSTANT NOT NULL
        """,
}
_COLUMNS = {
    "definition_draft": (
        "id, kind, code, title, base, base_digest, state, edit, step, sent_by, note,"
        " version_notes, valid_from, reviewed_by, created_by, created_at, changed_by, changed_at"
    ),
    "definition_draft_step": "draft_id, number, parent, what, body, made_by, made_at",
    "definition_issue": (
        "id, kind, code, version, draft_id, notes, valid_from, approved_by, issued_at"
    ),
}
_KEPT = ("definition_draft_step", "definition_issue")


def up(schema: Schema) -> None:
    """The old tables go in the other order: what refers to another one first."""
    schema.writable(*_KEPT)
    for index in ("definition_draft_state", "definition_draft_open", "definition_issue_code"):
        schema.run(f"DROP INDEX {index}")
    for name in _TABLES:
        schema.run(f"ALTER TABLE {name} RENAME TO {name}_before")
    for name, columns in _TABLES.items():
        schema.table(name, columns)
        listed = _COLUMNS[name]
        schema.run(f"INSERT INTO {name} ({listed}) SELECT {listed} FROM {name}_before")
    for name in reversed(_TABLES):
        schema.run(f"DROP TABLE {name}_before")
    schema.index("definition_draft_state", "definition_draft (state, changed_at)")
    schema.index(
        "definition_draft_open",
        "definition_draft (kind, code) WHERE state IN ('draft', 'in_review')",
        unique=True,
    )
    schema.index("definition_issue_code", "definition_issue (kind, code, version)", unique=True)
    schema.append_only(*_KEPT)
