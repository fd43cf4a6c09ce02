"""Expected reports as reminders speak of them: the facts that a plugin puts into words."""

from dataclasses import dataclass, replace
from datetime import date

from server.core.form import Form
from server.core.obligation import Obligation, Round
from server.core.org_unit import Level, OrgUnit, Tree
from server.core.period import Period
from server.core.reminder_plan import ReminderPlan
from server.errors import NotFound
from server.hooks import DueReport
from server.services.guards import empty_cells
from server.services.review import Reviewer
from server.services.sheets import unit_title
from server.storage.obligations import ObligationStore
from server.storage.submissions import SubmissionStore


@dataclass(frozen=True, slots=True)
class DueReports:
    """Obligations in, facts out."""

    obligations: ObligationStore
    submissions: SubmissionStore
    reviewer: Reviewer

    def unit(self, obligation: Obligation) -> OrgUnit:
        """The unit whose report it is, as it was in the period."""
        return self.tree(obligation).by_id[obligation.org_unit]

    def tree(self, obligation: Obligation) -> Tree:
        period = Period.parse(obligation.period)
        return self.reviewer.reference.tree_of(obligation.org_unit, period)

    def issuer(self, obligation: Obligation) -> OrgUnit | None:
        """Who asks for the report: the owner of the form, else the province."""
        tree = self.tree(obligation)
        owner = _owner(self.reviewer.catalogue.form(obligation.form), tree)
        return owner or tree.at_level(obligation.org_unit, Level.PROVINCE)

    def bare(
        self,
        obligation: Obligation,
        day: date,
        plan: ReminderPlan | None,
        superior: OrgUnit | None,
    ) -> DueReport:
        """The facts, without the step the report is at: enough to plan."""
        form = self.reviewer.catalogue.form(obligation.form)
        tree = self.tree(obligation)
        round_ = self._round(obligation)
        period = Period.parse(obligation.period)
        return DueReport(
            form_title=form.title,
            form_code=str(form.settings.get("officialCode", form.code)),
            period_title=period.title,
            period_id=period.id,
            org_unit_name=unit_title(tree.by_id[obligation.org_unit]),
            due_on=obligation.due_on,
            state_title="Chưa nhập",
            issuer=_issuer_name(form, tree),
            letter_number=round_.letter_number if round_ else None,
            letter_on=round_.letter_on if round_ else None,
            contact=round_.contact if round_ else None,
            phone=round_.phone if round_ else None,
            superior_name=None if superior is None else _office_of(superior),
            days_late=max(0, (day - obligation.late_after).days),
            plan=plan,
            late_after=obligation.late_after if obligation.grace_on else None,
        )

    def with_state(self, due: DueReport, obligation: Obligation) -> DueReport:
        """The facts with the step the report is at; looked up only for what is really sent."""
        if obligation.submission is None:
            return due
        view = self.reviewer.system_view(self.submissions.get(obligation.submission))
        missing = len(empty_cells(view)) or None
        return replace(due, state_title=view.state.title, missing_cells=missing)

    def _round(self, obligation: Obligation) -> Round | None:
        if obligation.round is None:
            return None
        try:
            return self.obligations.round(obligation.round)
        except NotFound:
            return None


def _owner(form: Form, tree: Tree) -> OrgUnit | None:
    return tree.owner(form.code, str(form.settings.get("owner", "")))


def _issuer_name(form: Form, tree: Tree) -> str:
    """The owner of the form under the name it has on that tree."""
    owner = _owner(form, tree)
    return "Cơ quan làm công tác dân tộc của tỉnh" if owner is None else owner.name


def _office_of(superior: OrgUnit) -> str:
    if superior.level is not Level.DISTRICT:
        return superior.name
    return f"Phòng Dân tộc {superior.name[:1].lower()}{superior.name[1:]}"
