"""What an older version calls its figures now, how they add up, and what is told of the change."""

from copy import deepcopy
from decimal import Decimal

import pytest

from server.core.answer_migration import Route
from server.core.form import compile_form
from server.core.series import Key, Part, Present, Turn, present_keys, summed, turns
from tests.core.make_form import LISTS, SOURCE

OLDER = compile_form(SOURCE, LISTS)
ROWS = "/rows/*/"


def version_4(change, *steps):
    source = deepcopy(SOURCE)
    source["x-form"]["version"] = 4
    change(source["$defs"]["row"]["properties"])
    if steps:
        source["x-migrate"] = {"from": 3, "steps": list(steps)}
    return Route.of(OLDER, compile_form(source, LISTS))


def told(route):
    return {one.turn for one in turns(route, frozenset({"0101"}), {})}


def recode(cells):
    for cell in cells.values():
        if "x-indicator" in cell:
            cell["x-indicator"] = {**cell["x-indicator"], "code": "0199"}


def remeasure(cells):
    for cell in cells.values():
        if "x-indicator" in cell:
            cell["x-measure-unit"] = "nghìn người"


def feeding():
    cells = SOURCE["$defs"]["row"]["properties"]
    return next(key for key, cell in cells.items() if "x-indicator" in cell)


def test_what_did_not_change_is_not_told():
    route = version_4(lambda cells: None)

    assert present_keys([route], {}) == {}
    assert told(route) == set()


def test_another_code_is_read_for_the_years_before():
    route = version_4(recode)

    found = present_keys([route], {})

    assert {(old.indicator, now.key.indicator) for old, now in found.items()} == {("0101", "0199")}
    assert {one.turn for one in turns(route, frozenset({"0101", "0199"}), {})} == {Turn.RECODED}


def test_another_measure_unit_multiplies_the_years_before():
    step = {"op": "unit", "path": f"{ROWS}{feeding()}", "factor": 0.001}
    route = version_4(remeasure, step)

    found = present_keys([route], {"0101": "người"})

    assert {(now.key.measure_unit, now.factor) for now in found.values()} == {
        ("nghìn người", Decimal("0.001"))
    }
    assert told(route) == {Turn.UNIT}


def test_what_a_cell_is_worked_out_from_is_told_down_to_what_is_typed():
    key = feeding()

    def divided(cells):
        cells["part"] = {**cells[key], "title": "Một phần"}
        for name in ("x-indicator", "x-member"):
            cells["part"].pop(name, None)
        for name in ("minimum", "maximum"):
            cells[key].pop(name, None)
        cells[key]["x-calculate"] = "part"

    assert told(version_4(divided)) == {Turn.CALCULATED}


def test_a_cell_that_is_gone_ceases_to_feed():
    key = feeding()
    route = version_4(
        lambda cells: cells.update({"other": cells.pop(key)}),
        {"op": "drop", "path": f"{ROWS}{key}"},
    )

    assert told(route) == {Turn.CEASED, Turn.BEGAN}


def part(version, scaled, *, scale=0, reports=1, **dimensions):
    key = Key("0101", "người", tuple(sorted(dimensions.items())))
    return Part("sample", version, key, scaled, scale, reports)


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ([part(1, 5), part(2, 7)], (Decimal(12), 2)),
        ([part(1, 5), part(1, 3, sex="male"), part(1, 2, sex="female")], (Decimal(5), 1)),
        ([part(1, 3, sex="male"), part(1, 2, sex="female")], (Decimal(5), 1)),
        ([part(1, 15, scale=1), part(2, None)], (Decimal("1.5"), 2)),
        ([part(1, None)], (None, 1)),
    ],
)
def test_versions_add_up_and_a_total_is_not_counted_beside_its_breakdown(parts, wanted):
    assert summed(parts, {}, "0101") == {"người": wanted}


def test_parts_of_an_older_version_are_added_under_their_present_key():
    old = Key("0100", "người", ())
    present = {("sample", 1): {old: Present(Key("0101", "nghìn người", ()), Decimal("0.001"))}}
    parts = [Part("sample", 1, old, 2000, 0, 1)]

    assert summed(parts, present, "0101") == {"nghìn người": (Decimal(2), 1)}
    assert summed(parts, present, "0100") == {}
