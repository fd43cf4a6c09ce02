"""Steps of ``x-migrate`` that follow a rename in the editor."""

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.answer_migration import Route
from server.core.definition_diff import diff
from server.core.definition_editor import EditRefused, applied
from server.core.form import compile_form
from server.core.json_text import pointer, tokens
from server.core.migration_proposal import Base, proposed
from tests.core.make_form import LISTS, SOURCE

ROW = "/$defs/row/properties"


def edited(*operations, declared=None):
    """The form after these acts of the editor, each followed by what it proposes."""
    document = deepcopy(SOURCE)
    document["x-form"]["version"] = 4
    if declared is not None:
        document["x-migrate"] = {"from": 3, "steps": list(declared)}
    for operation in operations:
        document = after(document, operation)
    return document


def after(document, operation):
    changed = applied(document, operation)
    path = operation["path"]
    if operation["op"] not in ("rename", "remove"):
        return changed
    to = pointer(*tokens(path)[:-1], operation["key"]) if operation["op"] == "rename" else None
    found = proposed(Base(3, SOURCE), document, changed, path=path, to=to)
    return changed if found is None else found.document


def rename(path, key):
    return {"op": "rename", "path": path, "key": key}


def steps(document):
    found = document.get("x-migrate", {"steps": []})["steps"]
    return [(one["op"], one.get("from", one.get("path")), one.get("to")) for one in found]


@pytest.mark.parametrize(
    ("operations", "wanted"),
    [
        ([rename("/properties/road_km", "way")], [("rename", "/road_km", "/way")]),
        (
            [rename("/properties/road_km", "way"), rename("/properties/way", "path_km")],
            [("rename", "/road_km", "/path_km")],
        ),
        ([rename("/properties/road_km", "way"), rename("/properties/way", "road_km")], []),
        ([rename(f"{ROW}/male", "men")], [("rename", "/rows/*/male", "/rows/*/men")]),
        (
            [rename("/$defs/school/properties/pupils", "children")],
            [("rename", "/schools/*/pupils", "/schools/*/children")],
        ),
        (
            [rename("/$defs/member/properties/age", "years")],
            [("rename", "/members/*/age", "/members/*/years")],
        ),
        (
            [rename("/properties/schools/properties/primary", "first")],
            [("rename", "/schools/primary", "/schools/first")],
        ),
        (  # a block and one of its columns, in either order
            [rename("/properties/rows", "groups"), rename(f"{ROW}/male", "men")],
            [("rename", "/rows/*/male", "/groups/*/men"), ("rename", "/rows", "/groups")],
        ),
        (
            [rename(f"{ROW}/male", "men"), rename("/properties/rows", "groups")],
            [("rename", "/rows/*/male", "/groups/*/men"), ("rename", "/rows", "/groups")],
        ),
        (
            [
                rename("/properties/rows", "groups"),
                rename(f"{ROW}/male", "men"),
                rename(f"{ROW}/men", "male"),
                rename("/properties/groups", "rows"),
            ],
            [],
        ),
        (  # a field that the version before did not have
            [
                {"op": "add", "path": "/properties/new", "value": {"type": "integer"}},
                rename("/properties/new", "newer"),
            ],
            [],
        ),
        (  # a new field under the key that the renamed one left
            [
                rename("/properties/road_km", "way"),
                {"op": "add", "path": "/properties/road_km", "value": {"type": "integer"}},
                rename("/properties/road_km", "length"),
            ],
            [("rename", "/road_km", "/way")],
        ),
        (  # what was renamed goes: nothing is left to lead there
            [
                rename("/properties/road_km", "way"),
                {"op": "remove", "path": "/properties/way"},
            ],
            [],
        ),
        (
            [
                rename("/properties/road_km", "between"),
                rename("/properties/confirmed", "road_km"),
                rename("/properties/between", "confirmed"),
            ],
            [("rename", "/confirmed", "/road_km"), ("rename", "/road_km", "/confirmed")],
        ),
        (  # a block takes the key that a cell left
            [
                rename("/properties/note", "alpha"),
                rename("/properties/schools", "note"),
                rename("/$defs/school/properties/girls", "alpha"),
            ],
            [
                ("rename", "/note", "/alpha"),
                ("rename", "/schools", "/note"),
                ("rename", "/schools/*/girls", "/note/*/alpha"),
            ],
        ),
    ],
)
def test_renaming_leads_from_where_values_stood_to_where_they_stand(operations, wanted):
    assert sorted(steps(edited(*operations))) == sorted(wanted)


@pytest.mark.parametrize(
    ("declared", "operation", "wanted"),
    [
        (
            {"op": "unit", "path": "/road_km", "factor": 0.001},
            rename("/properties/road_km", "way"),
            [("rename", "/road_km", "/way"), ("unit", "/way", None)],
        ),
        (
            {"op": "split", "from": "/note", "to": ["/note", "/zone"]},
            rename("/properties/note", "remark"),
            [("split", "/note", ["/remark", "/zone"])],
        ),
        (
            {"op": "merge", "from": ["/confirmed", "/road_km"], "to": "/road_km"},
            rename("/properties/road_km", "way"),
            [("merge", ["/confirmed", "/road_km"], "/way")],
        ),
        (
            {"op": "drop", "path": "/road_km"},
            rename("/properties/road_km", "way"),
            [("drop", "/road_km", None)],
        ),
        (
            {"op": "move", "from": "/road_km", "to": "/all_km"},
            rename("/properties/all_km", "way"),
            [("move", "/road_km", "/way")],
        ),
    ],
)
def test_what_is_declared_already_goes_along(declared, operation, wanted):
    document = edited(declared=[declared])
    document["properties"].setdefault("all_km", {"title": "Km", "type": "number"})

    assert steps(after(document, operation)) == wanted


def test_steps_from_another_version_are_left_alone():
    document = edited()
    document["x-migrate"] = {"from": 2, "steps": []}

    assert after(document, rename("/properties/note", "remark"))["x-migrate"]["steps"] == []


def test_a_renamed_column_is_told_as_renamed_whatever_else_changed_in_it():
    document = edited(
        rename("/properties/road_km", "way"),
        {"op": "set", "path": "/properties/way", "values": {"title": "Chiều dài toàn tuyến"}},
        {"op": "retype", "path": "/properties/way", "type": "string"},
    )

    found = diff(SOURCE, document)

    assert [one["key"] for one in found if one["op"] == "rename"] == ["way"]
    assert not [one for one in found if one["op"] == "remove"]


ANSWERS = {
    "rows": {"01": {"male": 5, "female": 4}, "02": {"male": 10}},
    "schools": {"primary": {"pupils": 120, "girls": 60}},
    "members": [{"_id": "ab", "age": 31, "name": "Lý A"}],
    "confirmed": 30,
    "road": True,
    "road_km": 12.5,
}
STATUSES = {"/note": "not_available"}
_KEYS = ("alpha", "beta", "confirmed", "road_km", "rows", "schools", "male", "pupils", "note")


def renamable(document):
    """Every key of a draft that holds answers."""
    yield from (pointer("properties", key) for key in document["properties"])
    for name, held in document["$defs"].items():
        yield from (pointer("$defs", name, "properties", key) for key in held["properties"])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_after_any_row_of_renames_every_value_stands_where_its_column_went(data):
    renamed_at_random(data)


@pytest.mark.long
@settings(max_examples=4000, deadline=None)
@given(data=st.data())
def test_after_thousands_of_rows_of_renames_every_value_stands_where_its_column_went(data):
    renamed_at_random(data)


def renamed_at_random(data):
    document = edited()
    # Titles tell the columns apart: no rename touches them.
    for number, path in enumerate(list(renamable(document))):
        values = {"title": f"Cột {number}"}
        document = applied(document, {"op": "set", "path": path, "values": values})
    older = compile_form({**deepcopy(document), "x-form": SOURCE["x-form"]}, LISTS)
    for _ in range(data.draw(st.integers(1, 6))):
        path = data.draw(st.sampled_from(sorted(renamable(document))))
        key = data.draw(st.sampled_from(_KEYS))
        try:
            document = after(document, rename(path, key))
        except EditRefused:
            continue
    newer = compile_form(document, LISTS)

    found = Route.of(older, newer).migrated(ANSWERS, STATUSES)

    assert values_by_title(newer, found.answers) == values_by_title(older, ANSWERS)
    assert list(found.statuses.values()) == list(STATUSES.values())


def test_a_block_under_the_key_of_a_former_cell_keeps_its_own_values():
    document = edited(
        rename("/properties/note", "alpha"),
        rename("/properties/schools", "note"),
        rename("/$defs/school/properties/girls", "alpha"),
    )
    route = Route.of(compile_form(SOURCE, LISTS), compile_form(document, LISTS))

    found = route.migrated({**ANSWERS, "note": "đủ"}, {}).answers

    assert found["note"] == {"primary": {"pupils": 120, "alpha": 60}}
    assert found["alpha"] == "đủ"


def values_by_title(form, answers):
    """(title of the column, row) and value, without the keys."""
    found = []
    for key, held in answers.items():
        block = form.shape.blocks.get(key)
        if block is None:
            found.append((form.shape.cells[key].title, "", held))
        else:
            lines = held.items() if isinstance(held, dict) else ((row["_id"], row) for row in held)
            for row, line in lines:
                cells = (block.item or block.lines[row]).cells
                found += [
                    (cells[cell].title, row, value) for cell, value in line.items() if cell != "_id"
                ]
    return sorted(found, key=str)
