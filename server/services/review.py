"""Everything a screen or a decision needs to know of one submission, put together once.

``Reviewer.view`` joins the submission with its pinned form and workflow, its
unit of that time, the previous period's figures and the verdict of the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.core.access import SYSTEM, Actor, Role
from server.core.answer_schema import merged
from server.core.answers import Context, UnitView, Verdict
from server.core.form import Form
from server.core.obligation import Obligation
from server.core.org_unit import Level, OrgUnit, Tree
from server.core.period import Period
from server.core.submission import Revision, Submission
from server.core.workflow import Move, State, Workflow, places_of
from server.services.catalogue import Catalogue
from server.services.reference import Reference
from server.services.scope import Scope
from server.services.verdicts import Verdicts
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore

_EMPTY = Verdict(findings=(), computed={}, relevant_off=frozenset())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What holds of a submission whatever stands in its cells and whichever state it is in."""

    form: Form
    workflow: Workflow
    unit: OrgUnit
    context: Context
    previous: Revision | None
    places: Mapping[str, str]
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A submission with its surroundings, as one actor sees it."""

    submission: Submission
    form: Form
    workflow: Workflow
    unit: OrgUnit
    obligation: Obligation
    moves: tuple[Move, ...]
    verdict: Verdict
    editable: bool
    context: Context
    previous: Revision | None
    places: Mapping[str, str]
    children: tuple[str, ...]

    @property
    def state(self) -> State:
        return self.workflow.states[self.submission.state]

    @property
    def facts(self) -> Mapping[str, object]:
        return _facts(self.context)

    @property
    def period(self) -> Period:
        return self.context.period


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Builds views; shared by the services that show, change and decide submissions."""

    catalogue: Catalogue
    reference: Reference
    scope: Scope
    submissions: SubmissionStore
    obligations: ObligationStore
    verdicts: Verdicts = field(default_factory=Verdicts)

    def view(self, actor: Actor, submission: Submission) -> SubmissionView:
        """The view of a submission read just now; ``NotFound`` when out of scope."""
        return self.seen(actor, submission, self.around(actor, submission))

    def around(self, actor: Actor, submission: Submission) -> Surroundings:
        """What does not change while the submission is worked on; ``NotFound`` out of scope."""
        period = Period.parse(submission.period)
        tree = self.scope.require(actor, submission.org_unit, period, "submission")
        return self._around(submission, period, tree)

    def system_view(self, submission: Submission) -> SubmissionView:
        """The view for work that follows from an event or from time; nobody's scope limits it."""
        period = Period.parse(submission.period)
        tree = self.reference.tree_of(submission.org_unit, period)
        return self.seen(SYSTEM, submission, self._around(submission, period, tree))

    def _around(self, submission: Submission, period: Period, tree: Tree) -> Surroundings:
        form = self.catalogue.form(submission.form, submission.version)
        workflow = self.catalogue.workflow(submission.workflow, submission.workflow_version)
        return self.surroundings(form, workflow, submission.org_unit, tree, period)

    def surroundings(
        self, form: Form, workflow: Workflow, unit_id: str, tree: Tree, period: Period
    ) -> Surroundings:
        unit = tree.by_id[unit_id]
        previous = self.previous(form, unit_id, period)
        return Surroundings(
            form=form,
            workflow=workflow,
            unit=unit,
            context=self.context(form, unit, period, previous),
            previous=previous,
            places=self.places(form, unit.id, tree),
            children=tuple(child.id for child in tree.children(unit.id)),
        )

    def seen(
        self,
        actor: Actor,
        submission: Submission,
        around: Surroundings | SubmissionView,
        verdict: Verdict | None = None,
    ) -> SubmissionView:
        """The view of *submission* as it stands now, in surroundings that are known already.

        *verdict* is given by who knows that the answers have not changed since.
        """
        context, workflow = around.context, around.workflow
        if verdict is None:
            verdict = self.verdict(around.form, submission, context)
        return SubmissionView(
            submission=submission,
            form=around.form,
            workflow=workflow,
            unit=around.unit,
            obligation=self.obligations.get(submission.obligation),
            moves=workflow.moves(
                submission.state, actor=actor, places=around.places, facts=_facts(context)
            ),
            verdict=verdict,
            editable=self.is_editable(actor, submission, workflow),
            context=context,
            previous=around.previous,
            places=around.places,
            children=around.children,
        )

    @staticmethod
    def is_editable(actor: Actor, submission: Submission, workflow: Workflow) -> bool:
        """Whether *actor* may fill the cells in this state."""
        editable = workflow.states[submission.state].editable
        return editable and submission.org_unit in actor.units(Role.REPORTER)

    def verdict(self, form: Form, submission: Submission, context: Context) -> Verdict:
        """What the rules say; nothing about a nil report or about a survey's return."""
        if submission.nil or form.kind == "survey":
            return _EMPTY
        return self.verdicts.of(form, submission.answers, submission.statuses, context)

    def previous(self, form: Form, unit_id: str, period: Period) -> Revision | None:
        """The last revision that the unit sent for the period before, if any."""
        return self.submissions.latest_revision_of(form.code, unit_id, period.previous().id)

    @staticmethod
    def context(form: Form, unit: OrgUnit, period: Period, previous: Revision | None) -> Context:
        return Context(
            unit=UnitView(code=unit.code, level=str(unit.level), kind=unit.kind),
            period=period,
            previous=None
            if previous is None
            else merged(form, previous.answers, previous.computed),
            previous_statuses={} if previous is None else previous.statuses,
        )

    @staticmethod
    def places(form: Form, unit_id: str, tree: Tree) -> dict[str, str]:
        owner = form.settings.get("owner")
        return places_of(tree, unit_id, None if owner is None else str(owner))

    @staticmethod
    def workflow_code(form: Form, unit: OrgUnit, tree: Tree) -> str:
        """The workflow that a new report of *unit* starts with."""
        no_district = tree.at_level(unit.id, Level.DISTRICT) is None
        return form.workflow_for(
            str(unit.level), without_district=unit.level is Level.COMMUNE and no_district
        )


def _facts(context: Context) -> dict[str, object]:
    """What the conditions of a workflow speak about."""
    unit, period = context.unit, context.period
    return {
        "unit": {"code": unit.code, "level": unit.level, "kind": unit.kind},
        "period": {"id": period.id, "type": str(period.type), "year": period.year},
    }
