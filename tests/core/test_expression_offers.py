"""Which names an expression is offered at each place of a draft, sound or broken."""

import pytest

from server.core.expression_offers import block_of, offers
from tests.definitions.shipped import FORMS, json_of, name_of
from tests.world import household_form


def named(document, path):
    return {one.name: one for one in offers(document, path)}


def test_the_document_offers_its_cells_blocks_with_their_columns_and_what_is_outside():
    found = named(household_form(), "/properties/all_people")

    assert found["households"].note == "Số hộ"
    assert found["people"].kind == "block"
    assert [(one.name, one.note) for one in found["people"].members] == [
        ("male", "Nam"),
        ("female", "Nữ"),
    ]
    assert [one.name for one in found["unit"].members] == ["code", "kind", "level"]
    assert {"sum", "coalesce", "prev"} <= set(found)


def test_a_line_offers_its_own_cells_first():
    found = offers(household_form(), "/properties/people/properties/male")

    assert [one.name for one in found[:2]] == ["male", "female"]
    assert "row" not in {one.name for one in found}


def test_a_grid_and_a_rule_for_each_of_its_rows_offer_the_row_and_its_columns():
    form = json_of(next(path for path in FORMS if path.parent.name == "population_ethnic"))
    each = next(n for n, check in enumerate(form["x-checks"]) if check.get("each") == "/rows")
    column, rule = "/$defs/row/properties/total", f"/x-checks/{each}"

    assert block_of(form, column) == block_of(form, rule) == "rows"
    assert {"row", "urban_male"} <= set(named(form, rule))
    assert named(form, "")["rows"].kind == "rows"
    assert "urban_male" in {one.name for one in named(form, "")["rows"].members}


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_every_place_of_a_shipped_form_has_offers(path):
    form = json_of(path)
    places = ["", *(f"/properties/{key}" for key in form["properties"])]
    places += [f"/$defs/{key}/properties/x" for key in form.get("$defs", {})]
    places += [f"/x-checks/{number}" for number in range(len(form.get("x-checks", [])))]

    assert all(set(form["properties"]) <= set(named(form, place)) for place in places)


@pytest.mark.parametrize(
    "broken",
    [{}, {"properties": []}, {"properties": {"a": 1}, "$defs": 3}, {"x-checks": [7]}],
    ids=["empty", "list", "numbers", "check"],
)
@pytest.mark.parametrize("path", ["", "/x-checks/0", "/x-checks/9", "/$defs/a/properties/b"])
def test_a_broken_draft_is_offered_what_it_has(broken, path):
    assert {"sum", "unit"} <= set(named(broken, path))
