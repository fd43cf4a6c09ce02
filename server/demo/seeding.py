"""Filling an empty demonstration: installation, people, rounds and the story, day by day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from server.app import ROOT, Application
from server.core.access import Actor, Role
from server.core.org_unit import Level, OrgUnit
from server.demo import merger, rounds
from server.demo.answers_households import PILOTS
from server.demo.figures import figures
from server.demo.groups import found_groups
from server.demo.people import DEPARTMENTS, Cast, hire, hire_after_merger
from server.demo.reports import Desk
from server.demo.story import RETURNED_ON, PopulationStory
from server.demo.story_earlier import LAST, EarlierYears
from server.demo.story_forms import CORRECTED_ON, Forms
from server.demo.story_merged import MergedStory
from server.demo.timeline import Timeline, local
from server.machine import ShiftedClock
from server.services.dispatch import NOTICES, OBSERVATIONS

INSTALLED = date(2021, 5, 4)
WITH_DISTRICTS = date(2025, 1, 1)
_BATCH = 200


class Seeder:
    """Plays the story up to a moment."""

    def __init__(
        self,
        application: Application,
        clock: ShiftedClock,
        cast: Cast,
        tell: Callable[[str], None],
        *,
        scale: int = 1,
    ) -> None:
        self.application, self.clock, self.cast, self.tell = application, clock, cast, tell
        self.scale = scale
        self.services = application.services
        self.timeline = Timeline(clock)

    def seed(self, until: datetime) -> None:
        """Everything up to *until*, for an empty database."""
        self.clock.set(local(min(INSTALLED, date(self._first_year(), 1, 4)), 8))
        self.tell("units, code lists, indicators, workflows and forms")
        self.application.installation.install(ROOT)
        rounds.declare_days_off(self.services)
        rounds.give_addresses(self.services, WITH_DISTRICTS)
        rounds.give_addresses(self.services, merger.MERGED_ON)
        units = self._units(WITH_DISTRICTS)
        self.tell("accounts")
        hire(self.cast, units)
        self._put_story(units)
        self.tell("reports of 2021 to 2024, day by day")
        self._play(min(until, local(merger.MERGED_ON, 0)))
        if until.date() >= merger.MERGED_ON:
            self.go_on(until)

    def go_on(self, until: datetime) -> None:
        """The time after the districts, on data of the time with them."""
        self.clock.set(local(merger.MERGED_ON, 8))
        units = self._units(merger.MERGED_ON)
        communes = [units[code].id for code in merger.parts()]
        hire_after_merger(self.cast, units, merger.parts())
        found_groups(self.services, self.cast, units, merger.parts())
        upper = dict.fromkeys(communes, (units["19"].id,))
        opener = self.cast.actor(Role.SIGNER, units["19"].id)
        owing = dict.fromkeys(rounds.AFTER_MERGER.forms, communes)
        self._open(rounds.AFTER_MERGER, opener, owing)
        MergedStory(Desk(self.services, self.cast, self.timeline, upper), units).year()
        self._put_reminders()
        self.tell("reports of 2025, without districts")
        self._play(until)

    def _first_year(self) -> int:
        """Each step of the scale is one earlier year of reports."""
        return LAST + 2 - self.scale

    def _units(self, on: date) -> dict[str, OrgUnit]:
        return {unit.code: unit for unit in self.services.reference.units(on)}

    def _put_story(self, units: dict[str, OrgUnit]) -> None:
        desk = Desk(self.services, self.cast, self.timeline, _upper(units))
        opener = self.cast.actor(Role.SIGNER, units["06"].id)
        owing = _owing(units)
        for collection in rounds.COLLECTIONS:
            self._open(collection, opener, owing)
        self._put_reminders()
        # Figures follow while the verdicts on their reports are still remembered.
        for day in [date(year, 3, 1) for year in range(self._first_year(), 2025)]:
            self.timeline.at(local(day, 1), self._follow_up)
        self.timeline.at(local(date(2024, 12, 20), 1), self._follow_up)
        for day in (CORRECTED_ON, RETURNED_ON):
            self.timeline.at(local(day, 17), self._notify)
        forms = Forms(desk, figures(), units)
        forms.before()
        forms.year()
        for year in range(self._first_year(), LAST + 1):
            self._open(rounds.earlier(year), opener, owing)
            EarlierYears(desk, figures(), units, forms).year(year)
        population = PopulationStory(desk, figures(), units, forms)
        population.population_before()
        population.population()

    def _open(
        self, collection: rounds.Collection, opener: Actor, units: Mapping[str, Sequence[str]]
    ) -> None:
        self.timeline.at(
            local(collection.letter[1], 8),
            lambda: rounds.open_collection(self.services, opener, collection, units),
        )

    def _put_reminders(self) -> None:
        """Reminders as the worker would send them early on these days."""
        today = self.clock.today()
        for day in rounds.reminder_days():
            if day >= today:
                self.timeline.at(local(day, 7), self._remind)

    def _play(self, until: datetime) -> None:
        acts = self.timeline.play(until)
        self.tell(f"{acts} acts played; figures and notices")
        self._follow_up()

    def _remind(self) -> None:
        # The story leaps over months: its clock is right all the same.
        self.services.reminders.send_due(self.clock.today(), confirmed=True)
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
        while self.services.ledger.seal() is not None:
            pass

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
