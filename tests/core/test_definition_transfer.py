"""A cell goes into another group of cells, with everything that names it and with its values."""

import json
from copy import deepcopy

import pytest

from server.core.answer_migration import Route
from server.core.definition import check_form
from server.core.definition_editor import EditRefused, applied
from server.core.form import compile_form
from server.core.migration_proposal import Base, followed
from tests.core.test_definition_renaming import installed
from tests.world import household_form

CELL = {"title": "Nữ chủ hộ", "type": "integer", "minimum": 0, "maximum": 99999}


def with_heads():
    """The households with a second group, whose cell two rules and a status speak of."""
    form = deepcopy(household_form())
    form["properties"]["heads"] = {
        "title": "Chủ hộ",
        "type": "object",
        "additionalProperties": False,
        "required": ["women"],
        "properties": {"women": dict(CELL), "men": {**CELL, "title": "Nam chủ hộ"}},
    }
    form["properties"]["all_heads"] = {
        "title": "Tổng chủ hộ", "type": "integer", "x-calculate": "heads.women + heads['men']"
    }  # fmt: skip
    form["x-layout"]["sections"][0]["fields"] += ["heads", "all_heads"]
    form["x-checks"].append(
        {
            "code": "heads", "severity": "error", "rule": "heads.women <= households",
            "message": "Nữ chủ hộ nhiều hơn số hộ.", "paths": ["/heads/women"],
        }
    )  # fmt: skip
    for test in form["x-tests"]:
        test["answers"]["heads"] = {"women": 1, "men": 2}
    form["x-tests"][0]["statuses"] = {"/heads/women": "estimated"}
    return form


def moved(form, path, into):
    return applied(form, {"op": "transfer", "path": path, "into": into})


def refusals(form):
    return check_form(json.dumps(form, ensure_ascii=False), installed())


def test_out_of_a_group_everything_names_it_from_the_root():
    form = with_heads()
    assert refusals(form) == []

    found = moved(form, "/properties/heads/properties/women", "/properties")

    assert refusals(found) == []
    assert found["properties"]["all_heads"]["x-calculate"] == "women + heads['men']"
    assert found["x-checks"][-1]["rule"] == "women <= households"
    assert found["x-checks"][-1]["paths"] == ["/women"]
    assert "required" not in found["properties"]["heads"]
    assert "women" in found["required"]
    assert found["x-layout"]["sections"][0]["fields"][-1] == "women"
    assert found["x-tests"][0]["answers"]["women"] == 1
    assert found["x-tests"][0]["statuses"] == {"/women": "estimated"}


def test_into_another_group_and_back_it_is_the_same_form_but_for_the_order():
    form = with_heads()

    there = moved(form, "/properties/heads/properties/women", "/properties/people/properties")
    back = moved(there, "/properties/people/properties/women", "/properties/heads/properties")

    assert there["properties"]["all_heads"]["x-calculate"] == "people.women + heads['men']"
    assert refusals(there) == []
    assert back == {
        **form,
        "properties": {
            **form["properties"],
            "all_heads": {
                **form["properties"]["all_heads"],
                "x-calculate": "heads.women + heads['men']",
            },
        },
    }


def test_its_own_expressions_still_read_their_neighbours():
    form = with_heads()
    form["properties"]["heads"]["properties"]["women"]["x-required-when"] = "men > 0 && women != 3"

    found = moved(form, "/properties/heads/properties/women", "/properties")

    assert found["properties"]["women"]["x-required-when"] == "heads.men > 0 && women != 3"
    assert refusals(found) == []


@pytest.mark.parametrize(
    ("path", "into", "reason"),
    [
        ("/properties/heads/properties/women", "/properties/heads/properties", "no-place"),
        ("/properties/heads/properties/women", "/properties/nowhere/properties", "no-place"),
        ("/properties/people", "/properties/heads/properties", "no-place"),
        ("/properties/heads/properties/men", "/properties", "no-place"),  # the key is there
        ("/properties/note", "/properties/heads/properties", "named"),  # ``households`` is hidden
    ],
)
def test_what_would_mean_something_else_is_refused(path, into, reason):
    form = with_heads()
    form["properties"]["men"] = dict(CELL)
    form["properties"]["heads"]["properties"]["households"] = dict(CELL)
    form["properties"]["note"]["x-required-when"] = "households > 5"

    with pytest.raises(EditRefused) as refused:
        moved(form, path, into)

    assert refused.value.reason == reason


def test_values_go_along_by_a_step_that_the_act_declares():
    base = with_heads()
    draft = deepcopy(base)
    draft["x-form"]["version"] = 2
    act = {"op": "transfer", "path": "/properties/heads/properties/women", "into": "/properties"}

    found, kept = followed(Base(1, base), draft, applied(draft, act), act, [])

    step = {"op": "move", "from": "/heads/women", "to": "/women"}
    assert found["x-migrate"] == {"from": 1, "steps": [step]}
    assert kept["carries"] == [{"from": "/heads/women", "to": "/women"}]
    route = Route.of(compile_form(base, {}), compile_form(found, {}))
    answers = {"heads": {"women": 3, "men": 4}, "households": 9}
    assert route.migrated(answers, {}).answers == {"heads": {"men": 4}, "women": 3, "households": 9}

    back = {"op": "transfer", "path": "/properties/women", "into": "/properties/heads/properties"}
    again, _ = followed(Base(1, base), found, applied(found, back), back, [kept])

    assert "x-migrate" not in again
