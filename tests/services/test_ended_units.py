"""Units that end within a period stay in sight of those who stood above them on their last day."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.access import SYSTEM, Actor, Grant, Role
from server.core.obligation import Round, RoundDates
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.ports import FixedClock
from server.errors import NotFound
from server.services.board import BoardFilter, RateGroup
from server.services.exports import Exports
from server.services.reference import Reference
from server.services.scope import Scope
from tests.world import FRIDAY, GOOD, UNITS, World

LAST_DAY = date(2025, 6, 30)
YEAR = "2025"
ROUND = Round(
    id="round-2025",
    code="NAM-2025",
    title="Báo cáo năm 2025",
    period=YEAR,
    letter_number="02/BDT",
    letter_on=date(2025, 1, 2),
    contact="Phòng Tổng hợp",
    phone="0209 000 000",
    level="official",
    forms=("households",),
    opens_on=date(2025, 1, 2),
    dates=(RoundDates(level="commune", due=date(2025, 1, 10)),),
)
OWED_BELOW = {
    "commune_reporter": {"u-commune"},
    "district_approver": {"u-neighbour"},
    "province_approver": {"u-commune", "u-neighbour", "u-far"},
    "province_reader": {"u-commune", "u-neighbour", "u-far"},
    "other_district_reporter": {"u-far"},
}


@pytest.fixture
def ended(world: World) -> World:
    """The district and one commune end on 30/06; the other commune goes on below the province."""
    services = world.services
    services.rounds.open(world.actor("admin"), ROUND)
    for name in ("district", "neighbour", "commune"):
        services.reference.save_unit(replace(UNITS[name], valid_to=LAST_DAY), SYSTEM)
    after = replace(UNITS["commune"], parent="u-province", valid_from=LAST_DAY + timedelta(days=1))
    services.reference.add_units([after], SYSTEM)
    return world


def exported(world: World, username: str) -> set[str]:
    job = SimpleNamespace(input={"form": "households", "period": YEAR})
    exports: Exports = world.services.exports
    chosen = exports._chosen(world.actor(username), job)  # type: ignore[arg-type]
    return {world.services.submissions.submissions.get(one).org_unit for one in chosen}


@pytest.mark.parametrize("username", sorted(OWED_BELOW))
def test_lists_board_and_rates_show_what_can_be_opened(ended: World, username: str) -> None:
    services, actor, seen = ended.services, ended.actor(username), OWED_BELOW[username]
    listed = services.obligations.list_(actor, period=YEAR).items
    lines = services.board.lines(actor, BoardFilter(period=YEAR))

    assert {one.org_unit for one in listed} == seen
    assert {line.unit.id for line in lines} == seen
    rates = services.reports.reporting_rates(
        actor, form="households", period=YEAR, group_by="org_unit"
    )
    assert {rate.group for rate in rates} == seen
    assert {rate.group for rate in services.board.rates(lines, RateGroup.UNIT)} == seen
    for one in services.obligations.obligations.list_(period=YEAR):
        if one.org_unit in seen:
            assert services.obligations.get(actor, one.id) == one
        else:
            with pytest.raises(NotFound):
                services.obligations.get(actor, one.id)


def test_figures_reports_and_exports_hold_the_report_of_the_unit_that_ended(ended: World) -> None:
    services, approver = ended.services, ended.actor("province_approver")
    view = services.submissions.start(
        ended.actor("neighbour_reporter"),
        form="households",
        org_unit="u-neighbour",
        period=YEAR,
        answers=GOOD,
    )
    actor = ended.actor("neighbour_reporter")
    services.approvals.decide(actor, view.submission.id, "submit", seen=view.submission.edit)
    services.accounts.grant(
        SYSTEM, ended.accounts["commune_signer"], Grant(Role.SIGNER, "u-neighbour")
    )
    view = services.submissions.get(approver, view.submission.id)
    services.approvals.decide(
        ended.actor("commune_signer"), view.submission.id, "sign", seen=view.submission.edit
    )
    services.dispatch.run()

    figures = services.reports.figures(
        approver, indicator="0101", period=YEAR, status="provisional"
    )
    assert [int(one.value or 0) for one in figures] == [25]
    for group in ("org_unit", "district"):
        [one] = services.reports.figures(
            approver, indicator="0101", period=YEAR, status="provisional", group_by=(group,)
        )
        assert one.org_unit == {"org_unit": "u-neighbour", "district": "u-district"}[group]
    [one] = services.reports.figures(
        approver, indicator="0101", period=YEAR, status="provisional", org_unit="u-province"
    )
    assert int(one.value or 0) == 25
    listed = services.submissions.list_(approver, period=YEAR).items
    assert [submission.org_unit for submission in listed] == ["u-neighbour"]
    listed = services.submissions.list_(approver, period=YEAR, org_unit="u-district").items
    assert [submission.org_unit for submission in listed] == ["u-neighbour"]
    assert exported(ended, "province_approver") == {"u-neighbour"}
    assert exported(ended, "other_district_reporter") == set()


def test_a_place_holds_the_units_that_ended_below_it(ended: World) -> None:
    services, reader = ended.services, ended.actor("province_reader")

    def units(place: str) -> set[str]:
        found = services.board.lines(reader, BoardFilter(period=YEAR, place=place))
        listed = services.obligations.list_(reader, period=YEAR, org_unit=place).items
        assert {one.org_unit for one in listed} <= {line.unit.id for line in found}
        return {one.org_unit for one in listed}

    assert units("u-province") == {"u-commune", "u-neighbour", "u-far"}
    assert "u-neighbour" in units("u-district")
    assert units("u-other-district") == {"u-far"}


@dataclass
class _Kept:
    """What reference data are read from."""

    items: Sequence[OrgUnit]

    def stamp(self) -> int:
        return 1

    def all(self) -> Sequence[OrgUnit]:
        return self.items

    def owners(self) -> Sequence[OrgUnit]:
        return ()


def _random_units(chance: random.Random) -> list[OrgUnit]:
    """Eight units with one to three stretches, each stretch below another unit."""
    units = []
    for number in range(8):
        first = None if chance.random() < 0.7 else date(2024, chance.randint(1, 12), 1)
        for _stretch in range(chance.randint(1, 3)):
            last = None if chance.random() < 0.4 else date(2025, chance.randint(1, 12), 15)
            if first is not None and last is not None and last < first:
                break
            above = f"u{chance.randrange(number)}" if number else None
            units.append(
                OrgUnit(
                    f"u{number}", f"{number:05}", f"Xã {number}", Level.COMMUNE, "xa", above,
                    first, last,
                )
            )  # fmt: skip
            if last is None:
                break
            first = last + timedelta(days=1)
    return units


def _reference(units: list[OrgUnit]) -> Reference:
    nothing: Any = _Kept(())
    store: Any = _Kept(units)
    clock = FixedClock(datetime(2025, 1, 24, tzinfo=UTC))
    return Reference(store, nothing, nothing, nothing, nothing, nothing, clock)


@given(st.integers(0, 10**6), st.sampled_from(["2024", "2025", "2025-Q2", "2025-07", "2026"]))
@settings(max_examples=150, deadline=None)
def test_what_is_in_a_list_is_exactly_what_can_be_opened(seed: int, period_id: str) -> None:
    """The canary: ``visible`` and ``require`` are one rule, whatever ends or moves within it."""
    chance, period = random.Random(seed), Period.parse(period_id)
    units = _random_units(chance)
    ids = sorted({unit.id for unit in units})
    scope = Scope(_reference(units))
    role = chance.choice([Role.APPROVER, Role.READER, Role.REPORTER])
    actor = Actor("someone", "Someone", (Grant(role, chance.choice(ids)),))

    visible = scope.visible(actor, period)

    assert visible is not None
    for unit_id in ids:
        tree = scope.reference.tree_of(unit_id, period)
        if unit_id in tree.by_id:
            assert (unit_id in visible) == scope.covers(actor, unit_id, tree), unit_id


def test_the_clock_of_this_world_lies_before_the_last_day() -> None:
    assert FRIDAY.today() < LAST_DAY
