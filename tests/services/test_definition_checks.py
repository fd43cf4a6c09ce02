"""Checking files where they lie: places, examples, copies elsewhere, broken ones."""

import json
import shutil
from pathlib import Path

import pytest

from server.app import ROOT
from server.services.definition_checks import DefinitionChecks


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    for name in ("form_definitions", "workflows"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def _refusals(root: Path, path: Path) -> list[tuple[str, str]]:
    results = DefinitionChecks.of(root).check([path])
    return [(result.path.name, one.code) for result in results for one in result.refusals]


def test_everything_that_ships_passes_with_its_examples():
    results = DefinitionChecks.of(ROOT).check([ROOT / "form_definitions", ROOT / "workflows"])

    assert [result.path for result in results if result.refusals] == []
    assert sum(result.kind == "example" for result in results) >= 40
    assert sum(result.kind == "form" for result in results) == 8


def test_an_example_that_gives_other_findings_is_refused(shipped):
    example = next((shipped / "form_definitions/near_poor/examples").glob("invalid-*.json"))
    example.write_text(json.dumps({**json.loads(example.read_text("utf-8")), "findings": []}))

    found = _refusals(shipped, shipped / "form_definitions/near_poor/v01.json")

    assert found == [(example.name, "example-differs")]


def test_a_definition_in_anothers_place_is_refused_and_a_copy_elsewhere_is_not(shipped):
    form = shipped / "form_definitions/near_poor/v01.json"
    moved = form.with_name("v02.json")
    shutil.copy(form, moved)
    copy = shipped / "copy.json"
    shutil.copy(form, copy)

    assert _refusals(shipped, moved) == [("v02.json", "misplaced")]
    assert _refusals(shipped, copy) == []


def test_a_broken_file_says_where_and_does_not_hide_the_others(shipped):
    broken = shipped / "workflows/survey_return/v01.json"
    broken.write_text(broken.read_text("utf-8")[:-40], encoding="utf-8")

    results = DefinitionChecks.of(shipped).check([shipped / "workflows"])

    refused = [result for result in results if result.refusals]
    assert [result.path.parent.name for result in refused] == ["survey_return"]
    assert refused[0].refusals[0].line > 1
    assert len(results) == len(list((shipped / "workflows").glob("*/v*.json")))
