"""Đề nghị mở lại on the pages: the button, the banner, the answer, the link out of a problem."""

import pytest

from server.core.access import SYSTEM, Grant, Role
from tests.consolidation_world import Summing
from tests.web.test_consolidations import as_, summing, text

__all__ = ["summing"]
WHY = "Nhập sót một thôn, cần bổ sung 12 hộ."
BUTTON = "Đề nghị mở lại"
BANNER = "commune reporter đề nghị mở lại lúc"
GIVEN = {"note": "Xã đề nghị sửa số hộ.", "letter_number": "9/CV"}


@pytest.fixture
def final(summing: Summing) -> str:
    """The address of an approved report that the head of the province may read."""
    summing.world.services.accounts.grant(
        SYSTEM, summing.world.accounts["province_signer"], Grant(Role.READER, "u-province")
    )
    view = summing.approved("u-commune", 10, 12, 6)
    view = summing.decide(view, "province_approver", "approve")
    return f"/submissions/{view.submission.id}"


def test_the_clerk_asks_and_the_head_reads_who_when_and_why(summing: Summing, final: str) -> None:
    clerk, head = as_(summing, "commune_reporter"), as_(summing, "province_signer")
    before, others = text(clerk.get(final)), text(as_(summing, "district_approver").get(final))
    form = clerk.get(f"{final}/reopen-request")
    short = clerk.post(f"{final}/reopen-request", {"reason": " sai "})
    done = clerk.post(f"{final}/reopen-request", {"reason": WHY})

    assert BUTTON in before and BUTTON not in others
    assert form.status_code == 200
    assert short.status_code == 422 and "từ 5 đến 2.000 ký tự" in text(short)
    assert (done.status_code, done.location) == (303, final)
    mine = text(clerk.get(final))
    assert "Đã gửi đề nghị mở lại." in mine
    assert f"{BANNER} 10:00" in mine and "Đang chờ người có quyền mở lại trả lời." in mine
    page = head.get(final)
    assert BANNER in text(page) and f"Lý do: {WHY}" in text(page)
    assert f'href="{final}/review?event=reopen"' in page.text
    assert BANNER in text(head.get(f"{final}/review?event=reopen"))
    assert BANNER in text(head.get(f"/admin/approvals/{final.rsplit('/', 1)[-1]}/"))
    assert BANNER not in text(as_(summing, "district_approver").get(final))
    history = text(clerk.get(f"{final}/history"))
    assert "Đã đề nghị mở lại commune reporter" in history and f"Lý do: {WHY}" in history


def test_a_second_request_is_told_who_asked_when(summing: Summing, final: str) -> None:
    clerk, signer = as_(summing, "commune_reporter"), as_(summing, "commune_signer")
    clerk.post(f"{final}/reopen-request", {"reason": WHY})

    again = signer.post(f"{final}/reopen-request", {"reason": WHY})

    who = "commune reporter đã đề nghị mở lại báo cáo này lúc 10:00 ngày 24/01/2025"
    assert again.status_code == 303
    assert f"{who}, đang chờ trả lời." in text(signer.get(final))
    assert signer.get(f"{final}/reopen-request").location == final


def test_the_notice_leads_to_the_report_and_the_reopening_takes_the_banner_away(
    summing: Summing, final: str
) -> None:
    clerk, head = as_(summing, "commune_reporter"), as_(summing, "province_signer")
    clerk.post(f"{final}/reopen-request", {"reason": WHY})
    while summing.world.services.dispatch.run():
        pass
    notices = head.get("/notices")
    [number] = [
        str(one.id)
        for one in summing.world.services.notices.of(summing.world.actor("province_signer"))
        if one.kind == "reopen_asked"
    ]
    opened = head.post(f"/notices/{number}/open")
    view = summing.world.services.submissions.get(
        summing.world.actor("province_signer"), final.rsplit("/", 1)[-1]
    )
    summing.decide(view, "province_signer", "reopen", supplied=GIVEN)

    assert "Đề nghị mở lại báo cáo chờ anh/chị xem" in text(notices)
    assert opened.location == final
    assert BANNER not in text(head.get(final))
    assert BUTTON not in text(clerk.get(final))


def test_the_head_leaves_it_closed_with_a_reason(summing: Summing, final: str) -> None:
    clerk, head = as_(summing, "commune_reporter"), as_(summing, "province_signer")
    clerk.post(f"{final}/reopen-request", {"reason": WHY})
    answer = f"{final}/reopen-request/answer"
    form, short = head.get(answer), head.post(answer, {"reason": ""})
    done = head.post(answer, {"reason": "Số liệu đã công bố."})
    again = head.post(answer, {"reason": "Số liệu đã công bố."})

    assert (form.status_code, short.status_code) == (200, 422)
    assert (done.status_code, again.status_code) == (303, 303)
    assert "Đề nghị này đã được trả lời." in text(head.get(final))
    assert head.get(answer).location == final
    seen = text(clerk.get(final))
    assert BANNER not in seen and BUTTON in seen
    assert "Lý do: Số liệu đã công bố." in text(clerk.get(f"{final}/history"))


@pytest.mark.parametrize("path", ["reopen-request", "reopen-request/answer"])
def test_who_has_no_part_in_it_is_led_to_the_report_and_changes_nothing(
    summing: Summing, final: str, path: str
) -> None:
    officer = as_(summing, "district_approver")
    before = summing.world.count("event")

    assert officer.get(f"{final}/{path}").location == final
    assert officer.post(f"{final}/{path}", {"reason": WHY}).status_code == 403
    assert summing.world.count("event") == before


def test_the_page_of_a_closed_period_leads_back_to_its_report(summing: Summing) -> None:
    """Passing on is refused once the period is closed, whatever page was still open."""
    services, clerk = summing.world.services, summing.world.actor("commune_reporter")
    view = services.submissions.start(clerk, form="households", org_unit="u-commune", period="2024")
    summing.world.application.database.run(
        "UPDATE obligation SET closed = ? WHERE id = ?", (True, view.obligation.id)
    )
    visitor, address = as_(summing, "commune_reporter"), f"/submissions/{view.submission.id}"
    visitor.get(address)

    refused = visitor.post(f"{address}/nil", {"edit": str(view.submission.edit), "nil": "yes"})

    assert refused.status_code == 409
    assert "bấm Đề nghị mở lại" in text(refused)
    assert f'href="{address}"' in refused.text
