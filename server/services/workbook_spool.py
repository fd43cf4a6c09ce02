"""Uploaded workbooks between preview and confirmation, as files that nobody can guess.

Kept on the server instead of being sent a second time: a clerk on a slow line uploads once, and
what is confirmed is byte for byte what was previewed. The name of a file is a digest of account,
submission and a random token, so the token of one person opens nothing for another. Nothing else
is written: a preview leaves no trace in the database.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from server.core.ports import Clock
from server.errors import NotFound

#: How long an upload waits for its confirmation.
LIFETIME: Final = timedelta(hours=1)
_LONGEST_TOKEN: Final = 100


@dataclass(frozen=True, slots=True)
class Spool:
    """The folder of uploads."""

    folder: Path
    clock: Clock
    new_secret: Callable[[], str]

    def keep(self, account: str, submission: str, content: bytes) -> str:
        """Keep an upload; the token by which its owner finds it again."""
        self.sweep()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        token = self.new_secret()
        path = self._path(account, submission, token)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # The clock of the installation decides, which a demonstration sets to another day.
        moment = self.clock.now().timestamp()
        os.utime(path, (moment, moment))
        return token

    def find(self, account: str, submission: str, token: str) -> Path:
        """The upload; ``NotFound`` when it expired, was used, or is somebody else's."""
        path = self._path(account, submission, token)
        if not path.is_file() or self._expired(path):
            raise NotFound(kind="upload")
        return path

    def drop(self, account: str, submission: str, token: str) -> None:
        self._path(account, submission, token).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Delete what expired; how many files that were."""
        expired = [path for path in self._files() if self._expired(path)]
        for path in expired:
            path.unlink(missing_ok=True)
        return len(expired)

    def _files(self) -> list[Path]:
        return list(self.folder.glob("*.upload")) if self.folder.is_dir() else []

    def _expired(self, path: Path) -> bool:
        try:
            kept_at = path.stat().st_mtime
        except FileNotFoundError:
            return False  # another sweep was faster
        return self.clock.now().timestamp() - kept_at > LIFETIME.total_seconds()

    def _path(self, account: str, submission: str, token: str) -> Path:
        if len(token) > _LONGEST_TOKEN:
            raise NotFound(kind="upload")
        name = sha256("\0".join((account, submission, token)).encode("utf-8", "replace"))
        return self.folder / f"{name.hexdigest()}.upload"
