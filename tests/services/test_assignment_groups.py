"""Assignment by a named group of units: dated like units, frozen as a round opens."""

from dataclasses import replace
from datetime import date

import pytest

from server.core.assignment import AssignmentRule
from server.core.obligation import Round
from server.core.unit_group import GroupUnit, UnitGroup
from server.errors import Conflict, InputInvalid, NotFound
from server.services.unit_groups import GroupWish
from tests.world import World

ZONE = "Xã khu vực III"
ROUND = Round(
    id="round-zone",
    code="KV3-2025",
    title="Báo cáo các xã khu vực III",
    period="2025",
    letter_number="12/BDT",
    letter_on=date(2025, 1, 20),
    contact="Phòng Chính sách",
    phone="0209 000 000",
    level="official",
    forms=("households",),
    opens_on=date(2025, 1, 24),
)


def grouped(world: World, *members: GroupUnit) -> UnitGroup:
    wish = GroupWish(ZONE, members, (), ())
    return world.services.unit_groups.add(world.actor("admin"), wish)


def ruled(world: World, group: UnitGroup) -> AssignmentRule:
    rule = AssignmentRule("households", "Xã khu vực III gửi", group=group.id)
    number = world.services.assignments.save(world.actor("admin"), rule)
    return world.services.assignments.store.get(number)


def owing(world: World, round_: Round) -> set[str]:
    return {one.org_unit for one in world.services.rounds.owed(round_.id)}


def test_a_member_added_later_changes_no_denominator_of_the_past(world: World) -> None:
    admin = world.actor("admin")
    first = GroupUnit("u-commune", date(2024, 1, 1))
    group = grouped(world, first)
    rule = ruled(world, group)
    service = world.services
    service.rounds.open(admin, ROUND)
    rates = service.reports.reporting_rates
    before = rates(admin, form="households", period="2025")

    both = (first, GroupUnit("u-neighbour", date(2024, 1, 1)))
    service.unit_groups.save(admin, group.id, GroupWish(ZONE, both, (), ()), edit=group.edit)

    assert rule.group == group.id
    assert [unit.id for unit in service.assignments.owing(rule)] == ["u-neighbour", "u-commune"]
    assert owing(world, ROUND) == {"u-commune"}
    assert rates(admin, form="households", period="2025") == before
    assert [one.expected for one in before] == [1]
    later = replace(ROUND, id="round-later", code="KV3-2025-2")
    service.rounds.open(admin, later)
    assert owing(world, later) == {"u-commune", "u-neighbour"}


def test_the_members_are_those_of_the_day_the_round_opens(world: World) -> None:
    group = grouped(
        world,
        GroupUnit("u-commune", date(2024, 1, 1), date(2025, 1, 23)),
        GroupUnit("u-neighbour", date(2025, 1, 24)),
        GroupUnit("u-far", date(2025, 1, 25)),
    )
    ruled(world, group)
    rounds = world.services.rounds

    def asked(opens_on: date, period: str) -> list[str]:
        round_ = replace(ROUND, opens_on=opens_on, period=period)
        return [unit.id for unit in rounds.preview(round_).units]

    assert asked(date(2025, 1, 23), "2024") == ["u-commune"]
    assert asked(date(2025, 1, 24), "2024") == ["u-neighbour"]
    assert asked(date(2025, 1, 25), "2024") == ["u-neighbour", "u-far"]
    # A round that is prepared before its period begins is judged by the period's first day.
    assert asked(date(2024, 12, 1), "2025") == ["u-commune"]
    assert rounds.open(world.actor("admin"), ROUND) == 1
    assert owing(world, ROUND) == {"u-neighbour"}


def test_who_acts_on_the_reports_of_a_group_is_asked_of_its_units_alone(world: World) -> None:
    ruled(world, grouped(world, GroupUnit("u-far", date(2024, 1, 1))))

    routes = [one for one in world.services.staffing.routes() if "households" in one.forms]

    assert [one.org_units for one in routes] == [("u-far",)]


def test_a_group_that_a_rule_names_cannot_be_removed(world: World) -> None:
    admin = world.actor("admin")
    group = grouped(world, GroupUnit("u-commune", date(2024, 1, 1)))
    rule = ruled(world, group)
    events = world.count("event")

    with pytest.raises(Conflict) as refused:
        world.services.unit_groups.remove(admin, group.id)

    assert refused.value.facts["rules"] == ["Xã khu vực III gửi"]
    assert world.services.unit_groups.get(group.id).members == group.members
    assert world.count("event") == events
    world.services.assignments.save(admin, replace(rule, group=None, levels=frozenset({"commune"})))
    world.services.unit_groups.remove(admin, group.id)
    assert world.services.unit_groups.all() == []


def test_a_rule_of_a_group_that_is_gone_is_refused(world: World) -> None:
    rule = AssignmentRule("households", "Nhóm không có", group="nowhere")

    with pytest.raises(InputInvalid) as refused:
        world.services.assignments.save(world.actor("admin"), rule)
    with pytest.raises(NotFound):  # removed between the two: the store looks again, under a lock
        world.services.assignments.store.add(rule)

    assert refused.value.facts["errors"] == [
        {"path": "/group", "code": "unknown-group", "message": ""}
    ]
