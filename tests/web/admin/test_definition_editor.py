"""The editor of definitions in the back office: outline, text, review, tries."""

import json
import re
from io import BytesIO

import pytest

from server.core.access import Role
from server.services.accounts import NewAccount
from tests.web.admin.conftest import As
from tests.web.admin.form_editor import Editor
from tests.world import World


@pytest.fixture
def editor(world: World, as_: As) -> Editor:
    return Editor(world, as_("admin"))


def test_the_outline_shows_every_part_and_the_form_of_the_chosen_one(editor):
    page = editor.page("?at=/properties/people/properties/male")

    for words in ("Nhân khẩu", "Số hộ", "Thông tin chung", "Quy tắc kiểm tra", "Dữ liệu thử"):
        assert words in page
    assert 'value="999999"' in page
    assert re.search(r'name="required\?" value="1" checked', page)


def test_the_form_of_a_part_changes_what_it_shows_and_nothing_else(editor):
    before = editor.document
    page = editor.page("?at=/properties/note")
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.split('id="part"')[1]))
    fields = {name: fields[name] for name in ("maxLength",) if name in fields}

    editor.apply("set", "/properties/note", title="Ghi chú thêm", **fields)

    before["properties"]["note"]["title"] = "Ghi chú thêm"
    assert editor.document == before


def test_a_cell_is_added_moved_and_taken_away_with_all_that_names_it(editor):
    editor.apply(
        "add", "/properties", what="cell", key="area", title="Diện tích", type="number", section=0
    )
    added = editor.document
    fields = added["x-layout"]["sections"][0]["fields"]
    editor.apply("move", f"/x-layout/sections/0/fields/{fields.index('area')}", to=0)
    moved = editor.document
    editor.apply("remove", "/properties/households")

    assert fields == ["people", "households", "all_people", "note", "area"]
    assert moved["x-layout"]["sections"][0]["fields"][0] == "area"
    now = editor.document
    assert "households" not in now["properties"]
    assert now["required"] == ["people"]
    assert now["x-layout"]["sections"][0]["fields"] == ["area", "people", "all_people", "note"]
    assert now["x-tests"][0]["answers"] == {"people": {"male": 12, "female": 13}}
    # What rules say of it stays, and the checker names each.
    assert "Chưa ban hành được" in editor.page()


def test_a_key_that_is_taken_or_none_is_refused_in_words(editor):
    before = editor.draft.text

    taken = editor.apply("rename", "/properties/note", key="people")
    none = editor.apply("rename", "/properties/note", key="Ghi chú")

    assert "Mã này đã có ở đây" in taken
    assert "chữ thường không dấu" in none
    assert editor.draft.text == before


def test_undo_and_redo_go_back_to_the_same_part(editor):
    editor.apply("set", "/properties/note", title="Khác", maxLength="200")
    person, draft = editor.person, editor.draft
    answer = person.post(
        f"/admin/definition-editor/{editor.id}/undo/", edit=draft.edit, at="/properties/note"
    )

    assert answer.location.endswith("at=/properties/note")
    assert editor.document["properties"]["note"]["title"] == "Ghi chú"


def test_a_broken_text_is_kept_and_its_line_named_in_vietnamese(editor):
    broken = editor.draft.text.replace('"x-layout": {', '"x-layout": {,', 1)
    line = broken[: broken.index("{,")].count("\n") + 1

    editor.person.post(
        f"/admin/definition-editor/{editor.id}/text/", edit=editor.draft.edit, text=broken
    )

    page = editor.page("text/")
    assert editor.draft.text == broken
    assert f'href="#line-{line}"' in page
    assert "Chưa ban hành được: 1 lỗi" in page
    answer = editor.person.get(f"/admin/definition-editor/{editor.id}/")
    assert (answer.status_code, answer.location[-6:]) == (303, "/text/")


def test_the_text_that_is_being_typed_is_checked_and_not_kept(editor):
    before = editor.draft
    text = before.text.replace('"year"', '"century"', 1)

    answer = editor.person.post(f"/admin/definition-editor/{editor.id}/check/", text=text)

    [refusal] = answer.json["refusals"]
    assert refusal["path"] == "/x-form/periodType"
    assert text.splitlines()[refusal["line"] - 1].strip().startswith('"periodType"')
    assert editor.draft == before


def test_a_stale_page_writes_nothing_and_says_so(editor):
    seen = editor.draft.edit
    editor.apply("set", "/properties/note", title="Của người khác", maxLength="200")

    answer = editor.person.post(f"/admin/definition-editor/{editor.id}/text/", edit=seen, text="{}")

    assert "vừa được người khác sửa" in answer.text
    assert editor.document["properties"]["note"]["title"] == "Của người khác"


def test_a_draft_is_sent_judged_by_a_second_person_and_published(editor, world, as_):
    editor.apply("set", "/properties/note", title="Ghi chú thêm", maxLength="200")
    empty = editor.act("send", notes=" ")
    sent = editor.act("send", notes="Đổi tên ô ghi chú", valid_from="2025")
    world.accounts["second"] = world.services.accounts.create(
        world.actor("admin"), NewAccount("second", "Người thứ hai", None, Role.ADMIN, "u-province")
    ).id
    refused = editor.person.post(
        f"/admin/definition-drafts/{editor.id}/publish/", edit=editor.draft.edit
    )
    second = as_("second")
    review = second.get(f"/admin/definition-editor/{editor.id}/review/").text
    answer = second.post(f"/admin/definition-drafts/{editor.id}/publish/", edit=editor.draft.edit)

    assert "Ghi nội dung sửa đổi" in empty
    assert "không tự duyệt" in sent
    assert refused.status_code == 403
    assert "đổi tên hiển thị từ “Ghi chú” thành “Ghi chú thêm”" in review
    assert "<ins>Ghi chú thêm</ins>" in review
    assert "Đã ban hành phiên bản mới" in second.get(answer.location).text
    assert world.services.catalogue.form("households").version == 2


def test_the_preview_draws_the_draft_with_a_sample_and_prints_it_empty(editor):
    editor.apply(
        "add", "/properties", what="cell", key="area", title="Diện tích đất", type="number",
        section=0,
    )  # fmt: skip

    frame = editor.person.get(f"/admin/definition-trials/{editor.id}/frame/")
    read = editor.person.get(f"/admin/definition-trials/{editor.id}/frame/?as=reader").text

    assert "frame-ancestors 'self'" in frame.headers["Content-Security-Policy"]
    assert "Diện tích đất" in frame.text
    assert ">25</output>" in frame.text  # 12 + 13, calculated
    assert "Diện tích đất" in read
    assert "<input" not in read


def test_the_tests_of_a_draft_run_and_say_what_differs(editor):
    editor.apply("set", "/x-tests/0", name="đúng", answers=json.dumps(CROWDED), findings="[]")

    page = editor.person.get(f"/admin/definition-trials/{editor.id}/trial/").text

    assert "0 trên 1 đúng như ghi" in page
    assert "<code>crowded</code>" in page


CROWDED = {"people": {"male": 120, "female": 130}, "households": 6}


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("people.male + people.female", ("số", "<dd>25</dd>")),
        ("people.male > people.female", ("có hoặc không", "<dd>sai</dd>")),
        ('households > 5 ? "đông" : "ít"', ("chữ", "<dd>đông</dd>")),
        ("people.children + 1", ("people.children",)),
        ("people.male +", ("own-refusals",)),
    ],
)
def test_an_expression_is_tried_with_its_type_and_value(editor, expression, words):
    page = editor.person.client.get(
        f"/admin/definition-trials/{editor.id}/trial/", query_string={"expression": expression}
    ).text

    tried = page.split('id="tried"')[1].split("</section>")[0]
    for word in words:
        assert word in tried, tried


def test_what_is_exported_can_be_taken_in_again(editor):
    editor.act("discard")
    text = editor.person.get(f"/admin/definition-drafts/{editor.id}/export/").data

    answer = editor.person.post(
        "/admin/definition-drafts/import/", kind="form", file=(BytesIO(text), "households.json")
    )

    [draft_id] = re.findall(r"definition-editor/([^/]+)/", answer.location)
    taken = editor.world.services.definition_drafts.store.get(draft_id)
    assert taken.text.encode() == text


def test_a_file_that_is_no_definition_is_refused_in_words(as_):
    answer = as_("admin").post(
        "/admin/definition-drafts/import/", kind="form", file=(BytesIO(b"\xff{}"), "x.json")
    )

    assert answer.status_code == 422
    assert "không phải là định nghĩa JSON" in answer.text


def test_a_workflow_is_edited_by_its_states_and_moves(world, as_):
    person = as_("admin")
    answer = person.post(
        "/admin/definition-drafts/begin/", kind="workflow", code="short_way", title="Đường ngắn",
        source="",
    )  # fmt: skip
    [draft_id] = re.findall(r"definition-editor/([^/]+)/", answer.location)

    def apply(op: str, path: str, **fields: object) -> dict:
        draft = world.services.definition_drafts.store.get(draft_id)
        person.post(
            f"/admin/definition-editor/{draft_id}/apply/",
            edit=draft.edit, op=op, part=path, **fields,
        )  # fmt: skip
        return json.loads(world.services.definition_drafts.store.get(draft_id).text)

    renamed = apply("rename", "/states/returned", key="sent_back")
    page = person.get(f"/admin/definition-editor/{draft_id}/?at=/transitions/4").text
    changed = apply(
        "set", "/transitions/3", event="approve", **{"from": "submitted"}, to="approved",
        **{"by.role": "signer", "by.at": "province", "by.count": "2", "guards": "not_own_work"},
    )  # fmt: skip

    assert renamed["transitions"][0]["from"] == ["draft", "sent_back"]
    assert "Trả lại để sửa" in page
    assert changed["transitions"][3]["by"] == {"role": "signer", "at": "province", "count": 2}


@pytest.mark.parametrize("view", ["", "text/", "review/"])
def test_a_clerk_sees_no_draft(editor, as_, view):
    assert as_("commune_reporter").get(
        f"/admin/definition-editor/{editor.id}/{view}"
    ).status_code == 403  # fmt: skip


def test_without_a_format_of_workbooks_there_is_no_excel_preview(editor):
    page = editor.person.get(f"/admin/definition-trials/{editor.id}/screen/").text

    assert f"/admin/definition-trials/{editor.id}/frame/" in page
    assert f"/admin/definition-trials/{editor.id}/sheets/" not in page
    file = editor.person.get(f"/admin/definition-trials/{editor.id}/workbook/")
    assert file.status_code == 404


def test_each_role_has_its_own_screen_of_the_draft(editor):
    def frame(role: str) -> str:
        return editor.person.get(f"/admin/definition-trials/{editor.id}/frame/?as={role}").text

    fills, signs, reads = frame("reporter"), frame("signer"), frame("reader")

    assert "<input" in fills
    assert "Trình ký" in fills
    assert "<input" not in signs
    assert "Ký duyệt" in signs
    assert "chỉ xem" in reads


@pytest.mark.parametrize(
    ("expression", "keyword", "part", "words", "fault"),
    [
        ("people.male + 1", "x-calculate", "/properties/all_people", "cho ra: số", False),
        ("people.male > 1", "x-calculate", "/properties/all_people", "Chỗ này cần: số", True),
        ("people.male > 1", "rule", "/x-checks/0", "có hoặc không", False),
        ("people.male + 1", "rule", "/x-checks/0", "Chỗ này cần", True),
        ("male + female", "x-calculate", "/properties/people/properties/male", "số", False),
        ("people.", "rule", "/x-checks/0", "ký tự thứ", True),
        ("people.children > 0", "rule", "/x-checks/0", "people.children", True),
    ],
)
def test_an_expression_is_judged_while_it_is_typed(editor, expression, keyword, part, words, fault):
    answer = editor.person.post(
        f"/admin/definition-trials/{editor.id}/expression/",
        expression=expression, keyword=keyword, part=part,
    )  # fmt: skip

    assert answer.json["fault"] is fault
    assert words in answer.json["text"]
    assert bool(answer.json["values"]) is not fault


def test_a_key_renamed_in_the_outline_is_renamed_in_every_expression_and_back_again(editor):
    before = editor.document

    editor.apply("rename", "/properties/people/properties/female", key="women")
    renamed = editor.document
    page = editor.page()
    editor.person.post(f"/admin/definition-editor/{editor.id}/undo/", edit=editor.draft.edit)

    assert renamed["properties"]["all_people"]["x-calculate"] == "people.male + people.women"
    assert renamed["x-checks"][0]["rule"] == "households <= people.male + people.women"
    assert renamed["x-tests"][0]["answers"]["people"]["women"] == 13
    assert "Không còn lỗi nào" in page
    assert editor.document == before


def test_a_form_is_retired_and_put_in_force_again_on_its_page(world, as_):
    person = as_("admin")
    where = "/admin/definition-life/form/households"
    empty = person.post(f"{where}/retire/", last_on="", reason="QĐ 1")
    done = person.post(f"{where}/retire/", last_on="31/12/2024", reason="QĐ 12/QĐ-UBND")
    retired = person.get(done.location).text
    listed = person.get("/admin/forms/").text
    told = person.get("/api/v1/forms").json["items"]
    person.post(f"{where}/retire/", back="1", reason="Giữ thêm một năm")

    assert empty.status_code == 422
    assert "Ghi ngày cuối cùng áp dụng" in empty.text
    assert "Đã ngừng áp dụng" in retired
    assert "QĐ 12/QĐ-UBND" in retired
    assert "Đã ngừng áp dụng" in listed
    [form] = [one for one in told if one["code"] == "households"]
    assert (form["valid_to"], form["versions"][0]["state"]) == ("2024-12-31", "retired")
    assert "Đang áp dụng" in person.get(f"{where}/").text
