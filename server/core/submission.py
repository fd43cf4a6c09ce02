"""A submission: one unit's document for an obligation, and its sealed revisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

#: Counter raised by every write of a submission; the ETag of the API.
Edit = NewType("Edit", int)

#: Reasons why a value is absent; ``estimated`` alone stands beside a value.
STATUSES = ("none_arose", "not_available", "not_applicable", "confidential", "estimated")
#: How a value came into its cell; ``copied`` is last period's, taken over as it stood.
ORIGINS = ("typed", "copied", "pasted", "imported")


@dataclass(frozen=True, slots=True)
class Submission:
    """Where one unit's report stands now; it pins the versions it was started with."""

    id: str
    obligation: str
    form: str
    version: int
    workflow: str
    workflow_version: int
    org_unit: str
    period: str
    round: str | None
    state: str
    edit: Edit
    revision: int
    nil: bool
    answers: Mapping[str, object]
    statuses: Mapping[str, str]
    reasons: tuple[Mapping[str, str], ...] = ()
    started_at: datetime | None = None
    changed_at: datetime | None = None
    changed_by: str | None = None
    state_since: datetime | None = None
    responsible: str | None = field(default=None, compare=False)

    @property
    def filing_unit(self) -> str:
        """The unit whose people fill and sign it: its subject, or who answers for it since."""
        return self.responsible or self.org_unit

    def summary(self) -> dict[str, object]:
        """What a refused writer is told about the winner."""
        return {
            "state": self.state,
            "edit": self.edit,
            "revision": self.revision,
            "by": self.changed_by,
            "at": self.changed_at.isoformat() if self.changed_at else None,
        }


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a report stands, without its figures: what lists of many reports need of each."""

    id: str
    obligation: str
    form: str
    version: int
    workflow: str
    workflow_version: int
    org_unit: str
    period: str
    state: str
    edit: Edit
    revision: int
    nil: bool
    state_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """A sealed edition, made by each ``sign`` or ``send``; never changed afterwards."""

    submission: str
    number: int
    answers: Mapping[str, object]
    statuses: Mapping[str, str]
    computed: Mapping[str, object]
    reasons: tuple[Mapping[str, str], ...]
    nil: bool
    digest: str
    receipt: str
    sealed_at: datetime
    sealed_by: str
    version: int | None = None  # of the form, when it was sealed


@dataclass(frozen=True, slots=True)
class SurveyRecord:
    """One record (a household) of a survey return; it freezes with its return."""

    id: str
    submission: str
    number: int
    edit: int
    answers: Mapping[str, object]
    statuses: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None
    changed_by: str | None = None
    deleted_at: datetime | None = None
    deleted_by: str | None = None
    deleted_reason: str | None = None
    state: str | None = None  # of ``core.survey.RecordState``; None when it was never judged
    tally: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One changed cell: what it was, what it becomes, and its status where it has one."""

    path: str
    old: object
    new: object
    status: str | None = None
    origin: str = "typed"  # one of ``ORIGINS``


@dataclass(frozen=True, slots=True)
class DraftChange:
    """A changed cell as it was kept: who changed it when, after which revision."""

    id: int
    revision: int
    change: Change
    by: str
    at: datetime
