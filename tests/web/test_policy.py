"""Every route has one policy; nobody passes the gate without it."""

from collections.abc import Callable

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from server.core.access import Right
from server.services.accounts import Accounts
from server.web import create_web
from server.web.gate import safe_next
from server.web.policy import (
    Door,
    Policy,
    RouteWithoutPolicy,
    machine,
    policy,
    policy_of,
    public,
    refuse_open_routes,
)
from tests.web.conftest import SETTINGS, Browser, House


def test_a_route_without_a_policy_stops_the_start(house: House) -> None:
    bare = Blueprint("bare", __name__)
    bare.add_url_rule("/bare", "page", lambda: "bare")

    with pytest.raises(RouteWithoutPolicy, match=r"bare\.page"):
        create_web(house.services, SETTINGS, blueprints=(bare,))


def test_a_route_added_later_without_a_policy_stays_shut(app: Flask, visitor: Browser) -> None:
    app.add_url_rule("/late", "late", lambda: "late")
    visitor.sign_in("quantri")

    answer = visitor.get("/late")

    assert answer.status_code == 403
    with pytest.raises(RouteWithoutPolicy):
        refuse_open_routes(app)


def test_every_route_of_the_application_says_who_may_call_it(whole_app: Flask) -> None:
    app = whole_app
    found = {
        rule.endpoint: policy_of(app.view_functions[rule.endpoint], rule.endpoint)
        for rule in app.url_map.iter_rules()
    }

    assert None not in found.values()
    open_ones = {name for name, rule in found.items() if rule == Policy(Door.OPEN)}
    assert open_ones == {
        "assets.joined",
        "static",
        "accounts.sign_in",
        "accounts.sign_out",
        "accounts.first_sign_in",
        "accounts.preferences",
        "due_calendar.feed",  # its address is the secret
        "health.livez",
        "health.readyz",
        "health.metrics",
        "offline.worker",
        "offline.page",
    }


def test_a_view_with_two_policies_is_refused() -> None:
    with pytest.raises(RouteWithoutPolicy):

        @policy(Right.READ)
        @public
        def view() -> str:
            return ""


def test_a_page_of_the_back_office_takes_the_right_of_its_class() -> None:
    class Desk:
        right = Right.APPROVE

        def inbox(self) -> str:
            return "inbox"

    assert policy_of(Desk().inbox, "desk.inbox") == Policy(Door.PERSON, Right.APPROVE)


def test_a_machine_route_may_name_a_right() -> None:
    @machine(Right.ADMINISTER)
    def view() -> str:
        return ""

    assert policy_of(view, "x") == Policy(Door.MACHINE, Right.ADMINISTER)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/work", "/sign-in?next=/work"),
        ("/work?period=2024&q=h%E1%BB%99", "/sign-in?next=/work%3Fperiod%3D2024%26q%3D"),
        ("/", "/sign-in"),
    ],
)
def test_a_stranger_is_sent_to_sign_in_and_back(
    client: FlaskClient, path: str, location: str
) -> None:
    answer = client.get(path)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(location)


def test_a_strange_program_gets_401(client: FlaskClient) -> None:
    answer = client.get("/api/v1/things")

    assert answer.status_code == 401
    assert answer.json and answer.json["code"] == "sign-in-required"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/things", 200),
        ("/api/v1/office", 403),
        ("/work", 303),  # a token opens no page
    ],
)
def test_a_token_opens_the_api_alone(
    client: FlaskClient, house: House, path: str, status: int
) -> None:
    assert client.get(path, headers=house.bearer).status_code == status


def test_a_wrong_token_is_not_replaced_by_the_session(visitor: Browser) -> None:
    visitor.sign_in("an.colinh")

    answer = visitor.get("/api/v1/things", headers={"Authorization": "Bearer " + "w" * 43})

    assert answer.status_code == 401


def test_a_page_of_another_right_is_denied(visitor: Browser, other_visitor: Browser) -> None:
    visitor.sign_in("an.colinh")
    other_visitor.sign_in("quantri")

    assert visitor.get("/office").status_code == 403
    assert other_visitor.get("/office").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2f%2fevil.example",
        "/%252f%252fevil.example",
        "/%5cevil.example",
        "http://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "evil.example",
        "@evil.example",
        "/@evil.example",
        "/work@evil.example",
        "/work/../../evil",
        "/%2e%2e/%2e%2e/evil",
        " /work",
        "/work\r\nLocation: //evil.example",
        "/work\x00",
        "/\t/evil.example",
        "/work\u2028",
        "?next=//evil.example",
        "#//evil.example",
        "",
        "/nowhere",
        "/sign-in",
        "/sign-out",
        "/livez",
        "/static/css/app.css",
        "/upload",
        "/work?" + "a" * 3000,
        "//",
        "/" * 40,
        "http:///work",
        "//bieumau.example@evil.example/work",
        ".//evil.example",
        "/.//evil.example",
    ],
)
def test_after_sign_in_nobody_is_led_away(app: Flask, wanted: str) -> None:
    with app.test_request_context("/sign-in"):
        assert safe_next(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/work", "/work?period=2024&q=a%20b", "/account", "/office"])
def test_after_sign_in_a_known_page_is_reached(app: Flask, wanted: str) -> None:
    with app.test_request_context("/sign-in"):
        assert safe_next(wanted) == wanted


def test_an_endless_address_is_refused(client: FlaskClient) -> None:
    assert client.get("/work?q=" + "a" * 9000).status_code == 414


def test_the_check_of_rights_fails_closed(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.sign_in("quantri")

    def broken(*_: object) -> Callable[..., object]:
        raise RuntimeError("no database")

    monkeypatch.setattr(Accounts, "session", broken)

    assert visitor.get("/office").status_code == 500
