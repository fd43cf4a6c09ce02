"""The people a workflow needs, held against the accounts and grants of today."""

from collections.abc import Collection
from dataclasses import dataclass

from server.core.access import Grant
from server.core.ports import Clock
from server.core.workflow import Workflow, places_of
from server.core.workflow_staffing import Gap, ReportingUnit, staffing_gaps
from server.services.reference import Reference
from server.storage.accounts import AccountStore


@dataclass(frozen=True, slots=True)
class Staffing:
    """Answers "in which unit would a report stay for want of people"."""

    accounts: AccountStore
    reference: Reference
    clock: Clock

    def gaps(
        self, workflow: Workflow, org_units: Collection[str], owner: str | None = None
    ) -> tuple[Gap, ...]:
        """Where reports of these units would stay today; *owner* is the code in ``x-form.owner``.

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
                places=places_of(tree, unit.id, owner),
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
