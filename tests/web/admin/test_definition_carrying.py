"""Where answers of the version before go, declared on a page; drafts taken along by a button."""

import html

import pytest

from server.core.access import SYSTEM, Role
from server.services.accounts import NewAccount
from tests.web.admin.conftest import As
from tests.web.admin.form_editor import Editor
from tests.world import GOOD, PERIOD, World


@pytest.fixture
def editor(world: World, as_: As) -> Editor:
    """An administrator who wrote another key of the remark into the text, where nobody proposes
    anything; a draft of a report holds a remark."""
    world.services.submissions.start(
        world.actor("commune_reporter"),
        form="households",
        org_unit="u-commune",
        period=PERIOD,
        answers={**GOOD, "note": "đã đối chiếu"},
    )
    found = Editor(world, as_("admin"))
    text = found.draft.text.replace('"note"', '"remark"')
    address = f"/admin/definition-editor/{found.id}/text/"
    assert found.person.post(address, edit=found.draft.edit, text=text).status_code == 303
    return found


def page(editor: Editor) -> str:
    answer = editor.person.get(f"/admin/definition-carrying/{editor.id}/")
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def post(editor: Editor, name: str, **fields: object) -> str:
    """What the page says that follows."""
    answer = editor.person.post(
        f"/admin/definition-carrying/{editor.id}/{name}/", edit=editor.draft.edit, **fields
    )
    if answer.status_code == 422:
        return html.unescape(answer.text)
    assert answer.status_code == 303, answer.text
    return html.unescape(editor.person.get(answer.location).text)


def test_a_field_without_a_place_is_offered_the_likeliest_one(editor):
    found = page(editor)

    assert "Ô, cột cũ chưa có chỗ" in found
    assert '<option value="/remark" selected>Ghi chú (/remark)</option>' in found

    told = post(editor, "add", step="rename", **{"from": "/note", "to": "/remark"})

    assert "“Ghi chú” đổi mã từ note sang remark" in told
    assert "Mọi ô, cột của phiên bản trước đều có chỗ." in told
    assert editor.document["x-migrate"] == {
        "from": 1,
        "steps": [{"op": "rename", "from": "/note", "to": "/remark"}],
    }


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"step": "rename", "from": "/note"}, "Chọn ô, cột nhận số liệu."),
        ({"step": "rename", "to": "/remark"}, "Chọn ô, cột của phiên bản trước."),
        ({"step": "split", "from": "/note", "to": ["/remark"]}, "Chọn từ hai ô, cột nhận"),
        (
            {"step": "split", "from": "/note", "to": ["/remark", "/note2"], "shares": "60 50"},
            "Ghi 2 tỷ lệ, cộng lại đúng 100 %.",
        ),
        ({"step": "unit", "from": "/households", "factor": "x"}, "“x” không phải là số."),
        ({"step": "unit", "from": "/households", "factor": "0"}, "Hệ số phải là số lớn hơn 0"),
        ({"step": "recode", "from": "/note", "values": "a"}, "Mỗi dòng ghi mã cũ = mã mới."),
    ],
)
def test_what_is_no_step_is_refused_in_words(editor, fields, words):
    before = editor.document

    assert words in post(editor, "add", **fields)
    assert editor.document == before


@pytest.mark.parametrize(
    ("fields", "step", "words"),
    [
        (
            {"step": "unit", "from": "/households", "factor": "0,5"},
            {"op": "unit", "path": "/households", "factor": 0.5},
            "“Số hộ” nhân với 0,5",
        ),
        (
            {"step": "recode", "from": "/households", "values": "1 = 2\n3=4"},
            {"op": "recode", "path": "/households", "values": {"1": "2", "3": "4"}},
            "“Số hộ” đổi mã: 1 → 2, 3 → 4",
        ),
        (
            {"step": "drop", "from": "/note"},
            {"op": "drop", "path": "/note"},
            "Bỏ số liệu của “Ghi chú”",
        ),
        (
            {"step": "merge", "from": ["/note", "/households"], "to": "/remark"},
            {"op": "merge", "from": ["/note", "/households"], "to": "/remark"},
            "“Ghi chú”, “Số hộ” gộp vào “Ghi chú”",
        ),
    ],
)
def test_each_way_becomes_a_step_that_can_be_taken_away(editor, fields, step, words):
    assert words in post(editor, "add", **fields)
    assert editor.document["x-migrate"]["steps"] == [step]

    post(editor, "remove", place="0")

    assert editor.document["x-migrate"] == {"from": 1, "steps": []}
    post(editor, "follow", follow="no")
    assert "x-migrate" not in editor.document


def test_examples_go_the_declared_way_too(editor):
    assert "Chuyển dữ liệu thử" in post(
        editor, "add", step="unit", factor="2", **{"from": "/households"}
    )

    post(editor, "examples")

    assert editor.document["x-tests"][0]["answers"]["households"] == 12
    assert "Chuyển dữ liệu thử" not in page(editor)


def test_drafts_that_wait_go_along_by_a_button_after_publishing(editor, world, as_):
    world.accounts["second"] = world.services.accounts.create(
        SYSTEM, NewAccount("second", "Người thứ hai", None, Role.ADMIN, "u-province")
    ).id
    post(editor, "add", step="rename", **{"from": "/note", "to": "/remark"})
    editor.act("send", notes="Đổi mã")
    editor.person = as_("second")
    assert "1 báo cáo đang nhập đã chuyển" in editor.act("publish")
    impact = f"/admin/definition-impact/{editor.id}/"
    editor.person.post(f"{impact}revert/")
    assert "1 báo cáo đang nhập chưa chuyển sang phiên bản này." in editor.person.get(impact).text

    assert "1 báo cáo đang nhập đã chuyển" in post(editor, "carry")

    assert "chưa chuyển sang" not in editor.person.get(impact).text
    again = Editor(world, as_("admin"))
    assert "x-migrate" not in again.document


def test_a_rename_in_the_outline_is_declared_and_undone_in_one_step(world, as_):
    editor = Editor(world, as_("admin"))

    told = html.unescape(editor.apply("rename", "/properties/note", key="remark"))
    editor.apply("rename", "/properties/people/properties/male", key="men")

    assert "máy đã khai báo ở trang “Chuyển số liệu”" in told
    assert editor.document["x-migrate"] == {
        "from": 1,
        "steps": [
            {"op": "rename", "from": "/people/male", "to": "/people/men"},
            {"op": "rename", "from": "/note", "to": "/remark"},
        ],
    }
    shown = page(editor)
    assert shown.count("Máy khai báo khi anh/chị đổi mã") == 2
    assert "Mọi ô, cột của phiên bản trước đều có chỗ." in shown
    undone = editor.person.post(
        f"/admin/definition-editor/{editor.id}/undo/", edit=editor.draft.edit, view="carrying"
    )
    assert undone.location.endswith(f"/admin/definition-carrying/{editor.id}/")
    assert page(editor).count("Máy khai báo khi anh/chị đổi mã") == 1
    assert "men" not in editor.document["properties"]["people"]["properties"]

    editor.apply("rename", "/properties/remark", key="note")

    assert "x-migrate" not in editor.document


def test_a_cell_that_goes_to_another_group_takes_its_values_along(world, as_):
    editor = Editor(world, as_("admin"))
    shown = html.unescape(editor.page("?at=/properties/households"))
    assert '<option value="/properties/people/properties">Nhân khẩu</option>' in shown

    editor.apply("transfer", "/properties/households", into="/properties/people/properties")

    assert editor.document["x-migrate"]["steps"] == [
        {"op": "move", "from": "/households", "to": "/people/households"}
    ]
    assert "“Số hộ” chuyển sang “Nhân khẩu: Số hộ”" in page(editor)
    assert "<option value" in editor.page("?at=/properties/people/properties/households")


def test_another_section_changes_nothing_of_the_values(world, as_):
    editor = Editor(world, as_("admin"))
    editor.apply("add", "/x-layout/sections", what="section", key="more", title="Phần hai")
    assert '<option value="1">Phần hai</option>' in html.unescape(
        editor.page("?at=/properties/note")
    )

    editor.apply("place", "/properties/note", section="1")

    assert editor.document["x-layout"]["sections"][1]["fields"] == ["note"]
    assert "x-migrate" not in editor.document


def test_a_step_that_somebody_declared_stays_when_a_rename_is_taken_back(world, as_):
    editor = Editor(world, as_("admin"))
    post(editor, "follow", follow="yes")

    editor.apply("rename", "/properties/note", key="remark")
    post(editor, "add", step="rename", **{"from": "/note", "to": "/remark"})
    editor.apply("rename", "/properties/remark", key="note")

    assert editor.document["x-migrate"] == {"from": 1, "steps": []}


@pytest.mark.parametrize("view", ["text", "preview", "trial", "carrying", "impact", "review"])
def test_who_undoes_on_a_page_stays_on_it(editor, view):
    addresses = {
        "text": f"/admin/definition-editor/{editor.id}/text/",
        "preview": f"/admin/definition-trials/{editor.id}/screen/",
        "trial": f"/admin/definition-trials/{editor.id}/trial/",
        "carrying": f"/admin/definition-carrying/{editor.id}/",
        "impact": f"/admin/definition-impact/{editor.id}/",
        "review": f"/admin/definition-editor/{editor.id}/review/",
    }
    shown = editor.person.get(addresses[view]).text
    assert f'name="view" value="{view}"' in shown

    undone = editor.person.post(
        f"/admin/definition-editor/{editor.id}/undo/", edit=editor.draft.edit, view=view
    )

    assert undone.location.endswith(addresses[view])


def test_a_workflow_has_no_such_page(world, as_):
    person = as_("admin")
    answer = person.post(
        "/admin/definition-drafts/revise/", kind="workflow", code="commune_district_province"
    )
    draft = answer.location.split("definition-editor/")[1].split("/")[0]

    assert person.get(f"/admin/definition-carrying/{draft}/").status_code == 404


def test_a_declaration_that_is_refused_keeps_what_was_typed(editor):
    listed = "cũ = mới\nkhác mới"

    said = post(editor, "add", step="recode", values=listed, **{"from": "/households"})

    assert f"{listed}</textarea>" in said
    assert '<option value="/households" selected>' in said
    assert said.count("Mỗi dòng ghi mã cũ = mã mới.") == 2  # above, and beside the field
