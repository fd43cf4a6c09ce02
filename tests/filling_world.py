"""The small province of ``tests.world`` with shipped forms, passwords and a page to open.

For tests of the clerk's pages: the population form (a grid by ethnic group), the near-poor form (a
roster of villages) and a survey, with last year's report of Cổ Linh behind them.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from argon2 import PasswordHasher

from server.app import build
from server.core.access import SYSTEM
from server.core.obligation import Round
from server.core.org_unit import Level, OrgUnit
from server.core.ports import FixedClock
from server.storage.database import Database
from tests.serving import serving
from tests.world import ROOT, World, copied_world, make_world

PASSWORD = "đường về bản xa"
LAST_YEAR = FixedClock(datetime(2024, 1, 10, 3, 0, tzinfo=UTC))
PLUGINS = ("csv_export", "pdf_print", "xlsx_workbook")
FORMS = ("population_ethnic", "near_poor")
#: The rows of the example that the rules find nothing wrong with.
EXAMPLE = json.loads(
    (ROOT / "form_definitions/population_ethnic/examples/valid-co-linh.json").read_text("utf-8")
)


@dataclass(frozen=True)
class Seeded:
    """A filled database file and the world it was filled through."""

    path: Path
    world: World


def make_filling_world(database: Database, var: Path) -> World:
    """``make_world`` with the shipped forms opened for the communes, and passwords to sign in."""
    world = make_world(database, var, PLUGINS)
    services = world.services
    owners = {"d_bdt": "Ban Dân tộc", "d_sldtbxh": "Sở Lao động - Thương binh và Xã hội"}
    services.reference.add_units(
        [
            OrgUnit(f"u-{code}", code, name, Level.DEPARTMENT, "so", "u-province", None, None)
            for code, name in owners.items()
        ],
        SYSTEM,
    )
    _publish(world)
    services.rounds.open(world.actor("admin"), _round("2024", date(2024, 12, 1)))
    # Hashing a word for eight people would take longer than the tests themselves.
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for account in world.accounts.values():
        services.accounts.store.set_password(account, hashed, must_change=False)
    return world


def with_last_year(world: World, answers: Mapping[str, object], form: str = FORMS[0]) -> None:
    """Let Cổ Linh have sent *form* a year ago with these answers."""
    application = world.application
    # The year is closed today, so it is lived through a year earlier.
    services = build(application.settings, LAST_YEAR, application.database).services
    services.rounds.open(world.actor("admin"), _round("2023", date(2023, 12, 1)))
    clerk, head = world.actor("commune_reporter"), world.actor("commune_signer")
    view = services.submissions.start(
        clerk, form=form, org_unit="u-commune", period="2023", answers=answers
    )
    reasons = [
        {"code": finding.code, "path": finding.path, "text": "Đúng theo sổ của công an xã."}
        for finding in view.verdict.findings
        if str(finding.severity) == "warning"
    ]
    for actor, event in ((clerk, "submit"), (head, "sign")):
        view = services.approvals.decide(
            actor, view.submission.id, event, seen=view.submission.edit, reasons=reasons
        )


def seed(folder: Path) -> Seeded:
    """A database with last year's report of Cổ Linh, to be copied by each test that changes it.

    Filled once in a process, in the *folder* that is named first.
    """
    if not _SEEDED:
        _SEEDED.append(_filled(folder))
    return _SEEDED[0]


def _filled(folder: Path) -> Seeded:
    path = folder / "seeded.sqlite"
    database = Database.open(f"sqlite:///{path}")
    database.migrate()
    world = make_filling_world(database, folder)
    with_last_year(world, {"rows": example_rows()})
    database.close()
    return Seeded(path, world)


_SEEDED: list[Seeded] = []


@contextmanager
def copied(seeded: Seeded, folder: Path) -> Iterator[World]:
    """The world on a copy of its database that is the test's own."""
    path = folder / "copy.sqlite"
    shutil.copy(seeded.path, path)
    database = Database.open(f"sqlite:///{path}")
    try:
        yield copied_world(seeded.world, database, folder, PLUGINS)
    finally:
        database.close()


@contextmanager
def served(world: World) -> Iterator[str]:
    """The application on a free port of this machine; gives its address."""
    with serving(world.application.web()) as address:
        yield address


def example_rows() -> dict[str, dict[str, int]]:
    """The typed cells of the example, by code of the ethnic group."""
    return {code: dict(row) for code, row in EXAMPLE["answers"]["rows"].items()}


def _publish(world: World) -> None:
    catalogue = world.services.catalogue
    lists = ROOT / "form_definitions" / "_codelists"
    for code in ("ethnic_group", "urban_rural", "council_level", "village_kind"):
        catalogue.publish((lists / f"{code}.json").read_text("utf-8"), "codelist", SYSTEM)
    for code in ("commune_province", "department_province", "consolidated"):
        text = (ROOT / f"workflows/{code}/v01.json").read_text("utf-8")
        catalogue.publish(text, "workflow", SYSTEM)
    for code in FORMS:
        text = (ROOT / f"form_definitions/{code}/v01.json").read_text("utf-8")
        catalogue.publish(text, "form", SYSTEM, alongside=("commune_sheet",))


def _round(period: str, opens_on: date) -> Round:
    return Round(
        id=f"round-shipped-{period}",
        code=f"DT-{period}",
        title=f"Báo cáo thống kê công tác dân tộc năm {period}",
        period=period,
        letter_number="55/BDT",
        letter_on=opens_on,
        contact="Phòng Chính sách",
        phone="0209 000 000",
        level="official",
        forms=FORMS,
        opens_on=opens_on,
    )
