"""The security headers stand on every response, whatever happens."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.settings import ServerSettings
from server.web.headers import ALWAYS, FRAMED, HSTS, preview_in_frame
from server.web.policy import public
from tests.web.conftest import SECURE, SETTINGS, Browser, House

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sign-in", 200),
        ("GET", "/work", 303),
        ("GET", "/nowhere", 404),
        ("PUT", "/sign-in", 405),
        ("GET", "/crash", 500),
        ("GET", "/api/v1/things", 401),
        ("GET", "/static/css/app.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/livez", 200),
        ("POST", "/sign-in", 403),
        ("TRACE", "/open", 405),
    ],
)
def test_every_answer_carries_all_headers(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    answer.close()

    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == POLICY
    for name, value in ALWAYS.items():
        assert answer.headers.getlist(name) == [value]


def test_a_body_too_large_is_refused_with_all_headers(
    make_app: Callable[..., Flask], house: House
) -> None:
    small = replace(SETTINGS, server=ServerSettings(max_body_bytes=100_000))
    client = make_app(small).test_client()

    answer = client.post("/upload", data=b"x" * 100_001, headers=house.bearer)

    assert answer.status_code == 413
    assert "Dữ liệu gửi lên quá lớn" in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_only_https_promises_https(client: FlaskClient, make_app: Callable[..., Flask]) -> None:
    secure = make_app(SECURE).test_client()

    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
    answer = secure.get("/sign-in", base_url="https://bieumau.example")
    assert answer.headers["Strict-Transport-Security"] == HSTS


def caching(client: FlaskClient, path: str) -> str:
    with client.get(path) as answer:
        return answer.headers["Cache-Control"]


def test_pages_are_never_kept_and_files_only_under_their_digest(
    client: FlaskClient, visitor: Browser
) -> None:
    visitor.sign_in("an.colinh")
    page = visitor.get("/account")
    styles = page.text.split('rel="stylesheet" href="')[1].split('"')[0]

    assert page.headers["Cache-Control"] == "no-store"
    assert "immutable" in caching(client, styles)
    assert caching(client, "/static/css/app.css") == "no-cache"
    assert caching(client, "/static/none.css?v=1") == "no-cache"
    assert "max-age" in caching(client, "/static/fonts/be-vietnam-pro-400.woff2")
    assert caching(client, "/static/fonts/none.woff2") == "no-cache"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil", ""])
def test_another_host_is_not_answered(client: FlaskClient, host: str) -> None:
    answer = client.get("/sign-in", headers={"Host": host})

    assert answer.status_code == 400
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(0, "127.0.0.1 http localhost"), (1, "10.0.0.9 https localhost")],
)
def test_forwarded_headers_count_only_behind_a_proxy(
    make_app: Callable[..., Flask], proxies: int, seen: str
) -> None:
    settings = replace(SETTINGS, server=ServerSettings(proxies=proxies))
    app = make_app(settings)

    @app.get("/seen")
    @public
    def seen_address() -> str:
        from flask import request  # noqa: PLC0415

        return f"{request.remote_addr} {request.scheme} {request.host}"

    forged = {"X-Forwarded-For": "6.6.6.6, 10.0.0.9", "X-Forwarded-Proto": "https"}
    assert app.test_client().get("/seen", headers=forged).text == seen


def test_a_preview_may_stand_in_our_own_frame(app: Flask) -> None:
    @app.get("/preview")
    @public
    def preview() -> object:
        return preview_in_frame(app.make_response("preview"))

    answer = app.test_client().get("/preview")

    assert answer.headers["Content-Security-Policy"] == FRAMED
    assert "frame-ancestors 'self'" in FRAMED
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_no_page_has_inline_scripts_styles_or_handlers(visitor: Browser) -> None:
    pages = [visitor.get("/sign-in").text, visitor.get("/nowhere").text]
    visitor.sign_in("quantri")
    pages += [visitor.get("/account").text, visitor.get("/account/password").text]

    for page in pages:
        assert "<style" not in page and " style=" not in page and "javascript:" not in page
        assert "<script>" not in page and ' onclick="' not in page and 'type="number"' not in page


def test_the_server_does_not_name_its_parts(client: FlaskClient) -> None:
    answer = client.get("/crash")

    assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers
    assert "secret detail" not in answer.text and "Traceback" not in answer.text
