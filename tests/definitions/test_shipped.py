"""Every form, workflow and code list of this repository is right, and so are its examples."""

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from server.core.definition import check_codelist, check_form, check_workflow
from server.core.definition_tests import judge
from server.core.finding import Severity
from server.core.form import load_form
from server.core.workflow import Workflow
from tests.definitions.shipped import (
    CODE_LISTS,
    FORMS,
    INVALID,
    VALID,
    WORKFLOWS,
    form_of,
    installed,
    json_of,
    name_of,
    newest_form,
)


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_a_shipped_form_is_not_refused(path):
    assert check_form(path.read_text(encoding="utf-8"), installed()) == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_a_shipped_workflow_is_not_refused(path):
    assert check_workflow(path.read_text(encoding="utf-8"), installed()) == []


@pytest.mark.parametrize("path", CODE_LISTS, ids=name_of)
def test_a_shipped_code_list_is_not_refused(path):
    assert check_codelist(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_a_form_stands_in_the_folder_and_file_of_its_code_and_version(path):
    settings = json_of(path)["x-form"]

    assert (path.parent.name, path.stem) == (settings["code"], f"v{settings['version']:02}")


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_a_compiled_form_is_a_json_schema_that_refers_only_to_itself(path):
    document = form_of(path).document

    Draft202012Validator.check_schema(document)
    validator = jsonschema_rs.Draft202012Validator(document, validate_formats=True)
    clean = next(test for test in document["x-tests"] if not test["findings"])
    # A reason satisfies `required` here; a validator that knows no reasons may miss the value.
    assert {error.kind.name for error in validator.iter_errors(clean["answers"])} <= {"required"}
    assert jsonschema_rs.meta.is_valid(document)


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_a_stored_form_is_read_back_the_same(path):
    form = form_of(path)

    again = load_form(form.document)

    assert again.digest == form.digest
    assert again.layout == form.layout
    assert again.indicators == form.indicators


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_every_cell_of_a_form_stands_in_its_layout(path):
    form = form_of(path)
    shown = set()
    for section in form.layout.sections:
        shown |= {field.path for field in section.fields}
        if section.grid is not None:
            shown |= {f"{row.path}/{key}" for row in section.grid.rows for key in row.columns}

    declared = {f"/{key}" for key in form.shape.cells}
    for block in form.shape.blocks.values():
        declared |= {path for line in block.lines.values() for path in line.pointers.values()}
    assert declared == shown


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_a_valid_example_has_no_error(path):
    example = json_of(path)

    verdict = judge(newest_form(path.parents[1]), example)

    assert [found for found in verdict.findings if found.severity is Severity.ERROR] == []
    if "findings" in example:
        assert {found.code for found in verdict.findings} == set(example["findings"])


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_an_invalid_example_fails_with_the_codes_and_at_the_path_it_names(path):
    example = json_of(path)

    verdict = judge(newest_form(path.parents[1]), example)

    assert {found.code for found in verdict.findings} == set(example["findings"])
    marked = {place for found in verdict.findings for place in (found.path, *found.paths)}
    assert example["path"] in marked


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_every_state_of_a_workflow_can_be_reached_and_left(path):
    workflow = Workflow.of(json_of(path))

    entered = {move.target for move in workflow.transitions} | {workflow.initial}
    left = {source for move in workflow.transitions for source in move.sources}
    assert entered == set(workflow.states)
    assert left == set(workflow.states)
