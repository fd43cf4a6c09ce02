"""One copy of the two districts for the whole folder; who changes it takes it back."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.app import build as build_application
from server.settings import FileSettings, PluginSettings, Settings
from server.storage.database import Database
from server.web import create_web
from tests.database_fixtures import *  # noqa: F403
from tests.once import made_once
from tests.security import two_districts
from tests.security.site import Site, with_back_office
from tests.security.two_districts import Commune
from tests.world import FRIDAY, IN_PROCESS, QUICK, World

Template = tuple[dict[str, str], dict[str, str], dict[str, Commune], Path]
MakeSite = Callable[..., Site]
SETTINGS = Settings(
    security=QUICK,
    plugins=PluginSettings(enabled=tuple(two_districts.PLUGINS), options=IN_PROCESS),
    secret_key="a secret of the tests, long enough to be one",
)


@pytest.fixture(scope="session")
def template(migrated_sqlite: Path, run_folder: Path) -> Template:
    """Accounts, tokens, communes and the folder of the file: the same for all test workers."""
    folder = run_folder / "two-districts"

    def make() -> Template:
        folder.mkdir()
        shutil.copy(migrated_sqlite, folder / "world.db")
        database = Database.open(f"sqlite:///{folder / 'world.db'}")
        world, communes = two_districts.build(database, folder)
        database.close()
        return world.accounts, world.tokens, communes, folder

    return made_once(run_folder / "two-districts.pickle", make)


@pytest.fixture(scope="session")
def opened_site(
    template: Template, run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    site = site_in(template, tmp_path_factory.mktemp("site"), SETTINGS)
    site.shared = run_folder / "crawls"
    site.shared.mkdir(exist_ok=True)
    yield site
    site.world.application.database.close()


@pytest.fixture
def site(opened_site: Site) -> Site:
    """The shared site; other tests may have opened another database since."""
    opened_site.world.application.database.bind()
    return opened_site


@pytest.fixture
def make_site(template: Template, tmp_path: Path) -> Iterator[MakeSite]:
    """``make_site(server=...)`` is a site of the test's own with other settings."""
    made: list[Site] = []

    def make(**changes: object) -> Site:
        folder = tmp_path / f"site-{len(made)}"
        made.append(site_in(template, folder, replace(SETTINGS, **changes)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for site in made:
        site.world.application.database.close()


def site_in(template: Template, folder: Path, settings: Settings) -> Site:
    """A site in *folder*, which is a copy of the template."""
    accounts, tokens, communes, source = template
    shutil.copytree(source, folder, dirs_exist_ok=True)
    database = Database.open(f"sqlite:///{folder / 'world.db'}")
    settings = replace(settings, files=FileSettings(var=str(folder), definitions=str(folder)))
    application = build_application(settings, FRIDAY, database)
    copied = World(application, dict(accounts), dict(tokens))
    # Not ``application.web()``: a request must not give back the connection of the test.
    app = with_back_office(create_web(application.services, settings))
    return Site(copied, dict(communes), app)
