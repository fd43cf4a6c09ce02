"""Beginning a form from a pasted table or a foreign schema; editing indicators as a spreadsheet."""

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from server.core.access import SYSTEM
from server.storage.database import Database
from tests.web.admin.conftest import As, Person
from tests.world import ROOT, World, copied_world

TABLE = "STT\tTên thôn\tSố hộ\t\n\t\tTổng\tNghèo\n1\tNà Mạ\t5\t1\n2\tKhuổi Luông\t6\t2\n"
SCHEMA = {"title": "Hộ", "type": "object", "properties": {"count": {"type": "integer"}}}


@pytest.fixture
def world(template: tuple[World, Path], tmp_path: Path) -> Iterator[World]:
    """The small province with the workbook format."""
    shutil.copy(template[1], tmp_path / "world.db")
    database = Database.open(f"sqlite:///{tmp_path / 'world.db'}")
    yield copied_world(template[0], database, tmp_path, plugins=["xlsx_workbook"])
    database.close()


def test_a_pasted_table_is_shown_as_understood_and_then_becomes_a_draft(
    world: World, as_: As
) -> None:
    admin = as_("admin")

    shown = admin.post("/admin/definition-table/", text=TABLE)
    begun = admin.post(
        "/admin/definition-table/begin/", text=TABLE, code="thon_ho", title="Hộ theo thôn"
    )

    assert shown.status_code == 200
    assert "Nà Mạ; Khuổi Luông" in shown.text
    assert re.findall(r'name="title-\d+" value="([^"]+)"', shown.text) == ["Tổng", "Nghèo"]
    [draft_id] = re.findall(r"definition-editor/([^/]+)/", begun.location)
    drafts = world.services.definition_drafts
    draft = drafts.get(world.actor("admin"), draft_id)
    assert (draft.code, draft.title, drafts.check(draft)) == ("thon_ho", "Hộ theo thôn", [])
    page = admin.get(f"/admin/definition-editor/{draft_id}/").text
    assert "tên chưa có tiếng Anh" in page


def test_choices_overrule_the_guess(world: World, as_: As) -> None:
    fields = {"shown": "2/2/roster", "headings": "2", "row_columns": "2", "kind": "roster"}

    begun = as_("admin").post(
        "/admin/definition-table/begin/", text=TABLE, code="ds_thon", title="Danh sách",
        **fields, **{"title-3": "Hộ nghèo", "type-2": "skip"},
    )  # fmt: skip

    [draft_id] = re.findall(r"definition-editor/([^/]+)/", begun.location)
    text = world.services.definition_drafts.get(world.actor("admin"), draft_id).text
    items = json.loads(text)["properties"]["rows"]["items"]["properties"]
    assert [cell["title"] for cell in items.values()] == ["Tên thôn", "Hộ nghèo"]


def test_a_table_that_is_none_and_a_code_that_is_taken_are_said_at_their_field(as_: As) -> None:
    admin = as_("admin")

    none = admin.post("/admin/definition-table/", text="  ")
    taken = admin.post("/admin/definition-table/begin/", text=TABLE, code="households", title="Tên")

    assert (none.status_code, taken.status_code) == (422, 422)
    assert 'href="#text"' in none.text
    assert 'href="#code"' in taken.text
    assert 'name="title-2"' in taken.text


def test_a_foreign_schema_becomes_a_draft_or_names_what_is_too_much(world: World, as_: As) -> None:
    admin = as_("admin")
    text = json.dumps(SCHEMA)

    good = admin.post("/admin/definition-schema/", file=(BytesIO(text.encode()), "s.json"))
    bad = admin.post("/admin/definition-schema/", text=json.dumps({**SCHEMA, "oneOf": [{}, {}]}))
    begun = admin.post("/admin/definition-schema/begin/", text=text, code="nhan", title="Nhận")

    assert good.status_code == 200
    assert "Nhận được 1 mục" in good.text
    assert bad.status_code == 422
    assert "Chưa dùng được từ khóa “oneOf”" in bad.text
    [draft_id] = re.findall(r"definition-editor/([^/]+)/", begun.location)
    drafts = world.services.definition_drafts
    assert drafts.check(drafts.get(world.actor("admin"), draft_id)) == []


def workbook_of(person: Person) -> Any:
    """The downloaded catalogue, open for editing."""
    from openpyxl import load_workbook

    return load_workbook(BytesIO(person.get("/admin/indicators/sheet/").data))


@pytest.fixture
def indicators(world: World) -> World:
    path = ROOT / "form_definitions/_indicators/indicators.json"
    world.services.catalogue.put_indicators(json.loads(path.read_text("utf-8")), SYSTEM)
    for path in (ROOT / "form_definitions/_codelists").glob("*.json"):
        world.services.catalogue.publish(path.read_text("utf-8"), "codelist", SYSTEM)
    return world


def test_the_sheet_of_indicators_is_looked_at_and_only_then_saved(
    indicators: World, as_: As
) -> None:
    admin, catalogue = as_("admin"), indicators.services.catalogue
    book = workbook_of(admin)
    sheet = book["Chỉ tiêu"]
    headings = [cell.value for cell in sheet[1]]
    sheet.cell(2, headings.index("Tên chỉ tiêu") + 1).value = "Tên <mới>"
    sheet.cell(3, headings.index("Hết áp dụng sau ngày") + 1).value = "31/12/2026"
    out = BytesIO()
    book.save(out)
    out.seek(0)

    shown = admin.post("/admin/indicators/sheet/import/", file=(out, "chi-tieu.xlsx"))
    before = catalogue.indicator("0101").title
    fields = dict(re.findall(r'name="(rows|edition)" value="([^"]*)"', shown.text))
    saved = admin.post(
        "/admin/indicators/sheet/confirm/", **{key: unescape(one) for key, one in fields.items()}
    )

    assert "0 chỉ tiêu thêm, 1 sửa, 1 hết áp dụng; 130 dòng không đổi" in shown.text
    assert "Tên &lt;mới&gt;" in shown.text
    assert before != "Tên <mới>"
    assert saved.status_code == 303
    assert catalogue.indicator("0101").title == "Tên <mới>"
    assert "áp dụng đến 31/12/2026" in admin.get("/admin/indicators/").text


def test_a_refused_cell_is_named_as_excel_names_it(indicators: World, as_: As) -> None:
    admin = as_("admin")
    book = workbook_of(admin)
    sheet = book["Chỉ tiêu"]
    sheet["H2"].value = "xã"
    out = BytesIO()
    book.save(out)
    out.seek(0)

    shown = admin.post("/admin/indicators/sheet/import/", file=(out, "chi-tieu.xlsx"))

    assert shown.status_code == 422
    assert "Ô H2" in shown.text
    assert "“xã” không phải là cấp" in shown.text
    assert 'name="rows"' not in shown.text
