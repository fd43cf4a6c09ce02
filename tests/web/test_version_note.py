"""A version of a form that is published while drafts are open: nothing typed is lost, and the page
of the draft tells what is asked otherwise.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from server.core.access import SYSTEM
from server.core.submission import Change
from tests.filling_world import PASSWORD, Seeded, copied, seed
from tests.web.conftest import Browser
from tests.world import GOOD, PERIOD, World, household_form

Document = dict[str, Any]
KEPT = {**GOOD, "note": "Nhập trước khi có phiên bản mới."}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("versions"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def fields(form: Document) -> list[str]:
    names: list[str] = form["x-layout"]["sections"][0]["fields"]
    return names


def count(title: str) -> Document:
    return {"title": title, "type": "integer", "minimum": 0, "maximum": 999999}


def migrate(form: Document, *steps: Document) -> None:
    form["x-migrate"] = {"from": 1, "steps": list(steps)}


def a_cell_is_new(form: Document) -> None:
    form["properties"]["poor"] = count("Số hộ nghèo")
    fields(form).append("poor")


def a_cell_is_gone(form: Document) -> None:
    del form["properties"]["note"]
    fields(form).remove("note")


def a_cell_is_renamed(form: Document) -> None:
    form["properties"]["remark"] = {**form["properties"].pop("note"), "title": "Thuyết minh"}
    form["x-layout"]["sections"][0]["fields"] = [
        "remark" if key == "note" else key for key in fields(form)
    ]
    migrate(form, {"op": "rename", "from": "/note", "to": "/remark"})


def a_cell_is_split(form: Document) -> None:
    a_cell_is_gone(form)
    for key, title in (("cause", "Nguyên nhân"), ("remedy", "Giải pháp")):
        form["properties"][key] = {"title": title, "type": "string", "maxLength": 200}
        fields(form).append(key)
    migrate(form, {"op": "split", "from": "/note", "to": ["/cause", "/remedy"]})


def two_cells_are_merged(form: Document) -> None:
    form["properties"]["persons"] = count("Số người")
    fields(form).append("persons")
    del form["properties"]["people"], form["properties"]["all_people"]
    fields(form).remove("people")
    fields(form).remove("all_people")
    form["required"] = ["households"]
    form["x-checks"] = []
    form["x-tests"] = [{"name": "đúng", "answers": {"households": 6}, "findings": []}]
    migrate(form, {"op": "merge", "from": ["/people/male", "/people/female"], "to": "/persons"})


def a_unit_is_changed(form: Document) -> None:
    migrate(form, {"op": "unit", "path": "/households", "factor": 0.001})


def choices_are_recoded(form: Document) -> None:
    form["properties"]["note"] |= {"enum": ["a", "b"], "x-labels": {"a": "Đủ", "b": "Thiếu"}}
    migrate(form, {"op": "recode", "path": "/note", "values": {"đủ": "a"}})


def a_cell_has_another_title(form: Document) -> None:
    form["properties"]["households"]["title"] = "Tổng số hộ dân"


def a_cell_takes_decimals_and_must_be_answered(form: Document) -> None:
    form["properties"]["households"] |= {"type": "number", "multipleOf": 0.1}
    form["required"].append("note")
    form["x-tests"][0]["answers"] = {**GOOD, "note": "Đủ."}


def a_cell_stands_in_another_section(form: Document) -> None:
    fields(form).remove("note")
    form["x-layout"]["sections"].append({"key": "more", "title": "Thuyết minh", "fields": ["note"]})


CHANGES: dict[Callable[[Document], None], list[str]] = {
    a_cell_is_new: ["“Số hộ nghèo” mới thêm"],
    a_cell_is_gone: ["“Ghi chú” không còn"],
    a_cell_is_renamed: ["“Ghi chú” chuyển sang “Thuyết minh”"],
    a_cell_is_split: ["“Ghi chú” tách thành “Nguyên nhân”, “Giải pháp”"],
    two_cells_are_merged: [
        "“Nhân khẩu: Nam”, “Nhân khẩu: Nữ” gộp vào “Số người”",
        "“Nhân khẩu” không còn",
        "“Tổng nhân khẩu” không còn",
    ],
    a_unit_is_changed: ["“Số hộ” đổi đơn vị tính"],
    choices_are_recoded: ["“Ghi chú” đổi mã các lựa chọn"],
    a_cell_has_another_title: ["“Số hộ” đổi tên thành “Tổng số hộ dân”"],
    a_cell_takes_decimals_and_must_be_answered: [
        "“Số hộ” đổi cách nhập",
        "“Ghi chú” đổi cách nhập",
    ],
    a_cell_stands_in_another_section: ["“Ghi chú” chuyển sang phần “Thuyết minh”"],
}


def publish(world: World, version: int, *changes: Callable[[Document], None]) -> None:
    form = copy.deepcopy(household_form())
    form["x-form"]["version"] = version  # type: ignore[index]
    for change in changes:
        change(form)
    world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)


def note_of(world: World, id_: str) -> tuple[str, list[list[str]]]:
    """What the page says above the sheet, and the lines under each version."""
    clerk = Browser(world.application.web().test_client()).sign_in("commune_reporter", PASSWORD)
    page = clerk.get(f"/submissions/{id_}").get_data(as_text=True)
    found = re.search(r'<div id="version-note" role="status">(.*?)\n</div>\n', page, re.DOTALL)
    assert found is not None
    lists = re.findall(r"<details>(.*?)</details>", found[1], re.DOTALL)
    lines = [[unescape(one) for one in re.findall(r"<li>(.*?)</li>", part)] for part in lists]
    return unescape(found[1]), lines


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_draft_goes_on_by_its_version_and_tells_what_the_new_one_asks(
    world: World, change: Callable[[Document], None]
) -> None:
    clerk, submissions = world.actor("commune_reporter"), world.services.submissions
    view = submissions.start(
        clerk, form="households", org_unit="u-commune", period=PERIOD, answers=KEPT
    )
    publish(world, 2, change)

    said, lines = note_of(world, view.submission.id)
    assert "Biểu này đã có phiên bản 2. Báo cáo này làm tiếp theo phiên bản 1" in said
    assert lines == [CHANGES[change]]

    changes = [Change("/households", 6, 7), Change("/note", KEPT["note"], "Sửa sau đó.")]
    saved, met = submissions.save_cells(clerk, view.submission.id, changes)
    assert met == ()
    assert saved.submission.version == 1
    assert saved.submission.answers == {**KEPT, "households": 7, "note": "Sửa sau đó."}
    sent = world.services.approvals.decide(
        clerk, view.submission.id, "submit", seen=saved.submission.edit
    )
    assert sent.submission.answers == saved.submission.answers


def test_each_newer_version_is_told_by_itself_and_the_newest_form_tells_nothing(
    world: World,
) -> None:
    submissions = world.services.submissions
    view = submissions.start(
        world.actor("commune_reporter"), form="households", org_unit="u-commune", period=PERIOD
    )
    assert note_of(world, view.submission.id) == ("\n", [])

    publish(world, 2, a_cell_is_new)
    publish(world, 4, a_cell_is_new, a_cell_is_gone)
    said, lines = note_of(world, view.submission.id)

    assert "Biểu này đã có phiên bản 4." in said
    assert lines == [["“Số hộ nghèo” mới thêm"], ["“Ghi chú” không còn"]]
