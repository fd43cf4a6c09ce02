"""The Excel file of a draft: the real file, with a sample's figures, and nothing kept of it."""

from pathlib import Path

import pytest

from server.core.definition_tests import judge
from server.core.definition_trial import compiled
from server.errors import ImportRefused
from server.storage.database import Database
from tests.world import GOOD, PERIOD, World, household_form, make_world


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return make_world(database, tmp_path, plugins=("xlsx_workbook",))


@pytest.fixture
def trial(world):
    """A form that nobody published, its sample and the verdict on it."""
    document = household_form("draft_only")
    document["title"] = "Biểu đang soạn"
    form = compiled(document, world.services.catalogue.installed().codelists)
    example = {"answers": GOOD, "findings": []}
    return form, example, judge(form, example)


def cells(sheets):
    return [cell for sheet in sheets for row in sheet.rows for cell in row]


def test_the_worksheets_shown_are_read_back_from_the_file_that_was_written(world, trial):
    workbooks = world.services.trial_workbooks
    content = workbooks.file(*trial).take()
    found = workbooks.tables.read(content)
    shown = workbooks.sheets(*trial)

    assert [sheet.name for sheet in shown] == [sheet.name for sheet in found.sheets]
    texts = {cell.text: cell.style for cell in cells(shown)}
    assert texts["Số hộ"] == "label"
    assert texts["25"] == "locked"  # 12 + 13, calculated
    assert texts["12"] == "input"
    assert "Biểu đang soạn" in texts


def test_a_trial_file_leaves_nothing_behind_and_is_taken_in_by_no_report(world, trial):
    before = {table: world.count(table) for table in ("submission", "event", "observation")}
    folder = world.services.trial_workbooks.tables.folder
    content = world.services.trial_workbooks.file(*trial).take()
    world.services.trial_workbooks.sheets(*trial)

    assert {table: world.count(table) for table in before} == before
    assert list(folder.iterdir()) == []
    report = world.services.submissions.start(
        world.actor("commune_reporter"), form="households", org_unit="u-commune", period=PERIOD
    )
    with pytest.raises(ImportRefused) as refused:
        world.services.workbooks.upload(
            world.actor("commune_reporter"), report.submission.id, content
        )
    assert refused.value.facts["reason"] == "other-form"


def test_a_survey_has_no_workbook(world):
    form = world.services.catalogue.form("household_survey")

    assert not world.services.trial_workbooks.can_draw(form)
