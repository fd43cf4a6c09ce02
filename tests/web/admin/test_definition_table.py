"""Beginning a form from a pasted table or a foreign schema."""

import json
import re
from io import BytesIO

import pytest

from tests.web.admin.conftest import As
from tests.world import World

TABLE = "STT\tTên thôn\tSố hộ\t\n\t\tTổng\tNghèo\n1\tNà Mạ\t5\t1\n2\tKhuổi Luông\t6\t2\n"
SCHEMA = {"title": "Hộ", "type": "object", "properties": {"count": {"type": "integer"}}}


@pytest.fixture
def world(world_with_workbooks: World) -> World:
    return world_with_workbooks


def test_a_pasted_table_is_shown_as_understood_and_then_becomes_a_draft(
    world: World, as_: As
) -> None:
    admin = as_("admin")

    shown = admin.post("/admin/definition-table/", text=TABLE)
    begun = admin.post(
        "/admin/definition-table/begin/", text=TABLE, code="thon_ho", title="Hộ theo thôn"
    )

    assert shown.status_code == 200
    assert "Nà Mạ; Khuổi Luông" in shown.text
    assert re.findall(r'name="title-\d+" value="([^"]+)"', shown.text) == ["Tổng", "Nghèo"]
    [draft_id] = re.findall(r"definition-editor/([^/]+)/", begun.location)
    drafts = world.services.definition_drafts
    draft = drafts.get(world.actor("admin"), draft_id)
    assert (draft.code, draft.title, drafts.check(draft)) == ("thon_ho", "Hộ theo thôn", [])
    page = admin.get(f"/admin/definition-editor/{draft_id}/").text
    assert "tên chưa có tiếng Anh" in page


def test_choices_overrule_the_guess(world: World, as_: As) -> None:
    fields = {"shown": "2/2/roster", "headings": "2", "row_columns": "2", "kind": "roster"}

    begun = as_("admin").post(
        "/admin/definition-table/begin/", text=TABLE, code="ds_thon", title="Danh sách",
        **fields, **{"title-3": "Hộ nghèo", "type-2": "skip"},
    )  # fmt: skip

    [draft_id] = re.findall(r"definition-editor/([^/]+)/", begun.location)
    text = world.services.definition_drafts.get(world.actor("admin"), draft_id).text
    items = json.loads(text)["properties"]["rows"]["items"]["properties"]
    assert [cell["title"] for cell in items.values()] == ["Tên thôn", "Hộ nghèo"]


def test_a_table_that_is_none_and_a_code_that_is_taken_are_said_at_their_field(as_: As) -> None:
    admin = as_("admin")

    none = admin.post("/admin/definition-table/", text="  ")
    taken = admin.post("/admin/definition-table/begin/", text=TABLE, code="households", title="Tên")

    assert (none.status_code, taken.status_code) == (422, 422)
    assert 'href="#text"' in none.text
    assert 'href="#code"' in taken.text
    assert 'name="title-2"' in taken.text


def test_a_foreign_schema_becomes_a_draft_or_names_what_is_too_much(world: World, as_: As) -> None:
    admin = as_("admin")
    text = json.dumps(SCHEMA)

    good = admin.post("/admin/definition-schema/", file=(BytesIO(text.encode()), "s.json"))
    bad = admin.post("/admin/definition-schema/", text=json.dumps({**SCHEMA, "oneOf": [{}, {}]}))
    begun = admin.post("/admin/definition-schema/begin/", text=text, code="nhan", title="Nhận")

    assert good.status_code == 200
    assert "Nhận được 1 mục" in good.text
    assert bad.status_code == 422
    assert "Chưa dùng được từ khóa “oneOf”" in bad.text
    [draft_id] = re.findall(r"definition-editor/([^/]+)/", begun.location)
    drafts = world.services.definition_drafts
    assert drafts.check(drafts.get(world.actor("admin"), draft_id)) == []
