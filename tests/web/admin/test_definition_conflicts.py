"""A file that says something else, and a version that came meanwhile: said wherever one edits."""

import json
import re
from pathlib import Path

import pytest

from tests.web.admin.conftest import As
from tests.world import World, household_form

PAGES = (
    "definition-editor/{id}/",
    "definition-editor/{id}/text/",
    "definition-trials/{id}/screen/",
    "definition-trials/{id}/trial/",
    "definition-carrying/{id}/",
    "definition-impact/{id}/",
    "definition-editor/{id}/review/",
)


def _changed(version: int) -> str:
    document = household_form()
    document["x-form"]["version"] = version
    document["properties"]["note"]["maxLength"] = 77
    return json.dumps(document, ensure_ascii=False, indent=1)


@pytest.fixture
def draft_id(as_: As) -> str:
    answer = as_("admin").post("/admin/definition-drafts/revise/", kind="form", code="households")
    return re.findall(r"definition-editor/([^/]+)/", answer.location)[0]


def test_every_page_of_the_editor_names_a_file_that_differs_and_leads_to_both_ways(
    as_: As, world: World, draft_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "form_definitions" / "households" / "v01.json"
    path.parent.mkdir(parents=True)
    path.write_text(_changed(1), encoding="utf-8")
    admin, way = as_("admin"), f"/admin/definition-conflicts/{draft_id}/1/"
    pages = [admin.get("/admin/" + page.format(id=draft_id)).text for page in PAGES]

    shown = admin.get(way)
    ours = admin.get(f"{way}ours/")
    answer = admin.post(f"{way}take/", edit=1)
    after = admin.get(answer.location).text

    for page in pages:
        assert "v01.json có nội dung khác với phiên bản 1 đã ban hành" in page
        assert way in page
    assert "77" in shown.text
    assert "Nhận nội dung của tệp vào bản nháp" in shown.text
    assert "Tải nội dung đã ban hành về" in shown.text
    assert re.search(r"only-theirs.*?maxLength", shown.text, re.DOTALL)
    assert ours.text == world.services.definition_drafts.base_text(
        world.services.definition_drafts.get(world.actor("admin"), draft_id)
    )
    assert "Đã nhận nội dung của tệp" in after
    assert "Nhận từ tệp, 1 thay đổi" in after
    assert path.read_text(encoding="utf-8") == _changed(1)


def test_a_file_that_cannot_be_read_is_compared_by_lines_and_not_taken(
    as_: As, draft_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "form_definitions" / "households" / "v01.json"
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    admin, way = as_("admin"), f"/admin/definition-conflicts/{draft_id}/1/"

    page = admin.get(way).text
    refused = admin.get(admin.post(f"{way}take/", edit=1).location).text

    assert "chỉ so sánh được từng dòng" in page
    assert "take/" not in page
    assert "không nhận vào được" in refused


def test_every_page_of_the_editor_says_that_another_version_came_meanwhile(
    as_: As, world: World, draft_id: str
) -> None:
    world.services.catalogue.publish(_changed(2), "form", world.actor("admin"))

    for page in PAGES:
        shown = as_("admin").get("/admin/" + page.format(id=draft_id)).text
        assert "Nhận sửa đổi của phiên bản 2" in shown, page
