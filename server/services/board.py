"""The late board: each expected report in scope with its state, lateness, last reminder and call.

A number of statements that does not grow with the reports: reference data is read once, the rest
comes in one statement a kind. Consolidated reports are marked, and counted apart from the others.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.core.access import Actor
from server.core.consolidation import is_consolidated
from server.core.form import Form
from server.core.obligation import LateClass, Obligation, ObligationState, late_class
from server.core.org_unit import Level, OrgUnit, Tree
from server.core.period import Period
from server.core.ports import LOCAL, Clock
from server.core.reporting_rate import CONSOLIDATED, Rate, rates_of
from server.core.vietnamese import collation_key
from server.errors import RequestInvalid
from server.services.catalogue import Catalogue
from server.services.part_duties import PartDuties
from server.services.periods import asked_period
from server.services.reference import Reference
from server.services.scope import Scope
from server.storage.board import BoardStore
from server.storage.obligations import ObligationStore

_EVERYTHING = 1_000_000


class RateGroup(StrEnum):
    """What reporting rates are counted by."""

    UNIT = "unit"
    DISTRICT = "district"
    FORM = "form"
    PERIOD = "period"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What of the board is wanted; ``None`` is no filter. *place* is a unit with all below it."""

    form: str | None = None
    period: str | None = None
    round: str | None = None
    level: Level | None = None
    place: str | None = None
    units: Collection[str] | None = None
    state: ObligationState | None = None
    least_late: int = 0


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One expected report; *step* is the workflow version and state of what was begun."""

    obligation: Obligation
    unit: OrgUnit
    district: OrgUnit | None
    form: Form
    state: ObligationState
    days_late: int
    reminded_on: date | None
    called_on: date | None
    step: tuple[str, str] | None
    consolidated: bool = False
    late_parts: tuple[tuple[str, int], ...] = ()
    """Other units whose part of the report is late, with the days."""

    @property
    def late_class(self) -> LateClass:
        return late_class(self.days_late)


@dataclass(frozen=True, slots=True)
class Board:
    """Use cases of looking at who is how far."""

    store: BoardStore
    obligations: ObligationStore
    catalogue: Catalogue
    reference: Reference
    scope: Scope
    clock: Clock
    duties: PartDuties

    def lines(self, actor: Actor, wanted: BoardFilter) -> list[BoardLine]:
        """The expected reports in scope, by period, form, district and name of the unit.

        Raises:
            NotFound: the place is out of scope.
            RequestInvalid: no such period.
        """
        units = self._units(actor, wanted)
        chosen = (wanted.form, units, wanted.period, wanted.round)
        found = self.obligations.list_(*chosen, limit=_EVERYTHING)
        steps = self.store.steps(*chosen)
        reminded, called = self.store.reminded(*chosen), self.store.called(*chosen)
        today, tree_of = self.clock.today(), self.reference.trees_of()
        waits = self.duties.of(self.duties.reports() & {one.id for one in found})
        forms, seen, lines = self._forms(), self._seen(actor), []
        for one in found:
            tree = tree_of(one.org_unit, Period.parse(one.period))
            unit, state = tree.by_id[one.org_unit], one.state(today)
            form = forms(one.form)
            late = one.days_late(today, one.sent_on)
            if (
                not seen(one.org_unit, tree)
                or wanted.level not in (None, unit.level)
                or wanted.state not in (None, state)
                or late < wanted.least_late
            ):
                continue
            at = reminded.get(one.id)
            lines.append(
                BoardLine(
                    obligation=one,
                    unit=unit,
                    district=tree.at_level(unit.id, Level.DISTRICT),
                    form=form,
                    state=state,
                    days_late=late,
                    reminded_on=None if at is None else at.astimezone(LOCAL).date(),
                    called_on=called.get(one.id),
                    step=steps.get(one.id),
                    consolidated=is_consolidated(form, unit.level),
                    late_parts=tuple(
                        (duty.owner.name, days)
                        for duty in waits.get(one.id, ())
                        if (days := duty.days_late(today))
                    ),
                )
            )
        return _sorted(lines)

    def rates(self, lines: Iterable[BoardLine], by: RateGroup) -> list[Rate]:
        """Reporting rates of these lines by id of the unit or district, form, period or level.

        Consolidated reports of a group are a group of their own, its name with ``CONSOLIDATED``.
        """
        by_id = {line.obligation.id: line for line in lines}

        def group(obligation: Obligation) -> str:
            line = by_id[obligation.id]
            names = {
                RateGroup.UNIT: line.unit.id,
                RateGroup.DISTRICT: "" if line.district is None else line.district.id,
                RateGroup.FORM: line.form.code,
                RateGroup.PERIOD: obligation.period,
                RateGroup.LEVEL: str(line.unit.level),
            }
            return names[by] + (CONSOLIDATED if line.consolidated else "")

        return rates_of((line.obligation for line in by_id.values()), self.clock.today(), group)

    def place(self, actor: Actor, unit_id: str) -> list[OrgUnit]:
        """The way down to a unit in scope, the top first; for the head of the board.

        Raises:
            NotFound: the unit is out of scope.
        """
        self.scope.below(actor, unit_id)
        last = self.reference.unit(unit_id)
        tree = self.reference.tree(last.valid_to or self.clock.today())
        way = list(tree.ancestors(unit_id)) or [last]
        visible = self.scope.visible(actor)
        return [unit for unit in reversed(way) if visible is None or unit.id in visible]

    def _units(self, actor: Actor, wanted: BoardFilter) -> frozenset[str] | None:
        span = None if wanted.period is None else asked_period(wanted.period)
        if wanted.least_late < 0:
            raise RequestInvalid(reason="late", path="/late")
        units = self.scope.visible(actor, span)
        within: list[Collection[str]] = []
        if wanted.place is not None:
            within.append(self.scope.below(actor, wanted.place))
        if wanted.units is not None:
            within.append(wanted.units)
        for more in within:
            units = frozenset(more) if units is None else units & frozenset(more)
        return units

    def _seen(self, actor: Actor) -> Callable[[str, Tree], bool]:
        """Whether a unit is in scope on the tree of its report; a place is judged once."""
        known: dict[tuple[str, date], bool] = {}

        def of(unit_id: str, tree: Tree) -> bool:
            key = unit_id, tree.on
            if key not in known:
                known[key] = self.scope.covers(actor, unit_id, tree)
            return known[key]

        return of

    def _forms(self) -> Callable[[str], Form]:
        """Forms by code; one that is not published any more is read once."""
        known = {form.code: form for form in self.catalogue.forms()}

        def of(code: str) -> Form:
            if code not in known:
                known[code] = self.catalogue.form(code)
            return known[code]

        return of


def _sorted(lines: list[BoardLine]) -> list[BoardLine]:
    """By period, form, district, unit; a name is taken apart once however often it comes."""
    keys: dict[str, object] = {}

    def key(name: str) -> object:
        if name not in keys:
            keys[name] = collation_key(name)
        return keys[name]

    return sorted(
        lines,
        key=lambda line: (
            line.obligation.period,
            key(line.form.title),
            line.form.code,
            key("" if line.district is None else line.district.name),
            key(line.unit.name),
            line.obligation.round or "",
        ),
    )
