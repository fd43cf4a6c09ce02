"""The page of an indicator over all periods: one line, and where its definition changed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.core.access import SYSTEM
from tests.filling_world import Seeded, copied, seed
from tests.publishing import say_first_period
from tests.web.test_reports import send
from tests.web.test_submissions import as_, text
from tests.world import World, household_form

PAGE = "/figures/series?indicator=0101"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("series"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def another_unit(world: World) -> None:
    """From 2024 on the form asks for tens of people."""
    form = household_form()
    form["x-form"]["version"] = 2  # type: ignore[index]
    form["x-migrate"] = {
        "from": 1,
        "steps": [
            {"op": "unit", "path": f"/people/{key}", "factor": 0.1} for key in ("male", "female")
        ],
    }
    text_of_form = json.dumps(form, ensure_ascii=False)
    world.services.catalogue.publish(text_of_form, "form", SYSTEM)
    say_first_period(world, "2024")


def test_the_line_says_where_the_definition_changed(world: World) -> None:
    send(world, "approve")
    another_unit(world)

    shown = text(as_(world, "province_reader").get(PAGE))

    assert "Định nghĩa đổi từ năm 2024 (Hộ và nhân khẩu, phiên bản 2)" in shown
    assert "“Nhân khẩu: Nam” đổi đơn vị tính; số các kỳ trước đã quy đổi" in shown
    assert "định nghĩa đổi từ năm 2024 Năm 2024 2,5 1" in shown


def test_a_period_that_is_not_complete_says_so_in_words_on_the_page_the_chart_and_the_file(
    world: World,
) -> None:
    send(world, "approve")
    reader = as_(world, "province_reader")

    page = reader.get(PAGE).text
    shown = text(reader.get(PAGE))
    file = reader.get("/figures/series.csv?indicator=0101")

    assert "Năm 2024: 1 trên 9 báo cáo đã duyệt, số chưa đầy đủ" in shown
    assert "Năm 2024 25 1 1 trên 9 báo cáo đã duyệt, số chưa đầy đủ" in shown
    assert "chưa đủ: 1/9" in page[page.index("<svg role") : page.index('chart-hint">')]
    assert "1 trên 9 báo cáo đã gửi, số chưa đầy đủ" in text(
        reader.get(f"{PAGE}&status=provisional")
    )
    assert file.text.splitlines()[1] == (
        '2024,25,1,9,1,"1 trên 9 báo cáo đã duyệt, số chưa đầy đủ"'
    )


def test_the_line_of_one_unit_is_chosen_from_the_tree_in_reach(world: World) -> None:
    send(world, "approve")
    reader = as_(world, "province_reader")

    page = reader.get(f"{PAGE}&org_unit=u-commune")

    assert '<option value="u-commune" selected>\u2003\u2003Cổ Linh</option>' in page.text
    assert "Năm 2024 25 1" in text(page)
    assert "1 trên 3 báo cáo đã duyệt" in text(page)
    own = as_(world, "commune_reporter").get(PAGE).text
    assert 'name="org_unit"' not in own  # one unit is no choice
    outside = as_(world, "other_district_reporter")
    assert "Cổ Linh" not in outside.get(f"{PAGE}&org_unit=u-commune").text
    assert outside.get("/figures/series.csv?indicator=0101&org_unit=u-commune").status_code == 404


def test_nobody_reads_what_lies_outside_and_an_empty_line_says_so(world: World) -> None:
    send(world, "approve")

    assert "Năm 2024 25 1" in text(as_(world, "province_reader").get(PAGE))
    assert "Chưa có số liệu" in text(as_(world, "other_district_reporter").get(PAGE))
    assert "Chưa có số liệu" in text(as_(world, "province_reader").get(f"{PAGE}&status=x"))


def test_the_api_tells_the_same(world: World) -> None:
    send(world, "approve")
    another_unit(world)
    client = world.application.web().test_client()

    answer = client.get("/api/v1/series?indicator=0101", headers=world.bearer("province_reader"))

    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert found["points"] == [
        {
            "period": "2024",
            "measure_unit": "người",
            "value": 2.5,
            "reports": 1,
            "expected": 9,
            "counted": 1,
            "complete": False,
        }
    ]
    (change,) = found["definition_changes"]
    assert (change["period"], change["form"], change["version"]) == ("2024", "households", 2)
    assert {one["kind"] for one in change["changes"]} == {"unit"}
