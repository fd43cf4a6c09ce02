"""Sessions, CSRF and the cookies that carry them."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.core.access import SYSTEM
from tests.web.conftest import PASSWORD, SECURE, Browser, House

HTTPS = "https://bieumau.example"


def cookies_of(answer: TestResponse) -> dict[str, str]:
    return {line.split("=", 1)[0]: line for line in answer.headers.getlist("Set-Cookie")}


def session_cookie(visitor: Browser) -> str:
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_signing_in_gives_a_new_opaque_session(visitor: Browser, house: House) -> None:
    visitor.client.set_cookie("session", "f" * 43)  # fixed by somebody else beforehand

    visitor.sign_in("an.colinh")

    assert session_cookie(visitor) != "f" * 43
    assert house.services.accounts.session(session_cookie(visitor)) is not None


def test_signing_out_kills_the_session_on_the_server(
    visitor: Browser, other_visitor: Browser
) -> None:
    visitor.sign_in("an.colinh")
    stolen = session_cookie(visitor)

    answer = visitor.post("/sign-out")

    assert answer.headers["Location"] == "/sign-in"
    assert visitor.client.get_cookie("session") is None
    other_visitor.client.set_cookie("session", stolen)
    assert other_visitor.get("/work").status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/work", "/preferences"])
def test_a_write_without_the_token_is_refused(visitor: Browser, path: str) -> None:
    visitor.sign_in("an.colinh")

    answer = visitor.client.post(path, data={"username": "an.colinh", "password": PASSWORD})

    assert answer.status_code == 403
    assert "Trang đã hết hiệu lực" in answer.text


def test_a_write_with_another_persons_token_is_refused(
    visitor: Browser, other_visitor: Browser
) -> None:
    visitor.sign_in("an.colinh")
    other_visitor.sign_in("quantri")

    answer = visitor.client.post("/work", data={"csrf_token": other_visitor.token})

    assert answer.status_code == 403


def test_the_token_of_before_signing_in_is_worth_nothing_after(visitor: Browser) -> None:
    visitor.get("/sign-in")
    before = visitor.token
    visitor.sign_in("an.colinh")

    assert visitor.client.post("/work", data={"csrf_token": before}).status_code == 403


def test_scripts_send_the_token_in_a_header(visitor: Browser) -> None:
    visitor.sign_in("an.colinh")

    answer = visitor.client.post("/api/v1/things", headers={"X-CSRF-Token": visitor.token}, json={})

    assert answer.status_code == 200
    assert visitor.client.post("/api/v1/things", json={}).status_code == 403


def test_a_bearer_token_needs_no_csrf_token(client: FlaskClient, house: House) -> None:
    assert client.post("/api/v1/things", headers=house.bearer, json={}).status_code == 200


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Sec-Fetch-Site", "cross-site", 403),
        ("Sec-Fetch-Site", "same-site", 403),
        ("Sec-Fetch-Site", "same-origin", 302),
        ("Sec-Fetch-Site", "none", 302),
        ("Origin", "http://evil.example", 403),
        ("Origin", "null", 403),
        ("Origin", "http://localhost:81", 403),
        ("Origin", "http://localhost", 302),
    ],
)
def test_a_write_must_come_from_our_own_pages(
    visitor: Browser, header: str, value: str, status: int
) -> None:
    visitor.sign_in("an.colinh")

    answer = visitor.client.post(
        "/work", data={"csrf_token": visitor.token}, headers={header: value}
    )

    assert answer.status_code == status


def test_a_message_is_shown_on_the_next_page_and_once(visitor: Browser) -> None:
    visitor.sign_in("an.colinh")

    visitor.post("/work")

    assert "Đã lưu." in visitor.get("/account").text
    assert "Đã lưu." not in visitor.get("/account").text


def test_a_forged_message_is_not_shown(visitor: Browser) -> None:
    visitor.sign_in("an.colinh")
    visitor.client.set_cookie("flash", "W1siZXJyb3IiLCJ4Il1d.forged.forged")

    answer = visitor.get("/account")

    assert 'class="flash' not in answer.text
    assert "flash" in cookies_of(answer)


def test_all_cookies_are_bound_to_the_host_over_https(make_app: Callable[..., Flask]) -> None:
    client = make_app(SECURE).test_client()
    visitor = Browser(client)
    page = client.get("/sign-in", base_url=HTTPS)
    visitor.token = page.text.split('csrf-token" content="')[1].split('"')[0]
    fields = {"csrf_token": visitor.token, "username": "an.colinh", "password": PASSWORD}
    signed_in = client.post("/sign-in", base_url=HTTPS, data=fields)
    language = client.get("/account?lang=en", base_url=HTTPS)

    assert signed_in.status_code == 303
    seen = [cookies_of(answer) for answer in (page, signed_in, language)]
    assert {name for cookies in seen for name in cookies} == {
        "__Host-visit",
        "__Host-session",
        "__Host-lang",
    }
    for line in (line for cookies in seen for line in cookies.values()):
        assert "Secure" in line and "HttpOnly" in line
        assert "SameSite=Lax" in line and "Path=/" in line and "Domain" not in line


def test_a_page_without_forms_sets_no_cookie(client: FlaskClient) -> None:
    assert cookies_of(client.get("/open")) == {}
    assert cookies_of(client.get("/livez")) == {}


@pytest.mark.parametrize("cookie", ["", "short", "x" * 200, "ö" * 43])
def test_a_malformed_session_id_is_nobody(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("session", cookie)

    assert client.get("/work").status_code == 303


@pytest.mark.parametrize(
    ("minutes", "status"), [([29], 200), ([31], 303), ([25] * 28, 200), ([25] * 29, 303)]
)
def test_a_session_ends_when_idle_and_after_the_day(
    visitor: Browser, house: House, minutes: list[int], status: int
) -> None:
    visitor.sign_in("an.colinh")

    for pause in minutes:
        house.clock.move(minutes=pause)
        answer = visitor.get("/account")

    assert answer.status_code == status


def test_a_closed_account_is_signed_out_at_once(visitor: Browser, house: House) -> None:
    visitor.sign_in("an.colinh")
    accounts = house.services.accounts

    accounts.set_active(SYSTEM, accounts.by_username("an.colinh").id, False)

    assert visitor.get("/account").status_code == 303
