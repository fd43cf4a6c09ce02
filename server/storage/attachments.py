"""Attached files kept: a row each, and the bytes in a folder by their SHA-256.

The bytes are safe on the disk before a row names them, so a row never points to nothing; bytes
that no row names are swept away later.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from server.core.attachment import Attachment, AttachmentKind
from server.errors import NotFound
from server.storage.database import Database
from server.storage.fields import instant, instant_of, instant_text

_COLUMNS = (
    "id, submission_id, path, kind, name, media_type, size, sha256, added_by, added_at,"
    " removed_by, removed_at, reason"
)
_SELECT = f"SELECT {_COLUMNS} FROM attachment"
_PREFIX: Final = "."  # of files that are still being written


class AttachmentStore:
    """Attachments by id and by their report."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, attachment: Attachment) -> None:
        self._database.run(
            f"INSERT INTO attachment ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                attachment.id,
                attachment.submission,
                attachment.path,
                attachment.kind.value,
                attachment.name,
                attachment.media_type,
                attachment.size,
                attachment.sha256,
                attachment.added_by,
                instant_text(attachment.added_at),
                attachment.removed_by,
                instant_text(attachment.removed_at),
                attachment.reason,
            ),
        )

    def get(self, submission_id: str, attachment_id: str) -> Attachment:
        """One attachment of that report, removed or not; raise ``NotFound``."""
        row = self._database.row(
            f"{_SELECT} WHERE id = ? AND submission_id = ?", (attachment_id, submission_id)
        )
        if row is None:
            raise NotFound(kind="attachment", id=attachment_id)
        return _attachment(row)

    def of(self, submission_id: str) -> list[Attachment]:
        """What is attached to a report now, in the order in which it was added."""
        rows = self._database.rows(
            f"{_SELECT} WHERE submission_id = ? AND removed_at IS NULL ORDER BY id",
            (submission_id,),
        )
        return [_attachment(row) for row in rows]

    def remove(self, attachment_id: str, *, by: str, at: datetime, reason: str) -> bool:
        """Takes an attachment off the report; false when that was done before."""
        changed = self._database.run(
            "UPDATE attachment SET removed_by = ?, removed_at = ?, reason = ?"
            " WHERE id = ? AND removed_at IS NULL",
            (by, instant_text(at), reason, attachment_id),
        )
        return bool(changed)

    def names_content(self, sha256: str) -> bool:
        """Whether any row, of now or of the past, names these bytes."""
        row = self._database.row(
            "SELECT 1 FROM attachment WHERE sha256 = ?"
            " UNION ALL SELECT 1 FROM round WHERE letter_sha256 = ? LIMIT 1",
            (sha256, sha256),
        )
        return row is not None


@dataclass(frozen=True, slots=True)
class AttachmentFiles:
    """The folder of the bytes: ``ab/abcdef…``, readable by the server's user alone."""

    folder: Path

    def put(self, content: bytes) -> str:
        """Brings the bytes onto the disk for good; their digest."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        with suppress(FileNotFoundError):
            os.utime(path)  # young again, so that no sweep takes it before its row is there
            return digest
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{_PREFIX}{digest}-{secrets.token_hex(8)}")
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        _sync_folder(self.folder)
        return digest

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def old(self, age: timedelta) -> Iterator[Path]:
        """Files that nobody has written or named for so long; drafts of killed writers too."""
        limit = time.time() - age.total_seconds()
        for path in sorted(self.folder.glob("??/*")):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < limit:
                    yield path


def _sync_folder(folder: Path) -> None:
    """A new name is safe once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _attachment(row: tuple) -> Attachment:
    return Attachment(
        id=row[0],
        submission=row[1],
        path=row[2],
        kind=AttachmentKind(row[3]),
        name=row[4],
        media_type=row[5],
        size=row[6],
        sha256=row[7],
        added_by=row[8],
        added_at=instant(row[9]),
        removed_by=row[10],
        removed_at=instant_of(row[11]),
        reason=row[12],
    )
