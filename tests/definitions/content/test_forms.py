"""The shipped forms keep the dialect, and every test and example that travels with them holds."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from server.core.definition_tests import judge
from server.core.expressions import parse
from tests.definitions.content.shipped import (
    FORMS,
    WORKFLOWS,
    codelists,
    compiled,
    form_files,
    parts,
    read,
    workflow_files,
)

EXPRESSIONS = ("x-calculate", "x-relevant", "x-required-when")
EXAMPLES = sorted(FORMS.glob("*/examples/*.json"))


def _tests() -> list[tuple[Path, int]]:
    return [(path, at) for path in form_files() for at in range(len(read(path)["x-tests"]))]


def _numbers(node: object) -> bool:
    if isinstance(node, dict):
        return any(_numbers(part) for part in node.values())
    if isinstance(node, list):
        return any(_numbers(part) for part in node)
    return isinstance(node, int | float) and not isinstance(node, bool)


@pytest.mark.parametrize("path", form_files(), ids=lambda path: path.parent.name)
def test_a_form_is_a_json_schema_and_keeps_the_meta_schema(path: Path) -> None:
    form = read(path)
    Draft202012Validator.check_schema(form)

    errors = list(Draft202012Validator(read(FORMS / "_meta/form.schema.json")).iter_errors(form))

    assert errors == []


@pytest.mark.parametrize("path", form_files(), ids=lambda path: path.parent.name)
def test_every_expression_of_a_form_can_be_read(path: Path) -> None:
    form = read(path)
    texts = [part[word] for part in parts(form) for word in EXPRESSIONS if word in part]

    for text in [*texts, *(rule["rule"] for rule in form["x-checks"])]:
        assert parse(text).text == text


@pytest.mark.parametrize("path", form_files(), ids=lambda path: path.parent.name)
def test_every_property_stands_in_exactly_one_section(path: Path) -> None:
    form = read(path)
    sections = form["x-layout"]["sections"]

    named = [key for part in sections for key in (*part.get("grid", ()), *part.get("fields", ()))]

    assert sorted(named) == sorted(form["properties"])


@pytest.mark.parametrize("path", form_files(), ids=lambda path: path.parent.name)
def test_a_form_feeds_indicators_that_exist_by_dimensions_they_have(path: Path) -> None:
    catalogue = read(FORMS / "_indicators/indicators.json")["indicators"]
    known = {entry["code"]: entry for entry in catalogue}

    for part in parts(read(path)):
        if "x-indicator" not in part:
            continue
        declared = part["x-indicator"]
        wanted = declared if isinstance(declared, dict) else {"code": declared}
        entry = known[wanted["code"]]
        units = {measure["unit"] for measure in entry["measures"]}
        assert wanted.get("measureUnit", *units if len(units) == 1 else [None]) in units
        member = part.get("x-member")
        assert set(member if isinstance(member, dict) else {}) <= set(entry["dimensions"])


@pytest.mark.parametrize("path", form_files(), ids=lambda path: path.parent.name)
def test_every_error_of_a_form_is_shown_by_one_of_its_tests(path: Path) -> None:
    form = read(path)
    errors = {rule["code"] for rule in form["x-checks"] if rule["severity"] == "error"}

    shown = {code for test in form["x-tests"] for code in test["findings"]}

    assert errors <= shown


@pytest.mark.parametrize("path", form_files(), ids=lambda path: path.parent.name)
def test_a_form_has_a_test_with_numbers_and_no_findings(path: Path) -> None:
    clean = [test for test in read(path)["x-tests"] if not test["findings"]]

    assert any(_numbers(test["answers"]) for test in clean)


@pytest.mark.parametrize(
    ("path", "at"), _tests(), ids=lambda value: value.parent.name if isinstance(value, Path) else ""
)
def test_a_test_in_a_form_gives_exactly_its_findings(path: Path, at: int) -> None:
    test = read(path)["x-tests"][at]

    verdict = judge(compiled(path), test)

    assert {finding.code for finding in verdict.findings} == set(test["findings"]), test["name"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_an_example_gives_its_findings_at_its_path(path: Path) -> None:
    example = read(path)

    found = judge(compiled(path.parents[1] / "v01.json"), example).findings

    assert {finding.code for finding in found} == set(example["findings"])
    marked = {place for finding in found for place in (finding.path, *finding.paths)}
    assert example.get("path") is None or example["path"] in marked
    assert path.stem.startswith("invalid-") == ("path" in example)


@pytest.mark.parametrize("path", form_files(), ids=lambda path: path.parent.name)
def test_a_constructed_form_carries_no_legal_head(path: Path) -> None:
    head = read(path)["x-form"]

    assert head["constructed"] is True
    assert head["issuedBy"] == "Mẫu minh họa"
    assert "Thông tư" not in head["issuedBy"] + head["officialCode"]


@pytest.mark.parametrize("path", workflow_files(), ids=lambda path: path.parent.name)
def test_a_workflow_keeps_its_meta_schema(path: Path) -> None:
    schema = read(WORKFLOWS / "_meta/workflow.schema.json")

    errors = list(Draft202012Validator(schema).iter_errors(read(path)))

    assert errors == []


@pytest.mark.parametrize("path", workflow_files(), ids=lambda path: path.parent.name)
def test_a_report_can_be_returned_wherever_it_can_be_approved(path: Path) -> None:
    workflow = read(path)
    moves = workflow["transitions"]
    by_event = {
        event: {
            (state, *move["by"].items())
            for move in moves
            if move["event"] == event
            for state in move["from"]
        }
        for event in ("approve", "return", "sign")
    }

    assert by_event["approve"] | by_event["sign"] == by_event["return"]
    for move in moves:
        if move["event"] in ("approve", "sign") and "input" in move:
            asked = workflow["$defs"][move["input"]["$ref"].rpartition("/")[2]]
            assert not asked.get("required"), "signing and approving need no input"


def test_a_choice_names_a_code_list_that_exists() -> None:
    for path in form_files():
        for part in parts(read(path)):
            if isinstance(part.get("x-codelist"), str):
                assert part["x-codelist"] in codelists()
            if isinstance(part.get("x-rows"), dict):
                assert part["x-rows"]["codelist"] in codelists()
