"""Findings: what a rule says about answers, with the cells and both sides of the comparison."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Errors block sending, warnings ask for a written reason, infos tell."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a rule; *path* is the JSON Pointer of the cell that is marked first."""

    path: str
    code: str
    severity: Severity
    message: str
    left: float | int | None = None
    right: float | int | None = None
    paths: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The shape of the API: ``left`` and ``right`` only where the rule compares two sides."""
        shown: dict[str, object] = {
            "path": self.path,
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message,
            "paths": list(self.paths or (self.path,)),
        }
        if self.left is not None:
            shown["left"] = self.left
        if self.right is not None:
            shown["right"] = self.right
        return shown


def blocks(findings: tuple[Finding, ...]) -> bool:
    """Whether any of them stops a report from being passed on."""
    return any(finding.severity is Severity.ERROR for finding in findings)
