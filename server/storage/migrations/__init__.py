"""Schema changes in order, each applied once under a lock.

Own runner, because that of playhouse records a time in a way that APSW cannot bind, and
knows no lock. A migration is a module ``mNNNN_subject`` here with ``up(schema)``.
"""

import importlib
from typing import TYPE_CHECKING

from server.storage.migrations.schema import Schema

if TYPE_CHECKING:
    from server.storage.database import Database

NAMES = (
    "m0001_initial",
    "m0002_comments",
    "m0003_parts",
    "m0004_attachments",
    "m0005_records",
    "m0006_delegations",
    "m0007_notices",
    "m0008_consolidations",
    "m0009_unit_groups",
    "m0010_definition_drafts",
    "m0011_rounds",
    "m0012_reminder_plans",
    "m0013_definition_migrations",
    "m0014_calendar_feeds",
    "m0015_reopen_requests",
    "m0016_assignment_groups",
    "m0017_edition_versions",
    "m0018_definition_retirements",
    "m0019_changed_dates",
    "m0020_retired_code_lists",
    "m0022_indicator_drafts",
    "m0024_definition_notices",
)

#: Any constant number; two servers that migrate one database must name the same.
_LOCK = 7_201_958_446


def pending(database: "Database") -> list[str]:
    """Names of migrations that the database has not seen, in order."""
    if not database.engine.table_exists("migration"):
        return list(NAMES)
    applied = {name for (name,) in database.rows("SELECT name FROM migration")}
    return [name for name in NAMES if name not in applied]


def apply(database: "Database") -> list[str]:
    """Applies what is pending inside the caller's transaction; the names of what was applied."""
    if database.kind == "postgresql":
        # Others wait as long as it takes; on SQLite the write transaction itself is the lock.
        database.run("SET LOCAL lock_timeout = 0")
        database.run("SET LOCAL statement_timeout = 0")
        database.rows("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
    schema = Schema(database)
    names = pending(database)
    if len(names) == len(NAMES):
        schema.table("migration", "name TEXT PRIMARY KEY, number INTEGER NOT NULL")
    for name in names:
        importlib.import_module(f"{__name__}.{name}").up(schema)
        database.run("INSERT INTO migration (name, number) VALUES (?, ?)", (name, int(name[1:5])))
    return names
