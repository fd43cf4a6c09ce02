"""Published definitions as files beside the shipped ones, so that git can review them.

The database is what serves; a file that cannot be written is said on the page and can be written
later. A file with another content is never overwritten.
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from server.core.definition_draft import DefinitionKind, readable
from server.core.json_text import dumps
from server.services.file_writing import complete, text_of_file

_FOLDERS: Final = {"form": "form_definitions", "workflow": "workflows"}


class FileState(StrEnum):
    """How the file of a published version stands to it."""

    SAME = "same"
    DIFFERENT = "different"
    MISSING = "missing"
    CLOSED = "closed"  # there is none, and none can be written there


@dataclass(frozen=True, slots=True)
class DefinitionFiles:
    """The folders ``form_definitions`` and ``workflows`` below *root*."""

    root: Path

    def path(self, kind: DefinitionKind, code: str, version: int) -> Path:
        return self.root / _FOLDERS[kind] / code / f"v{version:02}.json"

    def name(self, kind: DefinitionKind, code: str, version: int) -> str:
        """How the file is called where people read it."""
        return self.path(kind, code, version).relative_to(self.root).as_posix()

    def state(self, kind: DefinitionKind, code: str, version: int, text: str) -> FileState:
        """Whether the file holds the version *text*; spaces and line ends do not count."""
        path = self.path(kind, code, version)
        try:
            found = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return FileState.MISSING if self._writable(path.parent) else FileState.CLOSED
        except (OSError, UnicodeDecodeError):
            return FileState.DIFFERENT
        return FileState.SAME if _equal(found, text) else FileState.DIFFERENT

    def text(self, kind: DefinitionKind, code: str, version: int) -> str | None:
        """What the file of a version holds; None where it is no text or cannot be read."""
        return text_of_file(self.path(kind, code, version))

    def write(self, kind: DefinitionKind, code: str, version: int, text: str) -> FileState:
        """Write the version where there is no file yet; whole or not at all."""
        state = self.state(kind, code, version, text)
        if state is not FileState.MISSING:
            return state
        path = self.path(kind, code, version)
        try:
            with complete(path, text) as partial:
                # A link refuses what came there meanwhile; a rename would overwrite it.
                path.hardlink_to(partial)
        except FileExistsError:
            return self.state(kind, code, version, text)
        except OSError:
            return FileState.CLOSED
        return FileState.SAME

    def _writable(self, folder: Path) -> bool:
        holder = folder if folder.exists() else folder.parent
        return holder.is_dir() and os.access(holder, os.W_OK)


def _equal(found: str, text: str) -> bool:
    if found == text:
        return True
    one, other = readable(found), readable(text)
    # The order of keys counts: it is the order of columns and rows.
    return one is not None and other is not None and _ordered(one) == _ordered(other)


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return [[key, _ordered(held)] for key, held in value.items()]
    if isinstance(value, list):
        return ["list", *(_ordered(held) for held in value)]
    return dumps(value)
