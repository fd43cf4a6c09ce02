"""Units in a dated tree, found without accents, in the order of the dictionary."""

from dataclasses import replace
from datetime import date

import pytest

from server.core.org_unit import Level, OrgUnit, Village
from server.errors import Conflict, NotFound, Stale
from server.storage.org_units import OrgUnitChange
from tests.storage.conftest import COMMUNES, DISTRICT

LAST, FIRST = date(2025, 6, 30), date(2025, 7, 1)


def test_units_read_back_in_dictionary_order(world):
    assert world.org_units.all() == (DISTRICT, COMMUNES[1], COMMUNES[0])


def test_a_renamed_unit_has_two_stretches_under_one_id(world):
    before = world.org_units.stretches("u2")[0]
    world.org_units.update(replace(before, valid_to=LAST))
    after = replace(before, name="Xã Cổ Linh Mới", code="02001", valid_from=FIRST)

    world.org_units.add(after)

    assert world.org_units.stretches("u2") == (replace(before, valid_to=LAST), after)


@pytest.mark.parametrize("valid_from", [None, date(2024, 1, 1)])
def test_stretches_of_a_unit_may_not_overlap(world, valid_from):
    with pytest.raises(Conflict):
        world.org_units.add(replace(COMMUNES[0], valid_from=valid_from))


def test_an_update_may_not_run_into_the_next_stretch(world):
    world.org_units.update(replace(COMMUNES[0], valid_to=LAST))
    world.org_units.add(replace(COMMUNES[0], valid_from=FIRST))

    with pytest.raises(Conflict):
        world.org_units.update(replace(COMMUNES[0], valid_to=FIRST))
    with pytest.raises(NotFound):
        world.org_units.update(replace(COMMUNES[1], valid_from=LAST, id="nothing"))
    with pytest.raises(NotFound):
        world.org_units.stretches("nothing")


def test_an_update_on_an_old_edit_is_stale(world):
    world.org_units.update(replace(COMMUNES[0], email="a@colinh.vn"), edit=1)

    with pytest.raises(Stale) as refusal:
        world.org_units.update(replace(COMMUNES[0], email="b@colinh.vn"), edit=1)

    assert refusal.value.facts["current"] == {"edit": 2}
    assert world.org_units.stretches("u2")[0].email == "a@colinh.vn"


def test_every_change_raises_the_stamp(world):
    stamps = [world.org_units.stamp()]
    world.org_units.update(replace(COMMUNES[0], name="Xã Cổ Linh 2"))
    stamps.append(world.org_units.stamp())
    world.org_units.add(replace(COMMUNES[1], id="u9", code="9"))
    stamps.append(world.org_units.stamp())

    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("co linh", ["Xã Cổ Linh"]),
        ("CỔ", ["Xã Cổ Linh"]),
        ("xa", ["Xã Bằng Thành", "Xã Cổ Linh"]),
        ("0184", ["Xã Bằng Thành"]),
        ("si binh", ["Xã Sỹ Bình"]),
        ("%", []),
        ("100%", ["Thôn 100%"]),
    ],
)
def test_search_knows_no_accents_and_no_wildcards(world, text, names):
    if "b" in text:
        world.org_units.add(replace(COMMUNES[0], id="u8", code="x8", name="Xã Sỹ Bình"))
    if text == "100%":
        world.org_units.add(replace(COMMUNES[0], id="u9", code="x9", name="Thôn 100%"))

    found = world.org_units.search(text, date(2025, 1, 24))

    assert [unit.name for unit in found] == names


def test_search_sees_the_units_of_that_day(world):
    world.org_units.update(replace(COMMUNES[0], valid_to=LAST))

    assert world.org_units.search("co linh", LAST) != []
    assert world.org_units.search("co linh", FIRST) == []


def test_names_are_sorted_as_in_a_vietnamese_dictionary(database, world):
    names = ["Đồn", "Dương", "Ân", "An", "Ăn", "Ý Yên", "Bà", "Ba", "Bá"]
    world.org_units.add_many(
        [
            OrgUnit(f"n{place}", f"n{place}", name, Level.COMMUNE, "xa", None, None, None)
            for place, name in enumerate(names)
        ]
    )

    found = [unit.name for unit in world.org_units.all() if unit.id.startswith("n")]

    assert found == ["An", "Ăn", "Ân", "Ba", "Bà", "Bá", "Dương", "Đồn", "Ý Yên"]


def test_what_a_decree_did_is_found_from_both_sides(world):
    change = OrgUnitChange("c1", "merge", "u2", "u3", FIRST, "NQ 1683", "")
    world.org_units.add_change(change)
    world.org_units.add_change(OrgUnitChange("c2", "abolish", "u1", None, FIRST, "NQ 202"))

    assert world.org_units.changes("u3") == world.org_units.changes("u2") == [change]
    assert len(world.org_units.changes()) == 2


def village(id_, number, **changes):
    facts = {
        "org_unit": "u2",
        "name": f"Thôn {number}",
        "kind": "thon",
        "extremely_poor": True,
        "road": "dirt",
        "valid_from": None,
        "valid_to": None,
    } | changes
    return Village(id_, number=number, **facts)


def test_villages_are_those_of_the_day_by_number(world):
    villages = [village("v2", 2), village("v1", 1), village("v3", 3, valid_from=FIRST)]
    world.org_units.add_villages([*villages, village("v4", 1, org_unit="u3")])

    assert world.org_units.villages("u2", LAST) == [villages[1], villages[0]]
    assert [one.id for one in world.org_units.villages("u2", FIRST)] == ["v1", "v2", "v3"]


def test_a_commune_has_a_village_number_once(world):
    world.org_units.add_villages([village("v1", 1)])

    with pytest.raises(Conflict), world.database.transaction():
        world.org_units.add_villages([village("v2", 1)])


def test_the_whole_tree_costs_one_query(world, count_queries):
    statements = count_queries(world.database)

    world.org_units.all()

    assert len(statements) == 1
