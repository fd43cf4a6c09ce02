"""Figures and reporting rates, read from observations and obligations.

Nothing is averaged: an indicator that does not add up over units says so
instead of showing a number that means nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from server.core.access import Actor
from server.core.indicator import Indicator
from server.core.org_unit import Level, OrgUnit, Tree
from server.core.period import Period
from server.core.ports import Clock
from server.core.reporting_rate import CONSOLIDATED, Rate, rates_of
from server.errors import NotFound, RequestInvalid
from server.services.catalogue import Catalogue
from server.services.counted_reports import CountedReports
from server.services.periods import asked_period
from server.services.reference import Reference
from server.services.scope import Scope
from server.storage.observations import ObservationStore, Sum

#: What figures can be grouped by besides the dimensions of the indicator.
UNIT_GROUPS = ("org_unit", "district", "commune", "province")
_RATE_GROUPS = (None, "org_unit", "district", "province", "level")


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
    counted: CountedReports
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
        units = self._units(actor, span, org_unit)
        groups = None
        if levels and levels[0] != "org_unit":
            level, tree_of = Level(levels[0]), self.reference.trees_of()
            groups = {
                unit: _group(tree_of(unit, span), unit, level)
                for unit in self.reference.known(span)
            }
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
        """Expected, actual, timely and excused reports of one form and period, by group.

        Consolidated reports stand apart, as groups of their own, where a form is counted as a whole
        or by level; elsewhere they are left out.
        """
        span = asked_period(period)
        if group_by not in _RATE_GROUPS:
            raise RequestInvalid(reason="group_by", path="/group_by")
        owed, groups = [], dict[str, str]()
        for one, tree in self.counted.of(form, span, self.scope.visible(actor, span)):
            owed.append(one)
            match group_by:
                case None:
                    groups[one.id] = form
                case "org_unit":
                    groups[one.id] = one.org_unit
                case "level":
                    groups[one.id] = str(tree.by_id[one.org_unit].level)
                case _:
                    groups[one.id] = _group(tree, one.org_unit, Level(group_by))
        if group_by in (None, "level"):
            visible = self.scope.visible(actor, span)
            for one, tree in self.counted.of(form, span, visible, consolidated=True):
                owed.append(one)
                own = form if group_by is None else str(tree.by_id[one.org_unit].level)
                groups[one.id] = own + CONSOLIDATED
        return rates_of(owed, self.clock.today(), lambda one: groups[one.id])

    def unit_of(self, unit_id: str, period: str) -> OrgUnit:
        """The unit as it was at the end of that period, for headings of rows."""
        return self.reference.tree_of(unit_id, asked_period(period)).by_id[unit_id]

    def _units(self, actor: Actor, span: Period, org_unit: str | None) -> frozenset[str] | None:
        visible = self.scope.visible(actor, span)
        if org_unit is None:
            return visible
        tree = self.reference.tree_of(org_unit, span)
        if org_unit not in tree.by_id:
            raise NotFound(kind="org_unit")
        below = self.scope.below(actor, org_unit, span)
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
