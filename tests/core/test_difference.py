"""Two editions compared for a reader: results, kinds of nothing, lines nobody can match."""

from decimal import Decimal

import pytest

from server.core.difference import (
    changed_results,
    from_period,
    incomparable,
    share_of,
    without_sealing,
)
from server.core.form import Form, load_form
from server.core.submission import Change
from tests.world import household_form


@pytest.fixture(scope="module")
def form() -> Form:
    document = household_form()
    properties = document["properties"]
    assert isinstance(properties, dict)
    properties["villages"] = {
        "title": "Thôn",
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"_id": {"type": "string"}, "name": {"title": "Tên", "type": "string"}},
        },
    }
    return load_form(document, "digest")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (80, 100, (Decimal(20), Decimal("25.0"))),
        (100, 80, (Decimal(-20), Decimal("-20.0"))),
        (0, 5, (Decimal(5), None)),
        (-4, 4, (Decimal(8), Decimal("200.0"))),
        (0.1, 0.3, (Decimal("0.2"), Decimal("200.0"))),
        (None, 5, None),
        (True, 2, None),
        ("1", 2, None),
    ],
)
def test_the_share_of_a_change_is_exact_and_only_of_numbers(
    old: object, new: object, expected: object
) -> None:
    assert share_of(old, new) == expected


def test_calculated_cells_that_moved_are_told(form: Form) -> None:
    assert changed_results(form, {"all_people": 25}, {"all_people": 26}) == (
        Change("/all_people", 25, 26),
    )
    assert changed_results(form, {"all_people": 25}, {"all_people": 25.0}) == ()


def test_nothing_in_two_ways_is_no_difference_but_another_reason_is(form: Form) -> None:
    empty: tuple[dict[str, object], dict[str, str]] = ({}, {})

    assert from_period(form, empty, ({}, {"/households": "none_arose"})) == ()
    assert from_period(form, empty, ({}, {"/households": "not_available"})) == (
        Change("/households", None, None, "not_available"),
    )


def test_a_reason_at_a_cell_that_the_form_has_no_more_is_passed_over(form: Form) -> None:
    assert from_period(form, ({}, {"/gone": "not_available"}), ({"households": 5}, {})) == (
        Change("/households", None, 5),
    )


def test_lines_are_compared_only_where_the_periods_have_some_in_common(form: Form) -> None:
    old = {"villages": [{"_id": "a", "name": "Nà Mạ"}]}
    strange = {"villages": [{"_id": "b", "name": "Nà Mạ"}]}
    known = {"villages": [{"_id": "a", "name": "Nà Mạ 1"}]}

    assert incomparable(form, old, strange) == {"villages"}
    assert incomparable(form, old, known) == frozenset()
    assert from_period(form, (old, {}), (strange, {}), {"villages"}) == ()
    assert from_period(form, (old, {}), (known, {})) == (
        Change("/villages/a/name", "Nà Mạ", "Nà Mạ 1"),
    )


def test_what_the_sealing_alone_writes_down_is_no_change(form: Form) -> None:
    line = Change("/people", None, None, "none_arose")
    cell = Change("/households", None, None, "none_arose")

    assert without_sealing(form, [line, cell], {}) == (cell,)
