"""A refusal: why a definition cannot be published, and at which line and column of its file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.core.json_text import Document


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason. ``code`` and ``facts`` are stable; ``message`` is its English wording."""

    line: int
    path: str
    code: str
    message: str
    column: int = 1
    facts: Mapping[str, object] = field(default_factory=dict)


class Refusals:
    """Collects what is wrong with one document; each path is turned into a place of its text."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.found: list[Refusal] = []

    def add(self, path: str, code: str, message: str, **facts: object) -> None:
        """Refuse what stands at *path*, or, when it is missing, its nearest ancestor."""
        line, column = self._document.position(path)
        refusal = Refusal(line, path, code, message, column, facts)
        if refusal not in self.found:
            self.found.append(refusal)

    def add_at(self, line: int, column: int, code: str, message: str, **facts: object) -> None:
        """Refuse a place of the text that belongs to no value in particular."""
        self.found.append(Refusal(line, "", code, message, column, facts))

    def __bool__(self) -> bool:
        return bool(self.found)
