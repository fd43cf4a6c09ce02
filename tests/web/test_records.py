"""Survey sheets: the returns of a unit, the list below one, and one sheet."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.services.review import SubmissionView
from tests.filling_world import Seeded, copied, seed
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
    assert "2 phiếu" in after and "1 phiếu còn lỗi" in after


def test_a_return_opens_its_list_and_says_which_sheets_hold_errors(world: World) -> None:
    view = start(world)
    add(world, view, GOOD)
    add(world, view, {"households": 3})
    visitor = as_(world, "commune_reporter")

    moved = visitor.get(f"/submissions/{view.submission.id}")
    shown = text(visitor.get(moved.location))

    assert moved.location == f"/records/{view.submission.id}"
    assert "2 phiếu , 1 phiếu còn lỗi." in shown
    assert "Phiếu 1 6 — Không có lỗi" in shown and "Phiếu 2 3 — Còn lỗi" in shown


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

    asked = text(visitor.get(address))
    first, second = visitor.post(address), visitor.post(address)

    assert "Việc xóa được ghi vào lịch sử." in asked
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
    assert "data-cell" not in html.get_data(as_text=True)


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
