"""The page that says what a draft would do, and the difference of two versions in words."""

import json
import re

import pytest

from server.core.access import SYSTEM, Role
from server.services.accounts import NewAccount
from tests.web.admin.conftest import As
from tests.web.admin.form_editor import Editor
from tests.world import GOOD, PERIOD, World, household_form


@pytest.fixture
def editor(world: World, as_: As) -> Editor:
    """An administrator who took the remark out of the form, of which a report holds one."""
    services = world.services
    view = services.submissions.start(
        world.actor("commune_reporter"),
        form="households",
        org_unit="u-commune",
        period=PERIOD,
        answers={**GOOD, "note": "đã đối chiếu"},
    )
    services.approvals.decide(
        world.actor("commune_reporter"), view.submission.id, "submit", seen=view.submission.edit
    )
    found = Editor(world, as_("admin"))
    found.apply("remove", "/properties/note")
    return found


def impact(editor: Editor, more: str = "") -> str:
    answer = editor.person.get(f"/admin/definition-impact/{editor.id}/{more}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_counts_values_and_names_units_before_anything_changes(editor):
    page = impact(editor)

    for words in ("Ảnh hưởng khi ban hành", "Ghi chú", "Cổ Linh", "Bỏ ô “Ghi chú”.", "Đang duyệt"):
        assert words in page
    assert "Số liệu ở lại phiên bản cũ" in page
    assert "Người duyệt phải xác nhận" in page


def test_publishing_asks_for_a_decision_and_takes_it(editor, world, as_):
    world.accounts["second"] = world.services.accounts.create(
        SYSTEM, NewAccount("second", "Người thứ hai", None, Role.ADMIN, "u-province")
    ).id
    editor.act("send", notes="Bỏ ghi chú")
    editor.person = as_("second")

    assert "Số liệu của Ghi chú không còn chỗ" in editor.act("publish")
    assert 'name="decision:/note" value="leave"' in impact(editor)
    assert "Đã ban hành phiên bản mới" in editor.act("publish", **{"decision:/note": "leave"})
    assert world.services.catalogue.form("households").version == 2


def test_a_changed_check_is_tried_on_what_was_sent(editor, world):
    report = world.services.submissions.list_(world.actor("admin"), form="households").items[0]
    world.services.approvals.decide(
        world.actor("commune_signer"), report.id, "sign", seen=report.edit
    )
    rule = "people.male + people.female <= households * 4"
    world.services.definition_drafts.apply(
        world.actor("admin"),
        editor.id,
        {"op": "set", "path": "/x-checks/1", "values": {"rule": rule}},
        seen=editor.draft.edit,
    )
    sample = {"people": {"male": 1, "female": 1}, "households": 1}
    world.services.definition_drafts.apply(
        world.actor("admin"),
        editor.id,
        {"op": "set", "path": "/x-tests/0", "values": {"answers": sample}},
        seen=editor.draft.edit,
    )

    told = _plain(impact(editor))
    tried = _plain(impact(editor, "?try=1"))
    message = world.services.catalogue.form("households").document["x-checks"][1]["message"]
    assert "Chạy thử quy tắc mới" in told
    assert f"Quy tắc mới hoặc đã sửa: {message} (crowded)" in told
    assert _fact(editor, "Quy tắc kiểm tra thay đổi") == f"{message} (crowded)"
    assert f"{message} (crowded): sẽ cảnh báo 1 trên 1 báo cáo, gồm Cổ Linh (2024)." in tried
    assert "Quy tắc cũ: 0, quy tắc mới: 1, cùng: 0." in tried


def test_a_column_that_only_has_another_code_is_named_once(editor, world):
    editor.apply("rename", "/properties/people/properties/male", key="men")

    columns = _fact(editor, "Cột thay đổi trong bản in và tệp xuất")

    assert columns.count("Nam") == 1, columns


def _fact(editor: Editor, title: str) -> str:
    [found] = re.findall(rf"<dt>{title}</dt><dd>(.*?)</dd>", impact(editor))
    return found


def _plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_a_broken_draft_says_that_nothing_can_be_counted_yet(editor):
    editor.apply("remove", "/properties/households")

    assert "chưa tính được ảnh hưởng" in impact(editor)


@pytest.mark.parametrize("page", ["definition-impact/{}/", "definition-editor/{}/review/"])
def test_a_text_that_cannot_be_read_is_no_text_without_differences(editor, page):
    editor.person.post(
        f"/admin/definition-editor/{editor.id}/text/",
        edit=editor.draft.edit, text='{\n  "title": ,\n}',
    )  # fmt: skip

    shown = editor.person.get("/admin/" + page.format(editor.id)).text

    assert "Không có khác nhau nào" not in shown
    assert "Chưa so sánh được" in shown
    assert f'href="/admin/definition-editor/{editor.id}/text/#line-2"' in shown
    assert "Dòng 2, cột 12" in shown


def test_a_sample_that_fails_hides_no_count(editor, world):
    sample = {"people": {"male": 900, "female": 1}, "households": 1}
    world.services.definition_drafts.apply(
        world.actor("admin"),
        editor.id,
        {"op": "set", "path": "/x-tests/0", "values": {"answers": sample}},
        seen=editor.draft.edit,
    )

    page = impact(editor)

    assert "lỗi ở ví dụ thử của biểu" in page
    assert "Số liệu ở lại phiên bản cũ" in page


def test_two_versions_are_compared_in_words(world, as_):
    form = household_form()
    form["x-form"]["version"] = 2
    form["properties"]["households"]["maximum"] = 500
    world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    person = as_("admin")

    answer = person.get("/admin/definition-impact/versions/form/households/")

    assert "Từ phiên bản 1 đến phiên bản 2" in answer.text
    assert "Ô “Số hộ” đổi số lớn nhất từ 999.999 thành 500." in answer.text
    assert person.get("/admin/definition-impact/versions/form/nothing/").status_code == 404
    assert as_("province_reader").get(answer.request.path).status_code == 403
