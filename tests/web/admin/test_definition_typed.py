"""What is typed into the editor: kept where it is refused, and chosen by words, not codes."""

import re

import pytest

from server.core.org_unit import Level
from tests.web.admin.conftest import As
from tests.web.admin.form_editor import Editor
from tests.world import World


@pytest.fixture
def editor(world: World, as_: As) -> Editor:
    return Editor(world, as_("admin"))


def posted(editor, name, **fields):
    """The very answer to an act, not the page after it."""
    return editor.person.post(
        f"/admin/definition-drafts/{editor.id}/{name}/", edit=editor.draft.edit, **fields
    )


def field(page: str, name: str) -> str:
    """A field as it stands on the page, with the error before it."""
    found = re.search(
        rf'<div class="field[^>]*>(?:(?!<div class="field).)*name="{name}".*?</div>', page, re.S
    )
    assert found, name
    return found[0]


def test_a_wrong_first_period_keeps_the_notes_and_says_what_such_a_form_takes(editor):
    editor.apply("set", "/properties/note", title="Ghi chú thêm")

    refused = posted(editor, "send", notes="Theo Công văn 12.", valid_from="2025-07")

    assert refused.status_code == 422
    assert ">Theo Công văn 12.</textarea>" in refused.text
    period = field(refused.text, "valid_from")
    assert 'value="2025-07"' in period and 'aria-invalid="true"' in period
    assert "Kỳ của biểu này là Năm, ví dụ 2025." in period
    assert editor.draft.state == "draft"


def test_a_note_that_came_too_late_is_still_there_to_be_sent_again(editor):
    before = editor.draft.edit
    editor.apply("set", "/properties/note", title="Ghi chú thêm")

    refused = editor.person.post(
        f"/admin/definition-drafts/{editor.id}/send/", edit=before, notes="Theo Công văn 12."
    )

    assert refused.status_code == 422
    assert ">Theo Công văn 12.</textarea>" in refused.text
    assert "vừa được người khác sửa" in refused.text


def test_a_refused_new_cell_keeps_what_was_typed_and_stays_at_its_part(editor):
    at = "/x-layout/sections/0"

    refused = editor.person.post(
        f"/admin/definition-editor/{editor.id}/apply/", edit=editor.draft.edit, op="add",
        part="/properties", at=at, what="cell", section="0", key="Số hộ", title="Hộ nghèo",
        type="string",
    )  # fmt: skip

    assert refused.status_code == 422
    form = refused.text.split('value="cell"')[1].split("</form>")[0]
    assert 'value="Số hộ"' in form and 'value="Hộ nghèo"' in form
    assert '<option value="string" selected>' in form
    assert "Mã gồm chữ thường không dấu" in form
    assert '<details class="part-add" open' in refused.text
    assert re.search(rf'href="[^"]*at={at}[^"]*" aria-current="true"', refused.text)


def test_a_code_that_is_taken_and_a_number_that_is_none_keep_the_other_fields(editor):
    taken = editor.person.post(
        f"/admin/definition-editor/{editor.id}/apply/", edit=editor.draft.edit, op="rename",
        part="/properties/note", at="/properties/note", key="households",
    )  # fmt: skip
    wrong = editor.person.post(
        f"/admin/definition-editor/{editor.id}/apply/", edit=editor.draft.edit, op="set",
        part="/properties/note", at="/properties/note", title="Ghi thêm", maxLength="nhiều",
    )  # fmt: skip

    assert taken.status_code == wrong.status_code == 422
    assert 'value="households"' in field(taken.text, "key")
    assert "Mã này đã có ở đây" in field(taken.text, "key")
    assert 'value="Ghi thêm"' in field(wrong.text, "title")
    assert 'value="nhiều"' in field(wrong.text, "maxLength")
    assert "chưa đúng" in field(wrong.text, "maxLength")
    assert editor.document["properties"]["note"]["title"] == "Ghi chú"


def test_a_text_that_came_too_late_is_still_there(editor):
    before, text = editor.draft.edit, editor.draft.text.replace("Ghi chú", "Ghi thêm")
    editor.apply("set", "/properties/note", title="Của người khác")

    refused = editor.person.post(
        f"/admin/definition-editor/{editor.id}/text/", edit=before, text=text
    )

    assert refused.status_code == 422
    assert "Ghi thêm" in refused.text
    assert "vừa được người khác sửa" in refused.text


def test_a_cell_is_added_as_a_date_and_the_outline_says_so(editor):
    page = editor.apply(
        "add", "/properties", what="cell", key="seen_on", title="Ngày điều tra", type="date",
        section="0",
    )  # fmt: skip

    assert editor.document["properties"]["seen_on"] == {
        "title": "Ngày điều tra", "type": "string", "format": "date",
    }  # fmt: skip
    assert "<code>seen_on</code> ngày</span>" in page
    assert '<option value="date" selected>Ngày</option>' in page
    assert 'name="maxLength"' not in page


def _settings(editor: "Editor", **fields: object) -> dict:
    """What the form of the settings makes of them; what is not named is posted as it stands."""
    own = editor.document["x-form"]
    usual = {
        "kind": own["kind"], "periodType": own["periodType"], "assignedTo.levels": ["commune"],
        "officialCode": own.get("officialCode", ""), "prefix": own.get("prefix", ""),
    }  # fmt: skip
    editor.apply("set", "/x-form", **{**usual, **fields})
    return editor.document["x-form"]


def test_dates_are_typed_as_days_for_each_level(editor):
    held = _settings(
        editor,
        **{
            "workflow": editor.document["x-form"]["workflow"], "due:commune": "15",
            "due:province": "-11", "closes": "59", "closes:commune": "30", "grace": "3",
        },
    )  # fmt: skip

    assert held["due"] == {"commune": "P15D", "province": "-P11D"}
    assert held["closes"] == {
        "commune": "P30D", "district": "P59D", "province": "P59D", "department": "P59D",
    }  # fmt: skip
    assert held["grace"] == "P3D"
    page = editor.page("?at=/x-form")
    assert re.search(r'name="due:commune" value="15"', page)
    assert re.search(r'name="due:province" value="-11"', page)
    assert re.search(r'name="closes:commune" value="30"', page)
    assert "P15D" not in page

    one = _settings(editor, workflow=held["workflow"], **{"due:commune": "15", "closes": "59"})
    assert (one["due"], one["closes"], "grace" in one) == ({"commune": "P15D"}, "P59D", False)


def test_days_that_are_none_are_refused_beside_their_field(editor):
    before = editor.draft.text

    answer = editor.person.post(
        f"/admin/definition-editor/{editor.id}/apply/", edit=editor.draft.edit, op="set",
        part="/x-form", **{"due:commune": "hai tuần"},
    )  # fmt: skip

    assert answer.status_code == 422
    assert 'value="hai tuần"' in answer.text
    assert "Trường “Hạn gửi theo cấp” chưa đúng" in answer.text
    assert editor.draft.text == before


def test_the_workflow_is_chosen_for_all_or_by_level(editor):
    flow = editor.document["x-form"]["workflow"]
    page = editor.page("?at=/x-form")
    held = _settings(editor, **{"workflow:commune": flow, "workflow:consolidated": flow})

    assert f'<option value="{flow}" selected>' in page
    assert held["workflow"] == {"commune": flow, "consolidated": flow}
    assert _settings(editor, workflow=flow)["workflow"] == flow


def test_rows_left_out_are_ticked_by_their_names(editor, world):
    items = world.services.catalogue.codelist("sex").items
    editor.apply("add", "/properties", what="grid", key="by_sex", title="Theo giới", codelist="sex")
    page = editor.page("?at=/properties/by_sex")
    editor.apply(
        "set", "/properties/by_sex",
        **{"title": "Theo giới", "x-rows.codelist": "sex", "x-rows.exclude": [items[0].code]},
    )  # fmt: skip

    assert f'name="x-rows.exclude" value="{items[0].code}"' in page
    assert items[0].title in page
    rows = editor.document["properties"]["by_sex"]["x-rows"]
    assert rows == {"codelist": "sex", "exclude": [items[0].code]}


def test_the_owner_of_a_form_is_chosen_among_the_units(editor, world):
    tree = world.services.reference.tree(world.services.clock.today())
    unit = next(one for one in tree.units if one.level is Level.PROVINCE)
    page = editor.page("?at=/x-form")

    [choice] = re.findall(r'<select[^>]* name="owner".*?</select>', page, re.DOTALL)
    assert f'<option value="{unit.code}" selected>{unit.name}</option>' in choice
    flow = editor.document["x-form"]["workflow"]
    assert "owner" not in _settings(editor, workflow=flow)
    assert _settings(editor, workflow=flow, owner=unit.code)["owner"] == unit.code
