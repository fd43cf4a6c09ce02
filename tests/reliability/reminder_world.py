"""A small form that many units owe, a clock that is turned by hand, and a channel that keeps.

No network and no waiting: what is proved here is who is reminded of what how often.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from server.app import Application, build
from server.core.access import SYSTEM
from server.core.obligation import Obligation
from server.core.org_unit import Level, OrgUnit
from server.core.ports import LOCAL, Mail
from server.hooks import Recipient, Refused
from server.hooks.door import Door, GuardedChannel
from server.settings import FileSettings, PluginSettings, Settings
from server.storage.database import Database
from tests.world import QUICK, ROOT, household_form

FORM = "households"
DUE = date(2025, 1, 15)


@dataclass
class TurnedClock:
    """Local time as it is set; never goes by itself."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant.astimezone(UTC)

    def today(self) -> date:
        return self.instant.astimezone(LOCAL).date()

    def set(self, day: date, hour: int = 8, minute: int = 0) -> None:
        self.instant = datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL)

    def turn(self, **delta: float) -> None:
        self.instant += timedelta(**delta)


@dataclass
class KeptChannel:
    """An e-mail channel that keeps what it is given; *down* answers as a server that is away."""

    code: str = "email"
    down: bool = False
    mails: list[Mail] = field(default_factory=list)

    def address(self, recipient: Recipient) -> str | None:
        return recipient.email

    def send(self, mail: Mail) -> str:
        if self.down:
            raise Refused("connection refused", permanent=False)
        self.mails.append(mail)
        return "250 2.0.0 Ok"


@dataclass
class ReminderWorld:
    """The application with its clock and its channel."""

    application: Application
    clock: TurnedClock
    channel: KeptChannel

    @property
    def services(self):
        return self.application.services

    def rows(self, sql: str, *values: object) -> list[tuple]:
        return self.application.database.rows(sql, values)

    def claims(self) -> list[tuple[str, str]]:
        return [tuple(row) for row in self.rows("SELECT obligation_id, step FROM reminder")]

    def outcomes(self) -> dict[tuple[str, str], set[str]]:
        """What became of each step of each obligation."""
        found: dict[tuple[str, str], set[str]] = {}
        for id_, step, outcome in self.rows(
            "SELECT obligation_id, step, outcome FROM reminder_delivery"
        ):
            found.setdefault((id_, step), set()).add(outcome)
        return found

    def tick(self) -> None:
        """What the worker does each thirty seconds, and its mails."""
        self.services.reminders.send_due(self.clock.today())
        while self.services.mail.flush():
            pass

    def owe(self, obligations: Iterable[Obligation]) -> None:
        with self.application.database.transaction():
            self.services.urging.obligations.add_many(list(obligations))


def make(
    database: Database,
    var: Path,
    *,
    units: int,
    districts: int = 1,
    channel: bool = True,
    clock: TurnedClock | None = None,
) -> ReminderWorld:
    """Units with an address under districts, one published form, nothing owed yet."""
    world = opened(database, var, channel=channel, clock=clock)
    services = world.services
    above = [
        OrgUnit("p", "06", "Tỉnh Bắc Kạn", Level.PROVINCE, "tinh", None, None, None, "p@x.example")
    ]
    above += [
        OrgUnit(
            f"d{n}", f"06{n}", f"Huyện {n}", Level.DISTRICT, "huyen", "p", None, None,
            f"d{n}@x.example",
        )
        for n in range(districts)
    ]  # fmt: skip
    communes = [
        OrgUnit(
            f"u{n:04}", f"{10000 + n}", f"Xã {n}", Level.COMMUNE, "xa", f"d{n % districts}",
            None, None, f"u{n:04}@x.example",
        )
        for n in range(units)
    ]  # fmt: skip
    services.reference.add_units([*above, *communes], SYSTEM)
    for kind, path in (
        ("codelist", "form_definitions/_codelists/sex.json"),
        ("workflow", "workflows/commune_district_province/v01.json"),
    ):
        services.catalogue.publish((ROOT / path).read_text("utf-8"), kind, SYSTEM)
    indicators = (ROOT / "form_definitions/_indicators/indicators.json").read_text("utf-8")
    services.catalogue.put_indicators(json.loads(indicators), SYSTEM)
    services.catalogue.publish(json.dumps(household_form(), ensure_ascii=False), "form", SYSTEM)
    return world


def opened(
    database: Database, var: Path, *, channel: bool = True, clock: TurnedClock | None = None
) -> ReminderWorld:
    """The application on a database that is filled already."""
    clock = clock or TurnedClock(datetime(2025, 1, 6, 8, tzinfo=LOCAL))
    settings = Settings(
        files=FileSettings(var=str(var), definitions=str(var)),
        plugins=PluginSettings(enabled=("deadline_reminders",)),
        security=QUICK,
        secret_key="a secret of the tests, long enough to be one",
    )
    application = build(settings, clock, database)
    kept = KeptChannel()
    if channel:
        guarded = GuardedChannel("email", Door("kept"), kept)
        application.services.plugins._channels["email"] = guarded
    return ReminderWorld(application, clock, kept)


def owed(number: int, *, due: date = DUE, period: str = "2024", unit: int | None = None):
    """One obligation of unit *number*; the same number twice needs another period."""
    place = f"u{number if unit is None else unit:04}"
    return Obligation(
        id=f"o{number:05}-{period}",
        form=FORM,
        org_unit=place,
        responsible_unit=place,
        period=period,
        round=None,
        opens_on=due - timedelta(days=60),
        due_on=due,
        grace_on=None,
        closes_on=None,
    )


def sent(obligation: Obligation, **changes: object) -> Obligation:
    return replace(obligation, **changes)  # type: ignore[arg-type]
