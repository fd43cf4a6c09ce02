"""A province with as many communes as a measurement wants, and the people who move reports there.

Apart from ``tests.world`` because that one is small and on a fixed day: here real server
processes on the machine's clock serve hundreds of reports.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from server.app import Application, build
from server.core.access import SYSTEM, Actor, Grant, Role
from server.core.obligation import Round
from server.core.org_unit import Level, OrgUnit
from server.services.accounts import NewAccount
from server.settings import FileSettings, ServerSettings, Settings
from server.storage.database import Database
from tests.world import household_form

ROOT = Path(__file__).parents[2]
PERIOD = "2024"
FORM = "households"
SECRET = "a secret of the tests, long enough to be one"


@dataclass(frozen=True)
class Crew:
    """The tokens of one client's people, and the communes that are theirs alone."""

    reporter: str
    signer: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Province:
    """Who may do what, in plain data: it travels to the witness as JSON."""

    crews: tuple[Crew, ...]
    district_approvers: tuple[str, ...]
    province_approver: str
    accounts: Mapping[str, str]  # token -> account id

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Province":
        plain = json.loads(text)
        crews = tuple(
            Crew(crew["reporter"], crew["signer"], tuple(crew["units"])) for crew in plain["crews"]
        )
        approvers = tuple(plain["district_approvers"])
        return cls(crews, approvers, plain["province_approver"], plain["accounts"])


def application_on(database_url: str, var: Path, *, port: int = 0) -> Application:
    """The whole application, as the entry points build it, on a migrated database."""
    settings = Settings(
        server=ServerSettings(port=port),
        files=FileSettings(var=str(var), definitions=str(var)),
        secret_key=SECRET,
    )
    database = Database.open(database_url)
    database.migrate()
    return build(settings, database=database)


def make_province(
    application: Application,
    *,
    crews: int,
    communes: int,
    form: Mapping[str, object] | None = None,
    codelists: Sequence[str] = ("sex",),
) -> Province:
    """Fill an empty database: *communes* for each of *crews*, all owing *form* for 2024."""
    services = application.services
    wanted = household_form() if form is None else dict(form)
    with application.database.transaction():
        units = _units(crews * communes)
        services.reference.add_units(units, SYSTEM)
        for name in codelists:
            text = _text(f"form_definitions/_codelists/{name}.json")
            services.catalogue.publish(text, "codelist", SYSTEM)
        services.catalogue.put_indicators(
            json.loads(_text("form_definitions/_indicators/indicators.json")), SYSTEM
        )
        workflow = "commune_district_province"
        services.catalogue.publish(_text(f"workflows/{workflow}/v01.json"), "workflow", SYSTEM)
        services.catalogue.publish(json.dumps(wanted, ensure_ascii=False), "form", SYSTEM)
        people = _People(application)
        own = [unit.id for unit in units if unit.level is Level.COMMUNE]
        made = tuple(
            people.crew(number, own[number * communes : (number + 1) * communes])
            for number in range(crews)
        )
        province = Province(
            crews=made,
            district_approvers=tuple(
                people.token(f"district_{name}", Role.APPROVER, ("u-district",)) for name in "ab"
            ),
            province_approver=people.token("province", Role.APPROVER, ("u-province",)),
            accounts=people.accounts,
        )
        people.token("admin", Role.ADMIN, ("u-province",))
        admin = services.accounts.actor(services.accounts.by_username("admin"))
        services.rounds.open(admin, _round(str(_settings(wanted)["code"])))
    return province


@dataclass
class _People:
    application: Application

    def __post_init__(self) -> None:
        self.accounts: dict[str, str] = {}

    def token(self, name: str, role: Role, units: Sequence[str]) -> str:
        """A new account with *role* at *units*; its token."""
        accounts = self.application.services.accounts
        account = accounts.create(SYSTEM, NewAccount(name, name, None, role, units[0]))
        for unit in units[1:]:
            accounts.grant(SYSTEM, account.id, Grant(role, unit))
        token = accounts.create_token(SYSTEM, account.id, "tests")
        self.accounts[token] = account.id
        return token

    def crew(self, number: int, units: Sequence[str]) -> Crew:
        return Crew(
            reporter=self.token(f"reporter_{number}", Role.REPORTER, units),
            signer=self.token(f"signer_{number}", Role.SIGNER, units),
            units=tuple(units),
        )


def actor_of(application: Application, username: str) -> Actor:
    accounts = application.services.accounts
    return accounts.actor(accounts.by_username(username))


def _units(communes: int) -> list[OrgUnit]:
    top = OrgUnit("u-province", "06", "Bắc Kạn", Level.PROVINCE, "tinh", None, None, None)
    district = OrgUnit(
        "u-district", "060", "Pác Nặm", Level.DISTRICT, "huyen", "u-province", None, None
    )
    rest = [
        OrgUnit(
            f"u-{number:05}",
            f"{10_000 + number}",
            f"Xã {number}",
            Level.COMMUNE,
            "xa",
            "u-district",
            None,
            None,
        )
        for number in range(communes)
    ]
    return [top, district, *rest]


def _round(form: str) -> Round:
    return Round(
        id="round-2024",
        code="NAM-2024",
        title="Báo cáo năm 2024",
        period=PERIOD,
        letter_number="01/BDT",
        letter_on=date(2024, 12, 1),
        contact="Phòng Tổng hợp",
        phone="0209 000 000",
        level="official",
        forms=(form,),
        opens_on=date(2024, 12, 1),
    )


def _settings(form: Mapping[str, object]) -> Mapping[str, object]:
    found = form["x-form"]
    assert isinstance(found, Mapping)
    return found


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
