"""The API from the browser: the session opens it, writes need the page's token and our origin."""

import re

import pytest
from flask.testing import FlaskClient

from tests.web.api.conftest import As
from tests.world import PERIOD, World

PASSWORD = "đường về bản xa lắm"
BODY = {"form": "households", "org_unit": "u-commune", "period": PERIOD}


@pytest.fixture
def browser(as_: As, world: World) -> FlaskClient:
    """A browser in which the reporter of the commune is signed in."""
    accounts = world.services.accounts
    accounts.store.set_password(world.accounts["commune_reporter"], accounts.hasher.hash(PASSWORD))
    _, token = accounts.sign_in("commune_reporter", PASSWORD, "127.0.0.1")
    client = as_("commune_reporter").client
    client.set_cookie("session", token)
    return client


def _csrf(browser: FlaskClient) -> str:
    page = browser.get("/account").text
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_session_reads_without_a_token(browser: FlaskClient) -> None:
    answer = browser.get("/api/v1/obligations")

    assert answer.status_code == 200
    assert {item["org_unit"] for item in answer.json["items"]} == {"u-commune"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": "forged"},
        {"X-CSRF-Token": "{good}", "Sec-Fetch-Site": "cross-site"},
        {"X-CSRF-Token": "{good}", "Origin": "https://elsewhere.example"},
    ],
)
def test_a_write_from_elsewhere_changes_nothing(
    browser: FlaskClient, world: World, headers: dict[str, str]
) -> None:
    token = _csrf(browser)
    sent = {name: value.format(good=token) for name, value in headers.items()}

    answer = browser.post(
        "/api/v1/submissions", json=BODY, headers={"Idempotency-Key": "k", **sent}
    )

    assert (answer.status_code, answer.json["code"]) == (403, "csrf-invalid")
    assert world.count("submission") == 0


def test_a_write_from_our_page_is_taken(browser: FlaskClient, world: World) -> None:
    headers = {"Idempotency-Key": "k", "X-CSRF-Token": _csrf(browser)}

    answer = browser.post(
        "/api/v1/submissions",
        json=BODY,
        headers={**headers, "Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    )

    assert answer.status_code == 201
    assert world.count("submission") == 1
