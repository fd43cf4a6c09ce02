"""The pages of the clerk's workbook, without a script: upload, preview, choose, confirm."""

import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from server.core.access import SYSTEM
from server.core.obligation import Round
from server.core.submission import Change
from server.services.review import SubmissionView
from tests.filling_world import PASSWORD, Seeded, copied, example_rows, seed
from tests.web.conftest import Browser
from tests.workbooks import address_of, edited, places_of
from tests.world import World

FORM = "population_ethnic"
PATH = "/rows/02/rural_male"
ROWS, COLUMNS = 132, 8


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("workbook-pages"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


@pytest.fixture
def clerk(world: World) -> Browser:
    return Browser(world.application.web().test_client()).sign_in("commune_reporter", PASSWORD)


@pytest.fixture
def view(world: World) -> SubmissionView:
    return start(world, FORM, {"rows": example_rows()})


def start(world: World, form: str, answers: dict[str, object]) -> SubmissionView:
    return world.services.submissions.start(
        world.actor("commune_reporter"),
        form=form,
        org_unit="u-commune",
        period="2024",
        answers=answers,
    )


def address(view: SubmissionView, rest: str) -> str:
    return f"/submissions/{view.submission.id}{rest}"


def download(clerk: Browser, view: SubmissionView) -> bytes:
    return clerk.client.get(address(view, "/workbook")).data


def send(clerk: Browser, view: SubmissionView, content: bytes) -> TestResponse:
    """Choose the file on the page and press the button."""
    clerk.get(address(view, "/import"))
    return clerk.client.post(
        address(view, "/import"),
        data={"csrf_token": clerk.token, "workbook": (BytesIO(content), "bieu.xlsx")},
    )


def preview(clerk: Browser, view: SubmissionView, content: bytes) -> tuple[str, TestResponse]:
    sent = send(clerk, view, content)
    assert sent.status_code == 303, text(sent)
    return sent.location, clerk.get(sent.location)


def confirm(clerk: Browser, place: str, page: TestResponse, **fields: str) -> TestResponse:
    found = re.search(r'name="edit" value="(\d+)"', page.get_data(as_text=True))
    assert found is not None
    return clerk.post(place, {"edit": found[1], "act": "confirm", **fields})


def text(answer: TestResponse) -> str:
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def now(world: World, view: SubmissionView) -> SubmissionView:
    return world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)


def test_the_filling_page_leads_to_the_workbook_and_the_empty_form(
    clerk: Browser, view: SubmissionView
) -> None:
    page = clerk.get(address(view, "")).get_data(as_text=True)

    for rest in ("/workbook", "/import", "/blank"):
        assert f'href="{address(view, rest)}"' in page


def test_the_download_is_a_workbook_of_this_report(clerk: Browser, view: SubmissionView) -> None:
    answer = clerk.client.get(address(view, "/workbook"))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=population_ethnic-01858-2024.xlsx"
    )
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_preview_names_each_refused_cell_and_saves_nothing_until_confirmed(
    world: World, clerk: Browser, view: SubmissionView
) -> None:
    clean = download(clerk, view)
    content = edited(clean, {PATH: "12a", "/rows/03/rural_male": 77})
    before = (now(world, view).submission.edit, world.count("draft_change"))

    place, page = preview(clerk, view, content)
    shown = text(page)

    sheet, cell = address_of(clean, PATH)
    assert f"{cell} {sheet} Tày, cột 8 (Nam) 12a Không phải là số." in shown
    assert "Ô sẽ lấy từ tệp (1)" in shown
    assert (now(world, view).submission.edit, world.count("draft_change")) == before

    answer = confirm(clerk, place, page)

    assert answer.location == address(view, "")
    assert "Đã nhập 1 ô từ tệp Excel." in text(clerk.get(answer.location))
    rows = now(world, view).submission.answers["rows"]
    assert (rows["03"]["rural_male"], rows["02"]) == (77, example_rows()["02"])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 5),
        ({f"choice:{PATH}": "online"}, 5),
        ({f"choice:{PATH}": "file"}, 99),
        ({"all": "file"}, 99),
        ({"all": "online", f"choice:{PATH}": "file"}, 5),
    ],
)
def test_a_cell_changed_on_both_sides_is_asked_about(
    world: World, clerk: Browser, view: SubmissionView, fields: dict[str, str], expected: int
) -> None:
    content = edited(download(clerk, view), {PATH: 99})
    change = Change(PATH, example_rows()["02"]["rural_male"], 5)
    actor = world.actor("commune_reporter")
    world.services.submissions.save_cells(actor, view.submission.id, [change])

    place, page = preview(clerk, view, content)
    confirm(clerk, place, page, **fields)

    assert "Ô cần chọn (1)" in text(page)
    assert now(world, view).submission.answers["rows"]["02"]["rural_male"] == expected


def test_a_report_saved_meanwhile_is_shown_again_instead_of_overwritten(
    world: World, clerk: Browser, view: SubmissionView
) -> None:
    place, page = preview(clerk, view, edited(download(clerk, view), {PATH: 99}))
    change = Change("/note", None, "vừa ghi")
    actor = world.actor("commune_reporter")
    world.services.submissions.save_cells(actor, view.submission.id, [change])

    answer = confirm(clerk, place, page)

    assert answer.status_code == 409
    assert "nên chưa lưu gì từ tệp" in text(answer)
    assert "Ô đã đổi trên máy chủ, giữ nguyên (1)" in text(answer)
    assert confirm(clerk, place, answer).status_code == 303
    after = now(world, view).submission.answers
    assert (after["rows"]["02"]["rural_male"], after["note"]) == (99, "vừa ghi")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Chọn tệp Excel để nhập."),
        (b"a;b", "Tệp này không phải là tệp Excel (.xlsx)."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Tệp có mật khẩu mở tệp"),
        (b"PK\x03\x04", "Không đọc được tệp này."),
    ],
)
def test_a_file_that_cannot_be_taken_is_answered_in_a_sentence(
    clerk: Browser, view: SubmissionView, content: bytes, sentence: str
) -> None:
    answer = send(clerk, view, content)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)


def test_the_file_of_another_version_is_refused_naming_both(
    world: World, clerk: Browser, view: SubmissionView
) -> None:
    content = download(clerk, view)
    version = view.form.version
    world.application.database.run(
        "UPDATE submission SET form_version_id = ? WHERE id = ?",
        (_next_version(world), view.submission.id),
    )

    shown = text(send(clerk, view, content))

    assert f"theo phiên bản {version} của biểu, báo cáo này theo phiên bản {version + 1}" in shown


def test_a_file_that_is_not_wanted_is_forgotten(
    world: World, clerk: Browser, view: SubmissionView
) -> None:
    place, page = preview(clerk, view, edited(download(clerk, view), {PATH: 99}))

    confirm(clerk, place, page, act="discard")
    again = clerk.get(place)

    assert list(world.services.workbooks.spool.folder.iterdir()) == []
    assert again.location == address(view, "/import")
    assert "không còn trên máy chủ" in text(clerk.get(again.location))
    assert now(world, view).submission.answers == view.submission.answers


def test_empty_forms_print_for_a_report_and_by_code(clerk: Browser, view: SubmissionView) -> None:
    for place in (address(view, "/blank"), f"/forms/{FORM}/blank"):
        answer = clerk.client.get(place)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("inline; filename=")
        assert answer.data.startswith(b"%PDF-")
    assert clerk.get(f"/forms/{FORM}/blank?org_unit=u-far&period=2024").status_code == 404
    assert clerk.get(f"/forms/{FORM}/blank?period=x").status_code == 400
    assert clerk.get("/forms/unknown/blank").status_code == 404


def test_a_table_of_132_by_8_is_previewed_cell_by_cell(world: World, clerk: Browser) -> None:
    view = _wide(world)
    clean = download(clerk, view)
    paths = [path for path in places_of(clean) if path.startswith("/rows/")]
    content = edited(clean, {path: at for at, path in enumerate(paths)})
    clerk.get(address(view, "/import"))

    _, page = preview(clerk, view, content)

    assert len(paths) == ROWS * COLUMNS
    assert f"Ô sẽ lấy từ tệp ({ROWS * COLUMNS})" in text(page)


def _next_version(world: World) -> str:
    catalogue = world.services.catalogue
    source = (Path(__file__).parents[2] / f"form_definitions/{FORM}/v01.json").read_text("utf-8")
    document = json.loads(source)
    document["x-form"]["version"] += 1
    form = catalogue.publish(
        json.dumps(document, ensure_ascii=False), "form", SYSTEM, alongside=("commune_sheet",)
    )
    assert form is not None
    return f"{FORM}/{document['x-form']['version']}"


def _wide(world: World) -> SubmissionView:
    """A report of 132 rows of a code list with eight columns."""
    items = [{"code": f"{at:03}", "title": f"Chỉ tiêu {at}"} for at in range(1, ROWS + 1)]
    codes = {
        "code": "wide_rows", "version": 1, "title": "Chỉ tiêu", "constructed": True, "source": "",
        "items": items,
    }  # fmt: skip
    columns = {
        f"c{at}": {"title": f"Cột {at}", "type": "integer", "minimum": 0, "maximum": 999999}
        for at in range(1, COLUMNS + 1)
    }
    form = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Biểu rộng",
        "type": "object",
        "additionalProperties": False,
        "x-form": {
            "code": "wide", "version": 1, "kind": "report", "periodType": "year",
            "workflow": "commune_district_province", "assignedTo": {"levels": ["commune"]},
            "owner": "06", "due": {"commune": "P15D"}, "constructed": True, "prefix": "RO01",
            "i18n": {"en": {"title": "Wide"}},
        },
        "properties": {
            "rows": {
                "title": "Chỉ tiêu",
                "type": "object",
                "x-rows": {"codelist": "wide_rows"},
                "additionalProperties": {"$ref": "#/$defs/row"},
            }
        },
        "$defs": {
            "row": {"type": "object", "additionalProperties": False, "properties": columns}
        },
        "x-layout": {
            "sections": [
                {"key": "main", "title": "Bảng", "rowHeader": "Chỉ tiêu", "grid": ["rows"]}
            ]
        },
        "x-tests": [{"name": "đúng", "answers": {"rows": {"001": {"c1": 1}}}, "findings": []}],
    }  # fmt: skip
    catalogue = world.services.catalogue
    catalogue.publish(json.dumps(codes, ensure_ascii=False), "codelist", SYSTEM)
    catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    world.services.rounds.open(
        world.actor("admin"),
        Round(
            id="round-wide", code="RONG-2024", title="Biểu rộng", period="2024",
            letter_number="9/BDT", letter_on=date(2024, 12, 1), contact="Phòng", phone="0209",
            level="official", forms=("wide",), opens_on=date(2024, 12, 1),
        ),
    )  # fmt: skip
    return start(world, "wide", {})
