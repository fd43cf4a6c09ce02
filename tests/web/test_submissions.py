"""The clerk's and the signer's pages over real services: work, report, events, receipt, history."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from server.core.access import Role
from server.core.submission import Change
from server.services.review import SubmissionView
from tests.filling_world import PASSWORD, Seeded, copied, example_rows, seed
from tests.web.conftest import Browser
from tests.world import GOOD, World

FORM = "population_ethnic"
SENT = re.compile(
    r"Đã gửi báo cáo\. Mã tiếp nhận BK24-HO01-01858-1, lúc 10:00 ngày 24/01/2025\. "
    r"Pác Nặm kiểm tra, hạn 31/01/2025\."
)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def as_(world: World, username: str) -> Browser:
    return Browser(world.application.web().test_client()).sign_in(username, PASSWORD)


def start(world: World, form: str = "households", **more: object) -> SubmissionView:
    return world.services.submissions.start(
        world.actor("commune_reporter"),
        form=form,
        org_unit="u-commune",
        period="2024",
        **more,  # type: ignore[arg-type]
    )


def decide(world: World, view: SubmissionView, username: str, event: str) -> SubmissionView:
    supplied = {"note": "Số liệu chưa khớp."} if event == "return" else {}
    return world.services.approvals.decide(
        world.actor(username), view.submission.id, event, seen=view.submission.edit,
        supplied=supplied,
    )  # fmt: skip


def text(answer: TestResponse) -> str:
    """What a person reads: no tags, single spaces."""
    body = re.sub(
        r"<(script|style|template)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.S
    )
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def address(view: SubmissionView, rest: str = "") -> str:
    return f"/submissions/{view.submission.id}{rest}"


def edit_of(answer: TestResponse) -> str:
    found = re.search(r'name="edit" value="(\d+)"', answer.get_data(as_text=True))
    assert found is not None
    return found.group(1)


def test_work_lists_what_is_owed_with_due_day_state_and_one_action(world: World) -> None:
    start(world, FORM, answers={"rows": {"02": {"rural_male": 3}}})

    shown = text(as_(world, "commune_reporter").get("/work"))

    assert "Báo cáo phải gửi (4)" in shown
    assert "kỳ năm 2024 · hạn 15/01/2025" in shown
    assert "Đang nhập (còn thiếu 1 ô) Chậm 9 ngày Đề nghị gia hạn" in shown
    assert ("Chưa nhập Chậm 45 ngày" in shown, shown.count("Nhập số liệu :")) == (True, 3)
    assert shown.count("Tiếp tục nhập :") == 1


def test_a_reader_without_work_gets_a_first_step(world: World) -> None:
    shown = text(as_(world, "province_reader").get("/work"))

    assert "Không có việc nào chờ anh/chị" in shown
    assert "Tra cứu số liệu" in shown


def test_starting_opens_the_report_and_a_second_start_opens_the_same(world: World) -> None:
    visitor = as_(world, "commune_reporter")
    visitor.get("/work")
    fields = {"form": "households", "org_unit": "u-commune", "period": "2024", "round": ""}

    first = visitor.post("/submissions/start", fields)
    second = visitor.post("/submissions/start", fields)

    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert visitor.get(first.location).status_code == 200


def test_who_may_fill_gets_inputs_and_everybody_else_reads(world: World) -> None:
    view = start(world, FORM, answers={"rows": {"02": {"rural_male": 1574}}})

    clerk = as_(world, "commune_reporter").get(address(view)).get_data(as_text=True)
    reader = as_(world, "province_reader").get(address(view)).get_data(as_text=True)

    assert 'role="grid"' in clerk and 'id="program"' in clerk
    assert 'role="grid"' not in reader and 'id="program"' not in reader
    assert ">1.574</td>" in clerk and ">1.574</td>" in reader
    assert "Chỉ người lập biểu của đơn vị nhập được số liệu." in reader


@pytest.mark.parametrize(
    "rest", ["", "/review?event=submit", "/history", "/receipt", "/print", "/revisions/1"]
)
def test_a_report_out_of_scope_is_not_found_on_any_of_its_pages(world: World, rest: str) -> None:
    view = start(world)

    stranger = as_(world, "other_district_reporter").get(address(view, rest))
    nothing = as_(world, "other_district_reporter").get(f"/submissions/none{rest}")

    assert stranger.status_code == nothing.status_code == 404
    assert text(stranger) == text(nothing)


def test_no_page_has_a_number_input_or_anything_inline(world: World) -> None:
    view = start(world, FORM)
    visitor = as_(world, "commune_reporter")

    for path in ("/work", "/sent", address(view), address(view, "/history"), address(view, "/nil")):
        html = visitor.get(path).get_data(as_text=True)
        assert 'type="number"' not in html
        assert not re.search(r"<[a-z][^>]*\s(style|on[a-z]+)=", html), path
        assert not re.search(r"<script(?![^>]*\b(src=|type=\"application/json\"))", html), path


def test_the_program_in_the_page_cannot_end_its_own_element(world: World) -> None:
    view = start(world, answers={**GOOD, "note": "</script><script>alert(1)</script>"})

    html = as_(world, "commune_reporter").get(address(view)).get_data(as_text=True)

    assert "<script>alert(1)" not in html


def test_the_check_page_blocks_on_errors_and_names_the_cell(world: World) -> None:
    view = start(world, answers={"people": {"male": 1, "female": 1}, "households": 6})
    visitor = as_(world, "commune_reporter")

    answer = visitor.get(address(view, "/review?event=submit"))

    assert "Lỗi: có 1 nội dung cần sửa trước khi gửi" in text(answer)
    assert f'href="{address(view)}#/households"' in answer.get_data(as_text=True)
    assert ">Trình ký</button>" not in answer.get_data(as_text=True)


def test_a_warning_asks_for_a_reason_that_the_approver_reads(world: World) -> None:
    view = start(world, answers={"people": {"male": 120, "female": 130}, "households": 6})
    visitor = as_(world, "commune_reporter")
    page = visitor.get(address(view, "/review?event=submit"))
    fields = {
        "edit": edit_of(page),
        "reason-0-code": "crowded",
        "reason-0-path": "/households",
        "reason-0": "",
    }

    refused = visitor.post(address(view, "/events/submit"), fields)
    sent = visitor.post(
        address(view, "/events/submit"), fields | {"reason-0": "Nhiều thế hệ ở chung."}
    )
    signer = as_(world, "commune_signer").get(address(view, "/review?event=sign"))

    assert refused.status_code == 422
    assert "Ghi lý do (ít nhất 5 ký tự) cho cảnh báo này." in text(refused)
    assert sent.status_code == 303
    assert "Lý do: Nhiều thế hệ ở chung." in text(signer)


def test_signing_gives_a_receipt_and_sending_the_page_again_gives_the_same(world: World) -> None:
    view = decide(world, start(world, answers=GOOD), "commune_reporter", "submit")
    visitor = as_(world, "commune_signer")
    fields = {"edit": edit_of(visitor.get(address(view, "/review?event=sign")))}

    answers = [visitor.post(address(view, "/events/sign"), fields) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {303}
    assert {answer.location for answer in answers} == {address(view, "/receipt")}
    assert SENT.search(text(visitor.get(address(view, "/receipt"))))
    history = world.services.submissions.history(world.actor("commune_signer"), view.submission.id)
    assert [event.name for event in history].count("submission.sign") == 1


def test_a_page_that_is_no_longer_current_is_explained_and_shows_what_stands_now(
    world: World,
) -> None:
    view = start(world, answers=GOOD)
    visitor = as_(world, "commune_reporter")
    fields = {"edit": edit_of(visitor.get(address(view, "/review?event=submit")))}
    world.services.submissions.save_cells(
        world.actor("commune_reporter"), view.submission.id, [Change("/households", 6, 7)]
    )

    answer = visitor.post(address(view, "/events/submit"), fields)

    assert answer.status_code == 412
    assert "sau khi anh/chị mở trang này" in text(answer)
    assert int(edit_of(answer)) > int(fields["edit"])
    now = world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)
    assert now.submission.state == "draft"


def test_a_return_needs_its_reason_and_the_clerk_reads_it_on_top(world: World) -> None:
    view = decide(world, start(world, answers=GOOD), "commune_reporter", "submit")
    view = decide(world, view, "commune_signer", "sign")
    visitor = as_(world, "district_approver")
    fields = {"edit": edit_of(visitor.get(address(view, "/review?event=return")))}

    refused = visitor.post(address(view, "/events/return"), fields)
    done = visitor.post(
        address(view, "/events/return"), fields | {"input-note": "Số hộ chưa khớp sổ."}
    )
    clerk = text(as_(world, "commune_reporter").get(address(view)))

    assert refused.status_code == 422 and "Nhập Lý do." in text(refused)
    assert done.status_code == 303
    assert "Pác Nặm trả lại để sửa lúc 10:00 24/01/2025. Lý do: Số hộ chưa khớp sổ." in clerk
    assert "Gửi lại trước 17 giờ ngày" in clerk


def test_the_paper_path_asks_for_the_signed_letter_and_takes_vietnamese_days(world: World) -> None:
    view = start(world, answers=GOOD)
    visitor = as_(world, "commune_reporter")
    fields = {
        "edit": edit_of(visitor.get(address(view, "/review?event=send"))),
        "input-signer_title": "Chủ tịch",
        "input-letter_number": "12/BC-UBND",
        "input-signed_on": "31/02/2025",
    }

    refused = visitor.post(address(view, "/events/send"), fields)
    sent = visitor.post(address(view, "/events/send"), fields | {"input-signed_on": "14/1/2025"})
    past = text(as_(world, "commune_reporter").get(address(view, "/history")))

    assert refused.status_code == 422 and "nhập ngày/tháng/năm" in text(refused)
    assert 'value="31/02/2025"' in refused.get_data(as_text=True)
    assert sent.status_code == 303
    assert "Số, ký hiệu văn bản: 12/BC-UBND" in past and "Ngày ký: 14/01/2025" in past


def test_nothing_arose_is_one_button_one_question_and_can_be_taken_back(world: World) -> None:
    view = start(world, answers=GOOD)
    visitor = as_(world, "commune_reporter")
    asked = visitor.get(address(view, "/nil"))

    visitor.post(address(view, "/nil"), {"edit": edit_of(asked)})
    shown = visitor.get(address(view))
    visitor.post(address(view, "/nil"), {"edit": edit_of(shown), "nil": "no"})

    assert "Số liệu đã nhập trong báo cáo này sẽ được bỏ trống." in text(asked)
    assert "Báo cáo không phát sinh" in text(shown)
    now = world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)
    assert not now.submission.nil


def test_history_names_changed_cells_with_both_values_between_two_sendings(world: World) -> None:
    view = decide(world, start(world, answers=GOOD), "commune_reporter", "submit")
    view = decide(world, view, "commune_signer", "sign")
    view = decide(world, view, "district_approver", "return")
    world.services.submissions.save_cells(
        world.actor("commune_reporter"), view.submission.id, [Change("/people/male", 12, 1300)]
    )

    shown = text(as_(world, "commune_reporter").get(address(view, "/history?from=1")))

    assert "Thay đổi từ lần gửi 1 đến nay (1)" in shown
    assert "Nhân khẩu: Nam 12 1.300" in shown or "Nam 12 1.300" in shown
    assert "BK24-HO01-01858-1" in shown
    assert "Lý do: Số liệu chưa khớp." in shown


def test_rows_that_sealing_marks_as_none_arose_are_no_change(world: World) -> None:
    rows = example_rows()
    view = start(world, FORM, answers={"rows": rows})
    reasons = [
        {"code": finding.code, "path": finding.path, "text": "Đúng theo sổ."}
        for finding in view.verdict.findings
    ]
    for username, event in (("commune_reporter", "submit"), ("commune_signer", "sign")):
        view = world.services.approvals.decide(
            world.actor(username), view.submission.id, event,
            seen=view.submission.edit, reasons=reasons,
        )  # fmt: skip
    view = decide(world, view, "district_approver", "return")

    shown = text(as_(world, "commune_reporter").get(address(view, "/history?from=1")))

    assert "Thay đổi từ lần gửi 1 đến nay (0)" in shown
    assert as_(world, "commune_reporter").get(address(view, "/revisions/1")).status_code == 200


def test_the_print_is_a_pdf(world: World) -> None:
    view = start(world, answers=GOOD)

    answer = as_(world, "commune_reporter").client.get(address(view, "/print"))

    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    answer.close()


@pytest.mark.parametrize("posted", ["", "abc", "-1", "9" * 30])
def test_an_event_without_a_readable_edit_changes_nothing(world: World, posted: str) -> None:
    view = start(world, answers=GOOD)
    visitor = as_(world, "commune_reporter")
    visitor.get(address(view))

    answer = visitor.post(address(view, "/events/submit"), {"edit": posted})

    assert answer.status_code == 400
    now = world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)
    assert now.submission.state == "draft"


def test_an_event_of_another_role_is_not_carried_out(world: World) -> None:
    view = start(world, answers=GOOD)
    visitor = as_(world, "commune_signer")
    visitor.get(address(view))

    answer = visitor.post(address(view, "/events/submit"), {"edit": str(view.submission.edit)})

    assert answer.status_code == 303 and answer.location == address(view)
    now = world.services.submissions.get(world.actor("commune_signer"), view.submission.id)
    assert now.submission.state == "draft"


def test_sent_lists_what_has_left_the_unit(world: World) -> None:
    view = decide(world, start(world, answers=GOOD), "commune_reporter", "submit")
    decide(world, view, "commune_signer", "sign")
    visitor = as_(world, "commune_reporter")

    shown = text(visitor.get("/sent"))

    assert "Đã gửi, chờ huyện duyệt" in shown and "24/01/2025" in shown


def test_signers_and_approvers_find_what_waits_for_them(world: World) -> None:
    view = decide(world, start(world, answers=GOOD), "commune_reporter", "submit")

    signer = text(as_(world, "commune_signer").get("/work"))
    decide(world, view, "commune_signer", "sign")
    approver = text(as_(world, "district_approver").get("/work"))

    assert "Chờ tôi ký (1)" in signer and "Xem và ký" in signer
    assert "Có 2 báo cáo chờ duyệt." in approver  # and last year's


def test_only_reporters_reach_the_pages_for_filling(world: World) -> None:
    view = start(world)
    visitor = as_(world, "province_reader")

    assert visitor.get("/sent").status_code == 403
    assert visitor.get(address(view, "/nil")).status_code == 403
    assert Role.READER in {grant.role for grant in world.actor("province_reader").grants}
