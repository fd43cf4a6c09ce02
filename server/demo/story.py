"""The population reports (DS-01) of the story: started, sent, approved and returned when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.core.access import Role
from server.core.org_unit import OrgUnit
from server.demo import answers_population as population
from server.demo.apportioning import hashed
from server.demo.communes import Commune
from server.demo.figures import Figures
from server.demo.reports import Desk, Report
from server.demo.states import Stage, courses
from server.demo.story_forms import Forms, Pace
from server.demo.timeline import local, workday

RETURNED_ON = date(2025, 1, 21)
SUMMED_AT = local(date(2025, 1, 24), 9, 30)
_SUMMING = "064"  # Chợ Đồn
_EXTENDED = "01960"  # Hiệp Lực
_EXTENSION_REASON = "Công chức phụ trách nghỉ thai sản, chưa bàn giao (xin ngày 14/01/2025)."


@dataclass(frozen=True, slots=True)
class PopulationStory:
    """Puts the acts of DS-01 on the timeline."""

    desk: Desk
    figures: Figures
    units: Mapping[str, OrgUnit]
    forms: Forms

    def population_before(self) -> None:
        """DS-01 of 2023: all 108 final, so that this year has something to compare with."""
        for commune in self.figures.communes:
            report = Report(
                self.desk,
                "population_ethnic",
                self.units[commune.code],
                "2023",
                population.answers_of(self.figures, commune, "2023"),
            )
            self.forms.through(report, Pace(date(2024, 1, 8), 5))

    def population(self) -> None:
        """DS-01 of 2024 as it stands on 24/01/2025."""
        for course in courses():
            if course.stage is Stage.NOT_STARTED:
                continue
            self._course(course.commune, course.stage, course.sent_at)
        self.desk.timeline.at(local(RETURNED_ON, 9, 10), self._extend)
        self.desk.timeline.at(SUMMED_AT, self._sum_up)

    def _course(self, commune: Commune, stage: Stage, sent_at: datetime | None) -> None:
        report = Report(
            self.desk,
            "population_ethnic",
            self.units[commune.code],
            "2024",
            population.answers_of(self.figures, commune, "2024"),
        )
        if sent_at is None:
            report.answers = population.unfinished(self.figures, commune)
            report.start_at(local(date(2025, 1, 9) + _days(f"draft|{commune.code}", 6), 9))
            return
        report.start_at(sent_at - timedelta(days=1, hours=hashed(f"start|{commune.code}", 5)))
        if stage is Stage.RETURNED:
            fault = population.fault_of(self.figures, commune)
            report.answers = fault.answers
            report.send_at(sent_at)
            marks = [{"path": path, "note": note} for path, note in fault.marks]
            supplied: dict[str, object] = {"note": fault.note, "due_on": "2025-02-03"}
            if marks:
                supplied["marks"] = marks
            report.return_at(local(RETURNED_ON, 9, hashed(commune.code, 60)), 0, supplied)
            return
        report.send_at(sent_at)
        if stage in (Stage.DISTRICT, Stage.PROVINCE):
            approved_at = workday(sent_at + timedelta(days=1 + hashed(f"d|{commune.code}", 3)))
            report.approve_at(approved_at, 0)
            if stage is Stage.PROVINCE:
                later = approved_at + timedelta(days=1 + hashed(f"p|{commune.code}", 3))
                report.approve_at(workday(later), 1)

    def _extend(self) -> None:
        unit = self.units[_EXTENDED]
        obligations = self.desk.services.obligations
        [owed] = obligations.obligations.find("population_ethnic", unit.id, "2024")
        actor = self.desk.cast.actor(Role.APPROVER, self.desk.upper[unit.id][0])
        obligations.excuse(actor, owed.id, until=date(2025, 1, 27), reason=_EXTENSION_REASON)

    def _sum_up(self) -> None:
        """Chợ Đồn sums up what is approved so far: 12 of 20, for now."""
        unit = self.units[_SUMMING]
        actor = self.desk.cast.actor(Role.REPORTER, unit.id)
        self.desk.services.consolidations.start(
            actor, form="population_ethnic", org_unit=unit.id, period="2024"
        )


def _days(key: str, count: int) -> timedelta:
    return timedelta(days=hashed(key, count))
