"""Whose a cell is, which parts a report has, and who may write what."""

from datetime import date

import pytest

from server.core.access import Actor, Grant, Role
from server.core.form import Form, compile_form
from server.core.org_unit import Level, OrgUnit, Tree
from server.core.part import UNIT, Hands, Part, PartState, owners_of, ownership_of, parts_of
from server.core.submission import Change
from tests.divided import ROADS, ROADS_UNIT, shared_form

COMMUNE = OrgUnit("u-commune", "01858", "Cổ Linh", Level.COMMUNE, "xa", "u-province", None, None)
PROVINCE = OrgUnit("u-province", "06", "Bắc Kạn", Level.PROVINCE, "tinh", None, None, None)
GIVEN = Part("s", "unit.main", "u-commune", assignee="mai", edit=1)


@pytest.fixture(scope="module")
def form() -> Form:
    return compile_form(shared_form(), {})


def tree_of(*units: OrgUnit) -> Tree:
    return Tree.of(units, date(2024, 12, 31))


def reporter(account: str, unit: str) -> Actor:
    return Actor(account, account, (Grant(Role.REPORTER, unit),))


MAI, HOA = reporter("mai", "u-commune"), reporter("hoa", "u-commune")
ROAD_CLERK = reporter("dung", "u-roads")


def parts(form: Form, *stored: Part) -> tuple[Part, ...]:
    return parts_of(form, "s", "u-commune", {ROADS: "u-roads"}, stored)


def hands(form: Form, actor: Actor, *stored: Part) -> Hands:
    return Hands.of(form, "u-commune", parts(form, *stored), actor)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/people/male", UNIT),
        ("/people", UNIT),
        ("/bridges", ROADS),
        ("/lines/dirt/count", UNIT),
        ("/lines/dirt/length", ROADS),
        ("/works/w1/name", UNIT),
        ("/works/w1/cost", ROADS),
    ],
)
def test_a_cell_is_of_its_own_owner_else_of_its_section_s(form: Form, path: str, key: str) -> None:
    assert hands(form, MAI).key_of(path) == key


def test_a_cell_of_a_section_that_was_given_away_is_of_that_part(form: Form) -> None:
    found = hands(form, HOA, GIVEN)

    assert found.key_of("/households") == "unit.main"
    assert found.locked("/households") and not found.locked("/lines/dirt/count")
    assert not hands(form, MAI, GIVEN).locked("/households")


def test_the_filing_unit_named_as_owner_has_no_part_of_its_own(form: Form) -> None:
    tree = tree_of(PROVINCE, COMMUNE, ROADS_UNIT)

    assert ownership_of(form).units == (ROADS, "01858")
    assert owners_of(form, "u-commune", tree) == {ROADS: "u-roads"}
    assert not hands(form, MAI).locked("/opinion")


def test_a_unit_that_is_no_more_leaves_its_cells_to_the_filing_unit(form: Form) -> None:
    owners = owners_of(form, "u-commune", tree_of(PROVINCE, COMMUNE))

    found = parts_of(form, "s", "u-commune", owners, ())
    assert (owners, found) == ({}, ())
    assert not Hands.of(form, "u-commune", found, MAI).locked("/bridges")


def test_a_section_given_to_a_clerk_is_a_part_until_it_is_given_back(form: Form) -> None:
    given_back = Part("s", "unit.main", "u-commune", edit=2)

    assert [part.key for part in parts(form)] == [UNIT, ROADS]
    assert [part.key for part in parts(form, GIVEN)] == [UNIT, "unit.main", ROADS]
    assert [part.key for part in parts(form, given_back)] == [UNIT, ROADS]


def test_the_rest_is_gone_when_every_section_is_given_away(form: Form) -> None:
    given = [
        Part("s", f"unit.{section.key}", "u-commune", assignee="mai")
        for section in ownership_of(form).sections_of(UNIT)
    ]
    found = parts_of(form, "s", "u-commune", {}, given)

    assert [part.key for part in found] == [part.key for part in given]


@pytest.mark.parametrize(
    ("actor", "stored", "open_keys"),
    [
        (MAI, (), {UNIT}),
        (ROAD_CLERK, (), {ROADS}),
        (reporter("x", "u-neighbour"), (), set()),
        (Actor("s", "s", (Grant(Role.SIGNER, "u-commune"),)), (), set()),
        (Actor("a", "a", (Grant(Role.ADMIN, "u-province"),)), (), set()),
        (MAI, (GIVEN,), {UNIT, "unit.main"}),
        (HOA, (GIVEN,), {UNIT}),
        (ROAD_CLERK, (Part("s", ROADS, "u-roads", assignee="other"),), set()),
        (ROAD_CLERK, (Part("s", ROADS, "u-roads", state=PartState.HANDED_IN),), set()),
        (MAI, (Part("s", ROADS, "u-roads", state=PartState.HANDED_IN),), {UNIT}),
        (MAI, (Part("s", ROADS, "u-roads", state=PartState.WAIVED),), {UNIT, ROADS}),
        (ROAD_CLERK, (Part("s", ROADS, "u-roads", state=PartState.WAIVED),), set()),
    ],
)
def test_who_may_write_which_parts(
    form: Form, actor: Actor, stored: tuple[Part, ...], open_keys: set[str]
) -> None:
    assert hands(form, actor, *stored).open_keys == open_keys


@pytest.mark.parametrize(
    ("actor", "change", "refused"),
    [
        (MAI, Change("/households", 1, 2), None),
        (MAI, Change("/bridges", 1, 2), ROADS),
        (ROAD_CLERK, Change("/bridges", 1, 2), None),
        (ROAD_CLERK, Change("/households", 1, 2), UNIT),
        # A reason at a row speaks for the cells of both.
        (MAI, Change("/lines/dirt", None, None, "none_arose"), ROADS),
        # An empty line comes and goes with whoever has a cell in it.
        (MAI, Change("/works/w1", None, {}), None),
        (ROAD_CLERK, Change("/works/w1", {}, None), None),
        (ROAD_CLERK, Change("/people", {}, None), UNIT),
        (reporter("x", "u-neighbour"), Change("/works/w1", None, {}), UNIT),
    ],
)
def test_a_change_is_refused_by_the_part_it_is_not_for(
    form: Form, actor: Actor, change: Change, refused: str | None
) -> None:
    assert hands(form, actor).refused(change) == refused


def test_an_undivided_report_is_open_to_every_clerk_of_its_unit(form: Form) -> None:
    assert not Hands.of(form, "u-commune", (), HOA).locked("/bridges")
    assert Hands.of(form, "u-commune", (), ROAD_CLERK).locked("/bridges")


def test_the_rest_is_never_waited_for() -> None:
    assert not Part("s", UNIT, "u-commune").awaited
    assert GIVEN.awaited
