"""The other forms of the story: poverty, roads, prestige persons, staff, sheets, councils."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from server.core.org_unit import OrgUnit
from server.demo import (
    answers_cadres,
    answers_council,
    answers_households,
    answers_poverty,
    answers_prestige,
    answers_roads,
    answers_sheet,
)
from server.demo.apportioning import hashed
from server.demo.communes import Commune
from server.demo.figures import Figures
from server.demo.reports import Desk, Report
from server.demo.states import Stage, courses
from server.demo.timeline import local, workday

CORRECTED_ON = date(2024, 11, 28)
_XUAN_LAC, _CONG_BANG, _BAN_THI = "02023", "01867", "02035"
#: Besides the ten that did not start: Giáo Hiệu, Cao Tân.
_NO_ROADS = ("01870", "01885")
_NO_STAFF = ("01867", "01876", "01894", "02035")
_PILOT_ACCEPTED = "01840"


@dataclass(frozen=True, slots=True)
class Pace:
    """When a form's reports leave the communes and how long the approvals take, in days."""

    first: date
    days: int
    district: int = 2
    province: int = 2
    spread: int = 1  # how much longer either approval may take


@dataclass(frozen=True, slots=True)
class Forms:
    """Puts the reports of every form but DS-01 on the timeline."""

    desk: Desk
    figures: Figures
    units: Mapping[str, OrgUnit]

    def before(self) -> None:
        """What came before: the councils elected in 2021, and the figures of 2023."""
        for report in self._all("council_delegates", "2021-T5", self._council):
            self.through(report, Pace(date(2021, 6, 7), 18))
            report.close_at(local(date(2021, 8, 16), 15))
        pace = Pace(date(2023, 11, 20), 14)
        for report in self._all("near_poor", "2023", self._poverty_before):
            self.through(report, pace)
        for report in self._all("prestige_persons", "2023", self._prestige_before):
            self.through(report, pace)

    def year(self) -> None:
        """The forms of 2024."""
        for report in self._all("near_poor", "2024", self._poverty):
            if report.unit.code == _XUAN_LAC:
                self._corrected(report)
            else:
                self.through(report, Pace(date(2024, 11, 11), 24))
        for report in self._all("prestige_persons", "2024", self._prestige):
            self.through(report, Pace(date(2024, 11, 11), 20))
        for report in self._all("commune_sheet", "2024", answers_sheet.answers_of):
            if report.unit.code not in (_CONG_BANG, _BAN_THI):
                self.through(report, Pace(date(2024, 11, 5), 21))
        unready = {course.commune.code for course in courses() if course.stage is Stage.NOT_STARTED}
        for report in self._all("village_roads", "2024", self._roads):
            if report.unit.code not in unready | set(_NO_ROADS):
                self.through(report, Pace(date(2025, 1, 2), 7, district=3, province=5, spread=8))
        for report in self._all("cadres", "2024", self._staff):
            if report.unit.code not in _NO_STAFF:
                self.through(report, Pace(date(2025, 1, 2), 3, district=3, province=5, spread=6))
        self._departments()
        self._households()

    def through(self, report: Report, pace: Pace) -> None:
        """Start, send and two approvals on working days."""
        key = f"{report.form}|{report.period}|{report.unit.code}"
        day = pace.first + timedelta(days=hashed(f"on|{key}", pace.days))
        sent_at = workday(local(day, 8) + timedelta(minutes=hashed(f"minute|{key}", 480)))
        report.start_at(sent_at - timedelta(hours=20))
        report.send_at(sent_at)
        wait = pace.district + hashed(f"district|{key}", pace.spread)
        approved_at = workday(sent_at + timedelta(days=wait))
        report.approve_at(approved_at, 0)
        wait = pace.province + hashed(f"province|{key}", pace.spread)
        report.approve_at(workday(approved_at + timedelta(days=wait, minutes=7)), 1)

    def _all(
        self, form: str, period: str, answers: Callable[[Commune], Mapping[str, object]]
    ) -> list[Report]:
        return [
            Report(self.desk, form, self.units[commune.code], period, answers(commune))
            for commune in self.figures.communes
        ]

    def _corrected(self, report: Report) -> None:
        """Xuân Lạc: first closing 67, sent again with 64."""
        right = report.answers
        commune = self.figures.commune(report.unit.code)
        report.answers = answers_poverty.answers_of(self.figures, commune, arisen_more=3)
        report.start_at(local(date(2024, 11, 25), 9))
        report.send_at(local(date(2024, 11, 26), 10, 5))
        note = "Cuối năm ghi 67 hộ; biên bản rà soát 64 hộ = 66 - 12 + 1 + 9. Sửa cột phát sinh."
        mark = {"path": "/commune/arisen", "note": "Biên bản ghi 9 hộ"}
        report.return_at(local(CORRECTED_ON, 14, 20), 0, {"note": note, "marks": [mark]})
        report.refill_at(local(date(2024, 11, 29), 8, 40), right)
        report.send_at(local(date(2024, 11, 29), 15, 10))
        report.approve_at(local(date(2024, 12, 4), 9), 0)
        report.approve_at(local(date(2024, 12, 9), 16), 1)

    def _departments(self) -> None:
        """Sở LĐTBXH in time, Sở GTVT five days late; Sở Nội vụ still waits for the districts."""
        for code, sent_at, approved in (
            ("d_sldtbxh", local(date(2025, 1, 14), 15), True),
            ("d_sgtvt", local(date(2025, 1, 20), 16), False),
        ):
            answers = answers_cadres.department_answers(code)
            report = Report(self.desk, "cadres", self.units[code], "2024", answers)
            report.start_at(sent_at - timedelta(days=1))
            report.send_at(sent_at)
            if approved:
                report.approve_at(workday(sent_at + timedelta(days=3)), 0)

    def _households(self) -> None:
        """The pilot: each sheet on its day; only Đức Xuân has its return accepted."""
        for code in answers_households.PILOTS:
            commune = self.figures.commune(code)
            report = Report(self.desk, "household_sheet", self.units[code], "2024", {})
            report.start_at(local(date(2024, 11, 4), 7, 30))
            report.expect_records_at(local(date(2024, 11, 4), 7, 40), answers_households.EXPECTED)
            for number, record in enumerate(answers_households.records_of(commune)):
                day = date.fromisoformat(str(record["interviewed_on"]))
                report.add_record_at(local(day, 17, number), record)
            if code == _PILOT_ACCEPTED:
                report.send_at(local(date(2024, 11, 29), 10))
                report.approve_at(local(date(2024, 12, 5), 9), 1)

    def _council(self, commune: Commune) -> Mapping[str, object]:
        return answers_council.answers_of(commune.code)

    def _poverty(self, commune: Commune) -> Mapping[str, object]:
        return answers_poverty.answers_of(self.figures, commune)

    def _poverty_before(self, commune: Commune) -> Mapping[str, object]:
        return answers_poverty.answers_before(self.figures, commune)

    def _prestige(self, commune: Commune) -> Mapping[str, object]:
        return answers_prestige.answers_of(commune.code, "2024")

    def _prestige_before(self, commune: Commune) -> Mapping[str, object]:
        return answers_prestige.answers_of(commune.code, "2023")

    def _roads(self, commune: Commune) -> Mapping[str, object]:
        villages = self.desk.services.reference.villages(
            self.units[commune.code].id, date(2024, 12, 31)
        )
        return answers_roads.answers_of(commune.code, villages)

    def _staff(self, commune: Commune) -> Mapping[str, object]:
        return answers_cadres.answers_of(commune.code)
