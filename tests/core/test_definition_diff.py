"""The difference of two definitions: complete, as short as what was done, and no ballast."""

import itertools
import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.definition_apply import apply, carry_out, held_at
from server.core.definition_diff import diff
from server.core.definition_editor import EditRefused, applied
from server.core.definition_starts import new_workflow
from tests.core.make_random_edits import operations
from tests.world import household_form

ROOT = Path(__file__).parents[2]
FORMS = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(ROOT.glob("form_definitions/[a-z]*/v01.json"))
}
WORKFLOWS = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(ROOT.glob("workflows/[a-z]*/v01.json"))
}
QUICK = [HealthCheck.data_too_large, HealthCheck.too_slow, HealthCheck.filter_too_much]


def written(document):
    """Byte for byte, the order of keys included."""
    return json.dumps(document, ensure_ascii=False)


def carried(operation):
    """The values that an operation brings, each with the place where it puts them."""
    if operation["op"] == "add":
        yield operation["path"], operation["value"]
    for change in operation.get("changes", ()):
        if "to" in change:
            yield operation["path"] + change["at"], change["to"]


def standing(document, path):
    try:
        return held_at(document, path)
    except (KeyError, IndexError, ValueError, TypeError):
        return None


def unchanged_parts(document, operations_):
    """Objects and lists that an operation carries although they stood just there before."""
    work = deepcopy(document)
    for operation in operations_:
        for path, value in carried(operation):
            before = standing(work, path)
            if operation["op"] == "add" and path.rpartition("/")[2].isdigit():
                continue  # put between others: what stands there now is another item
            if isinstance(value, dict | list) and before is not None:
                yield path, value
        carry_out(work, operation)


@st.composite
def edited(draw, kind, document, most=6):
    """A document after a few human acts, and how many of them there were."""
    acts = []
    for _ in range(draw(st.integers(1, most))):
        act = draw(operations(kind, document))
        try:
            document = applied(document, act)
        except EditRefused:
            continue
        acts.append(act)
    return document, acts


@pytest.mark.parametrize("family", [FORMS, WORKFLOWS], ids=["forms", "workflows"])
def test_the_difference_leads_from_any_shipped_definition_to_any_other(family):
    for one, other in itertools.permutations(family, 2):
        assert written(apply(diff(family[one], family[other]), family[one])) == written(
            family[other]
        )


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=QUICK)
@given(data=st.data(), name=st.sampled_from(sorted(FORMS)))
def test_random_edits_of_a_shipped_form_are_found_again_one_operation_each(data, name):
    before = FORMS[name]
    after, acts = data.draw(edited("form", before, most=4))

    found = diff(before, after)

    assert written(apply(found, before)) == written(after)
    assert len(found) <= len(acts), (acts, found)
    assert not list(unchanged_parts(before, found))
    assert written(apply(json.loads(json.dumps(found)), before)) == written(after)


@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=QUICK)
@given(data=st.data(), kind=st.sampled_from(["form", "workflow"]))
def test_random_edits_of_a_small_definition_are_found_again_one_operation_each(data, kind):
    before = household_form() if kind == "form" else new_workflow("short", "Ngắn")
    after, acts = data.draw(edited(kind, before))

    found = diff(before, after)

    assert written(apply(found, before)) == written(after)
    assert len(found) <= len(acts), (acts, found)
    assert not list(unchanged_parts(before, found))


@pytest.mark.parametrize(
    ("acts", "most"),
    [
        # Renamed, then removed: neither version has the key, the expressions still say it.
        (
            [
                {"op": "rename", "path": "/properties/people/properties/female", "key": "women"},
                {"op": "remove", "path": "/properties/people/properties/women"},
            ],
            2,
        ),
        (
            [
                {"op": "rename", "path": "/properties/people", "key": "folk"},
                {"op": "rename", "path": "/properties/folk/properties/female", "key": "women"},
                {"op": "remove", "path": "/properties/folk"},
            ],
            3,
        ),
        # Nothing of the cell is as it was, and others are new beside it.
        (
            [
                {"op": "retype", "path": "/properties/households", "type": "boolean"},
                {"op": "set", "path": "/properties/households", "values": {"title": "Có hộ"}},
                {"op": "rename", "path": "/properties/households", "key": "homes"},
                {"op": "add", "path": "/properties/a", "value": {"title": "A", "type": "integer"}},
            ],
            3,
        ),
    ],
    ids=["column-passing", "block-passing", "renamed-and-changed"],
)
def test_a_rename_is_found_by_what_the_expressions_say(acts, most):
    before = after = household_form()
    for act in acts:
        after = applied(after, act)

    found = diff(before, after)

    assert written(apply(found, before)) == written(after)
    assert len(found) <= most, found
    assert any(one["op"] == "rename" for one in found)


@pytest.mark.long
@settings(max_examples=4000, deadline=None, suppress_health_check=QUICK)
@given(data=st.data(), kind=st.sampled_from(["form", "workflow"]))
def test_thousands_of_random_edits_have_one_operation_each(data, kind):
    before = household_form() if kind == "form" else new_workflow("short", "Ngắn")
    after, acts = data.draw(edited(kind, before))

    found = diff(before, after)

    assert written(apply(found, before)) == written(after)
    assert len(found) <= len(acts), (acts, found)
    assert not list(unchanged_parts(before, found))
