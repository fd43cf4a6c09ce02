"""Survey sheets: the returns of a unit, the list below one, and one sheet."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.services.review import SubmissionView
from tests.core.make_survey import FAMILY, visit
from tests.filling_world import Seeded, copied, seed
from tests.survey_world import open_survey
from tests.web.test_submissions import as_, text
from tests.world import GOOD, World


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("records"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def start(world: World) -> SubmissionView:
    return world.services.submissions.start(
        world.actor("commune_reporter"),
        form="household_survey",
        org_unit="u-commune",
        period="2024",
    )


def add(world: World, view: SubmissionView, answers: dict[str, object]) -> str:
    actor = world.actor("commune_reporter")
    return world.services.records.add(actor, view.submission.id, answers).record.id


def test_the_returns_of_the_unit_are_listed_with_their_sheets(world: World) -> None:
    visitor = as_(world, "commune_reporter")
    before = text(visitor.get("/records"))
    view = start(world)
    add(world, view, GOOD)
    add(world, view, {"households": 3})

    after = text(visitor.get("/records"))

    assert "Nhập phiếu" in before
    assert "2 phiếu" in after and "1 phiếu chưa nhập xong" in after


def test_a_return_opens_its_list_and_says_which_sheets_hold_errors(world: World) -> None:
    view = start(world)
    add(world, view, GOOD)
    add(world, view, {"households": 3})
    visitor = as_(world, "commune_reporter")

    moved = visitor.get(f"/submissions/{view.submission.id}")
    shown = text(visitor.get(moved.location))

    assert moved.location == f"/records/{view.submission.id}"
    assert "2 phiếu , 1 phiếu chưa nhập xong." in shown
    assert "Phiếu 1 6 — Không có lỗi" in shown and "Phiếu 2 3 — Đang nhập" in shown


def test_adding_opens_an_empty_sheet_that_saves_to_its_own_address(world: World) -> None:
    view = start(world)
    visitor = as_(world, "commune_reporter")
    visitor.get(f"/records/{view.submission.id}")

    added = visitor.post(f"/records/{view.submission.id}")
    html = visitor.get(added.location).get_data(as_text=True)

    record = added.location.rsplit("/", 1)[1]
    assert added.status_code == 303
    wanted = f'"changes":"/api/v1/submissions/{view.submission.id}/records/{record}"'
    assert wanted in html
    assert len(re.findall(r"<input[^>]* data-cell", html)) == 4


def test_a_sheet_is_deleted_only_after_a_question_and_only_once(world: World) -> None:
    view = start(world)
    record = add(world, view, GOOD)
    visitor = as_(world, "commune_reporter")
    address = f"/records/{view.submission.id}/{record}/delete"

    reason = {"reason": "nhập trùng với phiếu khác"}
    asked = text(visitor.get(address))
    unexplained = visitor.post(address)
    first, second = visitor.post(address, reason), visitor.post(address, reason)

    assert "Việc xóa được ghi vào lịch sử." in asked
    assert unexplained.status_code == 422
    assert "Ghi lý do xóa từ 5 đến 500 ký tự." in text(unexplained)
    assert first.status_code == second.status_code == 303
    assert "Phiếu này đã được xóa trước đó." in text(visitor.get(second.location))
    counts = world.services.records.counts(world.actor("commune_reporter"), view.submission.id)
    assert counts == (0, 0)


def test_a_sheet_of_a_sent_return_is_only_read(world: World) -> None:
    view = start(world)
    record = add(world, view, GOOD)
    world.services.approvals.decide(
        world.actor("commune_reporter"), view.submission.id, "submit", seen=view.submission.edit
    )

    html = as_(world, "commune_reporter").get(f"/records/{view.submission.id}/{record}")

    assert "Đã khóa trong khi chờ ký." in text(html)
    assert not re.search(r"<input[^>]* data-cell", html.get_data(as_text=True))


@pytest.mark.parametrize("rest", ["", "/none", "/none/delete"])
def test_sheets_out_of_scope_are_not_found(world: World, rest: str) -> None:
    view = start(world)

    answer = as_(world, "other_district_reporter").get(f"/records/{view.submission.id}{rest}")

    assert answer.status_code == 404


def test_a_report_that_is_no_survey_has_no_sheets(world: World) -> None:
    view = world.services.submissions.start(
        world.actor("commune_reporter"), form="households", org_unit="u-commune", period="2024"
    )

    answer = as_(world, "commune_reporter").get(f"/records/{view.submission.id}")

    assert answer.status_code == 404


def test_a_deleted_sheet_is_restored_from_the_end_of_the_list(world: World) -> None:
    view = start(world)
    record = add(world, view, GOOD)
    visitor = as_(world, "commune_reporter")
    address = f"/records/{view.submission.id}"
    visitor.get(f"{address}/{record}/delete")
    visitor.post(f"{address}/{record}/delete", {"reason": "nhập trùng với phiếu khác"})

    gone = text(visitor.get(address))
    back = visitor.post(f"{address}/{record}/restore")

    assert "Phiếu đã xóa (1)" in gone and "nhập trùng với phiếu khác" in gone
    shown = text(visitor.get(back.location))
    assert "Đã khôi phục phiếu 1." in shown and "Phiếu đã xóa" not in shown


def test_the_expected_number_is_written_and_a_wrong_one_is_refused(world: World) -> None:
    view = start(world)
    add(world, view, GOOD)
    visitor = as_(world, "commune_reporter")
    address = f"/records/{view.submission.id}"
    visitor.get(address)

    refused = visitor.post(f"{address}/expected", {"expected": "nhiều"})
    visitor.post(f"{address}/expected", {"expected": "1.200"})

    assert refused.status_code == 422
    assert "Nhập số phiếu dự kiến là số nguyên" in text(refused)
    assert "1/1200 phiếu" in text(visitor.get(address))
    assert "1/1200 phiếu" in text(visitor.get("/records"))


def test_the_list_is_searched_filtered_and_paged(world: World) -> None:
    view = start(world)
    for number in range(1, 53):
        add(world, view, {**GOOD, "note": f"Bản {number:03}"})
    visitor = as_(world, "commune_reporter")
    address = f"/records/{view.submission.id}"

    first, second = text(visitor.get(address)), text(visitor.get(f"{address}?page=2"))
    found = text(visitor.get(f"{address}?q=ban 052"))
    nothing = text(visitor.get(f"{address}?state=errors&sort=nonsense&page=x"))

    assert "Phiếu 50 " in first and "Phiếu 51 " not in first and "Trang 1/2" in first
    assert "Phiếu 51 " in second and "Trang 2/2" in second
    assert "Tìm thấy 1 phiếu." in found and "Phiếu 52 " in found
    assert "Không có phiếu nào khớp" in nothing


def test_repeated_sheets_totals_and_masks_are_shown(world: World) -> None:
    survey = open_survey(world)
    first = survey.add(visit(1, *FAMILY)).record.id
    second = survey.add(visit(1, ("male", 40))).record.id
    address = f"/records/{survey.id}"

    mine = text(as_(world, "commune_reporter").get(address))
    theirs = text(as_(world, "district_approver").get(address))
    html = as_(world, "commune_reporter").get(f"{address}/{second}").get_data(as_text=True)
    read = text(as_(world, "district_approver").get(f"{address}/{first}"))

    assert "Các phiếu 1, 2 trùng nhau." in mine and "Trùng phiếu 2" in mine
    assert "Tổng hợp nhanh" in mine and "Nam: 2; Nữ: 2" in mine
    assert "Chủ hộ 1" in mine and "Chủ hộ 1" not in theirs and "•••" in theirs
    assert f'href="{address}/{first}">phiếu 1</a>' in html
    assert "Người 1.1" not in read and "Dữ liệu cá nhân được che" in read


def test_a_return_with_repeated_sheets_asks_why_before_it_is_passed_on(world: World) -> None:
    survey = open_survey(world)
    survey.add(visit(1, *FAMILY))
    survey.add(visit(1, *FAMILY))
    visitor = as_(world, "commune_reporter")

    asked = text(visitor.get(f"/submissions/{survey.id}/review?event=submit"))

    assert "Các phiếu 1, 2 trùng Thôn và Hộ số." in asked


def test_words_of_the_sheets_are_english_when_asked(world: World) -> None:
    survey = open_survey(world)
    survey.add(visit(1, *FAMILY))
    visitor = as_(world, "commune_reporter")

    shown = text(visitor.get(f"/records/{survey.id}?lang=en"))

    assert "Running totals" in shown and "Search in sheets" in shown
