"""Filling an empty demonstration: installation, people, rounds and the story, day by day."""

from collections.abc import Callable
from datetime import date, datetime

from server.app import ROOT, Application, ShiftedClock
from server.core.access import Role
from server.core.org_unit import Level, OrgUnit
from server.demo import rounds
from server.demo.answers_households import PILOTS
from server.demo.figures import figures
from server.demo.people import DEPARTMENTS, Cast, hire
from server.demo.reports import Desk
from server.demo.story import RETURNED_ON, PopulationStory
from server.demo.story_forms import CORRECTED_ON, Forms
from server.demo.timeline import Timeline, local
from server.services.dispatch import NOTICES, OBSERVATIONS

INSTALLED = date(2021, 5, 4)
_BATCH = 200


class Seeder:
    """Plays the story up to a moment."""

    def __init__(
        self, application: Application, clock: ShiftedClock, tell: Callable[[str], None]
    ) -> None:
        self.application, self.clock, self.tell = application, clock, tell
        self.services = application.services
        self.cast = Cast(application.services.accounts)
        self.timeline = Timeline(clock)

    def seed(self, until: datetime) -> Cast:
        """Everything up to *until*, for an empty database; return the people."""
        self.clock.set(local(INSTALLED, 8))
        self.tell("units, code lists, indicators, workflows and forms")
        self.application.installation.install(ROOT)
        rounds.declare_days_off(self.services)
        rounds.give_addresses(self.services, date(2025, 1, 1))
        rounds.give_addresses(self.services, date(2025, 7, 1))
        units = {unit.code: unit for unit in self.services.reference.units(date(2025, 1, 1))}
        self.tell("accounts")
        hire(self.cast, units)
        self._put_story(units)
        self.tell("reports of 2021 to 2024, day by day")
        acts = self.timeline.play(until)
        self.tell(f"{acts} acts played; figures and notices")
        self._follow_up()
        return self.cast

    def _put_story(self, units: dict[str, OrgUnit]) -> None:
        desk = Desk(self.services, self.cast, self.timeline, _upper(units))
        opener = self.cast.actor(Role.SIGNER, units["06"].id)
        owing = _owing(units)
        for collection in rounds.COLLECTIONS:
            self.timeline.at(
                local(collection.letter[1], 8),
                lambda opened=collection: rounds.open_collection(  # type: ignore[misc]
                    self.services, opener, opened, owing
                ),
            )
        for day in rounds.reminder_days():
            self.timeline.at(local(day, 7), self._remind)
        for day in (CORRECTED_ON, RETURNED_ON):
            self.timeline.at(local(day, 17), self._notify)
        forms = Forms(desk, figures(), units)
        forms.before()
        forms.year()
        population = PopulationStory(desk, figures(), units, forms)
        population.population_before()
        population.population()

    def _remind(self) -> None:
        self.services.reminders.send_due(self.clock.today())
        self._deliver_mails()

    def _notify(self) -> None:
        """Write to those whose report came back, as the worker does a moment later."""
        self._settle(NOTICES, "SELECT id FROM event WHERE name = 'submission.return'")
        while self.services.dispatch.run(_BATCH, (NOTICES,)):
            pass
        self._deliver_mails()

    def _deliver_mails(self) -> None:
        while self.services.mail.flush():
            pass

    def _follow_up(self) -> None:
        """What the worker does after each event, once for all of them."""
        self._notify()
        self._settle(
            OBSERVATIONS,
            "SELECT MAX(id) FROM event WHERE subject LIKE 'submission/%' GROUP BY subject",
        )
        while self.services.dispatch.run(_BATCH):
            pass
        self.services.ledger.seal()

    def _settle(self, consumer: str, wanted: str) -> None:
        """Take all but the *wanted* events as delivered.

        A consumer computes from what stands in the database now: of all the events of a report
        only the last one changes anything.
        """
        database = self.application.database
        with database.transaction():
            database.run(
                "UPDATE event_delivery SET state = 'done' WHERE consumer = ? AND state = 'waiting'"
                f" AND event_id NOT IN ({wanted})",
                (consumer,),
            )


def _upper(units: dict[str, OrgUnit]) -> dict[str, tuple[str, ...]]:
    """The units that approve, from below: for a commune its district and the province."""
    top = units["06"].id
    districts = {unit.id for unit in units.values() if unit.level is Level.DISTRICT}
    found: dict[str, tuple[str, ...]] = {}
    for unit in units.values():
        if unit.level is Level.COMMUNE and unit.parent in districts:
            found[unit.id] = (str(unit.parent), top)
        elif unit.level is Level.DEPARTMENT:
            found[unit.id] = (top,)
    return found


def _owing(units: dict[str, OrgUnit]) -> dict[str, list[str]]:
    """Who owes a form where it is fewer than the form's rule says."""
    communes = [unit.id for unit in units.values() if unit.level is Level.COMMUNE]
    return {
        "cadres": communes + [units[code].id for code in DEPARTMENTS],
        "household_sheet": [units[code].id for code in PILOTS],
    }
