"""The bar of parts, who is at a report, and attached files: pages that work without scripts."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from werkzeug.test import TestResponse

from server.services.review import SubmissionView
from server.web.headers import SANDBOXED
from tests.divided import PEOPLE, ROADS, divide, start
from tests.filling_world import PASSWORD, Seeded, copied, seed
from tests.web.conftest import Browser
from tests.web.test_submissions import address, text
from tests.world import World

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n%%EOF\n"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("hands"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        known = dict(found.accounts)
        divide(found)
        hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        for username, _role, _unit in PEOPLE:
            account = found.accounts[username]
            found.services.accounts.store.set_password(account, hashed, must_change=False)
        yield found
        found.accounts.clear()
        found.accounts.update(known)


@pytest.fixture
def view(world: World) -> SubmissionView:
    return start(world)


def as_(world: World, username: str) -> Browser:
    return Browser(world.application.web().test_client()).sign_in(username, PASSWORD)


def act(browser: Browser, view: SubmissionView, part: str, action: str, **more: str) -> str:
    """What the person reads after pressing a button of the bar."""
    browser.get(address(view))
    answer = browser.post(address(view, "/parts"), {"part": part, "action": action, **more})
    assert answer.status_code == 303, text(answer)
    return text(browser.get(answer.headers["Location"]))


def upload(browser: Browser, view: SubmissionView, name: str, content: bytes, **more: str) -> str:
    browser.get(address(view))
    answer = browser.client.post(
        address(view, "/attachments"),
        data={"csrf_token": browser.token, "file": (BytesIO(content), name), **more},
    )
    assert answer.status_code == 303, text(answer)
    return text(browser.get(answer.headers["Location"]))


def test_the_bar_says_whose_part_is_how_far(world: World, view: SubmissionView) -> None:
    shown = text(as_(world, "commune_reporter").get(address(view)))

    assert "Phần của Sở Giao thông vận tải Chưa xong Cầu, Đường, Công trình" in shown
    assert "Xong khi trình ký hoặc gửi báo cáo." in shown
    assert "Gửi không chờ phần này" in shown
    assert "Xong phần này" not in shown


def test_the_department_finds_its_part_fills_it_and_hands_it_in(
    world: World, view: SubmissionView
) -> None:
    clerk = as_(world, "roads_reporter")
    assert "Phần của Sở Giao thông vận tải trong báo cáo của" in text(clerk.get("/work"))

    page = clerk.get(address(view)).get_data(as_text=True)
    assert re.search(r'<output[^>]*id="/households"', page)
    assert re.search(r'<input[^>]*id="/bridges"', page)
    assert re.search(r'id="/lines/dirt/count" class="cell cell-locked part-locked', page)
    assert re.search(r'id="/lines/dirt/length" class="cell cell-typed', page)
    assert "Báo không phát sinh" not in page
    shown = act(clerk, view, ROADS, "hand_in")
    assert "Đã báo xong phần này. Các ô của phần đã khóa." in shown
    assert "Đã xong roads reporter báo xong lúc 10:00 ngày 24/01/2025" in shown
    assert "Phần tôi phải nhập" not in text(clerk.get("/work"))
    assert "Đã mở lại phần này." in act(clerk, view, ROADS, "take_back")


def test_the_report_is_not_passed_on_before_and_says_what_to_do(
    world: World, view: SubmissionView
) -> None:
    clerk = as_(world, "commune_reporter")
    page = clerk.get(address(view, "/review?event=submit"))
    edit = re.search(r'name="edit" value="(\d+)"', page.get_data(as_text=True))
    assert edit is not None

    refused = clerk.post(address(view, "/events/submit"), {"edit": edit[1]})
    assert refused.status_code == 409
    assert "Phần của Sở Giao thông vận tải chưa xong. Chờ báo xong" in text(refused)
    shown = act(clerk, view, ROADS, "waive", reason="ab", event="submit")
    assert "Ghi lý do không chờ phần này (từ 5 đến 500 ký tự)" in shown
    shown = act(clerk, view, ROADS, "waive", reason="Sở hẹn tháng sau.", event="submit")
    assert "commune reporter: không chờ, lý do: Sở hẹn tháng sau." in shown
    assert clerk.post(address(view, "/events/submit"), {"edit": edit[1]}).status_code == 303


def test_a_section_is_given_to_a_colleague(world: World, view: SubmissionView) -> None:
    clerk = as_(world, "commune_reporter")
    second = world.accounts["commune_second"]

    shown = act(clerk, view, "unit.main", "assign", assignee=second)
    assert "Phần “Hộ và nhân khẩu” Chưa xong Giao cho commune second" in shown
    other = as_(world, "commune_second")
    assert "Phần “Hộ và nhân khẩu” giao cho anh/chị" in text(other.get("/work"))
    wrong = act(clerk, view, "unit.main", "assign", assignee=world.accounts["roads_reporter"])
    assert "Người được chọn không nhập số liệu cho đơn vị này." in wrong


def test_a_second_press_says_that_somebody_was_quicker(world: World, view: SubmissionView) -> None:
    clerk = as_(world, "roads_reporter")
    act(clerk, view, ROADS, "hand_in")

    assert "Phần này vừa được người khác thay đổi." in act(clerk, view, ROADS, "hand_in")


@pytest.mark.parametrize("action", ["", "hand-in", "__init__"])
def test_an_unknown_action_is_refused(world: World, view: SubmissionView, action: str) -> None:
    clerk = as_(world, "roads_reporter")
    answer = clerk.post(address(view, "/parts"), {"part": ROADS, "action": action})

    assert answer.status_code == 400


def test_a_form_without_parts_shows_no_bar_of_parts(world: World) -> None:
    undivided = world.services.submissions.start(
        world.actor("commune_reporter"), form="households", org_unit="u-commune", period="2024"
    )
    page = as_(world, "commune_reporter").get(address(undivided)).get_data(as_text=True)

    assert 'class="parts-list"' not in page
    assert "Giao một phần cho người khác" in page
    assert not re.search(r'class="[^"]*part-locked', page)


# Who is at it


def test_the_beat_answers_with_sentences(world: World, view: SubmissionView) -> None:
    first, second = as_(world, "commune_reporter"), as_(world, "roads_reporter")
    first.post(address(view, "/presence"), {"path": "/households"})
    answer = second.post(address(view, "/presence"), {"path": "/bridges"})

    assert answer.json == {
        "there": ["commune reporter đang nhập phần “Hộ và nhân khẩu”."],
        "edit": 1,
        "newer": "",
    }


# Files


def test_a_file_is_attached_listed_and_sent_as_a_download(
    world: World, view: SubmissionView
) -> None:
    clerk = as_(world, "commune_reporter")
    shown = upload(clerk, view, "../Biên bản.pdf", PDF, path="/households")

    assert "Đã đính kèm tệp" in shown
    assert "Tệp đính kèm (1)" in shown
    assert "Biên bản.pdf 1 kB · commune reporter, 10:00 24/01/2025 · Số hộ" in shown
    [file] = world.services.attachments.list_(world.actor("admin"), view.submission.id)
    reader = as_(world, "district_approver").client
    with reader.get(address(view, f"/attachments/{file.id}")) as sent:
        sent.get_data()
    assert (sent.status_code, sent.data, sent.content_type) == (200, PDF, "application/pdf")
    assert sent.headers["Content-Security-Policy"] == SANDBOXED
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.headers["Cache-Control"] == "no-store"
    disposition = sent.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n.pdf" in disposition


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.svg", b"<svg onload='alert(1)'/>", "Loại tệp này không nhận."),
        ("a.exe", PDF, "Đuôi tên tệp không đúng với nội dung."),
        ("a.pdf", b"", "Tệp không có nội dung."),
    ],
)
def test_a_refused_file_says_what_to_do(
    world: World, view: SubmissionView, name: str, content: bytes, said: str
) -> None:
    clerk = as_(world, "commune_reporter")

    assert said in upload(clerk, view, name, content)
    assert world.count("attachment") == 0


def test_a_file_is_taken_off_with_a_reason(world: World, view: SubmissionView) -> None:
    clerk = as_(world, "commune_reporter")
    upload(clerk, view, "a.pdf", PDF)
    [file] = world.services.attachments.list_(world.actor("admin"), view.submission.id)
    remove = address(view, f"/attachments/{file.id}/remove")

    refused = clerk.post(remove, {"reason": ""})
    assert "Ghi lý do bỏ tệp" in text(clerk.get(refused.headers["Location"]))
    gone = clerk.post(remove, {"reason": "Quét nhầm văn bản."})
    assert "Tệp đính kèm (1)" not in text(clerk.get(gone.headers["Location"]))
    assert clerk.get(address(view, f"/attachments/{file.id}")).status_code == 404


def test_no_file_chosen_is_said(world: World, view: SubmissionView) -> None:
    clerk = as_(world, "commune_reporter")
    clerk.get(address(view))
    answer = clerk.post(address(view, "/attachments"), {"path": ""})

    assert "Chọn tệp trước" in text(clerk.get(answer.headers["Location"]))


def test_the_paper_path_asks_for_the_signed_copy(world: World, view: SubmissionView) -> None:
    clerk = as_(world, "commune_reporter")
    assert "Đính kèm bản đã ký" in text(clerk.get(address(view, "/review?event=send")))
    assert "Đính kèm bản đã ký" not in text(clerk.get(address(view, "/review?event=submit")))

    shown = upload(clerk, view, "ban-ky.pdf", PDF, kind="signed_copy", event="send")
    assert "Gửi báo cáo (bản ký giấy)" in shown
    assert "ban-ky.pdf" in shown


def answer_of(browser: Browser, method: str, path: str, **more: object) -> TestResponse:
    headers = {"X-CSRF-Token": browser.token, **dict(more.pop("headers", {}))}  # type: ignore[call-overload]
    return browser.client.open(f"/api/v1{path}", method=method, headers=headers, **more)  # type: ignore[arg-type]


def test_the_api_takes_lists_sends_and_drops_files(world: World, view: SubmissionView) -> None:
    clerk = as_(world, "commune_reporter")
    path = f"/submissions/{view.submission.id}/attachments"
    query = {"name": "Bản vẽ.pdf", "path": "/households"}

    added = answer_of(clerk, "POST", path, query_string=query, data=PDF)
    again = answer_of(clerk, "POST", path, query_string=query, data=PDF)
    listed = answer_of(clerk, "GET", path)
    with clerk.client.get(added.headers["Location"]) as sent:
        sent.get_data()
    unexplained = answer_of(clerk, "DELETE", f"{path}/{added.json['id']}")
    dropped = answer_of(
        clerk, "DELETE", f"{path}/{added.json['id']}", query_string={"reason": "Sai bản vẽ."}
    )

    assert (added.status_code, again.json) == (201, added.json)
    assert listed.json["items"] == [added.json]
    assert (added.json["name"], added.json["media_type"]) == ("Bản vẽ.pdf", "application/pdf")
    assert sent.data == PDF
    assert (unexplained.status_code, dropped.status_code) == (400, 204)
    assert answer_of(clerk, "GET", path).json["items"] == []


@pytest.mark.parametrize(
    ("query", "sent", "status", "code"),
    [
        ({}, {"data": PDF}, 400, "request-invalid"),
        ({"name": "a.pdf", "kind": "x"}, {"data": PDF}, 400, "request-invalid"),
        ({"name": "a.pdf", "path": "/nowhere"}, {"data": PDF}, 422, "path-unknown"),
        ({"name": "a.pdf"}, {"data": b""}, 422, "attachment-refused"),
        ({"name": "a.html"}, {"data": b"<html>"}, 422, "attachment-refused"),
        ({"name": "a.pdf"}, {"data": {"file": "x"}}, 415, "media-type-unsupported"),
        ({"name": "a.pdf"}, {"data": PDF + bytes(10_000_000)}, 422, "attachment-refused"),
        ({"name": "a.pdf"}, {"data": bytes(10_600_000)}, 413, "body-too-large"),
    ],
)
def test_the_api_refuses_with_a_code(
    world: World,
    view: SubmissionView,
    *,
    query: dict[str, str],
    sent: dict[str, object],
    status: int,
    code: str,
) -> None:
    clerk = as_(world, "commune_reporter")
    path = f"/submissions/{view.submission.id}/attachments"
    answer = answer_of(clerk, "POST", path, query_string=query, **sent)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert world.count("attachment") == 0


def test_a_foreign_cell_is_refused_with_its_path(world: World, view: SubmissionView) -> None:
    clerk = as_(world, "roads_reporter")
    body = {"changes": [{"path": "/households", "from": 6, "to": 7}]}
    path = f"/submissions/{view.submission.id}/answers"
    answer = answer_of(clerk, "PATCH", path, json=body)

    assert (answer.status_code, answer.json["code"]) == (403, "part-closed")
    assert [error["path"] for error in answer.json["errors"]] == ["/households"]
