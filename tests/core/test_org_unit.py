"""The dated tree: one code, several units; who is below whom on which day."""

from datetime import date

from server.core.org_unit import Level, OrgUnit, Tree

OLD_END, NEW_START = date(2025, 6, 30), date(2025, 7, 1)
UNITS = (
    OrgUnit("p1", "06", "Bắc Kạn", Level.PROVINCE, "tinh", None, None, OLD_END),
    OrgUnit("p2", "19", "Thái Nguyên", Level.PROVINCE, "tinh", None, NEW_START, None),
    OrgUnit("d1", "066", "Na Rì", Level.DISTRICT, "huyen", "p1", None, OLD_END),
    OrgUnit("c1", "02155", "Lương Hạ", Level.COMMUNE, "xa", "d1", None, date(2020, 1, 31)),
    OrgUnit("c2", "02155", "Yến Lạc", Level.COMMUNE, "thi_tran", "d1", date(2020, 2, 1), OLD_END),
    OrgUnit("c3", "02155", "Na Rì", Level.COMMUNE, "xa", "p2", NEW_START, None),
)


def test_a_reused_code_is_another_unit_on_another_day():
    days = [date(2019, 12, 31), date(2025, 1, 24), date(2025, 7, 1)]

    assert [Tree.of(UNITS, day).by_code["02155"].id for day in days] == ["c1", "c2", "c3"]


def test_below_a_unit_is_read_on_the_tree_of_the_day():
    before, after = Tree.of(UNITS, date(2024, 12, 31)), Tree.of(UNITS, date(2025, 12, 31))

    assert before.below("p1") == {"p1", "d1", "c2"}
    assert after.below("p2") == {"p2", "c3"}
    assert after.below("p1") == {"p1"}


def test_levels_are_found_on_the_way_up_and_missing_ones_are_none():
    before, after = Tree.of(UNITS, date(2024, 12, 31)), Tree.of(UNITS, date(2025, 12, 31))

    assert before.at_level("c2", Level.DISTRICT).id == "d1"
    assert before.at_level("c2", Level.PROVINCE).id == "p1"
    assert after.at_level("c3", Level.DISTRICT) is None
    assert [unit.id for unit in before.ancestors("c2")] == ["c2", "d1", "p1"]


def test_a_loop_in_the_data_ends_the_walk():
    a = OrgUnit("a", "1", "A", Level.COMMUNE, "xa", "b", None, None)
    b = OrgUnit("b", "2", "B", Level.DISTRICT, "huyen", "a", None, None)
    tree = Tree.of((a, b), date(2025, 1, 1))

    assert [unit.id for unit in tree.ancestors("a")] == ["a", "b"]
    assert tree.below("a") == {"a", "b"}
