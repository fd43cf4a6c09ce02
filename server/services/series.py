"""An indicator over the years: one line across versions of its forms, with marks where its
definition changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from server.core.access import Actor
from server.core.indicator import Indicator
from server.core.period import Period
from server.core.ports import Clock
from server.core.reporting_rate import Rate, rates_of
from server.core.series import Key, Part, Present, Turned, present_keys, summed, turns
from server.errors import NotFound, RequestInvalid
from server.services.catalogue import Catalogue
from server.services.counted_reports import CountedReports
from server.services.editions import Editions
from server.services.reference import Reference
from server.services.scope import Scope
from server.storage.series import SeriesStore


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One period: by measure unit the value (None where it does not add up) and the reports.

    *expected* reports are owed on the forms that feed the indicator; *counted* of them are
    approved, or sent where the figures of those are asked for too.
    """

    period: Period
    values: Mapping[str, Decimal | None]
    reports: int
    expected: int = 0
    counted: int = 0

    @property
    def complete(self) -> bool | None:
        """Whether no report is missing in the figures; None where none is known to be owed."""
        return self.counted >= self.expected if self.expected else None


@dataclass(frozen=True, slots=True)
class DefinitionTurn:
    """From *period* on the form's *version* counts, in which the definition is another one."""

    period: Period
    form: str
    title: str
    version: int
    turned: tuple[Turned, ...]


@dataclass(frozen=True, slots=True)
class IndicatorSeries:
    """The whole line, the oldest period first."""

    indicator: Indicator
    measure_units: tuple[str, ...]
    points: tuple[SeriesPoint, ...]
    turns: tuple[DefinitionTurn, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Use case of looking at an indicator over the years. Built once, in the composition."""

    store: SeriesStore
    catalogue: Catalogue
    reference: Reference
    scope: Scope
    editions: Editions
    counted: CountedReports
    clock: Clock

    def of(
        self,
        actor: Actor,
        indicator: str,
        *,
        org_unit: str | None = None,
        status: str = "final",
    ) -> IndicatorSeries:
        """The figures of all periods that the actor may see, of all units or those below one.

        Raises:
            NotFound: no such indicator, or the unit is out of scope in every period.
            RequestInvalid: an unknown status.
        """
        found = self.catalogue.indicator(indicator)
        if status not in ("final", "provisional"):
            raise RequestInvalid(reason="status", path="/status")
        units = self.catalogue.measure_units()
        present = self._present(units)
        codes = frozenset(
            {indicator}
            | {
                old.indicator
                for keys in present.values()
                for old, now in keys.items()
                if now.key.indicator == indicator
            }
        )
        points, first = [], dict[tuple[str, int], Period]()
        reached = org_unit is None
        for period in self._periods(codes):
            allowed, covered = self._units(actor, period, org_unit)
            reached = reached or covered
            if not covered:
                continue
            parts = self.store.parts(
                codes, period.id, org_units=allowed, final_only=status == "final"
            )
            for part in parts:
                first.setdefault((part.form, part.version), period)
            if parts:
                forms = self._feeding(codes, period) | {part.form for part in parts}
                rate = self._rate(forms, period, allowed)
                counted = rate.approved if status == "final" else rate.actual
                point = _point(found, period, parts, present)
                points.append(replace(point, expected=rate.expected, counted=counted))
        if not reached:
            raise NotFound(kind="org_unit")
        return IndicatorSeries(
            found,
            tuple(dict.fromkeys(unit for point in points for unit in point.values)),
            tuple(points),
            tuple(self._turns(codes, first, units)),
        )

    def reach(self, actor: Actor) -> frozenset[str] | None:
        """The units of which the actor may see figures of some period; None for all."""
        return self.scope.visible(actor)

    # Parts of these

    def _present(self, units: Mapping[str, str]) -> dict[tuple[str, int], dict[Key, Present]]:
        """By form and older version, what is read under another key now."""
        found = {}
        for form in self.catalogue.forms():
            for version in self._versions(form.code):
                keys = present_keys(self.editions.routes(form, version), units)
                if keys:
                    found[form.code, version] = keys
        return found

    def _versions(self, code: str) -> list[int]:
        return sorted(one.version for one in self.catalogue.store.forms() if one.code == code)

    def _feeding(self, codes: frozenset[str], period: Period) -> set[str]:
        """The forms whose version of that period asks for the indicator."""
        found = (self.catalogue.form_in(one.code, period) for one in self.catalogue.forms())
        return {form.code for form in found if codes & set(form.indicators)}

    def _rate(self, forms: set[str], period: Period, units: frozenset[str] | None) -> Rate:
        """How many reports are owed and there, over all forms that feed the indicator."""
        owed = [one for form in sorted(forms) for one, _ in self.counted.of(form, period, units)]
        rates = rates_of(owed, self.clock.today(), lambda _one: "")
        return rates[0] if rates else Rate("")

    def _periods(self, codes: frozenset[str]) -> list[Period]:
        found = (Period.parse(one) for one in self.store.periods(codes))
        return sorted(found, key=lambda one: (one.end, one.start))

    def _units(
        self, actor: Actor, period: Period, org_unit: str | None
    ) -> tuple[frozenset[str] | None, bool]:
        """The units that count, None for all; and whether the actor sees any of them."""
        visible = self.scope.visible(actor, period)
        if org_unit is None:
            return visible, True
        tree = self.reference.tree_of(org_unit, period)
        if org_unit not in tree.by_id or not self.scope.covers(actor, org_unit, tree):
            return None, False
        below = self.scope.below(actor, org_unit, period)
        return (below if visible is None else below & visible), True

    def _turns(
        self,
        codes: frozenset[str],
        first: Mapping[tuple[str, int], Period],
        units: Mapping[str, str],
    ) -> list[DefinitionTurn]:
        begins = self.catalogue.store.begins()
        found = []
        for form in self.catalogue.forms():
            versions = self._versions(form.code)
            for before, version in pairwise(versions):
                declared = begins.get(("form", form.code, version))
                start = Period.parse(declared) if declared else first.get((form.code, version))
                if start is None:
                    continue  # nothing was sent on it yet
                edition = self.catalogue.form(form.code, version)
                route = self.editions.routes(edition, before)
                turned = turns(route[0], codes, units) if len(route) == 1 else ()
                if turned:
                    found.append(DefinitionTurn(start, form.code, form.title, version, turned))
        return sorted(found, key=lambda one: (one.period.end, one.form, one.version))


def _point(
    indicator: Indicator,
    period: Period,
    parts: list[Part],
    present: Mapping[tuple[str, int], Mapping[Key, Present]],
) -> SeriesPoint:
    sums = summed(parts, present, indicator.code)
    values = {}
    for unit, (value, reports) in sums.items():
        # A rate is shown only where it is one report's own number.
        values[unit] = value if indicator.adds_up(unit) or reports == 1 else None
    return SeriesPoint(period, values, max((count for _, count in sums.values()), default=0))
