"""Signing in and out, the first sign-in, passwords, the account page, tastes."""

import pytest
from flask.testing import FlaskClient

from server.core.access import Role
from server.errors import SignInRefused
from tests.web.conftest import PASSWORD, Browser, House

NEW = "mưa rừng mùa hạ"


def test_the_sign_in_page_asks_name_and_password(client: FlaskClient) -> None:
    page = client.get("/sign-in").text

    assert '<html lang="vi"' in page
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
    assert "SỐ LIỆU MINH HỌA" not in page


@pytest.mark.parametrize("username", ["an.colinh", "AN.Colinh", "  an.colinh "])
def test_the_name_is_read_without_case(visitor: Browser, username: str) -> None:
    visitor.get("/sign-in")

    answer = visitor.post("/sign-in", {"username": username, "password": PASSWORD})

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


def test_a_wrong_name_reads_like_a_wrong_password(visitor: Browser) -> None:
    visitor.get("/sign-in")

    no_such = visitor.post("/sign-in", {"username": "nobody", "password": "x"})
    wrong = visitor.post("/sign-in", {"username": "quantri", "password": "x"})

    assert no_such.status_code == wrong.status_code == 422
    assert _without_tokens(no_such.text, "nobody") == _without_tokens(wrong.text, "quantri")
    assert "<title>Lỗi: Đăng nhập" in wrong.text
    assert 'href="#username"' in wrong.text


def _without_tokens(page: str, username: str) -> list[str]:
    lines = page.replace(username, "NAME").splitlines()
    return [line for line in lines if "csrf" not in line]


def test_the_password_is_never_written_back(visitor: Browser) -> None:
    visitor.get("/sign-in")

    answer = visitor.post("/sign-in", {"username": "quantri", "password": "bí mật của tôi"})

    assert "bí mật" not in answer.text


def test_too_many_tries_say_to_wait(visitor: Browser) -> None:
    visitor.get("/sign-in")
    for _ in range(5):
        visitor.post("/sign-in", {"username": "quantri", "password": "x"})

    answer = visitor.post("/sign-in", {"username": "quantri", "password": PASSWORD})

    assert answer.status_code == 422
    assert "Chờ ít phút" in answer.text


def test_empty_fields_are_named(visitor: Browser) -> None:
    visitor.get("/sign-in")

    answer = visitor.post("/sign-in", {"username": "", "password": ""})

    assert "Nhập tên đăng nhập." in answer.text and "Nhập mật khẩu." in answer.text


def test_after_signing_in_one_is_where_one_wanted(visitor: Browser) -> None:
    visitor.get("/sign-in?next=/work")

    fields = {"username": "an.colinh", "password": PASSWORD, "next": "/work"}
    assert visitor.post("/sign-in", fields).headers["Location"] == "/work"


def test_who_is_signed_in_needs_no_sign_in_page(visitor: Browser) -> None:
    visitor.sign_in("an.colinh")

    assert visitor.get("/sign-in?next=//evil.example").headers["Location"] == "/"


def test_the_one_time_code_sets_a_password_and_signs_in_once(
    visitor: Browser, other_visitor: Browser, house: House
) -> None:
    code = house.code("an.colinh")
    visitor.get("/first-sign-in")
    fields = {
        "username": "an.colinh",
        "code": code.lower().replace("-", " "),
        "password": NEW,
        "again": NEW,
    }

    answer = visitor.post("/first-sign-in", fields)

    assert answer.headers["Location"] == "/"
    assert "Nông Thị An" in visitor.get("/account").text
    assert house.opens("an.colinh", NEW)
    other_visitor.get("/first-sign-in")
    assert "mã không đúng" in other_visitor.post("/first-sign-in", fields).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"code": "WRONG"}, "mã không đúng"),
        ({"again": "khác hẳn"}, "không giống nhau"),
        ({"password": "ngắn", "again": "ngắn"}, "quá ngắn"),
        ({"code": ""}, "Nhập mã đăng nhập một lần."),
    ],
)
def test_a_refused_first_sign_in_says_what_to_do(
    visitor: Browser, house: House, fields: dict[str, str], words: str
) -> None:
    code = house.code("an.colinh")
    visitor.get("/first-sign-in")
    given = {"username": "an.colinh", "code": code, "password": NEW, "again": NEW}

    answer = visitor.post("/first-sign-in", given | fields)

    assert answer.status_code == 422
    assert words in answer.text
    assert NEW not in answer.text


def test_a_new_password_ends_the_other_sessions(visitor: Browser, other_visitor: Browser) -> None:
    visitor.sign_in("an.colinh")
    other_visitor.sign_in("an.colinh")

    answer = visitor.post("/account/password", {"old": PASSWORD, "password": NEW, "again": NEW})

    assert answer.status_code == 303
    assert visitor.get("/account").status_code == 200
    assert other_visitor.get("/account").status_code == 303


def test_a_wrong_old_password_changes_nothing(visitor: Browser, house: House) -> None:
    visitor.sign_in("an.colinh")

    answer = visitor.post("/account/password", {"old": "sai", "password": NEW, "again": NEW})

    assert answer.status_code == 422
    assert "Mật khẩu đang dùng không đúng" in answer.text
    assert house.opens("an.colinh", PASSWORD)
    with pytest.raises(SignInRefused):
        house.opens("an.colinh", NEW)


def test_a_password_set_by_others_must_be_changed_first(visitor: Browser, house: House) -> None:
    house.add("moi", Role.REPORTER, "Lý Thị Mới", must_change=True)
    visitor.get("/sign-in")

    signed_in = visitor.post("/sign-in", {"username": "moi", "password": PASSWORD})
    elsewhere = visitor.get("/work")
    program = visitor.get("/api/v1/things")

    assert signed_in.headers["Location"] == elsewhere.headers["Location"] == "/account/password"
    assert program.status_code == 403
    assert program.get_json(force=True)["code"] == "password-change-due"


def test_the_account_page_names_roles_and_units(visitor: Browser, house: House) -> None:
    house.grant("quantri", Role.READER)
    visitor.sign_in("quantri")

    page = visitor.get("/account").text

    assert "Quản trị viên" in page and "Người tra cứu" in page and "Xã Cổ Linh" in page


def test_the_start_page_leads_to_the_first_page_one_may_see(visitor: Browser) -> None:
    visitor.sign_in("an.colinh")

    assert visitor.get("/").headers["Location"] == "/account"


@pytest.mark.parametrize(
    ("taste", "shown"),
    [({"theme": "dark"}, 'data-theme="dark"'), ({"lang": "en"}, '<html lang="en"')],
)
def test_tastes_are_kept(visitor: Browser, taste: dict[str, str], shown: str) -> None:
    visitor.get("/sign-in")

    answer = visitor.post("/preferences", taste | {"next": "/account"})

    assert answer.headers["Location"] == "/account"
    assert shown in visitor.get("/sign-in").text


def test_a_script_keeps_a_taste_without_another_page(visitor: Browser) -> None:
    visitor.get("/sign-in")

    answer = visitor.client.post(
        "/preferences",
        data={"theme": "dark"},
        headers={"X-CSRF-Token": visitor.token, "Accept": "application/json"},
    )

    assert answer.status_code == 204
    assert 'data-theme="dark"' in visitor.get("/sign-in").text


@pytest.mark.parametrize("taste", [{"theme": "pink"}, {"lang": "fr"}, {"lang": "../../etc"}])
def test_an_unknown_taste_is_not_kept(visitor: Browser, taste: dict[str, str]) -> None:
    visitor.get("/sign-in")

    answer = visitor.post("/preferences", taste)

    assert not [line for line in answer.headers.getlist("Set-Cookie") if "Max-Age=31536000" in line]
