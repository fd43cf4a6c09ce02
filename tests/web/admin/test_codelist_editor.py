"""The page that changes a code list: typed or brought back, looked at, then published."""

import json
import re
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook  # noqa: TID253 - a workbook is what these tests are about

from server.core.access import SYSTEM
from tests.dated_codes import LIST, goods, open_goods, publish_goods, start_goods
from tests.web.admin.conftest import Person, open_session, with_back_office

PAGE = f"/admin/codelist-editor/{LIST}/"


@pytest.fixture
def market(world):
    publish_goods(world, goods())
    open_goods(world)
    start_goods(world, {"rows": {"03": {"amount": 7}}})
    return world


def typed(*ends, new=()):
    """The fields of the page's table with these last days, and lines of new codes."""
    lines = [("01", "Gạo"), ("02", "Ngô"), ("03", "Muối")]
    rows = [(code, title, "", end) for (code, title), end in zip(lines, ends, strict=True)]
    columns = [list(column) for column in zip(*[*rows, *new], strict=True)]
    return dict(zip(("code", "title", "validFrom", "validTo"), columns, strict=True))


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None
    return found[1].replace("&#34;", '"')


def test_a_last_day_is_typed_looked_at_with_whom_it_touches_and_published(market, as_):
    admin = as_("admin")
    seen = admin.post(PAGE, **typed("", "", "30/06/2024"))

    assert seen.status_code == 200
    assert "Có hiệu lực đến hết ngày: ghi “30/06/2024”." in seen.text
    assert "1 trong 1 báo cáo" in seen.text
    assert "<code>/rows/*/amount</code>" in seen.text
    assert market.services.catalogue.codelist(LIST).version == 1

    sent = {"rows": hidden(seen, "rows"), "seen": hidden(seen, "seen"), "source": "QĐ 9/QĐ-UBND"}
    done = admin.client.post(
        f"{PAGE}publish/", data={"csrf_token": admin.csrf, **sent}, follow_redirects=True
    )

    assert "Đã ban hành phiên bản 2." in done.text
    assert "Hết hiệu lực từ 01/07/2024" in done.text
    assert market.services.catalogue.codelist(LIST).items[2].valid_to == "2024-06-30"
    stale = admin.client.post(
        f"{PAGE}publish/", data={"csrf_token": admin.csrf, **sent}, follow_redirects=True
    )
    assert "vừa có phiên bản khác" in stale.text


def test_a_wrong_day_is_named_and_what_was_typed_stays(market, as_):
    page = as_("admin").post(
        PAGE, **typed("", "31/02/2025", "", new=[("04", "Đường", "02/01/2025", "01/01/2025")])
    )

    assert page.status_code == 422
    assert "“31/02/2025” không phải là ngày" in page.text
    assert "ngày cuối 01/01/2025 đứng trước ngày đầu" in page.text
    assert 'value="31/02/2025"' in page.text
    assert 'value="Đường"' in page.text
    assert 'name="rows"' not in page.text


def test_a_version_without_a_letter_is_not_published(market, as_):
    admin = as_("admin")
    seen = admin.post(PAGE, **typed("", "", "30/06/2024"))
    page = admin.post(f"{PAGE}publish/", rows=hidden(seen, "rows"), seen="1", source=" ")

    assert page.status_code == 422
    assert "Ghi văn bản làm căn cứ" in page.text
    assert market.services.catalogue.codelist(LIST).version == 1
    broken = admin.post(f"{PAGE}publish/", rows="[[", seen="1", source="QĐ 1")
    assert broken.status_code == 303


def test_the_workbook_is_looked_at_as_what_was_typed(world_with_workbooks):
    publish_goods(world_with_workbooks, goods())
    client = with_back_office(world_with_workbooks).test_client()
    client.set_cookie("session", open_session(world_with_workbooks, "admin"))
    admin = Person(client)
    book = load_workbook(BytesIO(admin.get(f"{PAGE}sheet/").data))
    book["Bảng mã"]["G4"] = "30/06/2024"
    out = BytesIO()
    book.save(out)

    page = admin.post(f"{PAGE}sheet/", file=(BytesIO(out.getvalue()), "ma.xlsx"))
    damaged = admin.post(f"{PAGE}sheet/", file=(BytesIO(b"x"), "ma.xlsx"))

    assert "Có hiệu lực đến hết ngày: ghi “30/06/2024”." in page.text
    assert json.loads(hidden(page, "rows"))[3][6] == "30/06/2024"
    assert damaged.status_code == 422


def test_a_list_in_use_is_not_ended_and_the_page_names_the_form(market, as_):
    admin = as_("admin")
    life = f"/admin/definition-life/codelist/{LIST}/"
    page = admin.get(life)
    refused = admin.post(f"{life}retire/", last_on="31/12/2025", reason="QĐ 1")
    market.services.retirements.retire(
        market.actor("admin"), "form", "goods_sold", reason="QĐ 1", last_on=date(2025, 12, 31)
    )
    done = admin.post(f"{life}retire/", last_on="31/12/2025", reason="QĐ 1")

    assert "Biểu mẫu đang dùng: Hàng bán ở chợ." in page.text
    assert refused.status_code == 422
    assert "vẫn dùng bảng mã này: goods_sold" in refused.text
    assert done.status_code == 303
    assert "Sắp ngừng áp dụng" in admin.get("/admin/codelists/?search=goods").text


@pytest.mark.parametrize("person", ["commune_reporter", "province_approver", "province_reader"])
def test_only_administrators_change_a_code_list(market, as_, person):
    somebody = as_(person)
    sent = {"rows": '[["Mã", "Tên"], ["01", "Gạo nếp"]]', "seen": "1", "source": "QĐ 1"}

    told = [
        somebody.get(PAGE).status_code,
        somebody.get(f"{PAGE}sheet/").status_code,
        somebody.post(PAGE, **typed("", "", "30/06/2024")).status_code,
        somebody.post(f"{PAGE}publish/", **sent).status_code,
    ]

    assert told == [403, 403, 403, 403]
    assert market.services.catalogue.codelist(LIST).version == 1
    assert as_("admin").post(f"{PAGE}publish/", **sent).status_code == 303
    assert market.services.catalogue.codelist(LIST).version == 2


def test_two_official_numberings_stand_side_by_side_and_either_orders(world, as_):
    items = [
        {"code": "01", "title": "Kinh", "numbering2": "01"},
        {"code": "04", "title": "Hoa", "numbering2": "06"},
        {"code": "05", "title": "Khmer", "numbering2": "05", "numbering2Verified": False},
    ]
    listed = {"code": "people", "version": 1, "title": "Dân tộc", "items": items}
    world.services.catalogue.publish(json.dumps(listed, ensure_ascii=False), "codelist", SYSTEM)
    admin, path = as_("admin"), "/admin/codelists/details/?id=people/1"

    def order(page):
        return re.findall(r'<th scope="row"><code>(\d+)</code></th><td><code>(\d+)</code>', page)

    assert order(admin.get(path).text) == [("01", "01"), ("04", "06"), ("05", "05")]
    second = admin.get(f"{path}&order=second").text
    assert order(second) == [("01", "01"), ("05", "05"), ("04", "06")]
    assert second.count("<sup>*</sup>") == second.count("chưa đối chiếu được") == 1
