"""The web application over in-memory services, with the people of Cổ Linh."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from flask import Blueprint, Flask, flash, redirect, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from werkzeug.test import TestResponse

from server.core.access import Right, Role
from server.settings import ServerSettings, Settings
from server.web import BLUEPRINTS, create_web
from server.web.health import Probe
from server.web.policy import machine, policy, public
from tests.web.doubles import PASSWORD, MemoryAccounts, make_services

SETTINGS = Settings(secret_key="k" * 48)
SECURE = replace(
    SETTINGS,
    server=ServerSettings(
        public_url="https://bieumau.example",
        trusted_hosts=("bieumau.example",),
        secure_cookies=True,
    ),
)
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass
class Browser:
    """A test client that sends the page's token, as the forms do."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **more: object) -> TestResponse:
        answer = self.client.get(path, **more)  # type: ignore[arg-type]
        found = _TOKEN.search(answer.get_data(as_text=True))
        if found:
            self.token = found.group(1)
        return answer

    def post(self, path: str, fields: dict[str, str] | None = None) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token} | (fields or {}))

    def sign_in(self, username: str, password: str = PASSWORD) -> "Browser":
        self.get("/sign-in")
        answer = self.post("/sign-in", {"username": username, "password": password})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        self.get("/account")
        return self


def _probe_routes() -> Blueprint:
    """Views of every kind of policy, and one that breaks."""
    routes = Blueprint("probe", __name__)

    @routes.get("/open")
    @public
    def open_page() -> ResponseReturnValue:
        return "open"

    @routes.route("/work", methods=["GET", "POST"])
    @policy(Right.SIGNED_IN)
    def work() -> ResponseReturnValue:
        if request.method == "POST":
            flash("Đã lưu.", "success")
            return redirect("/account")
        return "work"

    @routes.get("/office")
    @policy(Right.ADMINISTER)
    def office() -> ResponseReturnValue:
        return "office"

    @routes.route("/api/v1/things", methods=["GET", "POST"])
    @machine
    def things() -> ResponseReturnValue:
        return {"items": []}

    @routes.get("/api/v1/office")
    @machine(Right.ADMINISTER)
    def office_things() -> ResponseReturnValue:
        return {"items": []}

    @routes.get("/crash")
    @public
    def crash() -> ResponseReturnValue:
        raise RuntimeError("secret detail")

    @routes.post("/upload")
    @public
    def upload() -> ResponseReturnValue:
        return str(len(request.get_data()))

    return routes


@pytest.fixture
def accounts() -> MemoryAccounts:
    made = MemoryAccounts()
    made.add("an.colinh", Role.REPORTER, name="Nông Thị An")
    made.add("quantri", Role.ADMIN, name="Hoàng Văn Quản")
    made.tokens["t" * 43] = "an.colinh"
    return made


@pytest.fixture
def make_app(accounts: MemoryAccounts) -> Callable[..., Flask]:
    def make(settings: Settings = SETTINGS, probes: tuple[Probe, ...] = ()) -> Flask:
        blueprints = (*BLUEPRINTS[:2], _probe_routes())
        return create_web(
            make_services(accounts),  # type: ignore[arg-type]
            settings,
            probes=probes,
            blueprints=blueprints,
        )

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def other_browser(app: Flask) -> Browser:
    return Browser(app.test_client())
