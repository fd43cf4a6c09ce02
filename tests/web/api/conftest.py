"""Callers of the API: a client that speaks as somebody, on a small province of its own."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.storage.database import Database
from server.web import BLUEPRINTS, create_web
from server.web.api import blueprint
from tests.database_fixtures import *  # noqa: F403
from tests.world import GOOD, PERIOD, World, copied_world, make_world


@dataclass
class Caller:
    """Somebody who calls ``/api/v1`` with a token."""

    client: FlaskClient
    token: str

    def __call__(
        self,
        method: str,
        path: str,
        json: object = None,
        *,
        key: str | None = None,
        seen: str | None = None,
        **more: object,
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **dict(more.pop("headers", {}))}
        if key is not None:
            headers["Idempotency-Key"] = key
        if seen is not None:
            headers["If-Match"] = seen
        if json is not None:
            more["json"] = json
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    def get(self, path: str, **more: object) -> TestResponse:
        return self("GET", path, **more)

    def start(
        self, answers: object = None, *, unit: str = "u-commune", **more: object
    ) -> TestResponse:
        body: dict[str, object] = {"form": "households", "org_unit": unit, "period": PERIOD, **more}
        if answers is not None:
            body["answers"] = answers
        return self("POST", "/submissions", body, key=str(uuid4()))

    def fire(
        self, submission: TestResponse, event: str, *, seen: str | None = None, **body: object
    ) -> TestResponse:
        """Fire an event on the submission as it was answered last."""
        return self(
            "POST",
            f"/submissions/{submission.json['id']}/transitions",
            {"event": event, **body},
            key=str(uuid4()),
            seen=seen or submission.headers["ETag"],
        )


As = Callable[[str], Caller]


@pytest.fixture(scope="session")
def template(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """A filled SQLite file that is only ever copied."""
    folder = tmp_path_factory.mktemp("world")
    shutil.copy(migrated_sqlite, folder / "world.db")
    database = Database.open(f"sqlite:///{folder / 'world.db'}")
    world = make_world(database, folder)
    database.close()
    return world, folder / "world.db"


@pytest.fixture
def world(template: tuple[World, Path], tmp_path: Path) -> Iterator[World]:
    """A province of the test's own, on SQLite."""
    shutil.copy(template[1], tmp_path / "world.db")
    database = Database.open(f"sqlite:///{tmp_path / 'world.db'}")
    yield copied_world(template[0], database, tmp_path, plugins=["csv_export"])
    database.close()


@pytest.fixture
def either_world(fresh_database: Database, tmp_path: Path) -> World:
    """The same on SQLite and on PostgreSQL."""
    return make_world(fresh_database, tmp_path)


@pytest.fixture
def as_(world: World) -> As:
    """``as_("commune_reporter")`` calls with that person's token."""
    return callers(world)


@pytest.fixture
def either_as(either_world: World) -> As:
    return callers(either_world)


def callers(world: World) -> As:
    web = create_web(
        world.services,
        world.application.settings,
        blueprints=tuple(dict.fromkeys((*BLUEPRINTS, blueprint))),
    )
    # A thread that ends with its request must not keep its connection.
    web.teardown_appcontext(lambda _: world.application.database.release())
    return lambda username: Caller(web.test_client(), world.tokens[username])


@pytest.fixture
def draft(as_: As) -> TestResponse:
    """A report that was started with good answers."""
    return as_("commune_reporter").start(GOOD)
