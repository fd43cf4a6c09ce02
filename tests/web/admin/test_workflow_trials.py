"""A draft of a workflow is drawn, checked and played before it is published; nothing is written."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from server.core.definition_draft import DefinitionDraft
from tests.web.admin.test_workflow_pages import CODE, text_of
from tests.web.admin.test_workflow_simulator import links
from tests.world import World

Changed = Callable[..., DefinitionDraft]


@pytest.fixture
def changed(world: World) -> Changed:
    """``changed(change)`` is a draft of the next version, with the document changed."""

    def written(change: Callable[[Any], object] = lambda document: None) -> DefinitionDraft:
        drafts, admin = world.services.definition_drafts, world.actor("admin")
        draft = drafts.revise(admin, "workflow", CODE)
        document = json.loads(draft.text)
        change(document)
        text = json.dumps(document, ensure_ascii=False, indent=2)
        return drafts.write(admin, draft.id, text, seen=draft.edit)

    return written


def one_step_less(document: Any) -> None:
    """The district's approval ends it: the province is not asked any more."""
    document["transitions"][6]["to"] = "approved"
    document["transitions"] = [
        move for move in document["transitions"] if "district_approved" not in move["from"]
    ]
    del document["states"]["district_approved"]


def test_a_draft_is_played_to_its_own_end_and_nothing_is_written(as_, world, changed) -> None:
    admin, draft = as_("admin"), changed(one_step_less)
    before = [world.count(table) for table in ("event", "submission", "draft_change")]

    page = admin.get(f"/admin/workflow-trials/{draft.id}/play/?unit=u-commune").text
    for said in (
        "commune reporter: Trình ký",
        "commune signer: Ký duyệt và gửi",
        "district approver: Duyệt",
    ):
        asked = links(page)[said]
        assert asked["unit"] == ["u-commune"]
        steps = asked["steps"][0]
        page = admin.get(
            f"/admin/workflow-trials/{draft.id}/play/?unit=u-commune&steps={steps}"
        ).text

    assert "Tỉnh đã duyệt" in text_of(page).partition("Báo cáo đang ở")[2][:60]
    assert [world.count(table) for table in ("event", "submission", "draft_change")] == before


def test_the_suppositions_are_kept_on_the_page_of_the_draft(as_, changed) -> None:
    draft = changed()

    page = as_("admin").get(f"/admin/workflow-trials/{draft.id}/play/?no.answers_valid=1").text

    assert f'action="/admin/workflow-trials/{draft.id}/play/"' in page
    assert "Chưa thực hiện được vì chưa đạt: số liệu không còn lỗi" in text_of(page)


def test_what_speaks_against_a_draft_is_told_and_it_can_still_be_played(as_, changed) -> None:
    def unguarded(document: Any) -> None:
        del document["transitions"][6]["guards"]

    admin, draft = as_("admin"), changed(unguarded)

    check = text_of(admin.get(f"/admin/workflow-trials/{draft.id}/check/").text)
    play = text_of(admin.get(f"/admin/workflow-trials/{draft.id}/play/").text)

    assert "Chưa ban hành được: 1 lỗi" in check
    assert "Sơ đồ" in check and "Các bước" in check
    assert "còn 1 lỗi" in play and "Bước tiếp theo" in play


def test_who_would_be_missing_is_told_before_the_draft_is_published(as_, changed) -> None:
    def second_office(document: Any) -> None:
        document["transitions"][6]["by"]["count"] = 3

    draft = changed(second_office)

    page = text_of(as_("admin").get(f"/admin/workflow-trials/{draft.id}/check/").text)

    assert "Nếu bản nháp có hiệu lực hôm nay" in page
    assert "Cổ Linh" in page.partition("Cảnh báo về người thực hiện")[2]


@pytest.mark.parametrize("text", ['{"code": ', '{"code": "x"}', "[]"])
@pytest.mark.parametrize("page", ["check", "play"])
def test_a_draft_whose_parts_do_not_fit_is_not_played(as_, world, changed, text, page) -> None:
    drafts, admin, draft = world.services.definition_drafts, world.actor("admin"), changed()
    draft = drafts.write(admin, draft.id, text, seen=draft.edit)

    answer = as_("admin").get(f"/admin/workflow-trials/{draft.id}/{page}/")

    assert answer.status_code == 200
    assert "chưa khớp với nhau" in text_of(answer.text)
    assert "Bước tiếp theo" not in text_of(answer.text)


def test_the_editor_leads_to_both_pages(as_, changed) -> None:
    draft = changed()

    page = as_("admin").get(f"/admin/definition-editor/{draft.id}/").text

    tabs = re.findall(r'href="(/admin/workflow-trials/[^"]*)"', page)
    assert tabs == [f"/admin/workflow-trials/{draft.id}/{name}/" for name in ("check", "play")]


def test_the_draft_of_a_form_has_no_such_pages(as_, world) -> None:
    draft = world.services.definition_drafts.revise(world.actor("admin"), "form", "households")

    assert as_("admin").get(f"/admin/workflow-trials/{draft.id}/play/").status_code == 404


def test_only_administrators_try_drafts(as_, changed) -> None:
    address = f"/admin/workflow-trials/{changed().id}/play/"

    assert as_("province_approver").get(address).status_code == 403
