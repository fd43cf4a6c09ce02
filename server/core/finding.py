"""Findings: what a rule says about answers, with the cells, both sides, the rule and the way out.

A finding carries its words in both languages, because a verdict is kept and shown to anyone.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Errors block sending, warnings ask for a written reason, infos tell."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Words:
    """What a finding says in one language: what is wrong, by which rule, and what to do."""

    message: str
    rule: str | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a rule; *path* is the JSON Pointer of the cell that is marked first.

    ``message``, ``rule`` and ``fix`` are Vietnamese; *english* has the same where there is any.
    """

    path: str
    code: str
    severity: Severity
    message: str
    left: float | int | None = None
    right: float | int | None = None
    paths: tuple[str, ...] = ()
    rule: str | None = None
    fix: str | None = None
    english: Words | None = None

    def words(self, language: str) -> Words:
        """The words for a reader; what was never translated stays Vietnamese."""
        if language == "en" and self.english is not None:
            return self.english
        return Words(self.message, self.rule, self.fix)

    def as_json(self, language: str = "vi") -> dict[str, object]:
        """The shape of the API: ``left`` and ``right`` only where the rule compares two sides."""
        words = self.words(language)
        shown: dict[str, object] = {
            "path": self.path,
            "code": self.code,
            "severity": str(self.severity),
            "message": words.message,
            "paths": list(self.paths or (self.path,)),
        }
        for key, value in (
            ("left", self.left),
            ("right", self.right),
            ("rule", words.rule),
            ("fix", words.fix),
        ):
            if value is not None:
                shown[key] = value
        return shown


def blocks(findings: tuple[Finding, ...]) -> bool:
    """Whether any of them stops a report from being passed on."""
    return any(finding.severity is Severity.ERROR for finding in findings)
