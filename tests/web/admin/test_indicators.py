"""Indicators in the back office: a sheet, a proposal, a second person, the file beside."""

import json
import re
from collections.abc import Mapping
from html import unescape
from io import BytesIO
from typing import Any

import pytest

from server.core.access import Role
from server.services.accounts import NewAccount
from tests.services.conftest import install_indicators
from tests.web.admin.conftest import As, Person
from tests.world import ROOT, World

Cells = Mapping[str, Mapping[str, object]]


@pytest.fixture
def world(world_with_workbooks: World) -> World:
    return world_with_workbooks


@pytest.fixture
def indicators(world: World) -> World:
    install_indicators(world)
    second = NewAccount("second", "Nguyễn Thị Hai", None, Role.ADMIN, "u-province")
    world.accounts["second"] = world.services.accounts.create(world.actor("admin"), second).id
    return world


def uploaded(person: Person, cells: Cells) -> Any:
    """The downloaded sheet sent back with other cells, by code and heading."""
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(person.get("/admin/indicators/sheet/").data))
    sheet = book["Chỉ tiêu"]
    headings = [cell.value for cell in sheet[1]]
    rows = {sheet.cell(row, 1).value: row for row in range(2, 140)}
    empty = 1 + max(row for code, row in rows.items() if code)
    for number, (code, changed) in enumerate(cells.items()):
        row = rows.get(code, empty + number)
        for heading, value in {"Mã": code, **changed}.items():
            sheet.cell(row, headings.index(heading) + 1).value = value
    out = BytesIO()
    book.save(out)
    out.seek(0)
    return person.post("/admin/indicators/sheet/import/", file=(out, "chi-tieu.xlsx"))


def hidden(page: str, action: str = "") -> dict[str, str]:
    """The hidden fields of the page's form with that address."""
    form = page[page.index(f'action="{action}"') :].partition("</form>")[0]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def proposed(person: Person, cells: Cells) -> str:
    """The address of the proposal that the sheet became."""
    shown = uploaded(person, cells)
    fields = hidden(shown.text, "/admin/indicators/sheet/confirm/")
    return str(person.post("/admin/indicators/sheet/confirm/", **fields).location)


def acted(person: Person, address: str, act: str, **fields: str) -> str:
    """What the proposal's page says after the act on the edit that it showed."""
    draft = address.rstrip("/").rpartition("/")[2]
    action = f"/admin/definition-drafts/{draft}/{act}/"
    edit = re.search(r'name="edit" value="(\d+)"', person.get(address).text)
    assert edit is not None
    answer = person.post(action, edit=edit[1], **fields)
    return answer.text if answer.location is None else person.get(answer.location).text


def test_each_change_of_the_sheet_is_said_in_words(indicators: World, as_: As) -> None:
    shown = uploaded(
        as_("admin"),
        {
            "0101": {"Tên chỉ tiêu": "Tên <mới>"},
            "0102": {"Hết áp dụng sau ngày": "31/12/2026"},
            "0103": {"Cơ quan chủ trì, phối hợp": "Sở Nội vụ", "Chủ trì từ ngày": "01/07/2026"},
            "0104": {"Mã của cấp quốc gia": "T0203"},
            "9901": {
                "Tên chỉ tiêu": "Số xã có tổ công nghệ số", "Mã nhóm": "99",
                "Nhóm": "Chuyển đổi số", "Đơn vị tính": "xã: cộng",
            },
        },
    )  # fmt: skip

    assert shown.status_code == 200
    for words in (
        "1 chỉ tiêu thêm, 3 sửa, 1 hết áp dụng; 128 dòng không đổi",
        "Đổi tên “Dân số người dân tộc thiểu số” thành “Tên &lt;mới&gt;”.",
        "Hết áp dụng sau ngày 31/12/2026.",
        "“Sở Nội vụ” thay cho “Cục Thống kê”.",
        "Cơ quan chủ trì đổi từ ngày 01/07/2026.",
        "Mã của cấp quốc gia: ghi “T0203”.",
        "Nhóm: ghi “Chuyển đổi số”.",
        "Kỳ: ghi “Năm”.",
    ):
        assert words in shown.text
    assert indicators.count("definition_draft") == 0


def test_refused_cells_are_named_as_excel_names_them(indicators: World, as_: As) -> None:
    shown = uploaded(
        as_("admin"), {"0101": {"Cấp thấp nhất": "xã"}, "0102": {"Hết áp dụng sau ngày": "mai"}}
    )

    assert shown.status_code == 422
    assert re.search(r"Ô H2</strong>: “xã” không phải là cấp", shown.text)
    assert re.search(r"Ô P3</strong>: “mai” không phải là ngày", shown.text)
    assert 'name="rows"' not in shown.text


def test_a_sheet_is_in_force_once_another_administrator_approved_it(
    indicators: World, as_: As
) -> None:
    admin, second, catalogue = as_("admin"), as_("second"), indicators.services.catalogue

    address = proposed(admin, {"0102": {"Hết áp dụng sau ngày": "31/12/2026"}})
    sent = acted(admin, address, "send", notes="QĐ 12/2025")
    own = acted(admin, address, "publish")  # the button is not there; whoever sends it all the same
    returned = acted(second, address, "return", note="Thiếu công văn")
    acted(admin, address, "send", notes="QĐ 12/2025, kèm công văn")
    before = catalogue.indicator("0102").valid_to
    done = acted(second, address, "publish")

    assert "Người đã sửa hoặc chuyển duyệt không tự duyệt" in sent
    assert "Đã ban hành phiên bản mới" not in own
    assert "Bị trả lại: Thiếu công văn" in returned
    assert (before, catalogue.indicator("0102").valid_to) == ("", "2026-12-31")
    assert "Đã ban hành phiên bản mới" in done
    assert "áp dụng đến 31/12/2026" in admin.get("/admin/indicators/").text
    assert "Danh mục chỉ tiêu" in admin.get("/admin/definition-drafts/?state=published").text


def test_one_indicator_is_proposed_on_its_own_page(indicators: World, as_: As) -> None:
    admin, page = as_("admin"), "/admin/indicator-proposals/change/0103/"
    assert page in admin.get("/admin/indicators/details/?id=0103").text
    shown = hidden(admin.get(page).text.replace('method="post" novalidate', 'action=""'))
    fields = {"owners": "Sở Nội vụ", "owners_from": "01/07/2026"}

    refused = admin.post(page, **shown, **{**fields, "valid_to": "mai"})
    saved = admin.get(admin.post(page, **shown, **fields).location).text
    again = admin.get(admin.post(page, **shown, **fields).location).text

    assert refused.status_code == 422
    assert 'id="valid_to-error"' in refused.text
    assert "Cơ quan chủ trì đổi từ ngày 01/07/2026." in saved
    assert "Danh mục hoặc tệp vừa được sửa" in again
    assert indicators.count("definition_draft_step") == 1


def test_the_file_is_taken_as_the_page_showed_it_or_not_at_all(indicators: World, as_: As) -> None:
    admin, page = as_("admin"), "/admin/indicators/sheet/import/"
    write_file(indicators, "Sửa trong tệp")
    shown = hidden(admin.get(page).text, "/admin/indicators/file/")
    write_file(indicators, "Sửa lần nữa")

    said = []
    for fields in (shown, {}):
        refused = admin.post("/admin/indicators/file/", **fields)
        said.append(admin.get(refused.location).text)
    fresh = hidden(said[0], "/admin/indicators/file/")
    taken = admin.post("/admin/indicators/file/", **fresh)

    assert all("Danh mục hoặc tệp vừa được sửa" in one for one in said)
    assert "thành “Sửa lần nữa”." in admin.get(taken.location).text
    assert indicators.count("definition_draft") == 1


def write_file(world: World, title: str) -> None:
    """The file beside the forms, its second indicator called otherwise."""
    document = json.loads(
        (ROOT / "form_definitions/_indicators/indicators.json").read_text("utf-8")
    )
    document["indicators"][1]["title"] = title
    path = world.services.indicator_sheets.canonical.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_a_proposal_of_indicators_has_no_place_in_the_editor_of_texts(
    indicators: World, as_: As
) -> None:
    admin = as_("admin")
    draft = proposed(admin, {"0101": {"Tên chỉ tiêu": "Tên mới"}}).rstrip("/").rpartition("/")[2]

    for path in ("", "text/", "review/"):
        assert admin.get(f"/admin/definition-editor/{draft}/{path}").status_code == 404
    admin.post(f"/admin/definition-editor/{draft}/text/", edit="1", text="{}")
    assert indicators.count("definition_draft_step") == 1
