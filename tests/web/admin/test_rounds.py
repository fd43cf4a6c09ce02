"""Rounds, rules, contacts and extensions by their pages."""

from datetime import date
from html import unescape
from io import BytesIO
from re import findall

import pytest

from server.core.directory import Contact
from tests.web.admin.conftest import As
from tests.world import ROUND, World

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def test_the_letter_is_attached_shown_and_downloaded(as_: As, world: World) -> None:
    admin, address = as_("admin"), f"/admin/rounds/letter/?id={ROUND}"
    assert admin.get(address).status_code == 404

    admin.post(address, file=(BytesIO(b"no letter"), "cong-van.pdf"))
    assert world.services.rounds.get(ROUND).letter is None
    admin.post(address, file=(BytesIO(PDF), "Công văn 01.pdf"))

    page = admin.get(f"/admin/rounds/details/?id={ROUND}")
    assert "Công văn 01.pdf" in page.text
    answer = admin.get(address)
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert "attachment" in answer.headers["Content-Disposition"]
    answer.close()


def test_a_round_whose_contact_has_left_says_who_answers_until_another_is_named(
    as_: As, world: World
) -> None:
    admin, page = as_("admin"), f"/admin/rounds/details/?id={ROUND}"
    services, actor = world.services, world.actor("admin")
    services.round_contacts.change(actor, ROUND, "bà Nông Thị Hạnh, phòng Tổng hợp", "0209 111")
    gone = Contact("u-province", "Nông Thị Hạnh", "Chuyên viên", valid_to=date(2025, 1, 20))
    services.assignments.save_contact(actor, gone)
    alone = admin.get(page).text
    after = Contact("u-province", "Lý Thị Mai", "Chuyên viên", "0209 222", None, date(2025, 1, 21))
    services.assignments.save_contact(actor, after)

    followed = admin.get(page).text
    empty = admin.post(f"/admin/rounds/contact/?id={ROUND}", contact="Lý Thị Mai", phone=" ")
    admin.post(f"/admin/rounds/contact/?id={ROUND}", contact="Lý Thị Mai", phone="0209 222")

    assert "Nhập người liên hệ" in admin.get(empty.location).text
    assert "người liên hệ chỉ phụ trách đến hết 20/01/2025" in alone
    assert "Danh bạ chưa có người thay" in alone
    assert "Thư nhắc hạn nay ghi: Lý Thị Mai, Chuyên viên, điện thoại 0209 222." in followed
    assert 'value="Lý Thị Mai, Chuyên viên"' in followed
    assert "chỉ phụ trách" not in admin.get(page).text
    kept = services.rounds.get(ROUND)
    assert (kept.contact, kept.phone) == ("Lý Thị Mai", "0209 222")
    assert world.count("event WHERE name = 'round.contact_changed'") == 2


NEW = {
    "code": "bo-sung", "title": "Báo cáo bổ sung", "period": "2025", "letter_number": "02/BDT",
    "letter_on": "20/01/2025", "contact": "Phòng Tổng hợp", "phone": "0209 000 000",
    "level": "official", "opens_on": "20/01/2025", "forms": "households",
    "due_commune": "15/09/2025", "lines": "2", "line-1-form": "households",
    "line-1-level": "commune", "line-1-due": "22/09/2025", "line-1-closes": "24/10/2025",
}  # fmt: skip


def test_a_form_has_days_of_its_own_that_win_over_those_of_the_level(as_: As, world: World) -> None:
    admin = as_("admin")

    shown = admin.post("/admin/rounds/new/", **NEW, step="preview")
    more = admin.post("/admin/rounds/new/", **NEW, step="line")
    opened = admin.post("/admin/rounds/new/", **NEW, step="open", seen="3")

    assert "hạn 22/09/2025 theo công văn" in shown.text and "24/10/2025" in shown.text
    assert 'name="lines" value="5"' in more.text and 'value="22/09/2025"' in more.text
    assert (more.status_code, opened.status_code) == (200, 303)
    [round_] = [one for one in world.services.obligations.rounds() if one.code == "bo-sung"]
    owed = list(world.services.rounds.owed(round_.id))
    assert {(one.due_on, one.closes_on) for one in owed} == {
        (date(2025, 9, 22), date(2025, 10, 24))
    }
    page = admin.get(f"/admin/rounds/details/?id={round_.id}").text
    assert "22/09/2025" in page and "24/10/2025" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"line-0-due": "22/09/2025"}, "dòng 1: chọn một biểu mẫu của đợt"),
        ({"line-0-form": "household_survey", "line-0-due": "1/9/2025"}, "dòng 1: chọn một biểu"),
        ({"line-0-form": "households"}, "dòng 1: nhập ít nhất một ngày"),
        ({"line-1-due": "mai"}, "dòng 2: nhập ngày theo dạng 24/01/2025"),
        ({"line-1-due": "01/12/2025"}, "dòng 2: các ngày phải theo thứ tự"),
        (
            {"line-0-form": "households", "line-0-level": "commune", "line-0-due": "22/09/2025"},
            "dòng 2: biểu và cấp này đã có ở dòng trên",
        ),
        ({"line-1-level": "ấp"}, "dòng 2: chọn cấp trong danh sách"),
    ],
)
def test_a_line_that_cannot_be_meant_is_named(
    as_: As, world: World, typed: dict[str, str], said: str
) -> None:
    before = world.count("round")

    answer = as_("admin").post("/admin/rounds/new/", **(NEW | typed), step="preview")

    assert answer.status_code == 422 and said in answer.text
    assert world.count("round") == before


def test_a_form_that_comes_to_an_open_round_brings_its_own_days(as_: As, world: World) -> None:
    admin = as_("admin")
    admin.post("/admin/rounds/new/", **NEW, step="open", seen="3")
    [round_] = [one for one in world.services.obligations.rounds() if one.code == "bo-sung"]
    days = {"form": "household_survey", "due": "30/09/2025"}

    wrong = admin.post(f"/admin/rounds/widen/?id={round_.id}", **days, closes="29/09/2025")
    count = world.count("obligation")
    done = admin.post(f"/admin/rounds/widen/?id={round_.id}", **days)

    assert (wrong.status_code, done.status_code) == (303, 303)
    assert world.count("obligation") == count + 3
    found = {(one.form, one.due_on) for one in world.services.rounds.owed(round_.id)}
    assert found == {
        ("households", date(2025, 9, 22)),
        ("household_survey", date(2025, 9, 30)),
    }


def test_a_rule_and_a_contact_are_added_by_the_codes_of_units(as_: As, world: World) -> None:
    admin = as_("admin")
    rule = {"form": "households", "title": "Hai xã", "unit_codes": "01858; 01837"}

    wrong = admin.post("/admin/assignments/new/", **{**rule, "unit_codes": "99999"})
    done = admin.post("/admin/assignments/new/", **rule)
    contact = admin.post(
        "/admin/contacts/new/", org_unit="u-commune", name="Lý Thị Mai", post="Công chức VH-XH"
    )

    assert "Không có đơn vị mang mã 99999." in wrong.text
    assert (done.status_code, contact.status_code) == (303, 303)
    [kept] = world.services.assignments.store.all()
    assert kept.units == {"u-commune", "u-neighbour"}
    assert "01837, 01858" in admin.get(f"/admin/assignments/edit/?id={kept.id}").text
    assert [one.name for one in world.services.assignments.contacts("u-commune")] == ["Lý Thị Mai"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"email": "not-an-email"}, "Địa chỉ thư không đúng dạng"),
        ({"phone": "abc"}, "Số điện thoại không đúng dạng"),
    ],
)
def test_a_contact_that_nobody_could_reach_is_refused(
    as_: As, world: World, wrong: dict[str, str], message: str
) -> None:
    given = {"org_unit": "u-commune", "name": "Lý Thị Mai", "post": "Công chức", **wrong}

    answer = as_("admin").post("/admin/contacts/new/", **given)

    assert message in answer.text and "aria-invalid" in answer.text
    assert world.services.assignments.contacts("u-commune") == []


def test_the_days_of_a_year_are_entered_once_and_leave_what_is_there(as_: As, world: World) -> None:
    admin = as_("admin")

    admin.post("/admin/holidays/year/?year=2025")
    count = world.count("holiday")
    admin.post("/admin/holidays/year/?year=2025")

    assert world.count("holiday") == count
    calendar = world.services.reference.holidays()
    assert calendar.is_working(date(2025, 4, 26))
    assert not calendar.is_working(date(2025, 5, 2))


def test_more_time_is_asked_for_on_one_page_and_granted_on_another(as_: As, world: World) -> None:
    [owed] = world.services.obligations.obligations.find("households", "u-commune", "2024")
    clerk, approver = as_("commune_reporter"), as_("district_approver")
    address = f"/obligations/{owed.id}/extension"
    assert address in clerk.get("/work").text

    short = clerk.post(address, until="31/01/2025", reason="lũ")
    far = clerk.post(address, until="31/12/2099", reason="Lũ quét, đường bị chia cắt.")
    clerk.post(address, until="31/01/2025", reason="Lũ quét, đường bị chia cắt.")
    [request] = world.services.extensions.store.open()
    answer = f"/extensions/{request.id}/answer"
    refused = approver.post(answer, decision="refuse", until="31/01/2025", answer="")
    waits = approver.get("/extensions").text
    approver.post(answer, decision="grant", until="02/02/2025", answer="")

    assert "Muộn nhất là 15/01/2026" in far.text
    assert far.status_code == 422
    assert "Muộn nhất là 15/01/2026" in waits
    assert (
        "Gia hạn đến 02/02/2025, chuyển sang 03/02/2025 vì 02/02 là Chủ nhật."
        in approver.get("/extensions").text
    )
    assert short.status_code == refused.status_code == 422
    assert "Ghi lý do, từ 5 đến 500 ký tự." in short.text
    assert "Lũ quét, đường bị chia cắt." in approver.get("/extensions").text
    found = world.services.obligations.obligations.get(owed.id)
    assert found.excused_until == date(2025, 2, 3)
    assert "Chậm, được gia hạn đến 03/02/2025" in clerk.get("/work").text
    assert as_("other_district_reporter").get(address).status_code == 404


def summary(page: str) -> list[str]:
    """The lines of the summary of mistakes."""
    listed = page.partition('id="error-summary-title"')[2].partition("</ul>")[0]
    return [unescape(line) for line in findall(r"<li>(?:<a[^>]*>)?([^<]+)", listed)]


def test_all_that_is_wrong_is_said_at_once_and_names_its_fields(as_: As, world: World) -> None:
    wrong = NEW | {
        "code": "NAM-2024", "title": "", "phone": "", "period": "2025-Q7", "opens_on": "31/02/2025",
        "letter_on": "24/01/2030", "closes_commune": "mai", "grace_district": "20/01/2025",
        "due_district": "22/01/2025", "line-1-due": "mai",
    }  # fmt: skip

    page = as_("admin").post("/admin/rounds/new/", **wrong, step="preview")
    said = summary(page.text)

    assert page.status_code == 422
    for expected in (
        "Mã đợt: Mã đợt này đã có. Chọn mã khác.",
        "Tên đợt báo cáo: Nhập mục này.",
        "Điện thoại: Nhập mục này.",
        "Kỳ báo cáo: Không có kỳ này. Ví dụ đúng: 2024; 2025-Q1; 2025-07.",
        "Ngày văn bản: Ngày văn bản ở sau hôm nay. Nhập ngày ghi trên công văn.",
    ):
        assert expected in said
    assert any(line.startswith("Ngày mở: ") for line in said)
    assert any(line.startswith("Ngày khóa, xã: ") or "Ngày khóa, X" in line for line in said)
    assert any("phải theo thứ tự" in line for line in said)
    assert any("dòng 2" in line for line in said)
    assert len(said) == len(set(said))


def test_a_letter_of_tomorrow_is_taken_and_every_type_of_period_is_offered(
    as_: As, world: World
) -> None:
    page = as_("admin").post(
        "/admin/rounds/new/", **(NEW | {"letter_on": "25/01/2025"}), step="preview"
    )
    offered = page.text.partition('<datalist id="periods">')[2].partition("</datalist>")[0]

    assert page.status_code == 200
    for id_ in ("2025", "2025-S1", "2025-Q1", "2025-01", "2024-SY", "2021-Y5", "2021-T5",
                "2025-C1214", "2025-02-C14"):  # fmt: skip
        assert f'<option value="{id_}">' in offered


def test_the_preview_and_the_round_explain_all_four_dates(as_: As, world: World) -> None:
    admin = as_("admin")
    given = NEW | {"line-1-grace": "27/09/2025"}

    preview = admin.post("/admin/rounds/new/", **given, step="preview").text
    admin.post("/admin/rounds/new/", **given, step="open", seen="3")
    [round_] = [one for one in world.services.obligations.rounds() if one.code == "bo-sung"]
    page = admin.get(f"/admin/rounds/details/?id={round_.id}").text

    for shown in (preview, page):
        assert "mở 20/01/2025 theo công văn" in shown
        assert "hạn 22/09/2025 theo công văn" in shown
        assert "tính chậm sau 27/09/2025 theo công văn, chuyển sang 29/09/2025" in shown
        assert "khóa sau 24/10/2025 theo công văn" in shown


@pytest.mark.parametrize("period", ["9999", "9998-Y5", "2200"])
def test_a_period_beyond_the_calendar_is_refused_by_the_page(
    as_: As, world: World, period: str
) -> None:
    page = as_("admin").post("/admin/rounds/new/", **(NEW | {"period": period}), step="preview")

    assert page.status_code == 422 and "Không có kỳ này" in page.text
