"""A small world for the stores: two communes, a district, one form, one workflow."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

import pytest

from server.core.obligation import Obligation
from server.core.org_unit import Level, OrgUnit
from server.core.submission import Edit, Submission
from server.storage.accounts import AccountStore
from server.storage.catalogue import CatalogueStore
from server.storage.database import Database
from server.storage.events import EventStore
from server.storage.holidays import HolidayStore
from server.storage.idempotency import IdempotencyStore
from server.storage.jobs import JobStore
from server.storage.mail import MailStore
from server.storage.obligations import ObligationStore
from server.storage.observations import ObservationStore
from server.storage.options import OptionStore
from server.storage.org_units import OrgUnitStore
from server.storage.submissions import SubmissionStore
from tests.database_fixtures import *  # noqa: F403

NOW = datetime(2025, 1, 24, 3, 0, tzinfo=UTC)
DISTRICT = OrgUnit("u1", "060", "Huyện Pác Nặm", Level.DISTRICT, "huyen", None, None, None)
COMMUNES = (
    OrgUnit("u2", "01858", "Xã Cổ Linh", Level.COMMUNE, "xa", "u1", None, None),
    OrgUnit("u3", "01849", "Xã Bằng Thành", Level.COMMUNE, "xa", "u1", None, None),
)


@dataclass
class World:
    """All stores on one database."""

    database: Database

    def __post_init__(self) -> None:
        numbers = count(1)
        self.new_id: Callable[[], str] = lambda: f"e{next(numbers):08}"
        self.catalogue = CatalogueStore(self.database)
        self.org_units = OrgUnitStore(self.database)
        self.accounts = AccountStore(self.database)
        self.obligations = ObligationStore(self.database)
        self.submissions = SubmissionStore(self.database)
        self.events = EventStore(
            self.database,
            consumers=("projection", "plugins"),
            new_id=self.new_id,
            new_salt=lambda: "salt",
        )
        self.observations = ObservationStore(self.database)
        self.mail = MailStore(self.database)
        self.jobs = JobStore(self.database)
        self.idempotency = IdempotencyStore(self.database)
        self.options = OptionStore(self.database)
        self.holidays = HolidayStore(self.database)

    def furnish(self) -> "World":
        """The units, the form and the workflow."""
        self.org_units.add_many([DISTRICT, *COMMUNES])
        self.add_form("population")
        self.catalogue.add_workflow("{}", "commune", 1, "w" * 64, NOW)
        return self

    def add_form(self, code: str, version: int = 1, **changes: object) -> bool:
        """Publishes a form whose title is *title* or its code."""
        facts = {
            "code": code,
            "version": version,
            "kind": "report",
            "title": code,
            "period_type": "year",
            "digest": f"{code}{version}",
            "published_at": NOW,
        } | changes
        return self.catalogue.add_form("{}", {"title": facts["title"]}, **facts)  # type: ignore[arg-type]

    def obligation(self, id_: str = "o1", **changes: object) -> Obligation:
        """What Cổ Linh owes for 2024."""
        facts: dict[str, object] = {
            "form": "population",
            "org_unit": "u2",
            "responsible_unit": "u2",
            "period": "2024",
            "round": None,
            "opens_on": date(2024, 12, 1),
            "due_on": date(2025, 1, 15),
            "grace_on": None,
            "closes_on": None,
        } | changes
        return Obligation(id_, **facts)  # type: ignore[arg-type]

    def owe(self, id_: str = "o1", **changes: object) -> Obligation:
        """The same, stored."""
        self.obligations.add_many([self.obligation(id_, **changes)])
        return self.obligations.get(id_)

    def submission(self, id_: str = "s1", **changes: object) -> Submission:
        """A new draft for obligation ``o1``."""
        facts: dict[str, object] = {
            "obligation": "o1",
            "form": "population",
            "version": 1,
            "workflow": "commune",
            "workflow_version": 1,
            "org_unit": "u2",
            "period": "2024",
            "round": None,
            "state": "draft",
            "edit": Edit(1),
            "revision": 0,
            "nil": False,
            "answers": {},
            "statuses": {},
            "started_at": NOW,
            "changed_at": NOW,
            "changed_by": "Lý Thị Mai",
            "state_since": NOW,
        } | changes
        return Submission(id_, **facts)  # type: ignore[arg-type]

    def start(self, id_: str = "s1", **changes: object) -> Submission:
        """The same, stored, with its obligation."""
        submission = self.submission(id_, **changes)
        self.owe(
            submission.obligation,
            form=submission.form,
            org_unit=submission.org_unit,
            responsible_unit=submission.org_unit,
            period=submission.period,
        )
        self.submissions.add(submission)
        return self.submissions.get(id_)


@pytest.fixture
def world(database: Database) -> World:
    """A furnished database whose changes are rolled back."""
    return World(database).furnish()


@pytest.fixture
def committed_world(fresh_database: Database) -> World:
    """A furnished database of the test's own."""
    with fresh_database.transaction():
        return World(fresh_database).furnish()
