"""The late board as pages: the matrix in words, filters in the address, the way down, files."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from re import findall

import pytest
from werkzeug.test import TestResponse

from server.core.obligation import Round
from server.core.org_unit import Level, OrgUnit
from server.core.unit_group import GroupUnit
from server.services.unit_groups import GroupWish
from tests.filling_world import Seeded, copied, seed
from tests.web.test_reports import send
from tests.web.test_submissions import as_, text
from tests.world import World

BOARD = "/progress/board?form=households&period=2024"
RATES = "/progress/rates?form=households&period=2024"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("board"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def lines_of(answer: TestResponse) -> list[list[str]]:
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")  # else Excel takes it for another encoding
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def matrix(answer: TestResponse) -> str:
    """The words of the table alone."""
    return text(answer).partition("Đơn vị báo cáo (")[2]


def test_each_cell_says_in_words_how_far_and_how_late_the_report_is(world: World) -> None:
    send(world)
    officer = world.actor("district_approver")
    [late] = world.services.urging.late(officer, form="households")
    world.services.urging.note(officer, late.obligation.id, "call", "đã gọi")

    shown = matrix(as_(world, "province_approver").get(BOARD))

    assert "Cổ Linh Pác Nặm Đã gửi chậm 9 ngày" in shown
    assert "Bộc Bố Pác Nặm Chậm 9 ngày gọi 24/01" in shown
    assert "Chợ Rã Ba Bể Chậm 9 ngày" in shown


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ("", {"Cổ Linh", "Bộc Bố", "Chợ Rã"}),
        ("&state=submitted", {"Cổ Linh"}),
        ("&state=late", {"Bộc Bố", "Chợ Rã"}),
        ("&late=10", set()),
        ("&level=commune&round=round-2024", {"Cổ Linh", "Bộc Bố", "Chợ Rã"}),
        ("&round=nothing", set()),
        ("&level=district", set()),
        ("&unit=u-district", {"Cổ Linh", "Bộc Bố"}),
        ("&unit=u-far", {"Chợ Rã"}),
        ("&level=planet&state=nowhere&late=x", {"Cổ Linh", "Bộc Bố", "Chợ Rã"}),
    ],
)
def test_the_board_is_filtered_by_the_address(world: World, query: str, units: set[str]) -> None:
    send(world)

    answer = as_(world, "province_reader").get(BOARD + query)

    listed = matrix(answer)
    assert {name for name in ("Cổ Linh", "Bộc Bố", "Chợ Rã") if name in listed} == units
    assert units or "Không có báo cáo phải nhận" in text(answer)


def test_the_way_down_leads_from_the_province_to_a_district(world: World) -> None:
    reader = as_(world, "province_reader")

    page = reader.get(BOARD).get_data(as_text=True)
    [address] = findall(r'href="([^"]+)">Pác Nặm</a>', page)
    below = text(reader.get(unescape(address)))

    assert "Pác Nặm đã gửi 0/2, 0,0 % chậm 2" in text(reader.get(BOARD))
    assert "Tất cả đơn vị Bắc Kạn Pác Nặm" in below
    assert "Bộc Bố" in below and "Chợ Rã" not in below
    assert reader.get(BOARD + "&unit=u-nowhere").status_code == 404
    assert as_(world, "district_approver").get(BOARD + "&unit=u-far").status_code == 404


def without_districts(world: World) -> None:
    """From the day on that districts ended: communes under the province, one officer for each."""
    services, admin = world.services, world.actor("admin")
    for name in ("north", "south"):
        services.reference.add_units(
            [
                OrgUnit(f"u-{name}-{n}", f"7{name[0]}{n}", f"Xã {name} {n}", Level.COMMUNE, "xa",
                        "u-province", None, None)
                for n in range(2)
            ],
            admin,
        )  # fmt: skip
        members = tuple(GroupUnit(f"u-{name}-{n}", date(2025, 1, 1)) for n in range(2))
        people = (world.accounts["province_approver"],) if name == "north" else ()
        officers = people or (world.accounts["district_approver"],)
        wish = GroupWish(f"Nhóm {name}", members, officers=officers, substitutes=())
        services.unit_groups.add(admin, wish)
    round_ = Round(
        id="r-direct", code="r-direct", title="Sau sắp xếp", period="2024", letter_number="2/BDT",
        letter_on=date(2025, 1, 2), contact="A", phone="1", level="official",
        forms=("households",), opens_on=date(2025, 1, 2),
    )  # fmt: skip
    units = {"households": [f"u-{name}-{n}" for name in ("north", "south") for n in range(2)]}
    services.rounds.open(admin, round_, units=units)


def test_the_way_down_leads_by_groups_where_no_district_stands_between(world: World) -> None:
    without_districts(world)
    reader, board = as_(world, "province_reader"), f"{BOARD}&round=r-direct"

    page = reader.get(board).get_data(as_text=True)
    [address] = findall(r'href="([^"]+)">Nhóm south</a>', page)
    below = matrix(reader.get(unescape(address)))

    assert "Nhóm north đã gửi 0/2, 0,0 % chậm 2" in text(reader.get(board))
    assert "Xã south 0" in below and "Xã south 1" in below and "Xã north 0" not in below
    rates = reader.get(f"{RATES}&round=r-direct&by=district")
    assert "Trực thuộc tỉnh 0/4" in text(rates)


def test_the_last_step_down_is_the_report_and_what_was_done_about_it(world: World) -> None:
    send(world)
    officer = as_(world, "province_approver")

    page = officer.get(f"{BOARD}&unit=u-district").get_data(as_text=True)
    [urged] = findall(r'href="(/urging/reports/[^"]+)"', page)
    [report] = findall(r'href="(/submissions/[^"]+)"', page)

    assert "Bộc Bố" in text(officer.get(urged))
    assert "cổ Linh Hộ và nhân khẩu Đã gửi" in text(officer.get(report))


def test_the_late_ones_are_ticked_where_they_are_urged(world: World) -> None:
    send(world)
    officer = as_(world, "province_approver")

    page = officer.get(BOARD + "&unit=u-district").get_data(as_text=True)
    [address] = findall(r'href="(/urging\?[^"]+)"', page)
    urging = officer.get(unescape(address)).get_data(as_text=True)

    assert "Đôn đốc 1 báo cáo chậm" in page
    assert urging.count('name="chosen"') == 2 and urging.count(" checked>") == 1
    reader = as_(world, "province_reader").get(BOARD)
    page = reader.get_data(as_text=True)
    assert "/urging?" not in page and "/urging/reports" not in page


def test_the_file_for_excel_holds_a_line_for_each_report(world: World) -> None:
    send(world)

    rows = lines_of(
        as_(world, "district_approver").get("/progress/board.csv?form=households&period=2024")
    )

    assert rows[0][:3] == ["Mã đơn vị", "Đơn vị báo cáo", "Huyện, thành phố"]
    assert [row[1] for row in rows[1:]] == ["Bộc Bố", "Cổ Linh"]
    assert rows[2][5:11] == [
        "Đã gửi", "15/01/2025", "15/01/2025", "24/01/2025", "9", "Chậm từ 5 đến 10 ngày",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("unit", "Cổ Linh, Pác Nặm 1/1, 100,0 % 0/1, 0,0 % 0/1, 0,0 % 1/1, 100,0 %"),
        ("district", "Pác Nặm 1/2, 50,0 %"),
        ("form", "Hộ và nhân khẩu 1/3, 33,3 %"),
        ("period", "Năm 2024 1/3, 33,3 %"),
        ("level", "Xã, phường, thị trấn 1/3, 33,3 %"),
        ("nothing", "Hộ và nhân khẩu 1/3, 33,3 %"),
    ],
)
def test_rates_are_shown_with_both_numbers(world: World, by: str, words: str) -> None:
    send(world)
    reader = as_(world, "province_reader")

    assert words in text(reader.get(f"{RATES}&by={by}"))
    rows = lines_of(reader.get(f"/progress/rates.csv?form=households&period=2024&by={by}"))
    assert sum(int(row[1]) for row in rows[1:]) == 3


def test_a_name_that_a_spreadsheet_would_run_is_kept_a_text(world: World) -> None:
    reference = world.services.reference
    unit = reference.unit("u-far")
    reference.save_unit(replace(unit, name="=1+1"), world.actor("admin"))

    rows = lines_of(as_(world, "province_reader").get("/progress/board.csv?form=households"))

    assert "'=1+1" in {row[1] for row in rows}


def small_round(world: World) -> None:
    """A round of 2025 that asks one commune of the other district."""
    opened = next(one for one in world.services.obligations.rounds() if one.id == "round-2024")
    world.services.rounds.open(
        world.actor("admin"),
        replace(
            opened, id="small", code="small", period="2025", opens_on=date(2025, 1, 2), dates=(),
            forms=("households",),
        ),
        units={"households": ["u-far"]},
    )  # fmt: skip


def test_the_board_opens_with_the_latest_period_that_asks_something_of_the_readers_units(
    world: World,
) -> None:
    small_round(world)
    district, province = as_(world, "district_approver"), as_(world, "province_approver")

    for page in ("/progress/board", "/progress/rates?by=unit", "/progress"):
        shown = text(district.get(page))
        assert "Không có báo cáo phải nhận" not in shown, page
        assert "Bộc Bố" in shown, page
    assert "Bộc Bố" not in matrix(province.get("/progress/board"))
    assert "Chợ Rã" in matrix(province.get("/progress/board"))


def test_every_period_can_be_chosen_and_links_keep_that_choice(world: World) -> None:
    small_round(world)
    browser = as_(world, "province_approver")
    empty = "form=&period=&round=&level=&state=&late=&group="

    for query in (empty, "period="):
        answer = browser.get(f"/progress/board?{query}")
        assert "Năm 2025" in matrix(answer) and "Bộc Bố" in matrix(answer), query
        assert '"/progress/board.csv?period="' in answer.get_data(as_text=True)
        rows = lines_of(browser.get(f"/progress/board.csv?{query}"))
        assert len(rows) == 1 + world.count("obligation"), query
    listed = text(browser.get("/progress?form=&period="))
    assert "Năm 2025" in listed and "Bộc Bố" in listed


@pytest.mark.parametrize("period", ["9999", "9998-Y5", "9999-12", "2200", "1899", "0000"])
def test_a_year_that_no_calendar_holds_is_a_bad_request_and_no_fault(
    world: World, period: str
) -> None:
    browser = as_(world, "province_approver")

    for page in (
        "/progress/board",
        "/progress/board.csv",
        "/progress/rates",
        "/progress",
        "/figures",
        "/submissions/new",
        "/exports",
        "/due",
    ):
        answer = browser.get(f"{page}?form=households&period={period}&month={period}")
        assert answer.status_code < 500, page
    for path in ("reporting-rates?form=households&", "obligations?", "submissions?"):
        answer = browser.get(
            f"/api/v1/{path}period={period}", headers=world.bearer("province_approver")
        )
        assert answer.status_code == 400, path
