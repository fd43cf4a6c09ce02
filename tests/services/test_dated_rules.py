"""Dates of rules and of owners: which day decides, and what a change leaves as it was."""

from dataclasses import replace
from datetime import date

import pytest

from server.core.access import SYSTEM, Role
from server.core.assignment import AssignmentRule
from server.core.directory import FormOwner
from server.core.obligation import Round
from server.core.org_unit import Level, OrgUnit
from server.errors import NotFound
from server.services.accounts import NewAccount
from server.services.review import SubmissionView
from tests.divided import FORM, OWN, ROADS, divide
from tests.world import World

MARCH = date(2025, 3, 1)
WORKS = OrgUnit(
    "u-works", "d_sxd", "Sở Xây dựng", Level.DEPARTMENT, "so", "u-province", MARCH, None
)
ROUND = Round(
    id="round-rule",
    code="QT-2025",
    title="Báo cáo theo quy tắc",
    period="2024",
    letter_number="05/BDT",
    letter_on=date(2025, 1, 20),
    contact="Phòng Tổng hợp",
    phone="0209 000 000",
    level="official",
    forms=("households",),
    opens_on=date(2025, 1, 24),
)


def asked(world: World, period: str, opens_on: date) -> list[str]:
    round_ = replace(ROUND, period=period, opens_on=opens_on)
    return [unit.id for unit in world.services.rounds.preview(round_).units]


@pytest.mark.parametrize(
    ("period", "opens_on", "by_rule"),
    [
        pytest.param("2024", date(2025, 1, 24), True, id="the year is over when it opens"),
        pytest.param("2024", date(2026, 1, 24), True, id="asked for once more, late"),
        pytest.param("2025", date(2024, 12, 20), False, id="prepared before the year begins"),
        pytest.param("2025", date(2025, 6, 1), False, id="a later period"),
        pytest.param("2024", date(2024, 12, 31), True, id="on its last day"),
        pytest.param("2023", date(2024, 2, 1), False, id="the year before it began"),
    ],
)
def test_the_last_day_of_a_rule_ends_what_is_owed_for_later_periods_only(
    world: World, period: str, opens_on: date, by_rule: bool
) -> None:
    rule = AssignmentRule(
        "households", "Chỉ Cổ Linh", units=frozenset({"u-commune"}),
        valid_from=date(2024, 1, 1), valid_to=date(2024, 12, 31),
    )  # fmt: skip
    world.services.assignments.save(world.actor("admin"), rule)

    found = asked(world, period, opens_on)

    assert found == (["u-commune"] if by_rule else ["u-neighbour", "u-commune", "u-far"])


def test_a_rule_that_ends_takes_nothing_back(world: World) -> None:
    services, admin = world.services, world.actor("admin")
    rule = AssignmentRule("households", "Chỉ Cổ Linh", units=frozenset({"u-commune"}))
    number = services.assignments.save(admin, rule)
    services.rounds.open(admin, ROUND)
    before = services.reports.reporting_rates(admin, form="households", period="2024")

    ended = replace(services.assignments.store.get(number), valid_to=date(2023, 12, 31))
    services.assignments.save(admin, ended)

    assert [one.org_unit for one in services.rounds.owed(ROUND.id)] == ["u-commune"]
    assert services.reports.reporting_rates(admin, form="households", period="2024") == before
    assert len(asked(world, "2024", date(2025, 1, 24))) == 3


# Owners


@pytest.fixture
def two_owners(world: World) -> World:
    """What the form calls ``ROADS`` is the department of roads, from March the one of works."""
    divide(world)
    services = world.services
    services.reference.add_units([WORKS], SYSTEM)
    works = NewAccount("works_reporter", "works reporter", None, Role.REPORTER, "u-works")
    world.accounts["works_reporter"] = services.accounts.create(SYSTEM, works).id
    return world


def replaced(world: World) -> None:
    owner = FormOwner(ROADS, None, "u-works", "NQ 18 về sắp xếp cơ quan", valid_from=MARCH)
    world.services.assignments.save_owner(world.actor("admin"), owner)


def opened(world: World, period: str) -> None:
    round_ = replace(
        ROUND, id=f"shared-{period}", code=f"DT-{period}", period=period, forms=(FORM,)
    )
    world.services.rounds.open(world.actor("admin"), round_)


def started(world: World, period: str) -> SubmissionView:
    return world.services.submissions.start(
        world.actor("commune_reporter"),
        form=FORM,
        org_unit="u-commune",
        period=period,
        answers=OWN,
    )


def owner_of(world: World, view: SubmissionView) -> str:
    parts = world.services.parts.of(world.actor("commune_reporter"), view.submission.id)
    return next(one.unit.name for one in parts if one.part.key == ROADS)


def waits_for(world: World, username: str) -> list[str]:
    found = world.services.parts.owed(world.actor(username))
    return [one.period.id for one in found]


def test_a_part_is_of_the_owner_of_the_periods_last_day(two_owners: World) -> None:
    world = two_owners
    replaced(world)
    opened(world, "2025")

    views = [started(world, period) for period in ("2024", "2025")]

    assert [owner_of(world, view) for view in views] == ["Sở Giao thông vận tải", "Sở Xây dựng"]
    assert waits_for(world, "roads_reporter") == ["2024"]
    assert waits_for(world, "works_reporter") == ["2025"]


def test_a_part_that_is_open_goes_to_the_owner_who_is_declared_later(two_owners: World) -> None:
    world = two_owners
    opened(world, "2025")
    old, new = (started(world, period) for period in ("2024", "2025"))
    assert waits_for(world, "roads_reporter") == ["2024", "2025"]

    parts, works = world.services.parts, world.actor("works_reporter")
    second = world.accounts["roads_second"]
    parts.assign(world.actor("roads_reporter"), new.submission.id, ROADS, second)

    replaced(world)
    replaced(world)

    assert [owner_of(world, view) for view in (old, new)] == [
        "Sở Giao thông vận tải",
        "Sở Xây dựng",
    ]
    assert waits_for(world, "roads_reporter") == ["2024"]
    assert waits_for(world, "works_reporter") == ["2025"]
    assert world.count("event WHERE name = 'submission.part_owner_changed'") == 1
    parts.hand_in(works, new.submission.id, ROADS)
    with pytest.raises(NotFound):
        parts.hand_in(works, old.submission.id, ROADS)


def test_an_owner_that_is_taken_back_with_its_transaction_leaves_nothing_behind(
    two_owners: World,
) -> None:
    world = two_owners
    opened(world, "2025")
    view = started(world, "2025")

    with pytest.raises(ZeroDivisionError), world.application.database.transaction():
        replaced(world)
        raise ZeroDivisionError

    holiday = (date(2025, 5, 2), "Nghỉ bù", "off", world.actor("admin"))
    world.services.reference.put_holiday(*holiday)  # raises the counter that the trees go by
    assert owner_of(world, view) == "Sở Giao thông vận tải"
    assert waits_for(world, "roads_reporter") == ["2025"]
