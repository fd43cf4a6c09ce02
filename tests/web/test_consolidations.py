"""The pages of consolidated reports, as a district's clerk and the province's officer use them."""

import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from werkzeug.test import TestResponse

from tests.consolidation_world import FORM, PAPER, ROUND, Summing
from tests.filling_world import PASSWORD
from tests.web.conftest import Browser
from tests.world import PERIOD, World, copied_world

WHY = "Cộng thiếu một hộ đã chuyển đến."
OWED = {"form": FORM, "org_unit": "u-district", "period": PERIOD, "round": ROUND}


@pytest.fixture
def summing(furnished: World, tmp_path: Path) -> Summing:
    found = Summing.on(copied_world(furnished, furnished.application.database, tmp_path))
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for account in found.world.accounts.values():
        found.world.services.accounts.store.set_password(account, hashed, must_change=False)
    return found


def as_(summing: Summing, username: str) -> Browser:
    return Browser(summing.world.application.web().test_client()).sign_in(username, PASSWORD)


def text(answer: TestResponse) -> str:
    found = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(found.split())


def cell_of(page: str, path: str) -> str:
    """The opening tag of the element that shows a cell."""
    [tag] = re.findall(rf'<[^>]*(?:id|name)="{re.escape(path)}"[^>]*>', page)
    return str(tag)


def edit_of(summing: Summing, submission: str) -> str:
    return str(summing.world.services.submissions.submissions.get(submission).edit)


def started(summing: Summing, clerk: Browser) -> str:
    """The id of the district's report, started from the list by the button."""
    page = text(clerk.get("/consolidations"))
    assert "Tổng hợp từ cấp dưới" in page
    answer = clerk.post("/consolidations/start", OWED)
    assert answer.status_code == 303
    return answer.headers["Location"].rsplit("/", 1)[-1]


def test_the_clerk_starts_from_the_list_and_reads_who_is_missing(summing: Summing) -> None:
    summing.approved("u-commune", 10, 12, 6)
    clerk = as_(summing, "district_reporter")

    report = started(summing, clerk)
    page = text(clerk.get(f"/consolidations/{report}"))
    listed = text(clerk.get("/consolidations"))

    assert "Tổng hợp tạm 1/2" in page and "Tổng hợp tạm 1/2" in listed
    assert "Còn thiếu 1 đơn vị: Bộc Bố." in page
    assert "Nam 10" in page
    again = clerk.post("/consolidations/start", OWED)
    assert again.headers["Location"].endswith(report)


def test_a_sum_is_locked_on_the_filling_page_and_the_banner_stands_there(summing: Summing) -> None:
    summing.approved("u-commune", 10, 12, 6)
    clerk = as_(summing, "district_reporter")
    report = started(summing, clerk)

    page = clerk.get(f"/submissions/{report}").get_data(as_text=True)

    assert "Tổng hợp tạm 1/2" in page
    assert "part-locked" in cell_of(page, "/people/male")
    assert "part-locked" not in cell_of(page, "/note")


def test_a_correction_shows_its_difference_to_the_approver(summing: Summing) -> None:
    summing.approved("u-commune", 10, 12, 6)
    summing.approved("u-neighbour", 7, 8, 4)
    clerk = as_(summing, "district_reporter")
    report = started(summing, clerk)
    fields = {"path": "/households", "value": "12", "edit": edit_of(summing, report)}
    clerk.get(f"/consolidations/{report}/cell?path=/households")

    refused = clerk.post(f"/consolidations/{report}/cell", {**fields, "reason": "abc"})
    unread = clerk.post(f"/consolidations/{report}/cell", {**fields, "value": "x", "reason": WHY})
    saved = clerk.post(f"/consolidations/{report}/cell", {**fields, "reason": WHY})

    assert refused.status_code == unread.status_code == 422
    assert "Ghi lý do sửa (ít nhất 5 ký tự)." in text(refused)
    assert saved.status_code == 303
    page = text(as_(summing, "district_approver").get(f"/consolidations/{report}"))
    assert f"Số hộ 10 12 2 {WHY}" in page
    back = clerk.post(
        f"/consolidations/{report}/cell",
        {"path": "/households", "back": "yes", "edit": edit_of(summing, report)},
    )
    assert back.status_code == 303
    assert WHY not in text(clerk.get(f"/consolidations/{report}"))


def test_a_cell_is_shown_child_by_child(summing: Summing) -> None:
    summing.approved("u-commune", 10, 12, 6)
    summing.approved("u-neighbour", 7, 8, 4)
    officer = as_(summing, "district_approver")
    report = started(summing, as_(summing, "district_reporter"))

    page = text(officer.get(f"/consolidations/{report}/cell?path=/people/male"))

    assert "Bộc Bố 7" in page and "Cổ Linh 10" in page
    assert "Cộng từ cấp dưới 17" in page
    for path in ("/nothing", "/note"):
        assert officer.get(f"/consolidations/{report}/cell?path={path}").status_code == 404


def test_new_sums_are_shown_before_they_are_taken(summing: Summing) -> None:
    child = summing.approved("u-commune", 10, 12, 6)
    clerk = as_(summing, "district_reporter")
    report = started(summing, clerk)
    summing.resent(child, {"people": {"male": 11, "female": 12}, "households": 6})

    page = text(clerk.get(f"/consolidations/{report}"))
    taken = clerk.post(f"/consolidations/{report}/take", {"edit": edit_of(summing, report)})

    assert "Cần tổng hợp lại" in page
    assert "Cổ Linh : đã sửa 1 ô: Nhân khẩu: Nam" in page or "đã sửa 1 ô:" in page
    assert taken.status_code == 303
    after = text(clerk.get(f"/consolidations/{report}"))
    assert "Cần tổng hợp lại" not in after and "Nam 11" in after


def test_missing_children_are_explained_before_the_report_is_passed_on(summing: Summing) -> None:
    summing.approved("u-commune", 10, 12, 6)
    clerk = as_(summing, "district_reporter")
    report = started(summing, clerk)
    clerk.get(f"/submissions/{report}/review?event=submit")

    refused = clerk.post(f"/submissions/{report}/events/submit", {"edit": edit_of(summing, report)})
    explained = clerk.post(
        f"/consolidations/{report}/explain",
        {"edit": edit_of(summing, report), "reason": "Xã Bộc Bố gửi bổ sung sau."},
    )
    passed = clerk.post(f"/submissions/{report}/events/submit", {"edit": edit_of(summing, report)})

    assert refused.status_code == 409
    assert "Còn thiếu báo cáo của Bộc Bố" in text(refused)
    assert (explained.status_code, passed.status_code) == (303, 303)


def test_the_menu_shows_it_to_districts_and_the_province_only(summing: Summing) -> None:
    entry = 'href="/consolidations"'

    assert entry in as_(summing, "district_reporter").get("/work").get_data(as_text=True)
    assert entry in as_(summing, "province_approver").get("/work").get_data(as_text=True)
    assert entry not in as_(summing, "commune_reporter").get("/work").get_data(as_text=True)


def test_the_sums_are_shown_marked_and_counted_apart(summing: Summing) -> None:
    officer, query = as_(summing, "province_approver"), f"form={FORM}&period={PERIOD}"

    listed = text(officer.get(f"/progress?{query}"))
    board = text(officer.get(f"/progress/board?{query}"))
    districts = text(officer.get(f"/progress/board?{query}&level=district"))
    rates = text(officer.get(f"/progress/rates?{query}&by=level"))

    told = "Báo cáo phải nhận 6 Trong đó báo cáo tổng hợp: 3, tỷ lệ tính riêng"
    assert told in listed and told in board
    assert "Pác Nặm báo cáo tổng hợp" in board
    assert "Đơn vị báo cáo (2)" in districts
    assert "Huyện, thành phố (báo cáo tổng hợp) 0/2" in rates
    assert "Tổng cộng, không kể báo cáo tổng hợp 0/3" in rates


def test_strangers_get_nothing(summing: Summing) -> None:
    summing.sent("u-far", 3, 4)
    report = started(summing, as_(summing, "district_reporter"))
    stranger = as_(summing, "other_district_approver")

    assert stranger.get(f"/consolidations/{report}").status_code == 404
    assert PAPER["letter_number"] not in text(stranger.get("/consolidations"))
