"""The progress board and the figures of an indicator, within the reader's scope."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.filling_world import Seeded, copied, seed
from tests.web.test_submissions import as_, text
from tests.world import GOOD, World


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("reports"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def send(world: World, upto: str = "sign") -> None:
    """Let Cổ Linh send its households, and take them as far as *upto*."""
    services = world.services
    view = services.submissions.start(
        world.actor("commune_reporter"),
        form="households",
        org_unit="u-commune",
        period="2024",
        answers=GOOD,
    )
    steps = [
        ("commune_reporter", "submit"),
        ("commune_signer", "sign"),
        ("district_approver", "approve"),
        ("province_approver", "approve"),
    ]
    for username, event in steps if upto == "approve" else steps[:2]:
        view = services.approvals.decide(
            world.actor(username), view.submission.id, event, seen=view.submission.edit
        )
    while services.dispatch.run(100):
        pass


BOARD = "/progress?form=households&period=2024"


def test_the_board_counts_by_state_and_says_how_many_were_in_time(world: World) -> None:
    send(world)

    shown = text(as_(world, "province_reader").get(BOARD))

    assert "Báo cáo phải nhận 3" in shown
    assert "Đã gửi 1 Tỷ lệ đã gửi 33,3 %" in shown
    assert "Gửi đúng hạn 0 Tỷ lệ gửi đúng hạn 0,0 %" in shown
    assert "Chưa gửi, đã quá hạn 2" in shown
    assert "Đã gửi, chờ huyện duyệt 1" in shown and "Chưa nhập 2" in shown


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ("", {"Cổ Linh", "Bộc Bố", "Chợ Rã"}),
        ("&state=Chưa nhập", {"Bộc Bố", "Chợ Rã"}),
        ("&late=5", {"Cổ Linh", "Bộc Bố", "Chợ Rã"}),
        ("&late=10", set()),
        ("&late=abc", {"Cổ Linh", "Bộc Bố", "Chợ Rã"}),
    ],
)
def test_the_board_is_filtered_by_the_address(world: World, query: str, units: set[str]) -> None:
    send(world)

    shown = text(as_(world, "province_reader").get(BOARD + query))

    listed = shown.partition("Đơn vị báo cáo (")[2]
    assert {name for name in ("Cổ Linh", "Bộc Bố", "Chợ Rã") if name in listed} == units
    assert units or "Không có báo cáo nào theo điều kiện này" in shown


@pytest.mark.parametrize(
    ("username", "seen", "unseen"),
    [
        ("district_approver", "Bộc Bố", "Chợ Rã"),
        ("commune_reporter", "Cổ Linh", "Bộc Bố"),
        ("other_district_reporter", "Chợ Rã", "Cổ Linh"),
    ],
)
def test_nobody_sees_units_outside_of_the_own_scope(
    world: World, username: str, seen: str, unseen: str
) -> None:
    shown = text(as_(world, username).get(BOARD))

    assert seen in shown and unseen not in shown


def test_the_board_opens_on_a_form_and_period_by_itself(world: World) -> None:
    shown = as_(world, "province_reader").get("/progress").get_data(as_text=True)

    assert '<option value="2024" selected>' in shown


def test_figures_are_summed_by_district_and_by_sex(world: World) -> None:
    send(world, "approve")

    visitor = as_(world, "province_reader")
    by_district = text(visitor.get("/figures?indicator=0101&period=2024"))
    by_sex = text(visitor.get("/figures?indicator=0101&period=2024&dimension=sex&by=commune"))

    assert "Pác Nặm 25 1" in by_district
    assert "Nam Nữ Số báo cáo Cổ Linh 12 13 1" in by_sex
    assert "Số đã duyệt" in by_district


def test_figures_not_yet_approved_are_shown_only_when_asked_for_and_say_so(world: World) -> None:
    send(world)
    visitor = as_(world, "province_reader")

    final = text(visitor.get("/figures?indicator=0101&period=2024"))
    provisional = text(visitor.get("/figures?indicator=0101&period=2024&status=provisional"))

    assert "Chưa có báo cáo nào đã duyệt cho chỉ tiêu và kỳ này." in final
    assert "Số tạm tính: gồm báo cáo chưa duyệt" in provisional and "25" in provisional


@pytest.mark.parametrize(
    "query",
    ["indicator=9999&period=2024", "indicator=0101&period=20x4", "indicator=0101&by=nothing"],
)
def test_a_choice_that_means_nothing_is_explained(world: World, query: str) -> None:
    answer = as_(world, "province_reader").get(f"/figures?{query}")

    assert answer.status_code == 200
    assert "Không có số liệu theo lựa chọn này." in text(answer)


def test_a_dimension_the_indicator_does_not_have_is_left_out(world: World) -> None:
    send(world, "approve")

    shown = text(
        as_(world, "province_reader").get("/figures?indicator=0101&period=2024&dimension=zone")
    )

    assert "Pác Nặm 25 1" in shown
