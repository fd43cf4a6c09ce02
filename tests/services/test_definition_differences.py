"""``./run diff``: two versions of a definition, from files, from what ships, from the database."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from server.cli.definitions import diff
from server.core.access import SYSTEM
from server.core.definition_apply import apply
from tests.world import ROOT, household_form

SHIPPED = json.loads((ROOT / "workflows/survey_return/v01.json").read_text(encoding="utf-8"))


@pytest.fixture
def changed(tmp_path):
    document = json.loads(json.dumps(SHIPPED))
    document["version"] = 2
    del document["transitions"][0]["guards"]
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def run(*words, application=None):
    return CliRunner().invoke(diff, list(map(str, words)), obj=SimpleNamespace(
        application=application
    ))  # fmt: skip


def test_a_shipped_version_is_compared_with_a_file_in_sentences(changed):
    found = run("survey_return@1", changed)

    assert found.exit_code == 0
    assert found.stdout.splitlines() == [
        "/transitions/0: Bước “submit” bỏ điều kiện của bước"
        " (trước là số liệu không còn lỗi, các ô bị đánh dấu đã trả lời)."
    ]


def test_as_json_the_operations_lead_from_one_to_the_other(changed):
    found = json.loads(run("survey_return@1", changed, "--json").stdout)

    after = json.loads(changed.read_text(encoding="utf-8"))
    assert json.dumps(apply(found["operations"], SHIPPED)) == json.dumps(after)
    assert [one["subject"] for one in found["sentences"]] == ["rules"]


def test_a_version_that_only_the_database_has_is_found_there(world, tmp_path):
    form = household_form("household_survey", "survey")
    form["x-form"]["version"] = 2
    form["title"] = "Hộ dân"
    world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)

    found = run("household_survey@1", "household_survey@2", application=world.application)

    assert found.exit_code == 0
    assert "đổi tên hiển thị từ “Hộ và nhân khẩu” thành “Hộ dân”" in found.stdout


@pytest.mark.parametrize("named", ["nothing@9", "no-file.json"])
def test_what_cannot_be_found_or_read_is_named(world, changed, named):
    found = run(changed, named, application=world.application)

    assert found.exit_code == 2
    assert named in found.stderr
