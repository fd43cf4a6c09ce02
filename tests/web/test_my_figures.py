"""What a unit sees of its own figures of other years: table, chart, file, and nobody else's."""

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from server.services.review import SubmissionView
from tests.filling_world import PASSWORD, Seeded, copied, example_rows, seed
from tests.web.conftest import Browser
from tests.world import GOOD, World


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("figures"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def as_(world: World, username: str) -> Browser:
    return Browser(world.application.web().test_client()).sign_in(username, PASSWORD)


def sent(world: World) -> SubmissionView:
    view = world.services.submissions.start(
        world.actor("commune_reporter"),
        form="households",
        org_unit="u-commune",
        period="2024",
        answers=GOOD,
    )
    for username, event in (("commune_reporter", "submit"), ("commune_signer", "sign")):
        view = world.services.approvals.decide(
            world.actor(username), view.submission.id, event, seen=view.submission.edit
        )
    return view


def text(answer: TestResponse) -> str:
    body = re.sub(r"<(script|style|template)\b.*?</\1>", " ", answer.text, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_my_figures_show_what_the_unit_sent_as_table_and_chart(world: World) -> None:
    page = as_(world, "commune_reporter").get(
        "/my-figures?what=form:population_ethnic&column=rural_male"
    )

    shown = text(page)
    assert "Tày" in shown
    assert str(example_rows()["02"]["rural_male"]) in shown
    assert '<svg role="img"' in page.text
    assert page.text.count('class="chart-bar"') == 1


def test_a_line_is_drawn_by_its_link_and_each_section_has_its_own(world: World) -> None:
    browser = as_(world, "commune_reporter")
    page = browser.get("/my-figures?what=form:population_ethnic&column=rural_male")
    link = unescape(re.search(r'href="([^"]*line=/rows/02/[^"]*)#history"', page.text)[1])  # type: ignore[index]

    chosen = browser.get(link)

    assert re.search(r'<figcaption id="chart-title">Tày</figcaption>', chosen.text)
    sections = re.findall(r'href="(/my-figures\?[^"]*section=[^"]*)"', chosen.text)
    assert sections
    for section in sections:
        assert browser.get(unescape(section)).status_code == 200


def test_an_indicator_is_shown_by_members_of_a_dimension(world: World) -> None:
    view = sent(world)
    world.services.dispatch.run()
    browser = as_(world, "commune_reporter")

    plain = text(browser.get("/my-figures?what=indicator:0101"))
    by_sex = text(browser.get("/my-figures?what=indicator:0101&by=sex"))

    assert view.submission.answers == GOOD
    assert "25" in plain
    assert re.search(r"Nam [\d.]+ 12 .* Nữ [\d.]+ 13\b", by_sex)


def test_the_file_holds_the_figures_of_the_table(world: World) -> None:
    answer = as_(world, "commune_reporter").get(
        "/my-figures/export?format=csv&what=form:population_ethnic&column=rural_male"
    )

    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0] == ["Nội dung", "Năm 2023"]
    assert ["Tày", str(example_rows()["02"]["rural_male"])] in rows
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("query", ["unit=u-neighbour", "unit=u-commune", "unit=nowhere"])
def test_nobody_sees_another_units_figures_as_their_own(world: World, query: str) -> None:
    browser = as_(world, "neighbour_reporter")

    answer = browser.get(f"/my-figures?{query}")

    assert answer.status_code == (200 if query == "unit=u-neighbour" else 404)
    assert str(example_rows()["02"]["rural_male"]) not in text(answer)
    assert browser.get("/my-figures/export?format=csv").status_code == 404


def test_who_has_no_unit_is_told_where_to_look(world: World) -> None:
    page = as_(world, "province_reader").get("/my-figures")

    assert "Anh/chị chưa được phân công đơn vị báo cáo" in page.text
    assert 'href="/my-figures"' not in page.text  # no menu entry
