"""How far each section of a report is: the task list that a clerk works through.

"Not opened" and "opened, something missing" are told apart, because a clerk who comes back wants to
know which part nobody has looked at yet. Opened means: somebody changed a cell of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.core.answer_paths import Answers, Statuses
from server.core.finding import Finding, Severity
from server.core.form import Form
from server.core.json_reader import tokens
from server.core.layout import Section
from server.core.shape import Shape

#: What is empty is counted as missing, not as wrong.
EMPTY_CODES = frozenset({"schema.required", "schema.x-required-when"})


class SectionState(StrEnum):
    """What is left to do in a section."""

    UNOPENED = "unopened"
    DOING = "doing"
    MISSING = "missing"
    ERRORS = "errors"
    DONE = "done"
    CALCULATED = "calculated"


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """One section; *properties* are the keys of the answers that it shows."""

    key: str
    title: str
    properties: tuple[str, ...]
    opened: bool
    filled: bool
    missing: int
    errors: int
    calculated: bool

    @property
    def state(self) -> SectionState:
        if self.calculated:
            return SectionState.CALCULATED
        if self.errors:
            return SectionState.ERRORS
        if not self.opened:
            return SectionState.UNOPENED
        if self.missing:
            return SectionState.MISSING
        return SectionState.DONE if self.filled else SectionState.DOING


def section_progress(
    form: Form,
    answers: Answers,
    statuses: Statuses,
    findings: Sequence[Finding],
    changed: Collection[str],
) -> tuple[SectionProgress, ...]:
    """The sections in their order; *changed* are the pointers that somebody has changed."""
    opened = {_property(path) for path in changed}
    stated = {_property(path) for path in statuses}
    return tuple(
        _progress(section, form.shape, answers, stated=stated, findings=findings, opened=opened)
        for section in form.layout.sections
    )


def _progress(
    section: Section,
    shape: Shape,
    answers: Answers,
    *,
    stated: Collection[str],
    findings: Sequence[Finding],
    opened: Collection[str],
) -> SectionProgress:
    keys = properties_of(section)
    here = [finding for finding in findings if keys & _places(finding)]
    return SectionProgress(
        key=section.key,
        title=section.title,
        properties=tuple(sorted(keys)),
        opened=not keys.isdisjoint(opened),
        filled=any(answers.get(key) is not None or key in stated for key in keys),
        missing=sum(finding.code in EMPTY_CODES for finding in here),
        errors=sum(
            finding.severity is Severity.ERROR and finding.code not in EMPTY_CODES
            for finding in here
        ),
        calculated=all(_is_calculated(key, shape) for key in keys),
    )


def properties_of(section: Section) -> frozenset[str]:
    """The keys of the answers that a section shows."""
    keys = {_property(field.path) for field in section.fields}
    if section.grid is not None:
        keys |= {_property(row.path) for row in section.grid.rows}
        if section.grid.roster is not None:
            keys.add(section.grid.roster.key)
    return frozenset(keys)


def _places(finding: Finding) -> frozenset[str]:
    """The property at fault: the first that a finding names, so that each counts once."""
    first = finding.paths[0] if finding.paths else finding.path
    return frozenset({_property(first)} if first else ())


def _property(path: str) -> str:
    found = tokens(path)
    return found[0] if found else ""


def _is_calculated(key: str, shape: Shape) -> bool:
    cell, block = shape.cells.get(key), shape.blocks.get(key)
    if cell is not None:
        return cell.calculate is not None
    return block is not None and all(not line.typed for line in block.samples)
