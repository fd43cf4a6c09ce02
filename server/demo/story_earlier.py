"""More data (``--scale``): whole years before 2023, all approved, for the communes of that time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.core.org_unit import OrgUnit
from server.demo import (
    answers_cadres,
    answers_poverty,
    answers_prestige,
    answers_roads,
    answers_sheet,
)
from server.demo import answers_population as population
from server.demo.communes import Commune
from server.demo.figures import Figures
from server.demo.reports import Desk, Report
from server.demo.story_forms import Forms, Pace

LAST = 2022


@dataclass(frozen=True, slots=True)
class EarlierYears:
    """Puts the yearly reports of earlier years on the timeline."""

    desk: Desk
    figures: Figures
    units: Mapping[str, OrgUnit]
    forms: Forms

    def year(self, year: int) -> None:
        for commune in self.figures.communes:
            unit = self.units[commune.code]
            if not unit.exists_on(date(year, 10, 16)):
                continue
            for form, answers in self._answers(commune, year).items():
                first = date(year + 1, 1, 8) if form == "population_ethnic" else date(year, 11, 20)
                report = Report(self.desk, form, unit, str(year), answers)
                self.forms.through(report, Pace(first, 5))

    def _answers(self, commune: Commune, year: int) -> dict[str, Mapping[str, object]]:
        back = LAST + 1 - year
        villages = self.desk.services.reference.villages(
            self.units[commune.code].id, date(2024, 12, 31)
        )
        staff = answers_cadres.answers_of(commune.code)
        return {
            "population_ethnic": {"rows": self._population(commune, back)},
            "near_poor": answers_poverty.answers_before(self.figures, commune, back),
            "prestige_persons": answers_prestige.answers_of(commune.code, "2023"),
            "village_roads": answers_roads.answers_of(commune.code, villages),
            "cadres": staff,
            "commune_sheet": answers_sheet.answers_of(commune),
        }

    def _population(self, commune: Commune, back: int) -> population.Rows:
        rows = population.rows_of(self.figures, commune, "2023")
        return {
            group: {column: number * (1000 - 4 * back) // 1000 for column, number in row.items()}
            for group, row in rows.items()
        }
