"""The people a workflow needs, held against the accounts and grants of today."""

from collections.abc import Collection
from dataclasses import dataclass

from server.core.access import Actor, Grant, held
from server.core.assignment import owing_with_sums, rules_on
from server.core.ports import Clock
from server.core.workflow import Workflow, places_of
from server.core.workflow_staffing import Gap, ReportingUnit, staffing_gaps
from server.errors import NotFound
from server.services.catalogue import Catalogue
from server.services.reference import Reference
from server.services.review import Reviewer
from server.storage.accounts import AccountStore
from server.storage.assignments import AssignmentStore


@dataclass(frozen=True, slots=True)
class Route:
    """The units whose new reports of some forms go through one workflow today.

    *owner* is the official code of the unit that owns these forms; *form* is the one form for
    which another unit than for the rest stands for that code, and empty otherwise.
    """

    workflow: Workflow
    owner: str | None
    form: str
    forms: tuple[str, ...]
    org_units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staffing:
    """Answers "in which unit would a report stay for want of people"."""

    accounts: AccountStore
    assignments: AssignmentStore
    catalogue: Catalogue
    reference: Reference
    clock: Clock

    def gaps(
        self,
        workflow: Workflow,
        org_units: Collection[str],
        owner: str | None = None,
        form: str = "",
    ) -> tuple[Gap, ...]:
        """Where reports of these units would stay today; *owner* and *form* as in ``Route``.

        Units that do not exist today owe nothing and are left out.
        """
        today = self.clock.today()
        tree = self.reference.tree(today)
        units = [
            ReportingUnit(
                id=unit.id,
                code=unit.code,
                level=str(unit.level),
                kind=unit.kind,
                places=places_of(tree, unit.id, owner, form),
                above=frozenset(over.id for over in tree.ancestors(unit.id)),
            )
            for unit in (
                tree.by_id[unit_id] for unit_id in sorted(org_units) if unit_id in tree.by_id
            )
        ]
        grants: dict[str, list[Grant]] = {}
        for kept in self.accounts.kept_grants():
            if kept.grant.holds(today) and self.accounts.get(kept.account).active:
                grants.setdefault(kept.account, []).append(kept.grant)
        return staffing_gaps(workflow, units, grants)

    def routes(self) -> tuple[Route, ...]:
        """Which units' reports go through which workflow today, by the rules of assignment."""
        today = self.clock.today()
        tree = self.reference.tree(today)
        rules = self.assignments.all()
        forms: dict[tuple[str, str, str], dict[str, None]] = {}
        units: dict[tuple[str, str, str], dict[str, None]] = {}
        for form in self.catalogue.forms():
            if self.catalogue.is_retired("form", form.code, today):
                continue
            owner = str(form.settings.get("owner") or "")
            apart = form.code if (form.code, owner) in tree.owners else ""
            for unit in owing_with_sums(form, rules_on(form, rules, today), tree):
                try:
                    code = Reviewer.workflow_code(form, unit, tree)
                except NotFound:
                    continue  # the form names no workflow for this level; it cannot be started
                key = code, owner, apart
                forms.setdefault(key, {})[form.code] = None
                units.setdefault(key, {})[unit.id] = None
        return tuple(
            Route(
                workflow=self.catalogue.workflow(code),
                owner=owner or None,
                form=apart,
                forms=tuple(names),
                org_units=tuple(units[code, owner, apart]),
            )
            for (code, owner, apart), names in sorted(forms.items())
        )

    def people(
        self, workflow: Workflow, org_unit: str, owner: str | None = None, form: str = ""
    ) -> tuple[Actor, ...]:
        """Everybody who could act on a report of that unit today, with the grants of today."""
        today = self.clock.today()
        places = places_of(self.reference.tree(today), org_unit, owner, form)
        asked = {people.at for move in workflow.transitions for people in move.people} | {
            state.escalate.at for state in workflow.states.values() if state.escalate is not None
        }
        where = {places[at] for at in asked if at in places}
        found: dict[str, Actor] = {}
        for kept in self.accounts.kept_grants(org_units=where):
            if kept.account in found or not kept.grant.holds(today):
                continue
            account = self.accounts.get(kept.account)
            if account.active:
                grants = held(self.accounts.grants(account.id), today)
                found[account.id] = Actor(account.id, account.name, grants)
        return tuple(sorted(found.values(), key=lambda actor: (actor.name, actor.account)))
