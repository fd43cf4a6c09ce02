"""Editing a definition as a document: operations, the text they leave, merging two versions."""

import difflib
import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.definition_draft import readable
from server.core.definition_editor import EditRefused, applied, value_at
from server.core.definition_merging import changes, merged
from server.core.definition_outline import node_at, outline, walk
from server.core.definition_starts import new_form, new_workflow
from server.core.definition_writing import written
from tests.core.make_random_edits import operations
from tests.world import household_form

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(
    [*ROOT.glob("form_definitions/[a-z]*/v*.json"), *ROOT.glob("workflows/[a-z]*/v*.json")]
)
TEXTS = {f"{path.parent.name}/{path.stem}": path.read_text(encoding="utf-8") for path in SHIPPED}


def kind_of(document):
    return "form" if "x-form" in document else "workflow"


@pytest.mark.parametrize("name", TEXTS)
def test_a_shipped_file_is_written_as_it_stands(name):
    assert written(json.loads(TEXTS[name]), TEXTS[name]) == TEXTS[name]


@pytest.mark.parametrize("name", TEXTS)
def test_without_an_earlier_text_nothing_is_lost_and_no_line_is_long_without_need(name):
    document = json.loads(TEXTS[name])

    text = written(document)

    assert json.dumps(json.loads(text)) == json.dumps(document)
    for line in text.splitlines():
        assert len(line) <= 118 or not line.rstrip(",").endswith(("}", "]")), line


@pytest.mark.parametrize("name", TEXTS)
def test_one_changed_title_changes_one_line(name):
    document = json.loads(TEXTS[name])
    node = next(
        node for node in walk(outline(kind_of(document), document)) if node.movable and node.title
    )
    keyword = "name" if node.kind == "test" else "title"
    edit = {"op": "set", "path": node.path, "values": {keyword: "Một tên khác"}}

    text = written(applied(document, edit), TEXTS[name])

    changed = [
        line
        for line in difflib.ndiff(TEXTS[name].splitlines(), text.splitlines())
        if line.startswith(("- ", "+ "))
    ]
    assert len(changed) == 2


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
@given(data=st.data(), kind=st.sampled_from(["form", "workflow"]))
def test_any_row_of_edits_gives_a_text_that_says_the_document_in_its_order(data, kind):
    document = household_form() if kind == "form" else new_workflow("short", "Ngắn")
    text = written(document)
    for _ in range(data.draw(st.integers(1, 6))):
        before = deepcopy(document)
        try:
            changed = applied(document, data.draw(operations(kind, document)))
        except EditRefused:
            assert document == before
            continue
        assert document == before  # a document that was handed in is never touched
        text = written(changed, text)
        document = changed
        assert json.dumps(readable(text)) == json.dumps(readable(json.dumps(document)))
        assert list(walk(outline(kind, document)))


def test_moving_keeps_every_other_cell_in_its_order():
    form = household_form()

    moved = applied(form, {"op": "move", "path": "/properties/note", "to": 0})

    assert list(moved["properties"]) == ["note", "people", "households", "all_people"]
    assert list(form["properties"]) == ["people", "households", "all_people", "note"]


def test_a_cell_becomes_a_date_and_words_again():
    form = household_form()

    dated = applied(form, {"op": "retype", "path": "/properties/note", "type": "date"})
    worded = applied(dated, {"op": "retype", "path": "/properties/note", "type": "string"})

    assert dated["properties"]["note"] == {
        "title": "Ghi chú", "type": "string", "format": "date",
    }  # fmt: skip
    assert worded["properties"]["note"] == {"title": "Ghi chú", "type": "string"}
    assert node_at(outline("form", dated), "/properties/note").detail == "date"


@pytest.mark.parametrize(
    ("to", "after"),
    [
        ({}, ["a", "b", "people"]),
        ({"to": 0}, ["people", "a", "b"]),
        ({"to": 9}, ["a", "b", "people"]),
    ],
)
def test_a_part_goes_to_a_place_of_another_section_as_what_it_was_shown(to, after):
    form = household_form()
    for key in "ab":
        form["properties"][key] = {"title": key, "type": "string"}
    form["x-layout"]["sections"].append({"key": "more", "title": "Khác", "fields": ["a", "b"]})

    found = applied(form, {"op": "place", "path": "/properties/people", "section": 1, **to})

    assert [one["fields"] for one in found["x-layout"]["sections"]] == [
        ["households", "all_people", "note"],
        after,
    ]


def test_a_cell_goes_to_another_section_and_keeps_its_key():
    form = household_form()
    form["x-layout"]["sections"].append({"key": "more", "title": "Khác", "fields": []})

    found = applied(form, {"op": "place", "path": "/properties/note", "section": 1})

    first, second = found["x-layout"]["sections"]
    assert "note" not in first["fields"]
    assert second["fields"] == ["note"]
    assert found["properties"] == form["properties"]


def test_a_key_is_renamed_in_its_place_and_wherever_the_form_names_it():
    renamed = applied(
        household_form(), {"op": "rename", "path": "/properties/people", "key": "folk"}
    )

    assert next(iter(renamed["properties"])) == "folk"
    assert renamed["required"] == ["folk", "households"]
    assert renamed["x-layout"]["sections"][0]["fields"][0] == "folk"
    assert list(renamed["x-tests"][0]["answers"]) == ["folk", "households"]


def test_a_column_goes_from_headings_numbers_and_samples_as_well():
    document = json.loads(TEXTS["population_ethnic/v01"])

    changed = applied(document, {"op": "remove", "path": "/$defs/row/properties/urban_male"})

    section = changed["x-layout"]["sections"][0]
    assert "urban_male" not in section["numbers"]
    assert [group["columns"] for group in section["groups"]][1] == ["urban", "urban_female"]
    for test in changed["x-tests"]:
        for line in test["answers"].get("rows", {}).values():
            assert "urban_male" not in line


def test_another_type_drops_the_limits_that_it_does_not_know():
    count = applied(
        household_form(), {"op": "retype", "path": "/properties/households", "type": "string"}
    )
    share = applied(
        household_form(), {"op": "retype", "path": "/properties/households", "type": "number"}
    )

    assert count["properties"]["households"] == {"title": "Số hộ", "type": "string"}
    assert share["properties"]["households"]["multipleOf"] == 0.01
    assert share["properties"]["households"]["maximum"] == 999999


def test_a_state_that_goes_takes_its_moves_along():
    flow = new_workflow("short", "Ngắn")

    changed = applied(flow, {"op": "remove", "path": "/states/returned"})

    assert all("returned" not in [*one["from"], one["to"]] for one in changed["transitions"])


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ({"op": "remove", "path": "/properties/missing"}, "no-place"),
        ({"op": "move", "path": "/x-checks/9", "to": 0}, "no-place"),
        ({"op": "rename", "path": "/properties/note", "key": "people"}, "taken"),
        ({"op": "rename", "path": "/properties/note", "key": "Ghi chú"}, "key"),
        ({"op": "add", "path": "/properties/note", "value": {}}, "taken"),
        ({"op": "rename", "path": "/properties/note", "key": "as"}, "reserved"),
        ({"op": "place", "path": "/properties/note", "section": 9}, "no-place"),
        ({"op": "add", "path": "/properties/row", "value": {}}, "reserved"),
        ({"op": "add", "path": "/properties/Row", "value": {}}, "key"),
        ({"op": "set", "path": "/x-checks/0/rule/x", "values": {"a": 1}}, "no-place"),
        ({"op": "explode", "path": ""}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_an_operation_that_does_not_fit_is_refused_with_its_reason(operation, reason):
    with pytest.raises(EditRefused) as refused:
        applied(household_form(), operation)

    assert refused.value.reason == reason


def test_changes_that_do_not_meet_come_together():
    base = {"a": 1, "b": {"x": 1, "y": 2}, "c": [1, 2]}
    mine = {"a": 1, "b": {"x": 5, "y": 2}, "c": [1, 2], "d": True}
    theirs = {"a": 1, "b": {"x": 1, "y": 3}, "c": [1, 2, 3]}

    together, conflicts = merged(base, mine, theirs)

    assert (together, conflicts) == ({"a": 1, "b": {"x": 5, "y": 3}, "c": [1, 2, 3], "d": True}, [])


def test_what_one_took_away_and_the_other_changed_is_a_conflict():
    together, conflicts = merged({"a": {"t": 1}}, {}, {"a": {"t": 2}})

    assert (together, conflicts) == ({}, ["/a"])


@given(
    st.recursive(
        st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x"]),
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        ),
        max_leaves=8,
    ).filter(lambda value: isinstance(value, dict)),
    st.data(),
)
def test_a_version_that_did_not_change_leaves_the_other_as_it_is(base, data):
    mine = data.draw(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2), max_size=4))

    assert merged(base, mine, base) == (mine, [])
    assert not merged(base, base, mine)[1]
    assert changes(base, base) == []


def test_a_node_is_found_by_any_pointer_inside_of_it():
    tree = outline("form", household_form())

    assert node_at(tree, "/properties/people/properties/male/maximum").key == "male"
    assert node_at(tree, "/x-checks/1/rule").key == "crowded"
    assert node_at(tree, "/nowhere").kind == "document"


@pytest.mark.parametrize(
    "broken",
    [
        {}, {"properties": []},
        {"properties": {"a": 1}, "x-layout": {"sections": [1, {"fields": [2]}]}},
        {"x-layout": {"sections": [{"grid": ["gone"]}]}, "x-checks": [None], "x-tests": {}},
    ],
)  # fmt: skip
def test_the_outline_of_a_broken_document_shows_what_there_is(broken):
    assert list(walk(outline("form", broken)))
    assert list(walk(outline("workflow", broken)))


def test_value_at_names_the_place_that_is_missing():
    with pytest.raises(EditRefused) as refused:
        value_at(new_form("a", "A", "w"), "/properties/b")

    assert refused.value.path == "/properties/b"
