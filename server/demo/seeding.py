"""Filling an empty demonstration: installation, people, rounds and the story, day by day."""

from collections.abc import Callable
from datetime import date, datetime

from server.app import ROOT, Application, ShiftedClock
from server.core.access import Role
from server.core.org_unit import OrgUnit
from server.demo import rounds
from server.demo.figures import figures
from server.demo.people import Cast, hire
from server.demo.reports import Desk
from server.demo.story import Story
from server.demo.timeline import Timeline, local

INSTALLED = date(2023, 9, 4)
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
        self.tell("reports of 2023 and 2024, day by day")
        acts = self.timeline.play(until)
        self.tell(f"{acts} acts played; figures and notices")
        self._follow_up()
        return self.cast

    def _put_story(self, units: dict[str, OrgUnit]) -> None:
        desk = Desk(self.services, self.cast, self.timeline, _upper(units))
        story = Story(desk, figures(), units)
        opener = self.cast.actor(Role.SIGNER, units["06"].id)
        communes = [unit.id for unit in units.values() if unit.id in desk.upper]
        chosen = {"population_ethnic": communes}
        self.timeline.at(
            local(date(2023, 10, 16), 8),
            lambda: rounds.open_round(
                self.services,
                opener,
                code="2023",
                title="Báo cáo thống kê công tác dân tộc năm 2023",
                period="2023",
                letter=("1187/BDT-KHTH", date(2023, 10, 16)),
                forms=("population_ethnic",),
                opens_on=date(2023, 10, 16),
                units=chosen,
            ),
        )
        self.timeline.at(
            local(rounds.OPENED, 8),
            lambda: rounds.open_round(
                self.services,
                opener,
                code="2024",
                title="Báo cáo thống kê công tác dân tộc năm 2024",
                period="2024",
                letter=("1246/BDT-KHTH", rounds.OPENED),
                forms=rounds.YEARLY_FORMS,
                opens_on=rounds.OPENED,
                units=chosen,
            ),
        )
        story.population_before()
        story.population()
        self._remind_on(date(2025, 1, 8), date(2025, 1, 14), date(2025, 1, 16), date(2025, 1, 20))

    def _remind_on(self, *days: date) -> None:
        """Reminders as the worker would send them early on these days."""
        for day in days:
            self.timeline.at(local(day, 7), self._remind)

    def _remind(self) -> None:
        self.services.reminders.send_due(self.clock.today())
        self.deliver_mails()

    def deliver_mails(self) -> None:
        while self.services.mail.flush():
            pass

    def _follow_up(self) -> None:
        """What the worker does after each event, once for all of them."""
        while self.services.dispatch.run(_BATCH):
            pass
        self.deliver_mails()
        self.services.ledger.seal()


def _upper(units: dict[str, OrgUnit]) -> dict[str, tuple[str, ...]]:
    """For each commune its district and its province."""
    by_id = {unit.id: unit for unit in units.values()}
    found: dict[str, tuple[str, ...]] = {}
    for unit in units.values():
        district = by_id.get(unit.parent or "")
        if district is not None and district.parent == units["06"].id and unit.level == "commune":
            found[unit.id] = (district.id, units["06"].id)
    return found
