"""Figures and reporting rates, read from observations and obligations.

Nothing is averaged: an indicator that does not add up over units says so
instead of showing a number that means nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from server.core.access import Actor
from server.core.consolidation import is_consolidated
from server.core.indicator import Indicator
from server.core.org_unit import Level, OrgUnit, Tree
from server.core.period import Period
from server.core.ports import Clock
from server.core.reporting_rate import Rate, rates_of
from server.errors import NotFound, RequestInvalid
from server.services.catalogue import Catalogue
from server.services.periods import asked_period
from server.services.reference import Reference
from server.services.scope import Scope
from server.storage.obligations import ObligationStore
from server.storage.observations import ObservationStore, Sum

#: What figures can be grouped by besides the dimensions of the indicator.
UNIT_GROUPS = ("org_unit", "district", "commune", "province")
_RATE_GROUPS = (None, "org_unit", "district", "province", "level")
_EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One aggregated number; ``value`` is ``None`` where the indicator does not add up."""

    indicator: str
    measure_unit: str
    period: str
    org_unit: str | None
    dimensions: Mapping[str, str]
    value: Decimal | None
    reports: int
    additive: bool


@dataclass(frozen=True, slots=True)
class Reports:
    """Use cases of looking figures up."""

    observations: ObservationStore
    obligations: ObligationStore
    catalogue: Catalogue
    reference: Reference
    scope: Scope
    clock: Clock

    def figures(
        self,
        actor: Actor,
        *,
        indicator: str,
        period: str,
        org_unit: str | None = None,
        group_by: Sequence[str] = (),
        status: str = "final",
    ) -> list[Figure]:
        """Sums of one indicator over the units in scope.

        *group_by* names unit levels (``district``, ``commune``) or dimensions of the
        indicator; what is not named is summed over. *status* is ``final``, or
        ``provisional`` for reports that are sent but not yet approved as well.

        Raises:
            NotFound: no such indicator, or the unit is out of scope.
            RequestInvalid: an unknown period, group or status.
        """
        found, span = self.catalogue.indicator(indicator), asked_period(period)
        if status not in ("final", "provisional"):
            raise RequestInvalid(reason="status", path="/status")
        levels = [name for name in group_by if name in UNIT_GROUPS]
        dimensions = [name for name in group_by if name in found.dimensions]
        if len(levels) + len(dimensions) != len(group_by) or len(levels) > 1:
            raise RequestInvalid(reason="group_by", path="/group_by")
        tree = self._tree(span, org_unit)
        units = self._units(actor, span, tree, org_unit)
        groups = None
        if levels and levels[0] != "org_unit":
            level = Level(levels[0])
            groups = {unit.id: _group(tree, unit.id, level) for unit in tree.units}
        sums = self.observations.totals(
            [indicator],
            periods=[period],
            org_units=units,
            groups=groups,
            group_by=[*dimensions, *(["org_unit"] if levels else [])],
            final_only=status == "final",
        )
        return [_figure(found, one, dimensions) for one in sums]

    def reporting_rates(
        self, actor: Actor, *, form: str, period: str, group_by: str | None = None
    ) -> list[Rate]:
        """Expected, actual, timely and excused reports of one form and period, by group."""
        span = asked_period(period)
        if group_by not in _RATE_GROUPS:
            raise RequestInvalid(reason="group_by", path="/group_by")
        units, shown = self.scope.visible(actor, span), self.catalogue.form(form)
        tree_of = self.reference.trees_of()
        owed, groups = [], dict[str, str]()
        for one in self.obligations.list_(
            form=form, org_units=units, period=period, limit=_EVERYTHING
        ):
            tree = tree_of(one.org_unit, span)
            level = tree.by_id[one.org_unit].level
            if is_consolidated(shown, level):
                continue  # a sum of the reports that are counted here
            owed.append(one)
            match group_by:
                case None:
                    groups[one.id] = form
                case "org_unit":
                    groups[one.id] = one.org_unit
                case "level":
                    groups[one.id] = str(level)
                case _:
                    groups[one.id] = _group(tree, one.org_unit, Level(group_by))
        return rates_of(owed, self.clock.today(), lambda one: groups[one.id])

    def unit_of(self, unit_id: str, period: str) -> OrgUnit:
        """The unit as it was at the end of that period, for headings of rows."""
        return self.reference.tree_of(unit_id, asked_period(period)).by_id[unit_id]

    def _tree(self, span: Period, org_unit: str | None) -> Tree:
        if org_unit is not None:
            return self.reference.tree_of(org_unit, span)
        return self.reference.tree(span.end)

    def _units(
        self, actor: Actor, span: Period, tree: Tree, org_unit: str | None
    ) -> frozenset[str] | None:
        visible = self.scope.visible(actor, span)
        if org_unit is None:
            return visible
        if org_unit not in tree.by_id or not self.scope.covers(actor, org_unit, tree):
            raise NotFound(kind="org_unit")
        below = tree.below(org_unit)
        return below if visible is None else below & visible


def _figure(indicator: Indicator, found: Sum, dimensions: Sequence[str]) -> Figure:
    """A sum as a figure; a rate is shown only where it is one report's own number."""
    own = found.reports == 1 and set(indicator.dimensions) <= set(dimensions)
    additive = indicator.adds_up(found.measure_unit)
    value = None
    if found.scaled is not None and (additive or own):
        value = Decimal(found.scaled).scaleb(-found.scale)
    return Figure(
        indicator=found.indicator,
        measure_unit=found.measure_unit,
        period=found.period,
        org_unit=found.org_unit,
        dimensions=found.dimensions,
        value=value,
        reports=found.reports,
        additive=additive,
    )


def _group(tree: Tree, unit_id: str, level: Level) -> str:
    """The unit at *level* above, or the unit itself where the tree has none."""
    above = tree.at_level(unit_id, level)
    return unit_id if above is None else above.id
