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
        period = Period.parse(submission.period)
        tree = self.scope.require(actor, submission.org_unit, period, "submission")
        return self._view(actor, submission, period, tree)

    def system_view(self, submission: Submission) -> SubmissionView:
        """The view for work that follows from an event or from time; nobody's scope limits it."""
        period = Period.parse(submission.period)
        tree = self.reference.tree_of(submission.org_unit, period)
        return self._view(SYSTEM, submission, period, tree)

    def _view(
        self, actor: Actor, submission: Submission, period: Period, tree: Tree
    ) -> SubmissionView:
        form = self.catalogue.form(submission.form, submission.version)
        workflow = self.catalogue.workflow(submission.workflow, submission.workflow_version)
        unit = tree.by_id[submission.org_unit]
        previous = self.previous(form, unit.id, period)
        context = self.context(form, unit, period, previous)
        places = self.places(form, submission.org_unit, tree)
        moves = workflow.moves(submission.state, actor=actor, places=places, facts=_facts(context))
        editable = workflow.states[submission.state].editable
        return SubmissionView(
            submission=submission,
            form=form,
            workflow=workflow,
            unit=unit,
            obligation=self.obligations.get(submission.obligation),
            moves=moves,
            verdict=self.verdict(form, submission, context),
            editable=editable and submission.org_unit in actor.units(Role.REPORTER),
            context=context,
            previous=previous,
            places=places,
            children=tuple(child.id for child in tree.children(unit.id)),
        )

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
