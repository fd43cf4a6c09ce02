"""How the children of a consolidated report stand: taken into its sums, changed since, missing.

Read from what is pinned and what stands now, so that no mark can be forgotten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.core.consolidation import INCOMPLETE, settled_states, source_form
from server.core.form import Form
from server.core.obligation import Obligation
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.reasons import Reason
from server.errors import GuardFailed
from server.services.catalogue import Catalogue
from server.services.circumstances import SHORTEST_REASON
from server.services.reference import Reference
from server.services.review import SubmissionView
from server.storage.consolidations import ChildRow, ConsolidationStore, Pin


class Condition(StrEnum):
    """What a child's report is to the sums of its parent."""

    TAKEN = "taken"
    CHANGED = "changed"  # sent and approved again since it was taken
    WITHDRAWN = "withdrawn"  # taken, but reopened, returned or recalled since
    READY = "ready"  # approved, not taken yet
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Child:
    """One unit below, its report, and the edition that was taken."""

    unit: OrgUnit
    row: ChildRow
    settled: bool
    state: str | None  # the state's code
    state_title: str | None
    pin: Pin | None

    @property
    def condition(self) -> Condition:
        if self.pin is None:
            return Condition.READY if self.settled else Condition.WAITING
        if not self.settled:
            return Condition.WITHDRAWN
        same = (self.pin.revision, self.pin.digest) == (self.row.revision, self.row.digest)
        return Condition.TAKEN if same else Condition.CHANGED


@dataclass(frozen=True, slots=True)
class Standing:
    """All children that owe the report, by the codes of their units."""

    children: tuple[Child, ...]

    @property
    def started(self) -> bool:
        """Whether anything was ever taken."""
        return any(child.pin is not None for child in self.children)

    @property
    def expected(self) -> int:
        return len(self.children)

    @property
    def taken(self) -> int:
        return sum(child.pin is not None for child in self.children)

    @property
    def missing(self) -> tuple[Child, ...]:
        return tuple(child for child in self.children if child.pin is None)

    @property
    def ready(self) -> tuple[Child, ...]:
        """Those whose approved report could be taken now."""
        return self._of(Condition.READY)

    @property
    def stale(self) -> tuple[Child, ...]:
        """Those that are no longer what was taken: the sums have to be made again."""
        return self._of(Condition.CHANGED, Condition.WITHDRAWN)

    @property
    def complete(self) -> bool:
        return self.started and not self.missing and not self.stale

    def _of(self, *conditions: Condition) -> tuple[Child, ...]:
        return tuple(child for child in self.children if child.condition in conditions)


@dataclass(frozen=True, slots=True)
class Children:
    """Reads standings; for the services, the guard and the screens alike."""

    store: ConsolidationStore
    catalogue: Catalogue
    reference: Reference

    def standing(self, view: SubmissionView) -> Standing:
        """The children of the report of *view* as they are now."""
        return self.below(view.form, view.obligation, view.submission.id)

    def below(self, form: Form, obligation: Obligation, submission_id: str | None) -> Standing:
        """The children of what a unit owes, also before it has started its report."""
        tree = self.reference.tree_of(obligation.org_unit, Period.parse(obligation.period))
        level = tree.by_id[obligation.org_unit].level
        rows = self.store.children(
            source_form(form) or form.code,
            [unit.id for unit in tree.children(obligation.org_unit)],
            obligation.period,
            obligation.round,
        )
        pins = (
            {}
            if submission_id is None
            else {pin.child: pin for pin in self.store.pins(submission_id)}
        )
        found = [self._child(row, level, tree.by_id[row.org_unit], pins) for row in rows]
        return Standing(tuple(sorted(found, key=lambda child: child.unit.code)))

    def require(self, view: SubmissionView, reasons: Sequence[Reason]) -> None:
        """Raise ``GuardFailed`` unless the sums are of the children as they are now.

        Missing children need a reason; changed ones need new sums.
        """
        standing = self.standing(view)
        if standing.stale:
            units = [child.unit.id for child in standing.stale]
            raise GuardFailed(guard="children_done", reason="stale", org_units=units)
        if not standing.started:
            raise GuardFailed(guard="children_done", reason="not-consolidated", org_units=[])
        said = any(
            reason["code"] == INCOMPLETE and len(reason["text"].strip()) >= SHORTEST_REASON
            for reason in reasons
        )
        if standing.missing and not said:
            units = [child.unit.id for child in standing.missing]
            raise GuardFailed(guard="children_done", reason="missing", org_units=units)

    def _child(self, row: ChildRow, level: Level, unit: OrgUnit, pins: Mapping[str, Pin]) -> Child:
        settled, title = False, None
        if row.workflow is not None and row.state is not None:
            workflow = self.catalogue.workflow(*row.workflow)
            settled = bool(row.revision) and row.state in settled_states(workflow, level)
            title = workflow.states[row.state].title
        return Child(unit, row, settled, row.state, title, pins.get(row.submission or ""))
