"""Which reports count where it is said how many are there: those that units owe themselves.

Reporting rates and series over the years ask this alike. A consolidated report is a sum of reports
that are counted already.
"""

from collections.abc import Collection
from dataclasses import dataclass

from server.core.consolidation import is_consolidated
from server.core.obligation import Obligation
from server.core.org_unit import Tree
from server.core.period import Period
from server.services.catalogue import Catalogue
from server.services.reference import Reference
from server.storage.obligations import ObligationStore

_EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True)
class CountedReports:
    """Reads what is owed. Built once, in the composition."""

    obligations: ObligationStore
    catalogue: Catalogue
    reference: Reference

    def of(
        self,
        form: str,
        period: Period,
        units: Collection[str] | None,
        *,
        consolidated: bool = False,
    ) -> list[tuple[Obligation, Tree]]:
        """What these units (None: all) owe on the form for that period, with the tree of each.

        With *consolidated* the sums of others instead.
        """
        shown, tree_of = self.catalogue.form(form), self.reference.trees_of()
        found = []
        for one in self.obligations.list_(
            form=form, org_units=units, period=period.id, limit=_EVERYTHING
        ):
            tree = tree_of(one.org_unit, period)
            if is_consolidated(shown, tree.by_id[one.org_unit].level) is consolidated:
                found.append((one, tree))
        return found
