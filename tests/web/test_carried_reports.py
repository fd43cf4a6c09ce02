"""What people see of a report that went to another version, and of a draft to review."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from server.core.access import Role
from server.services.accounts import NewAccount
from tests.filling_world import PASSWORD, Seeded, copied, seed
from tests.web.conftest import Browser
from tests.web.test_version_note import KEPT, a_cell_is_gone, migrate, publish
from tests.world import PERIOD, World


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("carried"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def signed_in(world: World, username: str) -> Browser:
    return Browser(world.application.web().test_client()).sign_in(username, PASSWORD)


def words(answer: TestResponse) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def gone(form: dict[str, object]) -> None:
    a_cell_is_gone(form)
    migrate(form, {"op": "drop", "path": "/note"})


def test_the_clerk_reads_what_went_on_every_page_that_is_about_the_report(world: World) -> None:
    services = world.services
    draft = services.submissions.start(
        world.actor("commune_reporter"), form="households", org_unit="u-commune", period=PERIOD,
        answers=KEPT,
    ).submission  # fmt: skip
    publish(world, 2, gone)
    services.definition_migrations.carry_out(world.actor("admin"), "households", 2)
    while services.dispatch.run():
        pass
    clerk, lost = signed_in(world, "commune_reporter"), f"Ghi chú: {KEPT['note']}"

    page = words(clerk.get(f"/submissions/{draft.id}"))
    history = words(clerk.get(f"/submissions/{draft.id}/history"))
    notices, work = words(clerk.get("/notices")), words(clerk.get("/work"))

    assert "từ phiên bản 1 sang phiên bản 2" in page
    assert "1 số cũ không còn chỗ trong phiên bản này." in page
    assert f"Không còn chỗ, số cũ: {lost}" in page
    assert f"Không còn chỗ, số cũ: {lost}" in history
    told = "Biểu mẫu của báo cáo đã sang phiên bản 2, 1 số cũ không còn chỗ"
    assert told in notices
    assert told in work


def test_a_draft_that_waits_stands_among_the_work_of_whoever_may_review_it(world: World) -> None:
    services, admin = world.services, world.actor("admin")
    services.accounts.create(
        admin, NewAccount("second", "Người thứ hai", None, Role.ADMIN, "u-province"), PASSWORD
    )
    draft = services.definition_drafts.revise(admin, "form", "households")
    renamed = {"op": "set", "path": "", "values": {"title": "Hộ, nhân khẩu và diện tích"}}
    draft = services.definition_drafts.apply(admin, draft.id, renamed, seen=draft.edit)
    services.definition_issues.send(admin, draft.id, seen=draft.edit, notes="Theo Công văn 12.")
    while services.dispatch.run():
        pass
    second = signed_in(world, "second")

    work, notices = second.get("/work"), words(second.get("/notices"))

    assert "Bản sửa chờ tôi duyệt (1)" in words(work)
    assert "Hộ, nhân khẩu và diện tích" in words(work)
    assert f"/admin/definition-editor/{draft.id}/review/" in work.get_data(as_text=True)
    assert "Bản sửa chờ anh/chị duyệt" in notices
    assert "Bản sửa chờ tôi duyệt" not in words(signed_in(world, "admin").get("/work"))
