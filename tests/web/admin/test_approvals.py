"""The desk: the inbox, the edit that was shown, returning with marks, several at once."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from server.core.submission import Change
from server.services.review import SubmissionView
from tests.web.admin.conftest import As, decide
from tests.world import CROWDED, GOOD, REASON, World

Sent = Callable[..., SubmissionView]
DESK = "/admin/approvals/"


def state_of(world: World, view: SubmissionView) -> str:
    return world.services.submissions.submissions.get(view.submission.id).state


def edit_of(world: World, view: SubmissionView) -> int:
    return world.services.submissions.submissions.get(view.submission.id).edit


def resent(world: World, view: SubmissionView) -> SubmissionView:
    """The district returns the report, the clerk corrects a cell, the head signs again."""
    view = decide(world, view, "district_approver", "return", supplied={"note": "Xem lại số nam."})
    clerk = world.actor("commune_reporter")
    changes = [Change("/people/male", 12, 14)]
    view, _conflicts = world.services.submissions.save_cells(clerk, view.submission.id, changes)
    view = decide(world, view, "commune_reporter", "submit")
    return decide(world, view, "commune_signer", "sign")


def changed_cells(page: str) -> list[str]:
    return re.findall(r'data-path="([^"]+)"', page)


def test_an_empty_inbox_says_so_and_offers_a_way_on(as_: As) -> None:
    page = as_("district_approver").get(DESK)

    assert "Không có báo cáo nào đang chờ" in page.text
    assert 'href="/work"' in page.text


def test_the_inbox_is_called_by_what_its_reader_does(as_: As) -> None:
    assert "<h1>Chờ tôi duyệt</h1>" in as_("district_approver").get(DESK).text
    assert "<h1>Chờ tôi ký</h1>" in as_("commune_signer").get(DESK).text


def test_the_inbox_shows_the_waiting_report_with_due_day_and_warnings(as_: As, sent: Sent) -> None:
    view = sent(CROWDED, reasons=[REASON])

    page = as_("district_approver").get(DESK)

    assert f"{DESK}{view.submission.id}/" in page.text
    assert "15/01/2025" in page.text
    assert re.search(r'data-label="Cảnh báo" class="number">1<', page.text)


def test_a_report_of_another_district_is_not_found(as_: As, sent: Sent) -> None:
    view = sent()

    response = as_("other_district_reporter").get(f"{DESK}{view.submission.id}/")

    assert response.status_code == 403  # no approver at all: the gate answers


def test_the_review_page_shows_findings_with_the_written_reasons(as_: As, sent: Sent) -> None:
    view = sent(CROWDED, reasons=[REASON])

    page = as_("district_approver").get(f"{DESK}{view.submission.id}/")

    assert "Bình quân trên 9 người một hộ." in page.text
    assert REASON["text"] in page.text
    assert f'name="edit" value="{view.submission.edit}"' in page.text


def test_approving_acts_on_the_edit_shown_and_leads_to_the_list(
    as_: As, sent: Sent, world: World
) -> None:
    view = sent()

    response = as_("district_approver").post(
        f"{DESK}{view.submission.id}/decide/", event="approve", edit=view.submission.edit
    )

    assert response.status_code == 303
    assert response.location == DESK
    assert state_of(world, view) == "district_approved"


def test_after_a_decision_the_next_report_opens(as_: As, sent: Sent, world: World) -> None:
    first = decide(world, sent(), "district_approver", "approve")
    survey = world.services.submissions.start(
        world.actor("commune_reporter"),
        form="household_survey",
        org_unit="u-commune",
        period="2024",
    )
    person = as_("province_approver")

    response = person.post(
        f"{DESK}{first.submission.id}/decide/", event="approve", edit=first.submission.edit
    )

    assert survey.submission.state == "draft"
    assert response.location == DESK  # nothing else waits for the province


def test_a_report_sent_again_is_not_approved_but_shown(as_: As, sent: Sent, world: World) -> None:
    view = sent()
    person = as_("district_approver")
    newer = resent(world, view)

    response = person.post(
        f"{DESK}{view.submission.id}/decide/",
        event="approve",
        edit=view.submission.edit,
        revision=view.submission.revision,
    )
    page = person.get(response.location)

    assert state_of(world, view) == "submitted"
    assert edit_of(world, view) == newer.submission.edit
    assert "Báo cáo đã được gửi lại lần 2 lúc 10:00. Xem phần thay đổi rồi duyệt." in page.text
    assert "commune signer" in page.text
    assert f'name="edit" value="{newer.submission.edit}"' in page.text
    assert "<del>12</del>" in page.text
    assert "<ins>14</ins>" in page.text


def test_a_report_returned_by_somebody_else_says_who(as_: As, sent: Sent, world: World) -> None:
    view = sent()
    decide(world, view, "district_approver", "return", supplied={"note": "Thiếu thôn."})
    person = as_("district_approver")

    response = person.post(
        f"{DESK}{view.submission.id}/decide/", event="approve", edit=view.submission.edit
    )
    page = person.get(response.location)

    assert state_of(world, view) == "returned"
    assert "district approver đã thay đổi báo cáo này lúc 10:00" in page.text


@pytest.mark.parametrize("edit", ["", "abc", "-1", "9" * 30])
def test_a_decision_without_an_edit_changes_nothing(
    as_: As, sent: Sent, world: World, edit: str
) -> None:
    view = sent()

    response = as_("district_approver").post(
        f"{DESK}{view.submission.id}/decide/", event="approve", edit=edit
    )

    assert response.status_code == 400
    assert state_of(world, view) == "submitted"


def test_returning_needs_a_reason_and_keeps_the_marks(as_: As, sent: Sent, world: World) -> None:
    view = sent()
    person = as_("district_approver")
    path = f"{DESK}{view.submission.id}/decide/"

    refused = person.post(
        path,
        event="return",
        edit=view.submission.edit,
        mark="/households",
        **{"input-note": "", "note:/households": "Số hộ thấp"},
    )

    assert refused.status_code == 422
    assert "Nhập Lý do." in refused.text
    assert 'value="Số hộ thấp"' in refused.text
    assert state_of(world, view) == "submitted"


def test_a_return_carries_reason_and_marked_cells(as_: As, sent: Sent, world: World) -> None:
    view = sent()

    as_("district_approver").post(
        f"{DESK}{view.submission.id}/decide/",
        event="return",
        edit=view.submission.edit,
        mark=["/households", "/not-a-cell", ""],
        **{"input-note": "Xem lại số hộ.", "note:/households": "Thấp hơn sổ"},
    )

    history = world.services.submissions.history(
        world.actor("commune_reporter"), view.submission.id
    )
    assert history[-1].name == "submission.return"
    assert history[-1].details["note"] == "Xem lại số hộ."
    assert history[-1].details["marks"] == [{"path": "/households", "note": "Thấp hơn sổ"}]


def test_who_typed_the_figures_does_not_approve_them(as_: As, sent: Sent, world: World) -> None:
    view = sent()
    from server.core.access import Grant, Role  # noqa: PLC0415

    accounts = world.services.accounts
    grant = Grant(Role.APPROVER, "u-district")
    accounts.grant(world.actor("admin"), world.accounts["commune_reporter"], grant)
    person = as_("commune_reporter")

    response = person.post(
        f"{DESK}{view.submission.id}/decide/", event="approve", edit=view.submission.edit
    )

    assert "không được ký hoặc duyệt chính báo cáo đó" in person.get(response.location).text
    assert state_of(world, view) == "submitted"


def test_only_the_changed_cells_can_be_shown(as_: As, sent: Sent, world: World) -> None:
    newer = resent(world, sent())

    page = as_("district_approver").get(f"{DESK}{newer.submission.id}/?show=changes")

    assert "Thay đổi so với lần gửi 1" in page.text
    assert changed_cells(page.text) == ["/people/male", "/all_people"]  # the sum follows
    assert "+2 (+16,7 %)" in page.text


def test_a_first_report_has_nothing_to_compare_with(as_: As, sent: Sent) -> None:
    view = sent()

    page = as_("district_approver").get(f"{DESK}{view.submission.id}/?show=changes")

    assert "Đây là lần gửi đầu tiên" in page.text


def test_an_item_decided_elsewhere_says_by_whom(as_: As, sent: Sent, world: World) -> None:
    view = decide(world, sent(), "district_approver", "approve")

    page = as_("district_approver").get(f"{DESK}{view.submission.id}/")

    assert "không còn chờ anh/chị" in page.text
    assert "district approver" in page.text


def test_bulk_approval_summarises_first_and_changes_nothing(
    as_: As, sent: Sent, world: World
) -> None:
    view = sent(CROWDED, reasons=[REASON])
    token = f"{view.submission.id}.{view.submission.edit}"

    page = as_("district_approver").get(f"{DESK}summary/?chosen={token}")

    assert "Sắp duyệt 1 báo cáo, trong đó 1 báo cáo có cảnh báo đã giải trình." in page.text
    assert f'value="{token}"' in page.text
    assert state_of(world, view) == "submitted"


def test_each_of_several_reports_tells_its_own_result(as_: As, sent: Sent, world: World) -> None:
    view = sent()
    stale = f"{view.submission.id}.{view.submission.edit - 1}"
    person = as_("district_approver")

    first = person.post(f"{DESK}bulk/", chosen=[stale])
    assert "chưa duyệt được" in person.get(first.location).text
    assert state_of(world, view) == "submitted"

    second = person.post(f"{DESK}bulk/", chosen=[f"{view.submission.id}.{view.submission.edit}"])
    page = person.get(second.location)

    assert "Đã duyệt 1 báo cáo." in page.text
    assert "Hộ và nhân khẩu, Cổ Linh, Năm 2024" in page.text
    assert state_of(world, view) == "district_approved"


def test_a_summary_of_nothing_leads_back(as_: As) -> None:
    response = as_("district_approver").get(f"{DESK}summary/?chosen=nonsense&chosen=a.b")

    assert response.location == DESK


def test_a_stale_choice_is_named_in_the_summary_and_not_sent_along(as_: As, sent: Sent) -> None:
    view = sent()
    old = replace(view.submission, edit=view.submission.edit - 1)

    page = as_("district_approver").get(f"{DESK}summary/?chosen={old.id}.{old.edit}")

    assert "Đã thay đổi sau khi chọn" in page.text
    assert 'name="chosen"' not in page.text


def test_the_signer_signs_at_the_desk(as_: As, world: World) -> None:
    view = world.services.submissions.start(
        world.actor("commune_reporter"),
        form="households",
        org_unit="u-commune",
        period="2024",
        answers=GOOD,
    )
    view = decide(world, view, "commune_reporter", "submit")
    person = as_("commune_signer")

    page = person.get(f"{DESK}{view.submission.id}/")
    person.post(f"{DESK}{view.submission.id}/decide/", event="sign", edit=view.submission.edit)

    assert "Ký duyệt và gửi" in page.text
    assert state_of(world, view) == "submitted"


def test_a_survey_leads_to_its_sheets(as_: As, world: World) -> None:
    view = world.services.submissions.start(
        world.actor("commune_reporter"),
        form="household_survey",
        org_unit="u-commune",
        period="2024",
    )

    page = as_("district_approver").get(f"{DESK}{view.submission.id}/")

    assert page.status_code == 200
    assert "Xem các phiếu" in page.text
