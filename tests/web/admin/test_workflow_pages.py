"""The pages of a workflow: its drawing, its check, who can act, running reports moved on."""

import json
import re
from collections.abc import Callable

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.services.accounts import NewAccount
from tests.definitions.shipped import ROOT, json_of
from tests.world import World, household_form

CODE = "commune_district_province"
BASE = "/admin/workflows"


def text_of(page: str) -> str:
    """What the page says, tags and spaces aside."""
    main = page.partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.fixture
def second(world: World) -> Callable[..., None]:
    """``second(states)`` publishes version 2 with that map; *drop* takes a state out of it."""

    def published(states: dict[str, str], drop: str = "") -> None:
        document = json_of(ROOT / f"workflows/{CODE}/v01.json")
        document |= {"version": 2, "map": {"from": 1, "states": states}}
        if drop:
            del document["states"][drop]
            moves = document["transitions"]
            document["transitions"] = [
                move for move in moves if drop not in (move["to"], *move["from"])
            ]
        world.services.catalogue.publish(json.dumps(document), "workflow", SYSTEM)

    return published


def test_the_drawing_holds_every_state_and_says_itself_in_sentences(as_) -> None:
    page = as_("admin").get(f"{BASE}/details/?id={CODE}/1").text

    drawing = re.search(r'<svg class="flow-svg.*?</svg>', page, re.DOTALL)[0]
    states = json_of(ROOT / f"workflows/{CODE}/v01.json")["states"]
    drawn = re.sub(r"\s+", " ", " ".join(re.findall(r"<tspan[^>]*>([^<]*)", drawing)))
    assert all(state["title"] in drawn for state in states.values())
    assert "style=" not in drawing and "<script" not in drawing
    assert "1: Trình ký, từ Đang nhập, Trả lại để sửa, Mở lại để điều chỉnh" in drawing


def test_the_details_count_the_reports_of_each_version(as_, world, sent, second) -> None:
    sent()
    second({})

    page = text_of(as_("admin").get(f"{BASE}/details/?id={CODE}/2").text)

    assert "2 (đang xem) 0 0" in page
    assert "1 1 0 Chuyển các báo cáo đang chạy" in page


def test_the_check_tells_what_is_wrong_at_its_line_in_words(as_, world) -> None:
    document = json_of(ROOT / f"workflows/{CODE}/v01.json")
    del document["transitions"][6]["guards"]
    document["version"] = 2
    # Past the check: such a version can only stand there from before a check was added.
    catalogue = world.services.catalogue
    with catalogue.transaction():
        catalogue.store.add_workflow(
            json.dumps(document, ensure_ascii=False, indent=2),
            code=CODE,
            version=2,
            digest="0" * 64,
            published_at=world.services.clock.now(),
        )

    page = text_of(as_("admin").get(f"{BASE}/check/?id={CODE}/2").text)

    assert "Lỗi trong định nghĩa (1)" in page
    assert "Bước “Duyệt” phải có điều kiện not_own_work" in page
    assert "/transitions/6" in page and "Dòng" in page


def test_the_check_of_a_sound_workflow_says_so_and_warns_of_missing_people(as_) -> None:
    page = text_of(as_("admin").get(f"{BASE}/check/?id={CODE}/1").text)

    assert "Lỗi trong định nghĩa (0)" in page
    assert "Không có lỗi: trạng thái nào cũng đến được" in page
    assert "Bộc Bố 01837 Chờ lãnh đạo ký Chưa có ai" in page


def test_who_is_missing_is_told_with_the_unit_the_role_and_the_way_to_mend_it(as_, world) -> None:
    reader = NewAccount("deputy", "Lý Văn Phó", None, Role.READER, "u-neighbour")
    deputy = world.services.accounts.create(SYSTEM, reader)

    answer = as_("admin").get(f"{BASE}/staffing/?workflow={CODE}&unit=boc+bo")

    page = text_of(answer.text)
    assert "Thêm người có vai trò Thủ trưởng đơn vị tại Bộc Bố." in page
    assert "Chợ Rã" not in page
    assert f"/admin/accounts/details/?id={deputy.id}" in answer.text
    # The clerk would sign their own work.
    assert world.accounts["neighbour_reporter"] not in answer.text


def test_one_person_with_both_duties_is_told_as_a_conflict(as_, world) -> None:
    clerk = world.services.accounts.by_username("neighbour_reporter")
    world.services.accounts.grant(SYSTEM, clerk.id, Grant(Role.SIGNER, "u-neighbour"))

    page = text_of(as_("admin").get(f"{BASE}/staffing/?kind=conflict&workflow={CODE}").text)

    assert "1 chỗ thiếu người, trong đó 1 xung đột nhiệm vụ" in page
    assert "Thêm một người khác có vai trò Thủ trưởng đơn vị tại Bộc Bố." in page


def test_a_unit_whose_forms_have_several_owners_is_counted_and_told_once(as_, world) -> None:
    before = text_of(as_("admin").get(f"{BASE}/check/?id={CODE}/1").text)
    form = household_form("of_the_district")
    form["x-form"] |= {"owner": "060", "prefix": "HU03"}  # type: ignore[operator]
    world.services.catalogue.publish(json.dumps(form), "form", SYSTEM)
    assert len({one.owner for one in world.services.staffing.routes()}) > 1

    after = text_of(as_("admin").get(f"{BASE}/check/?id={CODE}/1").text)

    assert after.partition("Cảnh báo về người")[2] == before.partition("Cảnh báo về người")[2]


def test_a_filter_that_finds_nothing_offers_to_take_it_away(as_) -> None:
    page = text_of(as_("admin").get(f"{BASE}/staffing/?unit=khong+co").text)

    assert "Không tìm thấy mục nào" in page and "Bỏ lọc" in page


def test_running_reports_are_shown_state_by_state_and_then_moved(as_, world, sent, second) -> None:
    view = sent()
    second({})
    admin = as_("admin")

    before = text_of(admin.get(f"{BASE}/move/?id={CODE}/2").text)
    moved = admin.post(f"{BASE}/move/?id={CODE}/2")
    after = text_of(admin.get(f"{BASE}/move/?id={CODE}/2").text)

    assert "Đã gửi, chờ huyện duyệt 1 1 Đã gửi, chờ huyện duyệt Chuyển được" in before
    assert moved.status_code == 303
    assert "Đã chuyển 1 báo cáo." in after and "Không còn báo cáo nào đang chạy" in after
    kept = world.services.submissions.submissions.get(view.submission.id)
    assert kept.workflow_version == 2


def test_a_state_without_a_place_stops_the_move_and_the_page_says_which(
    as_, world, sent, second
) -> None:
    view = sent(unit="u-neighbour")
    second({}, drop="awaiting_signature")
    admin = as_("admin")

    page = admin.get(f"{BASE}/move/?id={CODE}/2").text
    admin.post(f"{BASE}/move/?id={CODE}/2")

    assert "Chờ lãnh đạo ký 1 1 — Phiên bản mới không có trạng thái tương ứng" in text_of(page)
    assert '<form method="post" action="/admin/workflows/move' not in page
    assert "Chưa chuyển báo cáo nào" in admin.get(f"{BASE}/move/?id={CODE}/2").text
    kept = world.services.submissions.submissions.get(view.submission.id)
    assert kept.workflow_version == 1


def test_a_version_without_a_map_has_nothing_to_move(as_) -> None:
    page = text_of(as_("admin").get(f"{BASE}/move/?id={CODE}/1").text)

    assert "Phiên bản này không có bảng chuyển" in page


@pytest.mark.parametrize("page", ["check", "simulate", "move"])
def test_a_version_that_does_not_exist_is_not_found(as_, page) -> None:
    assert as_("admin").get(f"{BASE}/{page}/?id=nothing/1").status_code == 404
