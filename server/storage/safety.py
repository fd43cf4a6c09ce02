"""Whether a database could lose or garble an acknowledged report; such a one is refused.

Apart from ``database``, because what is read from the running database and what is
concluded from it are two things: the conclusions are plain functions of values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import apsw

from server.storage.engines import PostgresqlEngine, SqliteEngine

#: Below, a data race of WAL mode can lose committed writes (sqlite.org/wal.html#walresetbug).
OLDEST_SQLITE = 3_051_003
OLDEST_POSTGRESQL = 14_00_00
_SYNCHRONOUS_FULL = 2
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ceph", "glusterfs", "ncpfs"}
    | {"fuse.sshfs", "fuse.glusterfs"}
)


@dataclass(frozen=True, slots=True)
class SqliteFacts:
    """What a SQLite connection says about itself and its place."""

    version: int
    journal_mode: str
    synchronous: int
    foreign_keys: bool
    file_system: str
    in_memory: bool


def sqlite_faults(facts: SqliteFacts) -> list[str]:
    """Reason codes, the gravest first; none when the set-up is safe."""
    faults = {
        "sqlite-in-memory": facts.in_memory,
        "sqlite-too-old": facts.journal_mode == "wal" and facts.version < OLDEST_SQLITE,
        "network-file-system": facts.file_system in _NETWORK,
        "sqlite-journal-mode": not facts.in_memory
        and facts.journal_mode not in {"wal", "delete", "truncate", "persist"},
        "sqlite-synchronous": facts.synchronous < _SYNCHRONOUS_FULL,
        "sqlite-foreign-keys": not facts.foreign_keys,
    }
    return [reason for reason, holds in faults.items() if holds]


def postgresql_faults(version: int, settings: Mapping[str, str]) -> list[str]:
    """Reason codes for a server of that version number with these settings."""
    faults = {
        "postgresql-too-old": version < OLDEST_POSTGRESQL,
        "postgresql-fsync": settings["fsync"] != "on",
        "postgresql-full-page-writes": settings["full_page_writes"] != "on",
        "postgresql-synchronous-commit": settings["synchronous_commit"] == "off",
        "postgresql-encoding": settings["server_encoding"] != "UTF8",
    }
    return [reason for reason, holds in faults.items() if holds]


def read_sqlite(engine: SqliteEngine, mounts: Path = Path("/proc/mounts")) -> SqliteFacts:
    """The facts of this thread's connection."""

    def pragma(name: str) -> object:
        return engine.execute_sql(f"PRAGMA {name}").fetchall()[0][0]

    in_memory = engine.database == ":memory:"
    return SqliteFacts(
        version=apsw_version(),
        journal_mode=str(pragma("journal_mode")),
        synchronous=int(str(pragma("synchronous"))),
        foreign_keys=bool(pragma("foreign_keys")),
        file_system="" if in_memory else file_system(Path(engine.database), mounts),
        in_memory=in_memory,
    )


def read_postgresql(engine: PostgresqlEngine) -> tuple[int, dict[str, str]]:
    """The server's version number and the settings that durability hangs on."""
    names = ("fsync", "full_page_writes", "synchronous_commit", "server_encoding")
    columns = ", ".join(f"current_setting('{name}')" for name in names)
    row = engine.execute_sql(f"SELECT current_setting('server_version_num'), {columns}").fetchone()
    return int(row[0]), dict(zip(names, row[1:], strict=True))


def apsw_version() -> int:
    """The SQLite that runs, as its own version number (3_054_001 is 3.54.1)."""
    major, minor, patch = (int(part) for part in apsw.sqlitelibversion().split(".")[:3])
    return major * 1_000_000 + minor * 1_000 + patch


def file_system(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The type of the file system that holds *path*; empty where the system does not tell."""
    if not mounts.exists():
        return ""
    resolved = path.resolve()
    best, found = -1, ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        fields = line.split(" ")
        place = Path(fields[1].replace(r"\040", " "))
        # Of two mounts on one place the later hides the earlier.
        if resolved.is_relative_to(place) and len(place.parts) >= best:
            best, found = len(place.parts), fields[2]
    return found
