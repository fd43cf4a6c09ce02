"""Closing a round and correcting a report by decision, as the head of the province does it."""

import pytest

from server.core.access import SYSTEM, Grant, Role
from tests.consolidation_world import ROUND, Summing
from tests.web.test_consolidations import as_, edit_of, summing, text

__all__ = ["summing"]
DECISION = {
    "decision_number": "15/QĐ-BDT",
    "decided_on": "2025-01-23",
    "reason": "Kiểm tra lại sổ hộ khẩu.",
}


@pytest.fixture
def final(summing: Summing) -> str:
    """The id of an approved report that the head of the province may read."""
    summing.world.services.accounts.grant(
        SYSTEM, summing.world.accounts["province_signer"], Grant(Role.READER, "u-province")
    )
    view = summing.approved("u-commune", 10, 12, 6)
    return summing.decide(view, "province_approver", "approve").submission.id


def test_the_round_shows_what_closing_would_do_and_does_it(summing: Summing, final: str) -> None:
    head = as_(summing, "province_signer")
    assert "Báo cáo tổng hợp năm 2024" in text(head.get("/closing"))
    page = head.get(f"/closing/{ROUND}").get_data(as_text=True)
    exceptions = [part.split('"')[0] for part in page.split('name="exception" value="')[1:]]
    address = f"/closing/{ROUND}"

    unnamed = head.post(address, {"expected": "1", "note": "Gửi bổ sung sau."})
    unsaid = head.client.post(
        address, data={"csrf_token": head.token, "expected": "1", "exception": exceptions}
    )
    done = head.client.post(
        address,
        data={
            "csrf_token": head.token,
            "expected": "1",
            "exception": exceptions,
            "note": "Gửi bổ sung sau.",
        },
    )

    assert len(exceptions) == 5
    assert (unnamed.status_code, unsaid.status_code, done.status_code) == (409, 409, 303)
    assert "Chọn là ngoại lệ từng báo cáo còn mở" in text(unnamed)
    after = text(head.get(address))
    assert "đã chốt 1 báo cáo" in after and "Gửi bổ sung sau." in after
    now = summing.world.services.submissions.submissions.get(final)
    assert now.state == "closed"


def test_other_signers_close_nothing(summing: Summing, final: str) -> None:
    signer = as_(summing, "district_signer")

    assert signer.get(f"/closing/{ROUND}").status_code == 303
    assert signer.post(f"/closing/{ROUND}", {"expected": "1"}).status_code == 403
    assert signer.get("/closing").status_code == 200
    assert 'href="/closing"' not in signer.get("/work").get_data(as_text=True)


def test_a_correction_by_decision_is_marked_on_the_report(summing: Summing, final: str) -> None:
    head = as_(summing, "province_signer")
    address = f"/submissions/{final}/correct"
    page = text(head.get(address))
    fields = {"edit": edit_of(summing, final), **DECISION}

    nothing = head.post(address, fields)
    unread = head.post(address, {**fields, "cell:/households": "bảy"})
    blocked = head.post(address, {**fields, "cell:/households": "900"})
    undecided = head.post(address, {**fields, "cell:/households": "7", "decision_number": ""})
    saved = head.post(address, {**fields, "cell:/households": "7"})

    assert "Số hộ 6" in page
    assert [one.status_code for one in (nothing, unread, blocked, undecided)] == [422] * 4
    assert "Chưa có ô nào được sửa." in text(nothing)
    assert "Ghi số quyết định đính chính." in text(undecided)
    assert saved.status_code == 303
    shown = text(as_(summing, "commune_reporter").get(f"/submissions/{final}"))
    assert "Đã đính chính" in shown
    assert "Đính chính theo Quyết định số 15/QĐ-BDT" in shown


def test_nobody_else_corrects(summing: Summing, final: str) -> None:
    signer = as_(summing, "commune_signer")

    assert signer.get(f"/submissions/{final}/correct").status_code == 303
    answer = signer.post(
        f"/submissions/{final}/correct",
        {"edit": edit_of(summing, final), "cell:/households": "7", **DECISION},
    )
    assert answer.status_code == 403
    assert summing.world.services.submissions.submissions.get(final).revision == 1
