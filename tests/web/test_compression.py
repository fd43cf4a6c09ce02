"""Texts travel compressed; what must not change does not."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.web.policy import public

TAKES = {"Accept-Encoding": "gzip, br"}
STYLES = Path(__file__).parents[2] / "static" / "css" / "app.css"


def test_a_page_is_compressed_for_who_takes_it(client: FlaskClient) -> None:
    packed = client.get("/sign-in", headers=TAKES)
    plain = client.get("/sign-in")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Đăng nhập" in gzip.decompress(packed.data).decode()
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers
    for answer in (packed, plain):
        assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("refusal", ["gzip;q=0", "identity", "br"])
def test_who_does_not_take_gzip_gets_plain_text(client: FlaskClient, refusal: str) -> None:
    answer = client.get("/sign-in", headers={"Accept-Encoding": refusal})

    assert "Content-Encoding" not in answer.headers


def test_the_size_of_a_page_tells_nothing(app: Flask) -> None:
    text = "figures " * 1000

    @app.get("/same")
    @public
    def same() -> str:
        return text

    client = app.test_client()

    sizes = {len(client.get("/same", headers=TAKES).data) for _ in range(40)}

    assert len(sizes) > 5


def test_a_file_is_compressed_once_and_known_again(client: FlaskClient) -> None:
    with client.get("/static/css/app.css", headers=TAKES) as first:
        body, etag = first.data, first.headers["ETag"]
    with client.get("/static/css/app.css", headers=TAKES) as second:
        assert second.data == body
    with client.get("/static/css/app.css", headers=TAKES | {"If-None-Match": etag}) as third:
        assert third.status_code == 304

    assert gzip.decompress(body) == STYLES.read_bytes()


def test_a_part_of_a_file_stays_as_it_is(client: FlaskClient) -> None:
    with client.get("/static/css/app.css", headers=TAKES | {"Range": "bytes=0-99"}) as part:
        assert part.status_code == 206
        assert part.data == STYLES.read_bytes()[:100]


def test_fonts_are_not_compressed_again(client: FlaskClient) -> None:
    with client.get("/static/fonts/be-vietnam-pro-400.woff2", headers=TAKES) as font:
        assert "Content-Encoding" not in font.headers
