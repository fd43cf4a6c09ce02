"""Which units owe a form: by level, kind, place, group and list, from a day to a day."""

from datetime import date

import pytest

from server.core.assignment import AssignmentRule, owing, rule_of, rules_on, unknown_units
from server.core.directory import FormOwner, owners_on
from server.core.form import load_form
from server.core.org_unit import Level, OrgUnit, Tree
from tests.core.make_form import SOURCE

DAY = date(2025, 1, 24)
UNITS = (
    OrgUnit("p", "06", "Bắc Kạn", Level.PROVINCE, "tinh", None, None, None),
    OrgUnit("d", "060", "Pác Nặm", Level.DISTRICT, "huyen", "p", None, None),
    OrgUnit("e", "061", "Ba Bể", Level.DISTRICT, "huyen", "p", None, None),
    OrgUnit("c1", "01858", "Cổ Linh", Level.COMMUNE, "xa", "d", None, None),
    OrgUnit("c2", "01837", "Bộc Bố", Level.COMMUNE, "xa", "d", None, None),
    OrgUnit("c3", "01894", "Chợ Rã", Level.COMMUNE, "thi_tran", "e", None, None),
    OrgUnit("s", "d_snv", "Sở Nội vụ", Level.DEPARTMENT, "so", "p", None, None),
)
GROUPS = {"g": frozenset({"c1", "c3", "s", "gone"}), "empty": frozenset[str]()}
TREE = Tree.of(UNITS, DAY, groups=GROUPS)


def rule(**given: object) -> AssignmentRule:
    sets = {
        name: frozenset(value) if isinstance(value, list) else value
        for name, value in given.items()
    }
    return AssignmentRule("f", **sets)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "owe"),
    [
        ({"levels": ["commune"]}, ["c1", "c2", "c3"]),
        ({"levels": ["commune"], "kinds": ["thi_tran"]}, ["c3"]),
        ({"levels": ["commune"], "below": "d"}, ["c1", "c2"]),
        ({"levels": ["commune"], "below": "d", "without": ["c2"]}, ["c1"]),
        ({"levels": ["district"], "units": ["s"]}, ["d", "e", "s"]),
        ({"units": ["c2", "s"], "without": ["s"]}, ["c2"]),
        ({"codes": ["01894"]}, ["c3"]),
        ({"group": "g"}, ["c1", "c3", "s"]),
        ({"group": "g", "levels": ["commune"]}, ["c1", "c3"]),
        ({"group": "g", "kinds": ["xa"]}, ["c1"]),
        ({"group": "g", "below": "d", "units": ["c2"], "without": ["s"]}, ["c1", "c2"]),
        ({"group": "empty"}, []),
        ({"group": "nowhere", "levels": ["commune"]}, []),
        ({"kinds": ["xa"]}, []),
        ({}, []),
    ],
)
def test_a_rule_names_its_units(given, owe):
    assert [unit.id for unit in owing((rule(**given),), TREE)] == owe


def test_kept_rules_replace_that_of_the_form_while_they_hold():
    own = {**SOURCE["x-form"], "assignedTo": {"levels": ["commune"], "kinds": ["xa"]}}
    form = load_form({**SOURCE, "x-form": own})
    kept = [
        AssignmentRule(
            form.code, levels=frozenset({"district"}), valid_from=date(2025, 1, 1),
            valid_to=date(2025, 6, 30),
        ),
        AssignmentRule("another", levels=frozenset({"province"})),
    ]  # fmt: skip

    def owe(on: date) -> list[str]:
        return [unit.id for unit in owing(rules_on(form, kept, on), TREE)]

    assert owe(date(2024, 12, 31)) == ["c1", "c2"]
    assert owe(date(2025, 1, 1)) == owe(date(2025, 6, 30)) == ["d", "e"]
    assert owe(date(2025, 7, 1)) == ["c1", "c2"]
    assert rule_of(form).kinds == {"xa"}


def test_two_rules_that_hold_add_up_and_name_a_unit_once():
    rules = (rule(levels=["commune"]), rule(units=["c1", "s"]))

    assert [unit.id for unit in owing(rules, TREE)] == ["c1", "c2", "c3", "s"]
    assert unknown_units(rule(units=["c1", "gone"], below="nowhere"), TREE.by_id) == [
        "gone",
        "nowhere",
    ]


def test_an_owner_is_whoever_stands_for_it_on_that_day():
    owners = [
        FormOwner("d_ldtbxh", None, "s", "NQ 01", valid_from=date(2025, 3, 1)),
        FormOwner("d_ldtbxh", "near_poor", "e", "NQ 02", valid_from=date(2025, 3, 1)),
        FormOwner("d_snv", None, "p", "QĐ 9", valid_to=date(2024, 12, 31)),
    ]

    def tree(on: date) -> Tree:
        return Tree.of(UNITS, on, owners_on(owners, on))

    assert tree(DAY).owner("cadres", "d_ldtbxh") is None
    assert tree(date(2025, 3, 1)).owner("cadres", "d_ldtbxh").id == "s"
    assert tree(date(2025, 3, 1)).owner("near_poor", "d_ldtbxh").id == "e"
    assert tree(date(2024, 12, 31)).owner("cadres", "d_snv").id == "p"
    assert tree(DAY).owner("cadres", "d_snv").id == "s"
