"""Changes made on another version of a form, in the places of the present one: lines as a whole."""

from copy import deepcopy

import pytest

from server.core.answer_migration import Route
from server.core.carried_changes import backward, forward
from server.core.form import compile_form
from server.core.submission import Change
from tests.core.test_answer_migration import LISTS, OLDER, SOURCE

RENAMED = {"op": "rename", "from": "/members/*/age", "to": "/members/*/years"}
DROPPED = {"op": "drop", "path": "/members/*/age"}


def route(step):
    source = deepcopy(SOURCE)
    source["x-form"]["version"] = OLDER.version + 1
    source["x-migrate"] = {"from": OLDER.version, "steps": [step]}
    columns = source["$defs"]["member"]["properties"]
    age = columns.pop("age")
    if step is RENAMED:
        columns["years"] = age
    return Route.of(OLDER, compile_form(source, LISTS))


@pytest.mark.parametrize(
    ("old", "new", "moved_old", "moved_new"),
    [
        (None, {}, None, {}),
        ({"name": "An", "age": 7}, None, {"name": "An", "years": 7}, None),
        (None, {"_id": "ab", "age": 7}, None, {"_id": "ab", "years": 7}),
    ],
    ids=["a line comes", "a line goes", "a line comes back with what it held"],
)
def test_a_line_goes_with_the_columns_that_it_has_now(old, new, moved_old, moved_new):
    found = forward(route(RENAMED), Change("/members/ab", old, new))

    assert found == Change("/members/ab", moved_old, moved_new)


def test_a_line_of_which_a_value_would_be_lost_is_given_back_whole():
    way = route(DROPPED)

    assert forward(way, Change("/members/ab", None, {"name": "An", "age": 7})) is None
    assert forward(way, Change("/members/ab", {"name": "An", "age": 7}, None)) == Change(
        "/members/ab", {"name": "An"}, None
    )


def test_a_cell_of_a_line_goes_there_and_back():
    way, change = route(RENAMED), Change("/members/ab/age", 7, 8)

    there = forward(way, change)

    assert there is not None and there.path == "/members/ab/years"
    assert backward(way, there) == change
