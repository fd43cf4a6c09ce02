"""The newest version of a code list as its file beside the shipped forms, for git to review.

The database is what serves. The file is written only where it held the version before; one that
says something else is told of and never overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.core.definition_draft import readable
from server.core.definition_writing import written
from server.services.definition_files import FileState
from server.services.file_writing import replace_known, text_of_file


@dataclass(frozen=True, slots=True)
class CodeListFiles:
    """``form_definitions/_codelists`` below *root*."""

    root: Path

    def path(self, code: str) -> Path:
        return self.root / "form_definitions" / "_codelists" / f"{code}.json"

    def name(self, code: str) -> str:
        """How the file is called where people read it."""
        return self.path(code).relative_to(self.root).as_posix()

    def text(self, code: str) -> str:
        """What the file says; empty where there is none."""
        return text_of_file(self.path(code)) or ""

    def write(self, code: str, before: Mapping[str, Any], after: str) -> FileState:
        """Write the text *after* where the file holds the version *before*; whole or not at all."""
        path, text = self.path(code), self.text(code)
        held = readable(text)
        if held is not None and held == readable(after):
            return FileState.SAME
        if path.exists() and held != before:
            return FileState.DIFFERENT
        try:
            done = replace_known(path, text, after)
        except OSError:
            return FileState.CLOSED
        return FileState.SAME if done else FileState.DIFFERENT  # theirs stays


def text_of(document: Mapping[str, Any], before: str) -> str:
    """The text of a version in the way of the shipped files; what did not change keeps its form."""
    return written(document, before)
