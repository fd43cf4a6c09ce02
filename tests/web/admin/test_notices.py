"""The page Thông báo and the number in the bar."""

import re
from collections.abc import Callable

import pytest

from server.services.review import SubmissionView
from tests.web.admin.conftest import As
from tests.web.admin.test_delegations import text
from tests.world import World


@pytest.fixture
def arrived(world: World, sent: Callable[..., SubmissionView]) -> SubmissionView:
    view = sent()
    world.services.dispatch.run()
    return view


def opening(page: str) -> list[str]:
    return re.findall(r'action="(/notices/\d+/open)"', page)


def test_the_bar_counts_and_the_page_leads_to_the_report(
    world: World, as_: As, arrived: SubmissionView
) -> None:
    approver = as_("district_approver")
    work, page = approver.get("/work"), approver.get("/notices")
    [address] = opening(page.text)
    opened = approver.post(address)

    assert "Thông báo 1 chưa đọc" in text(work)
    assert "Báo cáo chờ anh/chị ký hoặc duyệt Hộ và nhân khẩu, Cổ Linh, năm 2024" in text(page)
    assert opened.location == f"/admin/approvals/{arrived.submission.id}/"
    assert "1 chưa đọc" not in text(approver.get("/work"))


def test_looking_at_the_list_marks_nothing(world: World, as_: As, arrived: SubmissionView) -> None:
    approver = as_("district_approver")
    approver.get("/notices")
    approver.get(f"/admin/approvals/{arrived.submission.id}/")

    assert world.services.notices.unread(world.actor("district_approver")) == 1


def test_all_are_read_by_one_button(world: World, as_: As, arrived: SubmissionView) -> None:
    approver = as_("district_approver")
    after = approver.get(approver.post("/notices/read").location)

    assert "Chưa đọc" not in text(after)
    assert len(opening(after.text)) == 1


def test_the_notice_of_another_person_is_not_found(as_: As, arrived: SubmissionView) -> None:
    [address] = opening(as_("district_approver").get("/notices").text)

    assert as_("province_reader").post(address).status_code == 404
    assert "Chưa có thông báo nào" in text(as_("province_reader").get("/notices"))
