"""JSON Schemas of other systems: usable as a form, or refused with everything that is too much."""

import json
from typing import Any

import pytest

from server.core.definition import check_form
from server.core.definition_foreign import Foreign, converted
from server.core.definition_writing import written
from tests.definitions.shipped import installed

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LINE = {
    "type": "object",
    "required": ["sku", "quantity"],
    "properties": {
        "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        "quantity": {"type": "integer", "exclusiveMinimum": 0},
        "unitPrice": {"type": "number", "multipleOf": 0.01, "minimum": 0},
    },
}
_ADDRESS = {
    "type": "object",
    "properties": {"street": {"type": "string"}, "postalCode": {"type": ["string", "null"]}},
}
USABLE: dict[str, dict[str, Any]] = {
    "a person": {
        "$schema": DIALECT, "$id": "https://example.com/person.schema.json", "title": "Person",
        "type": "object", "required": ["firstName"],
        "properties": {
            "firstName": {"type": "string", "description": "The person's first name."},
            "age": {"description": "In years.", "type": "integer", "minimum": 0, "maximum": 150},
            "email": {"type": "string", "format": "email"},
        },
    },
    "a place": {
        "title": "Longitude and latitude", "type": "object", "required": ["latitude", "longitude"],
        "properties": {
            "latitude": {"type": "number", "minimum": -90, "maximum": 90},
            "longitude": {"type": "number", "minimum": -180, "maximum": 180},
        },
    },
    "an order with lines": {
        "$schema": DIALECT, "title": "Order", "type": "object", "required": ["id", "lines"],
        "properties": {
            "id": {"type": "string", "minLength": 3},
            "lines": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/line"}},
            "status": {"oneOf": [{"const": "new"}, {"const": "In Work", "title": "In progress"}]},
            "address": {"allOf": [{"$ref": "#/$defs/address"}], "title": "Ship to"},
            "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        },
        "$defs": {"line": _LINE, "address": _ADDRESS},
    },
    "a survey by quarters": {
        "title": "Quarters", "type": "object",
        "properties": {
            "quarters": {
                "type": "object",
                "properties": {
                    name: {"type": "object", "properties": {"births": {"type": "integer"}}}
                    for name in ("Q1", "Q2", "Q3", "Q4")
                },
            }
        },
    },
    "values without a type": {
        "title": "Constants", "type": "object",
        "properties": {
            "edition": {"const": 3}, "rate": {"enum": [0.5, 1]}, "kind": {"const": "yearly"},
            "grade": {"oneOf": [{"const": 1}, {"const": 2}]},
        },
    },
    "switches without a number": {
        "title": "Consent", "type": "object", "required": ["given", "on"],
        "properties": {"given": {"type": "boolean"}, "on": {"type": "string", "format": "date"}},
    },
}  # fmt: skip
REFUSED: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "a tree": (
        {"type": "object", "properties": {
            "value": {"type": "integer"}, "children": {"type": "array", "items": {"$ref": "#"}},
        }},
        [("/properties/children/items/$ref", "foreign-reference")],
    ),
    "conditions": (
        {"type": "object", "properties": {"a": {"type": "string"}}, "if": {"required": ["a"]},
         "then": {"minProperties": 2}, "patternProperties": {"^x": {}}},
        [("/if", "foreign-keyword"), ("/then", "foreign-keyword"),
         ("/patternProperties", "foreign-keyword")],
    ),
    "objects in objects in objects": (
        {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {
            "type": "object", "properties": {"c": {"type": "object", "properties": {
                "d": {"type": "string"}}}}}}}}},
        [("/properties/a/properties/b/properties/c", "foreign-nesting")],
    ),
    "an older draft with a list at the root": (
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "items": {}},
        [("/$schema", "foreign-dialect"), ("/type", "foreign-root"), ("/items", "foreign-keyword")],
    ),
    "one of several shapes": (
        {"type": "object", "properties": {
            "a": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "b": {"not": {"type": "string"}}, "c": True,
        }},
        [("/properties/a/oneOf", "foreign-keyword"), ("/properties/b/not", "foreign-keyword"),
         ("/properties/c", "foreign-type")],
    ),
    "values of several types and other files": (
        {"type": "object", "properties": {
            "a": {"type": ["string", "integer"]}, "b": {"$ref": "https://example.com/x.json"},
            "c": {"type": "number", "multipleOf": 0.25}, "d": {"enum": [1, "x"]},
            "e": {"type": "string", "pattern": "(a+)+$"}, "f": {"type": "array"},
        }},
        [("/properties/a/type", "foreign-type"), ("/properties/b/$ref", "foreign-reference"),
         ("/properties/c/multipleOf", "foreign-step"), ("/properties/d/type", "foreign-type"),
         ("/properties/e/pattern", "unsafe-pattern"), ("/properties/f", "foreign-items")],
    ),
}  # fmt: skip


def converted_of(schema: object) -> Foreign:
    text = json.dumps(schema, indent=2, ensure_ascii=False)
    return converted(text, "foreign_form", "", "commune_province")


@pytest.mark.parametrize("what", USABLE)
def test_a_schema_of_others_becomes_a_form_that_the_checks_accept(what: str) -> None:
    found = converted_of(USABLE[what])

    assert found.document is not None, found.refusals
    refusals = check_form(written(found.document), installed())
    assert [f"{one.path}: {one.message}" for one in refusals] == []
    assert found.document["title"] == USABLE[what]["title"]


def test_names_choices_and_limits_are_carried_over() -> None:
    document = converted_of(USABLE["an order with lines"]).document

    assert document is not None
    properties = document["properties"]
    line = properties["lines"]["items"]
    assert line["properties"]["unit_price"]["multipleOf"] == 0.01
    assert (line["required"], line["properties"]["quantity"]["minimum"]) == (["sku", "quantity"], 1)
    assert properties["status"]["x-labels"] == {"new": "new", "in_work": "In progress"}
    assert (properties["address"]["title"], properties["lines"]["minItems"]) == ("Ship to", 2)
    assert document["required"] == ["id", "lines"]
    assert document["x-tests"][0]["answers"]["lines"][1] == {
        "_id": "r2", "sku": "AAA-0000", "quantity": 1,
    }  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_supported_is_refused_all_at_once_with_its_places(what: str) -> None:
    schema, places = REFUSED[what]

    found = converted_of(schema)

    assert found.document is None
    assert sorted((one.path, one.code) for one in found.refusals) == sorted(places)
    assert all(one.line > 0 for one in found.refusals)


def test_a_text_that_is_no_json_is_refused_at_its_line() -> None:
    found = converted("{\n  oops", "foreign_form", "", "commune_province")

    assert [(one.line, one.code) for one in found.refusals] == [(2, "json-not-json")]
