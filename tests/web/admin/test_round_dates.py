"""The dates of an open round are changed by a letter on their page: typed, looked at, done."""

import re
from datetime import date

import pytest

from tests.web.admin.conftest import As
from tests.world import ROUND, World

ADDRESS = f"/admin/rounds/dates/?id={ROUND}"
TYPED = {
    "letter_number": "12/BDT", "letter_on": "23/01/2025",
    "reason": "Mưa lũ, nhiều xã bị chia cắt.",
    "lines": "2", "line-0-form": "households", "line-0-level": "commune",
    "line-0-due": "15/02/2025",
}  # fmt: skip


def due(world: World) -> set[tuple[str, date]]:
    return {(one.form, one.due_on) for one in world.services.rounds.owed(ROUND)}


def test_new_days_are_looked_at_then_hold_and_the_round_shows_its_history(
    as_: As, world: World
) -> None:
    admin, before = as_("admin"), due(world)

    shown = admin.post(ADDRESS, **TYPED, step="preview")
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', shown.text)
    unseen = admin.post(ADDRESS, **TYPED, step="apply", seen="of another day")
    after_unseen = due(world)
    assert seen is not None
    done = admin.post(ADDRESS, **TYPED, step="apply", seen=seen[1])

    assert "Xem trước: 3 báo cáo đổi ngày" in shown.text
    assert "hạn 15/02/2025 theo công văn số 12/BDT ngày 23/01/2025" in shown.text
    assert "chuyển sang 17/02/2025 vì 15/02 là thứ Bảy" in shown.text
    assert (unseen.status_code, done.status_code) == (422, 303)
    assert "Xem trước lại." in unseen.text and after_unseen == before
    assert ("households", date(2025, 2, 17)) in due(world)
    assert ("household_survey", date(2025, 2, 17)) not in due(world)
    page = admin.get(f"/admin/rounds/details/?id={ROUND}").text
    assert "Công văn số 12/BDT ngày 23/01/2025" in page and "Mưa lũ" in page
    assert "3 báo cáo từ 15/01/2025 sang 17/02/2025" in page
    world.services.dispatch.run()
    clerk = as_("commune_reporter")
    assert "Hạn 15/02/2025 theo công văn số 12/BDT" in clerk.get("/work").text
    told = clerk.get("/notices").text
    assert "Đợt báo cáo đổi hạn" in told
    assert "1 báo cáo đổi hạn theo công văn số 12/BDT, hạn sớm nhất 17/02/2025, Cổ Linh" in told


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"letter_number": ""}, "Nhập số, ký hiệu công văn đổi hạn."),
        ({"letter_on": "mai"}, "Nhập ngày theo dạng 24/01/2025."),
        ({"letter_on": "25/01/2025"}, "Ngày công văn không được sau hôm nay."),
        ({"reason": "lũ"}, "Ghi lý do, từ 5 đến 500 ký tự."),
        ({"line-0-due": ""}, "dòng 1: nhập ít nhất một ngày"),
        ({"line-0-due": "", "line-0-form": "", "line-0-level": ""}, "Nhập ít nhất một ngày mới."),
        ({"line-0-due": "23/01/2025"}, "hạn gửi và ngày khóa mới không được trước hôm nay"),
        ({"line-0-due": "15/01/2025"}, "không có gì thay đổi"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    as_: As, world: World, typed: dict[str, str], said: str
) -> None:
    before = due(world)
    answer = as_("admin").post(ADDRESS, **(TYPED | typed), step="preview")

    assert due(world) == before
    assert answer.status_code == 422 and said in answer.text


def test_a_line_more_keeps_what_was_typed_and_only_administrators_come_here(as_: As) -> None:
    more = as_("admin").post(ADDRESS, **TYPED, step="line")

    assert 'name="lines" value="5"' in more.text and 'value="15/02/2025"' in more.text
    assert as_("commune_reporter").get(ADDRESS).status_code == 403
