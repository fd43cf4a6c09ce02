"""Signed-in browsers on a small province of their own, with the back office in place."""

import hashlib
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.core.access import SYSTEM
from server.core.account import Session
from server.core.org_unit import Village
from server.core.ports import Mail
from server.hooks import Recipient
from server.hooks.door import Door, GuardedChannel
from server.hooks.manager import Plugins
from server.services.review import SubmissionView
from server.storage.database import Database
from server.web import admin
from tests.database_fixtures import *  # noqa: F403
from tests.world import FRIDAY, GOOD, PERIOD, ROOT, World, copied_world, make_world

_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass
class Person:
    """Somebody at a browser: every POST carries the token of the page."""

    client: FlaskClient
    csrf: str = ""

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **fields: object) -> TestResponse:
        if not self.csrf:
            self.csrf = _TOKEN.search(self.get("/account").text)[1]  # type: ignore[index]
        return self.client.post(path, data={"csrf_token": self.csrf, **fields})


As = Callable[[str], Person]


@pytest.fixture(scope="session")
def template(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """A filled SQLite file that is only ever copied."""
    folder = tmp_path_factory.mktemp("admin-world")
    shutil.copy(migrated_sqlite, folder / "world.db")
    database = Database.open(f"sqlite:///{folder / 'world.db'}")
    world = make_world(database, folder)
    reference, catalogue = world.services.reference, world.services.catalogue
    for code in ("village_kind", "village_road", "ethnic_group"):
        text = (ROOT / f"form_definitions/_codelists/{code}.json").read_text("utf-8")
        catalogue.publish(text, "codelist", SYSTEM)
    villages = [
        Village(f"v{number}", "u-commune", number, name, "thon", True, "built", None, None)
        for number, name in enumerate(("Thôn Nà Mạ", "Thôn Khuổi Trả"), start=1)
    ]
    reference.add_villages(villages, SYSTEM)
    reference.put_holiday(date(2025, 1, 28), "Tết Nguyên đán", "off", SYSTEM)
    database.close()
    return world, folder / "world.db"


@pytest.fixture
def world(template: tuple[World, Path], tmp_path: Path) -> Iterator[World]:
    shutil.copy(template[1], tmp_path / "world.db")
    database = Database.open(f"sqlite:///{tmp_path / 'world.db'}")
    yield copied_world(template[0], database, tmp_path, plugins=["csv_export"])
    database.close()


@pytest.fixture
def world_with_workbooks(template: tuple[World, Path], tmp_path: Path) -> Iterator[World]:
    """The same with the workbook format."""
    shutil.copy(template[1], tmp_path / "world.db")
    database = Database.open(f"sqlite:///{tmp_path / 'world.db'}")
    yield copied_world(template[0], database, tmp_path, plugins=["xlsx_workbook"])
    database.close()


@pytest.fixture
def app(world: World) -> Flask:
    return with_back_office(world)


def with_back_office(world: World) -> Flask:
    app = world.application.web()
    if "admin" not in app.blueprints:
        admin.install(app)
    return app


@pytest.fixture
def as_(app: Flask, world: World) -> As:
    """``as_("admin")`` is that person, signed in."""

    def signed_in(username: str) -> Person:
        client = app.test_client()
        client.set_cookie("session", open_session(world, username))
        return Person(client)

    return signed_in


def open_session(world: World, username: str) -> str:
    """A live session of *username*; what the browser's cookie holds."""
    token = secrets.token_urlsafe(32)
    now = FRIDAY.now()
    hashed = hashlib.sha256(token.encode()).hexdigest()
    session = Session(hashed, world.accounts[username], now, now, now + timedelta(hours=9))
    world.services.accounts.store.open_session(session)
    return token


@pytest.fixture
def sent(world: World) -> Callable[..., SubmissionView]:
    """``sent()`` is Cổ Linh's report, signed and sent to the district."""

    def through(
        answers: object = GOOD, unit: str = "u-commune", form: str = "households", **more: object
    ) -> SubmissionView:
        clerk = "commune_reporter" if unit == "u-commune" else "neighbour_reporter"
        view = world.services.submissions.start(
            world.actor(clerk),
            form=form,
            org_unit=unit,
            period=PERIOD,
            answers=answers,  # type: ignore[arg-type]
        )
        view = decide(world, view, clerk, "submit", **more)
        return decide(world, view, "commune_signer", "sign") if unit == "u-commune" else view

    return through


def decide(
    world: World, view: SubmissionView, username: str, event: str, **more: object
) -> SubmissionView:
    return world.services.approvals.decide(
        world.actor(username),
        view.submission.id,
        event,
        seen=view.submission.edit,
        **more,  # type: ignore[arg-type]
    )


class Kept:
    """A channel that reaches everybody who has an address."""

    code = "email"

    def address(self, recipient: Recipient) -> str | None:
        return recipient.email

    def send(self, mail: Mail) -> str:
        return f"250 took {mail.message_id}"


@pytest.fixture
def reached(world: World) -> World:
    """The world with addresses of two communes of the district and a channel to them."""
    services = world.services
    services.plugins._channels["email"] = GuardedChannel("email", Door("kept"), Kept())
    for unit in ("u-commune", "u-neighbour", "u-far", "u-district"):
        known = services.reference.unit(unit)
        services.reference.save_unit(replace(known, email=f"{unit}@x.example"), SYSTEM)
    return world


def with_reminders(world: World) -> None:
    """The shipped plans apply, as in an installation that enables their plugin."""
    plugins = Plugins.load(("deadline_reminders",), {}, ROOT / "plugins")
    world.services.plugins._rules = plugins._rules
