"""Answers taken to a newer version, and the impact that was predicted for them."""

from collections import Counter
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.answer_engine import engine_of
from server.core.answer_migration import Outcome, Route
from server.core.answer_paths import cells_of
from server.core.answer_schema import schema_findings
from server.core.definition_impact import ImpactCounter, template
from server.core.form import compile_form
from tests.core.make_form import LISTS, SOURCE

NUMBER = {"title": "Số", "type": "integer", "minimum": 0, "maximum": 99999}
FULL = {
    "rows": {"01": {"male": 5, "female": 4}, "02": {"male": 10}},
    "schools": {"primary": {"pupils": 120, "girls": 60}},
    "members": [{"_id": "ab", "age": 31, "name": "Lý A"}, {"_id": "cd", "age": 7}],
    "confirmed": 30,
    "road": True,
    "road_km": 12.5,
    "zone": "child",
    "note": "đủ",
}


def version_4(*steps, change=None):
    source = deepcopy(SOURCE)
    source["x-form"]["version"] = 4
    if change is not None:
        change(source)
    if steps:
        source["x-migrate"] = {"from": 3, "steps": list(steps)}
    return compile_form(source, LISTS)


OLDER = compile_form(SOURCE, LISTS)


def rename_column(source):
    line = source["$defs"]["row"]["properties"]
    source["$defs"]["row"]["properties"] = {
        ("men" if key == "male" else key): value for key, value in line.items()
    }


def _boys(source):
    source["$defs"]["row"]["properties"]["boys"] = NUMBER


@pytest.mark.parametrize(
    ("step", "change", "wanted"),
    [
        (
            {"op": "rename", "from": "/rows/*/male", "to": "/rows/*/men"},
            rename_column,
            {"rows": {"01": {"men": 5, "female": 4}, "02": {"men": 10}}},
        ),
        (
            {"op": "move", "from": "/confirmed", "to": "/schools/primary/girls"},
            lambda source: source["properties"].pop("confirmed"),
            {"schools": {"primary": {"pupils": 120, "girls": 30}}, "confirmed": None},
        ),
        (
            {"op": "merge", "from": ["/confirmed", "/road_km"], "to": "/road_km"},
            lambda source: source["properties"].pop("confirmed"),
            {"road_km": 42.5, "confirmed": None},
        ),
        (
            {"op": "split", "from": "/note", "to": ["/cause", "/remedy"]},
            lambda source: source["properties"].update(
                cause={"title": "Lý do", "type": "string"},
                remedy={"title": "Cách", "type": "string"},
            ),
            {"cause": "đủ", "note": None},
        ),
        (
            {"op": "split", "from": "/note", "to": ["/cause", "/remedy"], "separator": "ủ"},
            lambda source: source["properties"].update(
                cause={"title": "Lý do", "type": "string"},
                remedy={"title": "Cách", "type": "string"},
            ),
            {"cause": "đ", "note": None},
        ),
        (
            {
                "op": "split",
                "from": "/rows/*/male",
                "to": ["/rows/*/men", "/rows/*/boys"],
                "shares": [0.75, 0.25],
            },
            lambda source: (rename_column(source), _boys(source)),
            {"rows": {"01": {"men": 4, "female": 4, "boys": 1}, "02": {"men": 8, "boys": 2}}},
        ),
        (
            {"op": "recode", "path": "/zone", "values": {"child": "adult"}},
            None,
            {"zone": "adult"},
        ),
        ({"op": "unit", "path": "/road_km", "factor": 1.61}, None, {"road_km": 20.13}),
        ({"op": "default", "path": "/rows/*/female", "value": 0}, None,
         {"rows": {"01": {"male": 5, "female": 4}, "02": {"male": 10, "female": 0}}}),
        ({"op": "drop", "path": "/members"}, None, {"members": [{"_id": "ab"}, {"_id": "cd"}]}),
    ],
)  # fmt: skip
def test_each_step_brings_the_answers_where_it_says(step, change, wanted):
    answers = {key: value for key, value in FULL.items() if key != "schools" or "to" not in step}
    if step["op"] == "move":
        answers["schools"] = {"primary": {"pupils": 120}}

    found = Route.of(OLDER, version_4(step, change=change)).migrated(answers, {})

    expected = {**answers, **wanted}
    assert found.answers == {key: value for key, value in expected.items() if value is not None}


def test_a_reason_goes_where_its_cell_goes_and_nowhere_else():
    step = {"op": "rename", "from": "/rows/*/male", "to": "/rows/*/men"}
    newer = version_4(step, change=rename_column)
    statuses = {"/rows/08/male": "not_available", "/rows/09": "none_arose", "/rows/08": "estimated"}

    found = Route.of(OLDER, newer).migrated({}, statuses)

    assert found.statuses == {"/rows/08/men": "not_available", "/rows/08": "estimated"}


def test_what_is_not_declared_and_has_no_place_is_orphaned_and_named():
    newer = version_4(change=rename_column)
    counter = ImpactCounter(Route.of(OLDER, newer))

    counter.add(FULL)

    lost = [one for one in counter.fields() if not one.quiet]
    assert [(one.path, one.title, one.orphaned) for one in lost] == [
        ("/rows/*/male", "Dân tộc: Nam", 2)
    ]


# Generated pairs of versions and data


@st.composite
def versions(draw):  # noqa: PLR0912 - one branch for each kind of change
    """A newer version by a few random changes, some declared and some not."""
    source, steps = deepcopy(SOURCE), []
    source["x-form"]["version"] = 4
    lines = {
        "/rows/*/": source["$defs"]["row"]["properties"],
        "/members/*/": source["$defs"]["member"]["properties"],
        "/": source["properties"],
    }
    for number in range(draw(st.integers(1, 5))):
        above = draw(st.sampled_from(sorted(lines)))
        cells = lines[above]
        plain = [key for key, one in cells.items() if one.get("type") in ("integer", "string")]
        if not plain:
            continue
        key = draw(st.sampled_from(plain))
        act = draw(st.sampled_from(["rename", "drop", "gone", "limit", "unit", "merge", "default",
                                    "recode", "rekey", "retype", "row", "split"]))  # fmt: skip
        path, new = f"{above}{key}", f"new_{number}"
        if act in ("rename", "rekey"):
            cells[new] = cells.pop(key)
            if act == "rename":
                steps.append({"op": "rename", "from": path, "to": f"{above}{new}"})
        elif act in ("drop", "gone"):
            cells.pop(key)
            if act == "drop":
                steps.append({"op": "drop", "path": path})
        elif act == "limit":
            cells[key] = {**cells[key], "maximum": draw(st.integers(0, 50)), "maxLength": 3}
        elif act == "unit":
            steps.append({"op": "unit", "path": path, "factor": draw(st.sampled_from([0.5, 10]))})
        elif act == "merge" and len(plain) > 1:
            other = draw(st.sampled_from([one for one in plain if one != key]))
            cells[new] = cells.pop(key)
            cells.pop(other)
            sources = [path, f"{above}{other}"]
            steps.append({"op": "merge", "from": sources, "to": f"{above}{new}"})
        elif act == "split":
            old = cells.pop(key)
            cells[new] = {**old, "maximum": draw(st.sampled_from([20, 99999]))}
            cells[f"{new}_b"] = {**old}
            ways = [{}, {"shares": [0.3, 0.7]}, {"separator": " "}]
            places = [f"{above}{new}", f"{above}{new}_b"]
            steps.append({"op": "split", "from": path, "to": places, **draw(st.sampled_from(ways))})
        elif act == "default":
            steps.append({"op": "default", "path": path, "value": 1})
        elif act == "recode":
            steps.append({"op": "recode", "path": path, "values": {"child": "adult", "đủ": "z"}})
        elif act == "retype":
            cells[key] = {"title": cells[key]["title"], "type": "string", "maxLength": 5}
        elif act == "row":
            source["properties"]["rows"]["x-rows"]["exclude"] = ["99", "02"]
    if steps:
        source["x-migrate"] = {"from": 3, "steps": steps}
    return compile_form(source, LISTS)


COUNTS = st.integers(0, 99999)
LINES = st.fixed_dictionaries({}, optional={"male": COUNTS, "female": COUNTS})
MEMBERS = st.lists(
    st.fixed_dictionaries(
        {"_id": st.sampled_from(["ab", "cd", "ef", "gh"])},
        optional={"age": st.integers(0, 200), "name": st.sampled_from(["Lý A", "Mã Thị B"])},
    ),
    max_size=4,
    unique_by=lambda row: row["_id"],
)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "rows": st.dictionaries(st.sampled_from(["01", "02", "08"]), LINES, max_size=3),
        "members": MEMBERS,
        "schools": st.just({"primary": {"pupils": 120, "girls": 60}}),
        "confirmed": st.integers(-5, 100_001),
        "confirmed_on": st.sampled_from(["2025-01-02", "x"]),
        "road": st.booleans(),
        "road_km": st.sampled_from([0.5, 12.25, 999]),
        "zone": st.sampled_from(["child", "adult", "nobody"]),
        "note": st.sampled_from(["đủ", "một ghi chú dài quá hai mươi chữ"]),
    },
)


def wrong_paths(form, answers):
    """The cells of which the form itself says that their value is not allowed."""
    findings = schema_findings(form, engine_of(form).validator, answers, {})
    return {finding.path for finding in findings}


@settings(max_examples=400, deadline=None)
@given(newer=versions(), documents=st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_the_predicted_counts_are_those_after_really_migrating_a_copy(newer, documents):
    route = Route.of(OLDER, newer)
    counter = ImpactCounter(route)
    counts, invalid, touched = {one: Counter() for one in Outcome}, Counter(), 0

    for answers in documents:
        counter.add(answers)

        copy = route.migrated(deepcopy(answers), {})
        after = dict(cells_of(newer, copy.answers))
        was_wrong, is_wrong = wrong_paths(OLDER, answers), wrong_paths(newer, copy.answers)
        concerned = False
        for fate in copy.fates:
            field = template(OLDER, fate.source)
            counts[fate.outcome][field] += 1
            concerned |= fate.outcome is not Outcome.KEPT
            if fate.outcome is Outcome.KEPT:
                assert after[fate.source] == fate.value
            if fate.target is None:
                continue
            places = [place for place, _ in fate.parts] or [fate.target]
            assert all(place in after for place in places)
            if is_wrong.intersection(places) and fate.source not in was_wrong:
                invalid[field] += 1
                concerned = True
        touched += concerned
        declared = {one.path for one in counter.fields()}
        assert {template(OLDER, path) for path, _ in cells_of(OLDER, answers)} <= declared

    for one in counter.fields():
        assert one.kept == counts[Outcome.KEPT][one.path]
        assert one.converted == counts[Outcome.CONVERTED][one.path]
        assert one.dropped == counts[Outcome.DROPPED][one.path]
        assert one.orphaned == counts[Outcome.ORPHANED][one.path]
        assert one.invalid == invalid[one.path]
    assert (counter.reports, counter.touched) == (len(documents), touched)
