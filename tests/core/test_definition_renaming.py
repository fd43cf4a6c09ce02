"""A key that is renamed is renamed in every expression and pointer of the form, nowhere else."""

import json
import random

import pytest

from server.core.definition import check_form
from server.core.definition_apply import apply
from server.core.definition_diff import diff
from server.core.definition_editor import applied
from server.core.definition_outline import outline, walk
from server.core.expression_renaming import with_key
from tests.definitions.shipped import FORMS, installed, json_of, name_of

CELL = {"title": "Số", "type": "integer"}
SIZED = 24


def document():
    """Every kind of block with cells of like names, and the expressions that are looked at."""
    line = {"type": "object", "properties": {"male": CELL, "total": CELL}}
    made = {
        "x-form": {"code": "sample"},
        "required": ["male"],
        "properties": {
            "male": CELL,
            "total": {**CELL, "x-calculate": "male + sum(rows.map(c, rows[c].male))"},
            "rows": {
                "type": "object",
                "x-rows": {"codelist": "ethnic_group"},
                "additionalProperties": {"$ref": "#/$defs/row"},
            },
            "fixed": {
                "type": "object",
                "properties": {"first": {"$ref": "#/$defs/other"}, "second": line},
            },
            "people": {"type": "array", "items": line},
        },
        "$defs": {
            "row": {
                "type": "object",
                "properties": {
                    "male": CELL,
                    "female": CELL,
                    "total": {**CELL, "x-calculate": "male + female // male first"},
                },
            },
            "other": line,
        },
        "x-checks": [
            {"code": "a", "rule": "total == rows['02'].male", "paths": ["/rows/02/male", "/male"]},
            {"code": "b", "each": "/rows", "rule": "male <= prev('male')", "paths": ["male"]},
            {"code": "c", "rule": "people.filter(p, p.male > 1).all(m, m.male < 9)"},
            {"code": "d", "each": "/fixed", "rule": "row in ['first'] || row == \"second\""},
            {"code": "e", "rule": "prev('/rows/02/male') == other('sample', '/male')"},
        ],
        "x-tests": [
            {
                "name": "t",
                "answers": {"male": 1, "rows": {"02": {"male": 1}}},
                "statuses": {"/rows/02/male": "estimated"},
                "findings": [],
            }
        ],
    }
    return json.loads(json.dumps(made))  # no part of it is the same object as another


def said(held):
    """Every expression and pointer, by check or cell."""
    return {
        "total": held["properties"]["total"]["x-calculate"],
        "row": held["$defs"]["row"]["properties"]["total"]["x-calculate"],
        **{check["code"]: check["rule"] for check in held["x-checks"]},
        "paths": [path for check in held["x-checks"] for path in check.get("paths", [])],
        "each": [check["each"] for check in held["x-checks"] if "each" in check],
        "statuses": list(held["x-tests"][0]["statuses"]),
    }


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        (
            "/$defs/row/properties/male",
            {
                "total": "male + sum(rows.map(c, rows[c].new))",
                "row": "new + female // male first",
                "a": "total == rows['02'].new",
                "b": "new <= prev('new')",
                "e": "prev('/rows/02/new') == other('sample', '/male')",
                "paths": ["/rows/02/new", "/male", "new"],
                "statuses": ["/rows/02/new"],
            },
        ),
        (
            "/properties/male",
            {
                "total": "new + sum(rows.map(c, rows[c].male))",
                "paths": ["/rows/02/male", "/new", "male"],
            },
        ),
        (
            "/properties/rows",
            {
                "total": "male + sum(new.map(c, new[c].male))",
                "a": "total == new['02'].male",
                "e": "prev('/new/02/male') == other('sample', '/male')",
                "paths": ["/new/02/male", "/male", "male"],
                "each": ["/new", "/fixed"],
                "statuses": ["/new/02/male"],
            },
        ),
        (
            "/properties/people/items/properties/male",
            {"c": "people.filter(p, p.new > 1).all(m, m.new < 9)"},
        ),
        ("/properties/people", {"c": "new.filter(p, p.male > 1).all(m, m.male < 9)"}),
        ("/properties/fixed/properties/second", {"d": "row in ['first'] || row == \"new\""}),
        ("/properties/fixed/properties/first", {"d": "row in ['new'] || row == \"second\""}),
        ("/properties/fixed/properties/second/properties/male", {}),
    ],
)
def test_only_what_means_the_renamed_part_is_written_anew(path, changed):
    before = document()

    after = applied(before, {"op": "rename", "path": path, "key": "new"})

    assert said(after) == said(before) | changed
    assert diff(before, after)[0]["op"] == "rename"
    assert len(diff(before, after)) == 1
    assert apply(diff(before, after), before) == after


@pytest.mark.parametrize("text", ["male +", "", "male.", "'male'", "x.all(male, male > 1)"])
def test_what_cannot_be_read_or_means_something_else_stays_as_it_is(text):
    assert with_key(text, lambda path, absolute: 0 if path == ("male",) else None, "new") == text


@pytest.mark.long
@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_a_shipped_form_can_be_published_after_any_of_its_keys_was_renamed(path):
    form = json_of(path)
    kinds = ("cell", "line", "grid", "roster", "fixed", "row")
    places = {node.path for node in walk(outline("form", form)) if node.kind in kinds}
    chosen = random.Random(7).sample(sorted(places - {""}), min(SIZED, len(places - {""})))

    refused = {
        place: refusals
        for place in chosen
        if (
            refusals := check_form(
                json.dumps(
                    applied(form, {"op": "rename", "path": place, "key": "renamed_key"}),
                    ensure_ascii=False,
                ),
                installed(),
            )
        )
    }

    assert chosen
    assert refused == {}
