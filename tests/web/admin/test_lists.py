"""The lists: their titles, search without accents, filters in the address, and what they save."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from server.core.access import SYSTEM
from server.core.ports import Mail
from server.storage.database import Database
from server.storage.mail import MailStore
from tests.web.admin.conftest import As, Person, open_session, with_back_office
from tests.web.admin.pages import LISTS
from tests.world import FRIDAY, World, make_world


def rows_of(text: str) -> list[str]:
    """The headings of the rows, without marks and badges."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    heads = re.findall(r'<th scope="row">(.*?)</th>', body, re.DOTALL)
    return [re.sub(r"<[^>]+>", " ", head).strip() for head in heads]


@pytest.mark.parametrize(("path", "title"), LISTS.items())
def test_a_list_has_its_exact_title_and_a_search(as_: As, path: str, title: str) -> None:
    page = as_("admin").get(path)

    assert f"<h1>{title}</h1>" in page.text
    assert 'type="search"' in page.text


@pytest.mark.parametrize("path", LISTS)
def test_a_search_without_a_hit_offers_to_drop_it(as_: As, path: str) -> None:
    page = as_("admin").get(f"{path}?search=zzzzqqqq")

    assert "Không tìm thấy mục nào" in page.text
    assert "Bỏ lọc" in page.text
    assert 'value="zzzzqqqq"' in page.text


@pytest.mark.parametrize("path", LISTS)
def test_any_search_page_or_order_is_answered(as_: As, path: str) -> None:
    admin = as_("admin")
    asked = [{"search": text} for text in ("%", "_", "' OR 1=1 --", "\x00", "Đ" * 500, "\\")]
    asked += [{"page": text} for text in ("-5", "99999999999999999999")]
    asked += [{"sort": text} for text in ("77", "-1")]

    told = {str(query): admin.client.get(path, query_string=query).status_code for query in asked}

    assert told == {str(query): 200 for query in asked}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/admin/org-units/?search=co linh", "Cổ Linh"),
        ("/admin/org-units/?search=01858", "Cổ Linh"),
        ("/admin/villages/?search=na ma", "Thôn Nà Mạ"),
        ("/admin/holidays/?search=tet nguyen dan", "28/01/2025"),
        ("/admin/workflows/?search=xa gui", "Xã gửi, huyện duyệt, tỉnh duyệt"),
        ("/admin/codelists/?search=dan toc", "Dân tộc"),
        ("/admin/rounds/?search=bao cao nam", "Báo cáo năm 2024"),
        ("/admin/accounts/?search=district", "district approver"),
    ],
)
def test_accents_and_case_do_not_matter_to_a_search(as_: As, path: str, found: str) -> None:
    assert any(found in row for row in rows_of(as_("admin").get(path).text))


def test_filter_order_and_search_live_in_the_address(as_: As) -> None:
    page = as_("admin").get("/admin/org-units/?level=commune&sort=1&desc=1&search=c")

    rows = rows_of(page.text)
    assert rows == ["Chợ Rã", "Cổ Linh", "Bộc Bố"]
    assert '<option value="commune" selected>' in page.text
    assert 'aria-sort="descending"' in page.text


def test_constructed_indicators_say_so(as_: As, world: World) -> None:
    constructed = next(one for one in world.services.catalogue.indicators() if one.constructed)

    page = as_("admin").get(f"/admin/indicators/?search={constructed.code}")

    assert "dựng minh họa" in page.text


def test_an_illustrative_form_says_so_in_the_list_and_on_its_page(as_: As) -> None:
    assert "Mẫu minh họa" in as_("admin").get("/admin/forms/").text
    page = as_("admin").get("/admin/forms/details/?id=households/1")
    assert "Mẫu minh họa" in page.text
    assert "x-checks" in page.text


def test_a_unit_is_added_and_found(as_: As, world: World) -> None:
    response = as_("admin").post(
        "/admin/org-units/new/",
        code="01864",
        name="Bằng Thành",
        level="commune",
        kind="xa",
        parent="u-district",
        valid_from="01/02/2020",
    )

    assert response.status_code == 303
    tree = world.services.reference.tree(FRIDAY.today())
    assert tree.by_code["01864"].parent == "u-district"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("code", "01858", "Mã này đang là của Cổ Linh."),
        ("code", "", "Nhập mục này."),
        ("valid_to", "1/2", "Nhập ngày theo dạng 24/01/2025."),
        ("valid_to", "01/01/2019", "Ngày cuối phải sau ngày bắt đầu."),
        ("parent", "nobody", "Chọn một mục trong danh sách."),
        ("level", "planet", "Chọn một mục trong danh sách."),
    ],
)
def test_a_wrong_unit_is_refused_beside_the_field(
    as_: As, world: World, field: str, value: str, message: str
) -> None:
    given = {"code": "01864", "name": "Bằng Thành", "level": "commune", "kind": "xa"}
    given |= {"parent": "u-district", "valid_from": "01/02/2020", field: value}
    before = world.count("org_unit_stretch")

    response = as_("admin").post("/admin/org-units/new/", **given)

    assert response.status_code == 422
    assert message in response.text
    assert f'<a href="#{field}">' in response.text
    assert world.count("org_unit_stretch") == before


def test_a_unit_is_never_put_below_itself(as_: As, world: World) -> None:
    response = as_("admin").post(
        "/admin/org-units/edit/?id=2",
        code="060",
        name="Pác Nặm",
        level="district",
        kind="huyen",
        parent="u-commune",
        edit="1",
    )

    assert response.status_code == 422
    assert world.services.reference.unit("u-district").parent == "u-province"


def test_a_village_is_changed_through_the_service(as_: As, world: World) -> None:
    as_("admin").post(
        "/admin/villages/edit/?id=v1",
        number="1",
        name="Bản Nà Mạ",
        kind="ban",
        road="none",
        edit="1",
    )

    village = world.services.reference.villages("u-commune", FRIDAY.today())[0]
    assert (village.name, village.kind, village.extremely_poor) == ("Bản Nà Mạ", "ban", False)
    events = world.services.ledger.recent(world.actor("admin"), subject="org_unit/u-commune")
    assert "org_unit.village_changed" in {event.name for event in events.items}


def test_a_declared_holiday_counts_at_once(as_: As, world: World) -> None:
    world.services.reference.holidays()

    as_("admin").post(
        "/admin/holidays/new/", day="30/04/2025", title="Ngày Chiến thắng", kind="off"
    )

    assert not world.services.reference.holidays().is_working(date(2025, 4, 30))


def test_a_worked_day_must_be_a_weekend(as_: As, world: World) -> None:
    response = as_("admin").post(
        "/admin/holidays/new/", day="29/04/2025", title="Làm bù", kind="working"
    )

    assert "Ngày làm bù phải là thứ Bảy hoặc Chủ nhật." in response.text
    assert world.count("holiday") == 1


def test_a_round_is_looked_at_and_opened_as_it_was_shown(as_: As, world: World) -> None:
    before, admin = world.count("obligation"), as_("admin")
    typed = {
        "code": "bo-sung",
        "title": "Báo cáo bổ sung",
        "period": "2025",
        "letter_number": "02/BDT",
        "letter_on": "20/01/2025",
        "contact": "Phòng Tổng hợp",
        "phone": "0209 000 000",
        "level": "official",
        "opens_on": "20/01/2025",
        "forms": "households",
        "due_commune": "14/09/2025",
    }

    shown = admin.post("/admin/rounds/new/", **typed, step="preview")
    unseen = admin.post("/admin/rounds/new/", **typed, step="open", seen="2")
    assert world.count("obligation") == before
    opened = admin.post("/admin/rounds/new/", **typed, step="open", seen="3")

    assert "Xem trước: 3 báo cáo phải gửi" in shown.text
    assert "hạn 14/09/2025 theo công văn, chuyển sang 15/09/2025 vì 14/09 là" in shown.text
    assert "Danh sách vừa thay đổi." in unseen.text
    assert opened.status_code == 303
    assert world.count("obligation") == before + 3


def test_a_round_of_another_kind_of_period_is_refused(as_: As, world: World) -> None:
    before = world.count("round")

    response = as_("admin").post(
        "/admin/rounds/new/",
        code="quy",
        title="Quý",
        period="2025-Q1",
        letter_number="02",
        letter_on="20/01/2025",
        contact="a",
        phone="1",
        level="official",
        opens_on="20/01/2025",
        forms="households",
    )

    assert response.status_code == 422
    assert "không lập theo loại kỳ này" in response.text
    assert world.count("round") == before


def test_the_trace_of_a_mail_says_what_became_of_it(as_: As, world: World) -> None:
    owed = world.services.obligations.list_(world.actor("admin"), org_unit="u-commune").items[0]
    mails = MailStore(world.application.database)
    mail = Mail("<1@test>", "colinh@example.vn", "[Nhắc hạn] Hộ và nhân khẩu", "Kính gửi: Cổ Linh.")
    mails.add(mail, kind="reminder", obligation=owed.id, step="D+5", created_at=FRIDAY.now())
    mails.failed("<1@test>", FRIDAY.now(), "550 no such user", retry_at=None)
    admin = as_("admin")

    page = admin.get("/admin/mails/?search=co linh&state=dead")

    for shown in ("colinh@example.vn", "Quá hạn 5 ngày", "Cổ Linh, Năm 2024", "Không gửi được"):
        assert shown in page.text
    details = admin.get("/admin/mails/details/?id=1")
    assert "550 no such user" in details.text
    assert "1 thư không gửi được." in admin.get("/admin/").text


def test_the_log_is_filtered_by_kind_and_by_day(as_: As, world: World) -> None:
    admin = as_("admin")

    page = admin.get("/admin/audit/?kind=round&since=24/01/2025&until=24/01/2025")

    assert "Mở đợt báo cáo" in page.text
    assert "Tạo người dùng" not in page.text.partition("<tbody>")[2]
    assert "Không tìm thấy mục nào" in admin.get("/admin/audit/?until=01/01/2020").text


def test_an_event_shows_that_its_chain_is_whole(as_: As, world: World) -> None:
    event = world.services.ledger.recent(world.actor("admin"), subject="round/round-2024")

    page = as_("admin").get(f"/admin/audit/details/?id={event.items[0].id}")

    assert "Chuỗi nguyên vẹn" in page.text
    assert "NAM-2024" in page.text


def test_text_from_people_is_never_markup(as_: As, world: World) -> None:
    hostile = '<img src=x onerror="alert(1)">'
    village = world.services.reference.villages("u-commune", FRIDAY.today())[0]
    world.services.reference.save_village(replace(village, name=hostile), SYSTEM, edit=1)

    page = as_("admin").get("/admin/villages/")

    assert hostile not in page.text
    assert "&lt;img src=x" in page.text


def test_lists_answer_alike_on_both_databases(fresh_database: Database, tmp_path: Path) -> None:
    world = make_world(fresh_database, tmp_path)
    client = with_back_office(world).test_client()
    client.set_cookie("session", open_session(world, "admin"))
    person = Person(client)
    for path in LISTS:
        for query in (
            "",
            "?search=co linh",
            "?search=%25",
            "?sort=0&desc=1",
            "?page=9999999999999",
        ):
            assert person.get(f"{path}{query}").status_code == 200, f"{path}{query}"

    assert rows_of(person.get("/admin/org-units/?search=co linh&holds=now").text) == ["Cổ Linh"]
    assert rows_of(person.get("/admin/accounts/?role=signer").text) == ["commune signer"]
    late = person.get("/admin/audit/?since=24/01/2025&kind=account")
    assert "Tạo người dùng" in late.text
