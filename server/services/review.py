"""Everything a screen or a decision needs to know of one submission, put together once.

``Reviewer.view`` joins the submission with its pinned form and workflow, its
unit of that time, the previous period's figures and the verdict of the rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.core.access import SYSTEM, Actor, Role
from server.core.answers import Context, Verdict, diff, without_answered
from server.core.consolidation import is_consolidated, is_summed, refuse_summed
from server.core.form import Form
from server.core.obligation import Obligation
from server.core.org_unit import Level, OrgUnit, Tree
from server.core.part import Hands, Part, owners_of, ownership_of, parts_of
from server.core.period import Period
from server.core.submission import Revision, Submission
from server.core.survey import return_findings
from server.core.workflow import Move, State, Workflow, levels_of, places_of
from server.core.workflow_visit import Visit
from server.errors import PartClosed
from server.services.catalogue import Catalogue
from server.services.circumstances import facts_of, reader_of, visit_of
from server.services.contexts import context_of
from server.services.editions import Editions
from server.services.reference import Reference
from server.services.scope import Scope
from server.services.verdicts import Verdicts
from server.storage.events import EventStore
from server.storage.obligations import ObligationStore
from server.storage.parts import PartStore
from server.storage.submissions import SubmissionStore
from server.storage.survey_records import SurveyRecordStore

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
    levels: Mapping[str, str]  # of the units of the places, by their ids
    children: tuple[str, ...]
    above: frozenset[str]
    owners: Mapping[str, str]  # other units that fill cells of it: code -> id


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
    levels: Mapping[str, str]
    children: tuple[str, ...]
    above: frozenset[str]
    owners: Mapping[str, str]
    hands: Hands
    fills: bool  # whether the actor fills for the filing unit, not only a part
    personal: bool  # whether the actor may see the personal values; ``masking`` hides them
    facts: Mapping[str, object]  # what the conditions of the workflow speak about
    visit: Visit

    @property
    def state(self) -> State:
        return self.workflow.states[self.submission.state]

    @property
    def period(self) -> Period:
        return self.context.period

    @property
    def consolidated(self) -> bool:
        """Whether its figures are the sums of reports from below."""
        return is_consolidated(self.form, self.unit.level)

    def locked(self, path: str) -> bool:
        """Whether the actor cannot type at *path*: it is of other hands, or a sum."""
        return (self.consolidated and is_summed(self.form, path)) or self.hands.locked(path)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Builds views; shared by the services that show, change and decide submissions."""

    catalogue: Catalogue
    reference: Reference
    scope: Scope
    submissions: SubmissionStore
    obligations: ObligationStore
    records: SurveyRecordStore
    parts: PartStore
    events: EventStore
    verdicts: Verdicts = field(default_factory=Verdicts)
    editions: Editions = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "editions", Editions(self.catalogue))

    def view(self, actor: Actor, submission: Submission) -> SubmissionView:
        """The view of a submission read just now; ``NotFound`` when out of scope."""
        return self.seen(actor, submission, self.around(actor, submission))

    def around(self, actor: Actor, submission: Submission) -> Surroundings:
        """What does not change while the submission is worked on; ``NotFound`` out of scope."""
        tree = self.reach(actor, submission)
        return self._around(submission, Period.parse(submission.period), tree)

    def reach(self, actor: Actor, submission: Submission) -> Tree:
        """The tree to judge by; ``NotFound`` when the report is out of scope.

        Whoever fills for a unit that owns cells of the report reaches it as well.
        """
        form = self.catalogue.form(submission.form, submission.version)
        period = Period.parse(submission.period)
        owners = ownership_of(form).units
        return self.scope.require(
            actor,
            submission.org_unit,
            period,
            "submission",
            owners=owners,
            form=form.code,
            filing=submission.filing_unit,
        )

    def system_view(self, submission: Submission) -> SubmissionView:
        """The view for work that follows from an event or from time; nobody's scope limits it."""
        period = Period.parse(submission.period)
        tree = self.reference.tree_of(submission.org_unit, period)
        return self.seen(SYSTEM, submission, self._around(submission, period, tree))

    def _around(self, submission: Submission, period: Period, tree: Tree) -> Surroundings:
        form = self.catalogue.form(submission.form, submission.version)
        workflow = self.catalogue.workflow(submission.workflow, submission.workflow_version)
        return self.surroundings(
            form, workflow, submission.org_unit, tree, period, filing=submission.filing_unit
        )

    def surroundings(
        self,
        form: Form,
        workflow: Workflow,
        unit_id: str,
        tree: Tree,
        period: Period,
        *,
        filing: str | None = None,
    ) -> Surroundings:
        """*filing* is the unit that answers for the report, where that is another by now."""
        unit = tree.by_id[unit_id]
        previous = self.previous(form, unit_id, period)
        places = self.places(form, unit.id, tree)
        if filing is not None:
            places["unit"] = filing
        return Surroundings(
            form=form,
            workflow=workflow,
            unit=unit,
            context=self.context(form, unit, period, previous),
            previous=previous,
            places=places,
            levels=levels_of(tree, places),
            children=tuple(child.id for child in tree.children(unit.id)),
            above=frozenset(over.id for over in tree.ancestors(unit.id)),
            owners=owners_of(form, unit.id, tree),
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
        hands = self.hands(actor, submission, around)
        obligation = self.obligations.get(submission.obligation)
        today = self.reference.clock.today()
        facts = facts_of(submission, context, verdict, obligation, today)
        visit = visit_of(
            submission,
            workflow,
            self.reference,
            history=lambda: self.events.of(f"submission/{submission.id}"),
            levels=around.levels,
            value=reader_of(around.form, submission, verdict),
        )
        return SubmissionView(
            submission=submission,
            form=around.form,
            workflow=workflow,
            unit=around.unit,
            obligation=obligation,
            moves=workflow.moves(
                submission.state,
                actor=actor.within(around.form.code),
                places=around.places,
                facts=facts,
                visit=visit,
            ),
            verdict=verdict,
            editable=hands.any
            and workflow.states[submission.state].editable
            and not obligation.is_shut(today),
            context=context,
            previous=around.previous,
            places=around.places,
            levels=around.levels,
            children=around.children,
            above=around.above,
            owners=around.owners,
            hands=hands,
            fills=submission.filing_unit in actor.units(Role.REPORTER),
            personal=actor.sees_personal(around.unit.id, around.above)
            or actor.owns_personal(submission.filing_unit),
            facts=facts,
            visit=visit,
        )

    def hands(
        self, actor: Actor, submission: Submission, around: Surroundings | SubmissionView
    ) -> Hands:
        """Which cells *actor* may fill, were the report in a state in which cells are filled.

        The parts are those written down, or asked by the form; what is sent has none to wait for.
        """
        form = around.form
        stored: Sequence[Part] = ()
        if around.workflow.states[submission.state].editable:
            stored = self.parts.parts(submission.id)
        filing = submission.filing_unit
        parts = parts_of(form, submission.id, filing, around.owners, stored)
        return Hands.of(form, filing, parts, actor)

    def refuse_foreign(
        self,
        actor: Actor,
        current: Submission,
        around: Surroundings,
        after: tuple[Mapping[str, object], Mapping[str, str]],
    ) -> None:
        """Raise ``PartClosed`` when *after* changes a cell that is not the actor's to write.

        Of a consolidated report nobody types the sums: ``CellsSummed``.
        """
        if is_consolidated(around.form, around.unit.level):
            refuse_summed(around.form, (current.answers, current.statuses), after)
        hands = self.hands(actor, current, around)
        if not hands.divided:
            return
        changes = diff(around.form, current.answers, current.statuses, *after)
        met = [(change.path, hands.refused(change)) for change in changes]
        closed = [(path, key) for path, key in met if key is not None]
        if closed:
            errors = [{"path": path, "code": "part-closed", "message": ""} for path, _ in closed]
            raise PartClosed(parts=sorted({key for _, key in closed}), errors=errors)

    def verdict(self, form: Form, submission: Submission, context: Context) -> Verdict:
        """What the rules say; nothing about a nil report, of a survey's return which sheets agree.

        Each sheet of a survey has a verdict of its own.
        """
        if submission.nil:
            return _EMPTY
        if form.kind == "survey":
            same = return_findings(form, self.records.groups_of_same(submission.id))
            return replace(_EMPTY, findings=same)
        verdict = self.verdicts.of(form, submission.answers, submission.statuses, context)
        if not submission.reasons:
            return verdict
        return replace(verdict, findings=without_answered(verdict.findings, submission.reasons))

    def previous(self, form: Form, unit_id: str, period: Period) -> Revision | None:
        """The last revision that the unit sent for the period before, if any, as *form* asks it."""
        before = period.previous()
        found = self.submissions.latest_revision_of(form.code, unit_id, before.id)
        if found is None or found.version in (None, form.version):
            return found
        unit = self.reference.tree_of(unit_id, before).by_id[unit_id]
        return self.editions.read_as(form, found, unit, before)

    def edition(self, view: SubmissionView, number: int) -> Revision:
        """A sealed edition as the version asks it in which the report stands now."""
        found = self.submissions.revision(view.submission.id, number)
        return self.editions.read_as(view.form, found, view.unit, view.period)

    def context(
        self, form: Form, unit: OrgUnit, period: Period, previous: Revision | None
    ) -> Context:
        return context_of(self.submissions, form, unit, period, previous, editions=self.editions)

    @staticmethod
    def places(form: Form, unit_id: str, tree: Tree) -> dict[str, str]:
        owner = form.settings.get("owner")
        return places_of(tree, unit_id, None if owner is None else str(owner), form.code)

    @staticmethod
    def workflow_code(form: Form, unit: OrgUnit, tree: Tree) -> str:
        """The workflow that a new report of *unit* starts with."""
        no_district = tree.at_level(unit.id, Level.DISTRICT) is None
        return form.workflow_for(
            str(unit.level),
            without_district=unit.level is Level.COMMUNE and no_district,
            consolidated=is_consolidated(form, unit.level),
        )
