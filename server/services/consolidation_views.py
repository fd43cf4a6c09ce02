"""What the pages of consolidated reports show; ``services.consolidations`` puts it together."""

from dataclasses import dataclass

from server.core.consolidation import Contribution, Sums
from server.core.form import Form
from server.core.obligation import Obligation
from server.core.org_unit import OrgUnit
from server.core.submission import Change, Submission
from server.services.children import Child, Standing
from server.services.review import SubmissionView


@dataclass(frozen=True, slots=True)
class Correction:
    """A cell that the parent holds otherwise than the sum, and why."""

    path: str
    sum: object
    value: object
    status: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A consolidated report with what stands behind it."""

    view: SubmissionView
    standing: Standing
    sums: Sums
    corrections: tuple[Correction, ...]
    incomplete: str  # the reason for passing it on without the missing ones
    reached: frozenset[str] | None  # units whose reports the actor may open; None: all


@dataclass(frozen=True, slots=True)
class Owed:
    """One line of the list: what a parent owes, its report where it was started, its children."""

    obligation: Obligation
    form: Form
    unit: OrgUnit
    submission: Submission | None
    standing: Standing
    may_start: bool


@dataclass(frozen=True, slots=True)
class ChangedChild:
    """The cells that a child changed since it was taken; in a reopened draft, so far."""

    child: Child
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What consolidating now would do: cells by their old and new sums."""

    changes: tuple[Change, ...]
    fresh: tuple[Child, ...]
    changed: tuple[ChangedChild, ...]
    kept: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What one child gave to a cell."""

    child: Child
    given: Contribution
