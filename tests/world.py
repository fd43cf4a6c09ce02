"""A small province with real services: two districts, three communes, people for each role.

Shared by tests that need the whole application on a fresh database; what it publishes goes
through the same checks as the shipped definitions.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from server.app import Application, build
from server.core.access import SYSTEM, Actor, Role
from server.core.obligation import Round
from server.core.org_unit import Level, OrgUnit
from server.core.ports import FixedClock
from server.services import Services
from server.services.accounts import NewAccount
from server.settings import FileSettings, PluginSettings, SecuritySettings, Settings
from server.storage.database import Database

ROOT = Path(__file__).parents[1]
FRIDAY = FixedClock(datetime(2025, 1, 24, 3, 0, tzinfo=UTC))
PERIOD = "2024"
ROUND = "round-2024"
#: The cheapest hash Argon2 knows: no test of this world is about its strength.
QUICK = SecuritySettings(argon2_memory_kib=8, argon2_time=1)
#: Drawn in the test's own process; that the server uses one for each print is tested by its plugin.
IN_PROCESS = {"pdf_print": {"own_process": False}}
GOOD = {"people": {"male": 12, "female": 13}, "households": 6}
#: More than nine people a household: the form warns and asks for a reason.
CROWDED = {"people": {"male": 120, "female": 130}, "households": 6}
REASON = {"code": "crowded", "path": "/households", "text": "Nhiều thế hệ ở chung một nhà."}

UNITS = {
    "province": OrgUnit("u-province", "06", "Bắc Kạn", Level.PROVINCE, "tinh", None, None, None),
    "district": OrgUnit(
        "u-district", "060", "Pác Nặm", Level.DISTRICT, "huyen", "u-province", None, None
    ),
    "other_district": OrgUnit(
        "u-other-district", "061", "Ba Bể", Level.DISTRICT, "huyen", "u-province", None, None
    ),
    "commune": OrgUnit(
        "u-commune", "01858", "Cổ Linh", Level.COMMUNE, "xa", "u-district", None, None
    ),
    "neighbour": OrgUnit(
        "u-neighbour", "01837", "Bộc Bố", Level.COMMUNE, "xa", "u-district", None, None
    ),
    "far_commune": OrgUnit(
        "u-far", "01894", "Chợ Rã", Level.COMMUNE, "thi_tran", "u-other-district", None, None
    ),
}
PEOPLE = {
    "commune_reporter": (Role.REPORTER, "u-commune"),
    "commune_signer": (Role.SIGNER, "u-commune"),
    "neighbour_reporter": (Role.REPORTER, "u-neighbour"),
    "district_approver": (Role.APPROVER, "u-district"),
    "province_approver": (Role.APPROVER, "u-province"),
    "province_reader": (Role.READER, "u-province"),
    "other_district_reporter": (Role.REPORTER, "u-far"),
    "admin": (Role.ADMIN, "u-province"),
}


def _count(title: str, **more: object) -> dict[str, object]:
    return {"title": title, "type": "integer", "minimum": 0, "maximum": 999999, **more}


def household_form(code: str = "households", kind: str = "report") -> dict[str, object]:
    """A form with a group of two cells, a calculated total, an error rule and a warning rule."""
    people = {
        "title": "Nhân khẩu",
        "type": "object",
        "additionalProperties": False,
        "required": ["male", "female"],
        "x-dimension": "sex",
        "properties": {
            "male": _count("Nam", **{"x-indicator": "0101", "x-member": "male"}),
            "female": _count("Nữ", **{"x-indicator": "0101", "x-member": "female"}),
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hộ và nhân khẩu",
        "type": "object",
        "additionalProperties": False,
        "x-form": {
            "code": code,
            "version": 1,
            "kind": kind,
            "periodType": "year",
            "workflow": "commune_district_province" if kind == "report" else "survey_return",
            "assignedTo": {"levels": ["commune"]},
            "owner": "06",
            "due": {"commune": "P15D"},
            "constructed": True,
            "prefix": "HO01" if kind == "report" else "HO02",
            "i18n": {"en": {"title": "Households and people"}},
        },
        "required": ["people", "households"],
        "properties": {
            "people": people,
            "households": _count("Số hộ"),
            "all_people": {
                "title": "Tổng nhân khẩu",
                "type": "integer",
                "x-calculate": "people.male + people.female",
            },
            "note": {"title": "Ghi chú", "type": "string", "maxLength": 200},
        },
        "x-layout": {
            "sections": [
                {
                    "key": "main",
                    "title": "Hộ và nhân khẩu",
                    "fields": ["people", "households", "all_people", "note"],
                }
            ]
        },
        "x-checks": [
            {
                "code": "households_have_people",
                "severity": "error",
                "rule": "households <= people.male + people.female",
                "message": "Số hộ ({left}) lớn hơn số nhân khẩu ({right}).",
                "paths": ["/households"],
            },
            {
                "code": "crowded",
                "severity": "warning",
                "rule": "people.male + people.female <= households * 9",
                "message": "Bình quân trên 9 người một hộ.",
                "paths": ["/households"],
            },
        ],
        "x-tests": [{"name": "đúng", "answers": GOOD, "findings": []}],
    }


@dataclass
class World:
    """The application with everything in it, and how to speak as somebody."""

    application: Application
    accounts: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def services(self) -> Services:
        return self.application.services

    def actor(self, username: str) -> Actor:
        account = self.services.accounts.by_username(username)
        return self.services.accounts.actor(account)

    def bearer(self, username: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[username]}"}

    def count(self, table: str) -> int:
        found = self.application.database.row(f"SELECT count(*) FROM {table}", ())
        assert found is not None
        return int(found[0])


def make_world(database: Database, var: Path, plugins: Sequence[str] = ()) -> World:
    """Build the application on a migrated, empty database and fill it."""
    world = World(_application(database, var, plugins))
    services = world.services
    services.reference.add_units(list(UNITS.values()), SYSTEM)
    services.catalogue.publish(_text("form_definitions/_codelists/sex.json"), "codelist", SYSTEM)
    services.catalogue.put_indicators(
        json.loads(_text("form_definitions/_indicators/indicators.json")), SYSTEM
    )
    for code in ("commune_district_province", "survey_return"):
        services.catalogue.publish(_text(f"workflows/{code}/v01.json"), "workflow", SYSTEM)
    for form in (household_form(), household_form("household_survey", "survey")):
        services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    for username, (role, unit) in PEOPLE.items():
        account = services.accounts.create(
            SYSTEM, NewAccount(username, username.replace("_", " "), None, role, unit)
        )
        world.accounts[username] = account.id
        world.tokens[username] = services.accounts.create_token(SYSTEM, account.id, "tests")
    services.rounds.open(world.actor("admin"), _round())
    return world


def copied_world(world: World, database: Database, var: Path, plugins: Sequence[str] = ()) -> World:
    """The application on a copy of the database of *world*, with the same people and tokens."""
    people, tokens = dict(world.accounts), dict(world.tokens)
    return World(_application(database, var, plugins), people, tokens)


def _application(database: Database, var: Path, plugins: Sequence[str]) -> Application:
    settings = Settings(
        files=FileSettings(var=str(var), definitions=str(var)),
        plugins=PluginSettings(enabled=tuple(plugins), options=IN_PROCESS),
        security=QUICK,
        secret_key="a secret of the tests, long enough to be one",
    )
    return build(settings, FRIDAY, database)


def _round() -> Round:
    return Round(
        id=ROUND,
        code="NAM-2024",
        title="Báo cáo năm 2024",
        period=PERIOD,
        letter_number="01/BDT",
        letter_on=date(2024, 12, 1),
        contact="Phòng Tổng hợp",
        phone="0209 000 000",
        level="official",
        forms=("households", "household_survey"),
        opens_on=date(2024, 12, 1),
    )


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
