"""Đôn đốc and the plans of reminders: whom an officer reaches, what is kept, what is refused."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest

from server.core.directory import Contact
from server.core.obligation import Progress
from server.core.ports import Mail
from server.hooks import Letter
from server.hooks.manager import Plugins
from server.services.urging_log import LogRow
from tests.web.admin.conftest import As, with_reminders
from tests.world import World


def late_ids(world: World, username: str = "district_approver") -> list[str]:
    lines = world.services.urging.late(world.actor(username), form="households")
    return [line.obligation.id for line in lines]


def test_an_officer_sees_the_late_units_below_and_no_others(as_: As, reached: World) -> None:
    page = as_("district_approver").get("/urging?form=households")

    assert page.text.count('name="chosen"') == 2
    assert "Chợ Rã" not in page.text and "Chậm 9 ngày" in page.text


def test_a_unit_is_written_to_once_a_day_unless_it_is_said_again(as_: As, reached: World) -> None:
    officer, ids = as_("district_approver"), late_ids(reached)
    fields = {"chosen": ids, "text": "Đề nghị gửi trong ngày."}

    for more, mails in (({}, 2), ({}, 2), ({"again": "yes"}, 4)):
        assert officer.post("/urging/mail", **fields, **more).status_code == 303
        assert reached.count("mail WHERE kind = 'urging'") == mails
    page = officer.get("/urging")
    assert "Hôm nay đã nhắc rồi: Bộc Bố, Cổ Linh" in page.text.replace("Xã ", "")
    assert reached.count("event WHERE name = 'obligation.urged_by_mail'") == 4


def excused(world: World, id_: str) -> None:
    store = world.services.urging.obligations
    with world.application.database.transaction():
        store.excuse(id_, date(2025, 1, 26), "công chức nghỉ thai sản")


def test_a_report_within_its_extension_is_not_urged_as_late(as_: As, reached: World) -> None:
    """It stands apart with the day of its extension: not counted, not ticked, not written to."""
    officer, [first, second] = as_("district_approver"), late_ids(reached)
    excused(reached, first)

    page = officer.get(f"/urging?form=households&chosen={first}").text
    late, _, apart = page.partition("Báo cáo đang được gia hạn")
    officer.post("/urging/mail", chosen=[first, second], text="Đề nghị gửi.")

    assert page.count('name="chosen"') == 1 and f'value="{second}"' in late
    assert f"/urging/reports/{first}" in apart and f"/urging/reports/{first}" not in late
    assert "Chậm, được gia hạn đến 26/01/2025" in apart and "Chưa nhập" not in apart
    assert re.search(r"Báo cáo chậm</[a-z]+>\s*<[^>]+>1<", page)
    assert reached.count(f"urging WHERE obligation_id = '{first}'") == 0
    assert reached.count(f"urging WHERE obligation_id = '{second}'") == 1
    assert "đang được gia hạn" in officer.get("/urging").text


def test_the_words_to_copy_know_the_extension(reached: World) -> None:
    [first, second], actor = late_ids(reached), reached.actor("district_approver")
    excused(reached, first)

    said = reached.services.urging.text_to_copy(actor, first)
    other = reached.services.urging.text_to_copy(actor, second)

    assert "hạn gửi 15/01/2025, được gia hạn đến 26/01/2025" in said and "quá hạn" not in said
    assert "đã quá hạn 9 ngày" in other and "gia hạn" not in other


def test_the_page_says_whom_the_system_reminded_today_before_a_mail_is_written(
    as_: As, reached: World
) -> None:
    with_reminders(reached)
    officer = as_("district_approver")

    before = officer.get("/urging?form=households").text
    reached.services.reminders.send_due(date(2025, 1, 24))
    after = officer.get("/urging?form=households").text

    said = "Hệ thống đã nhắc hôm nay"
    assert said not in before and after.count(said) == 2 + 1  # each line, and where one writes
    [card] = re.findall(r'(?s)<section class="card" aria-labelledby="write">.*?</section>', after)
    assert said in card and "Bộc Bố" in card and "Cổ Linh" in card
    report = officer.get(f"/urging/reports/{late_ids(reached)[0]}").text
    assert said in report


def test_units_of_another_district_cannot_be_urged(as_: As, reached: World) -> None:
    officer = as_("district_approver")
    [far] = set(late_ids(reached, "province_approver")) - set(late_ids(reached))

    officer.post("/urging/mail", chosen=[far], text="Đề nghị gửi.")

    assert reached.count("urging") == reached.count("mail WHERE kind = 'urging'") == 0
    assert officer.get(f"/urging/reports/{far}").status_code == 404
    assert officer.post(f"/urging/reports/{far}", kind="call", text="đã gọi").status_code == 404


def test_a_call_is_kept_with_what_was_promised(as_: As, reached: World) -> None:
    officer, [first, *_rest] = as_("district_approver"), late_ids(reached)
    address = f"/urging/reports/{first}"

    refused = officer.post(address, kind="call", text="đã gọi", promised_on="mai")
    kept = officer.post(address, kind="call", text="đã gọi, hẹn 27/01", promised_on="27/01/2025")

    assert (refused.status_code, kept.status_code) == (422, 303)
    page = officer.get(address)
    assert "đã gọi, hẹn 27/01" in page.text and "Kính gửi UBND" in page.text
    assert "hẹn 27/01/2025" in officer.get("/urging").text


def test_the_log_tells_each_delivery_with_the_answer_of_the_server(as_: As, reached: World) -> None:
    as_("district_approver").post("/urging/mail", chosen=late_ids(reached), text="=1+1")
    reached.services.mail.flush()

    answer = as_("district_approver").get("/urging/evidence?form=households")

    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][0] == "Đơn vị báo cáo" and len(rows) == 3
    assert {row[7] for row in rows[1:]} == {"Đã gửi"}
    assert all(row[9].startswith("250 took <urging.") for row in rows[1:])
    assert {row[10] for row in rows[1:]} == {"'=1+1"}  # no spreadsheet runs what was typed


@pytest.mark.parametrize("username", ["admin", "province_reader"])
def test_who_reads_and_who_administers_see_the_log_and_urge_nobody(
    as_: As, reached: World, username: str
) -> None:
    as_("district_approver").post("/urging/mail", chosen=late_ids(reached), text="Đề nghị gửi.")
    reached.services.mail.flush()
    reader, actor = as_(username), reached.actor(username)

    page, sheet = reader.get("/urging/log"), reader.get("/urging/evidence")

    assert page.status_code == 200 and "u-commune@x.example" in page.text
    assert "250 took" in sheet.text and 'href="/urging/log"' in reader.get("/account").text
    assert 'href="/urging"' not in page.text and reader.get("/urging").status_code == 403
    units = {unit.id for unit in reached.services.urging_evidence.units(actor)}
    assert {"u-commune", "u-far", "u-province"} <= units
    paper = reached.services.urging_logs.letter(actor, "u-commune", [], [])
    assert paper.office == "UBND BẮC KẠN"
    assert reached.services.urging.below(actor) == frozenset()


def test_the_log_of_one_unit_is_printed_with_the_classes_of_lateness(
    as_: As, reached: World
) -> None:
    officer = as_("district_approver")
    officer.post("/urging/mail", chosen=late_ids(reached), text="Đề nghị gửi.")
    reached.services.mail.flush()
    evidence, actor = reached.services.urging_evidence, reached.actor("district_approver")

    page = officer.get("/urging/log?unit=u-commune")
    rows = [
        LogRow("24/01/2025 10:00", one.form, one.way, one.recipient or "", one.outcome)
        for one in evidence.all(actor, unit="u-commune")
    ]
    owed = reached.services.urging_logs._owed("u-commune", "households", None)
    paper = reached.services.urging_logs.letter(actor, "u-commune", rows, owed)

    assert "250 took" in page.text and "u-neighbour@x.example" not in page.text
    assert officer.get("/urging/log?unit=u-far").text.count("<tbody>") == 0
    assert officer.get("/urging/log/u-far.pdf").status_code == 404
    assert paper.addressees == () and len(paper.grid.rows) == 1  # type: ignore[union-attr]
    assert paper.paragraphs[1].endswith(
        "hạn gửi 15/01/2025, chưa gửi, chậm 9 ngày (từ 5 đến 10 ngày)."
    )


def test_the_paper_of_a_unit_comes_out_of_the_printer(
    as_: As, reached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[Letter] = []

    class Printer:
        code, extension, media_type, prints_letters = "pdf", "pdf", "application/pdf", True

        def print_letter(self, letter: Letter, path: Path) -> None:
            printed.append(letter)
            path.write_bytes(b"%PDF-1.7")

    officer = as_("district_approver")
    officer.post("/urging/mail", chosen=late_ids(reached), text="Đề nghị gửi.")
    monkeypatch.setattr(Plugins, "printers", lambda _self: [Printer()])

    answer = officer.get("/urging/log/u-commune.pdf?form=households")

    assert (answer.data, answer.mimetype) == (b"%PDF-1.7", "application/pdf")
    assert "nhat-ky-don-doc-01858-2025-01-24.pdf" in answer.headers["Content-Disposition"]
    [row] = printed[0].grid.rows  # type: ignore[union-attr]
    assert row.cells[3] == "Thư đôn đốc của cán bộ, district approver: u-commune@x.example"
    assert row.cells[4] == "Chờ gửi. Đề nghị gửi."
    assert "In nhật ký của đơn vị (PDF)" in officer.get("/urging/log?unit=u-commune").text


def test_an_administrator_urges_nobody_and_the_menu_agrees(as_: As, reached: World) -> None:
    admin, signer = as_("admin"), as_("commune_signer")

    assert admin.get("/urging").status_code == 403
    for visitor in (admin, signer):
        board = visitor.get("/progress/board?form=households&period=2024").text
        assert "Chậm 9 ngày" in board
        assert 'href="/urging' not in board.replace('href="/urging/log"', "")
    assert 'href="/urging' in as_("province_approver").get("/progress/board").text
    assert not reached.services.urging.below(reached.actor("admin"))


def test_whom_to_call_and_whom_to_ask_come_from_the_directory_of_the_day(
    as_: As, reached: World
) -> None:
    directory, actor = reached.services.assignments, reached.actor("admin")
    for name, unit, until in (
        ("Nông Văn Cũ", "u-commune", date(2024, 12, 31)),
        ("Lý Thị Mai", "u-commune", None),
        ("Hoàng Văn Tân", "u-district", None),
    ):
        contact = Contact(unit, name, "Công chức", "0209 111", valid_to=until)
        directory.save_contact(actor, contact)
    officer, ids = reached.actor("district_approver"), late_ids(reached)
    lines = reached.services.urging.of(officer, ids)
    [mine] = [one.obligation.id for one in lines if one.unit.id == "u-commune"]

    page = as_("district_approver").get(f"/urging/reports/{mine}").text
    letter = reached.services.urging_letters.letter(officer, lines, number="")

    assert "Lý Thị Mai" in page and 'href="tel:0209111"' in page and "Nông Văn Cũ" not in page
    assert "(Hoàng Văn Tân, Công chức, điện thoại 0209 111)" in letter.closing[0]


def test_a_report_that_was_sent_is_not_late(as_: As, reached: World) -> None:
    [first, *_rest] = late_ids(reached)
    store = reached.services.urging.obligations
    with reached.application.database.transaction():
        store.set_progress(first, Progress.SENT, sent_at=reached.services.clock.now())

    assert first not in late_ids(reached)
    assert as_("district_approver").get(f"/urging/reports/{first}").status_code == 404


def step(**changes: object) -> dict[str, object]:
    fields = {
        "steps-0-days": "-3", "steps-0-recipients": ["unit", "superior"],
        "steps-0-channel": "email", "steps-0-mandatory": "yes", "count": "1", "active": "yes",
        "form": "households", "seen": "0",
    }  # fmt: skip
    return fields | {name.replace("_", "-"): value for name, value in changes.items()}


def test_a_plan_is_kept_by_version_and_an_unknown_placeholder_is_refused_with_its_place(
    as_: As, reached: World
) -> None:
    admin, plans = as_("admin"), reached.services.reminder_plans
    address = "/admin/reminder-plans/plan?form=households"
    words = {"steps-0-subject-vi": "Hạn {due}", "steps-0-body-vi": "Gửi {unit}\n{unit.email}"}

    refused = admin.post(address, **step(), **words)
    kept = admin.post(address, **step(), **(words | {"steps-0-body-vi": "Gửi {unit}"}))
    stale = admin.post(address, **step())

    assert "không có chỗ điền {unit.email} (dòng 2, cột 1)" in refused.text
    assert (refused.status_code, kept.status_code, stale.status_code) == (422, 303, 422)
    force = plans.in_force("households")
    assert (force.source, force.version, [one.code for one in force.plan.steps]) == (
        "form", 1, ["D-3"],
    )  # fmt: skip
    assert admin.post(address, **step(seen="1", action="reset")).status_code == 303
    assert plans.in_force("households").source != "form"
    assert [one.version for one in plans.history("households")] == [2, 1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps-0-days": "400"}, "ghi số ngày so với hạn"),
        ({"steps-0-recipients": []}, "chọn ít nhất một nơi nhận"),
        ({"steps-0-channel": "fax"}, "chọn cách gửi trong danh sách"),
        ({"steps-0-subject-vi": "Hạn"}, "ghi cả tiêu đề và nội dung"),
        ({"steps-0-subject-vi": "Hạn }", "steps-0-body-vi": "x"}, "thừa dấu }"),
        ({"count": "0"}, "Kế hoạch có từ 1 đến 20 lần nhắc"),
    ],
)
def test_a_plan_with_a_mistake_says_where(
    as_: As, reached: World, changes: dict[str, object], message: str
) -> None:
    page = as_("admin").post("/admin/reminder-plans/plan", **(step() | changes))

    assert page.status_code == 422 and message in page.text
    assert reached.count("reminder_plan") == 0


def test_a_person_may_decline_what_is_not_mandatory(as_: As, reached: World) -> None:
    assert as_("commune_reporter").post(
        "/account/mails", only_mandatory="yes", language="en"
    ).status_code == 303  # fmt: skip

    wish = reached.services.mail_wishes.of(reached.actor("commune_reporter"))
    assert (wish.only_mandatory, wish.language) == (True, "en")
    assert "checked" in as_("commune_reporter").get("/account").text


def test_a_mail_that_was_given_up_is_sent_again_and_one_that_came_back_is_noted(
    as_: As, reached: World
) -> None:
    desk, admin = reached.services.mail, as_("admin")
    with reached.application.database.transaction():
        for name in ("a", "b"):
            desk.store.add(
                Mail(f"<{name}@x.example>", "a@x.example", "Nhắc", "Kính gửi."), kind="reminder",
                obligation=None, step=None, created_at=reached.services.clock.now(),
            )  # fmt: skip
        desk.store.failed("<a@x.example>", reached.services.clock.now(), "550 no", None)
        desk.store.sent("<b@x.example>", reached.services.clock.now(), "250 ok")
    dead, sent = (desk.store.find(f"<{name}@x.example>") for name in ("a", "b"))
    assert dead is not None and sent is not None

    admin.post(f"/admin/mails/retry?id={dead.id}")
    admin.post(f"/admin/mails/returned?id={sent.id}", why="hộp thư đầy")

    assert desk.store.find("<a@x.example>").state == "waiting"  # type: ignore[union-attr]
    assert "Không đến nơi" in admin.get(f"/admin/mails/details/?id={sent.id}").text
    assert "hộp thư đầy" in admin.get(f"/admin/mails/details/?id={sent.id}").text
