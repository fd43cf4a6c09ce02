"""Rounds, rules, contacts and extensions by their pages."""

from datetime import date
from io import BytesIO

import pytest

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
    clerk.post(address, until="31/01/2025", reason="Lũ quét, đường bị chia cắt.")
    [request] = world.services.extensions.store.open()
    answer = f"/extensions/{request.id}/answer"
    refused = approver.post(answer, decision="refuse", until="31/01/2025", answer="")
    approver.post(answer, decision="grant", until="30/01/2025", answer="")

    assert short.status_code == refused.status_code == 422
    assert "Ghi lý do, từ 5 đến 500 ký tự." in short.text
    assert "Lũ quét, đường bị chia cắt." in approver.get("/extensions").text
    found = world.services.obligations.obligations.get(owed.id)
    assert found.excused_until == date(2025, 1, 30)
    assert "Chậm, được gia hạn đến 30/01/2025" in clerk.get("/work").text
    assert as_("other_district_reporter").get(address).status_code == 404
