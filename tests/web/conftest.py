"""The web application over the real services, with two people of Cổ Linh."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Blueprint, Flask, flash, redirect, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from werkzeug.test import TestResponse

from server.app import build
from server.core.access import SYSTEM, Grant, Right, Role
from server.core.account import Account
from server.core.org_unit import Level, OrgUnit
from server.core.ports import LOCAL
from server.services import Services
from server.services.accounts import NewAccount
from server.settings import FileSettings, SecuritySettings, ServerSettings, Settings
from server.storage.database import Database
from server.web import accounts as account_pages
from server.web import create_web, offline, start
from server.web.health import Probe
from server.web.policy import machine, policy, public
from tests.database_fixtures import *  # noqa: F403

PASSWORD = "đường về bản xa"
UNIT = OrgUnit("u-co-linh", "01879", "Xã Cổ Linh", Level.COMMUNE, "xa", None, None, None)
#: The cheapest hash Argon2 knows: no test here is about its strength.
QUICK = SecuritySettings(argon2_memory_kib=8, argon2_time=1)
SETTINGS = Settings(secret_key="k" * 48, security=QUICK)
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


@dataclass
class MovableClock:
    """A clock that stands still until it is moved."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.instant.astimezone(LOCAL).date()

    def move(self, **by: int) -> None:
        self.instant += timedelta(**by)


@dataclass
class House:
    """The services of an installation and how people come into it."""

    services: Services
    clock: MovableClock
    token: str = ""

    @property
    def bearer(self) -> dict[str, str]:
        """The headers of a program that works for ``an.colinh``."""
        return {"Authorization": f"Bearer {self.token}"}

    def add(self, username: str, role: Role, name: str, *, must_change: bool = False) -> Account:
        accounts = self.services.accounts
        new = NewAccount(username, name, None, role, UNIT.id)
        account = accounts.create(SYSTEM, new, PASSWORD)
        if must_change:
            accounts.store.set_password(account.id, account.password_hash, must_change=True)
        return account

    def grant(self, username: str, role: Role) -> None:
        accounts = self.services.accounts
        accounts.grant(SYSTEM, accounts.by_username(username).id, Grant(role, UNIT.id))

    def code(self, username: str) -> str:
        accounts = self.services.accounts
        return accounts.issue_code(SYSTEM, accounts.by_username(username).id)

    def opens(self, username: str, password: str) -> bool:
        """Whether this password is the one that is kept."""
        accounts = self.services.accounts
        account = accounts.by_username(username)
        return accounts.sign_in(username, password, "198.51.100.7")[0].id == account.id


@pytest.fixture
def database_kind() -> str:
    """The web asks services; that they work on both databases is tested with them."""
    return "sqlite"


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    clock = MovableClock(datetime(2025, 1, 24, 10, 0, tzinfo=LOCAL))
    settings = replace(SETTINGS, files=FileSettings(var=str(tmp_path), definitions=str(tmp_path)))
    made = House(build(settings, clock, database).services, clock)
    made.services.reference.add_units([UNIT], SYSTEM)
    clerk = made.add("an.colinh", Role.REPORTER, "Nông Thị An")
    made.add("quantri", Role.ADMIN, "Hoàng Văn Quản")
    made.token = made.services.accounts.create_token(SYSTEM, clerk.id, "tests")
    return made


@pytest.fixture
def make_app(house: House) -> Callable[..., Flask]:
    def make(settings: Settings = SETTINGS, probes: tuple[Probe, ...] = ()) -> Flask:
        pages = (start.blueprint, account_pages.blueprint, offline.blueprint)
        return create_web(
            house.services, settings, probes=probes, blueprints=(*pages, _probe_routes())
        )

    return make


@pytest.fixture
def whole_app(house: House) -> Flask:
    """The application as it is shipped."""
    return create_web(house.services, SETTINGS)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def other_visitor(app: Flask) -> Browser:
    return Browser(app.test_client())
