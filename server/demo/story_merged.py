"""The story after 01/07/2025: 37 communes send to the province, without districts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from server.core.org_unit import OrgUnit
from server.demo import merger
from server.demo.apportioning import hashed
from server.demo.people import NEW_CHAINS
from server.demo.reports import Desk, Report
from server.demo.timeline import local, workday

_NOT_STARTED, _DRAFTS = 8, 5
_WAITS = "01912"  # Chợ Rã: sent, waits for the province
_DRAFT = "01906"  # Ba Bể: in progress
_LATE_DAYS = 4


@dataclass(frozen=True, slots=True)
class MergedStory:
    """Puts the 2025 reports of the new communes on the timeline."""

    desk: Desk
    units: Mapping[str, OrgUnit]

    def year(self) -> None:
        for code in merger.parts():
            self._poverty(self.units[code])
        order = sorted(
            (code for code in merger.parts() if code not in NEW_CHAINS),
            key=lambda code: hashed(f"2025|{code}", 10**6),
        )
        behind = [*(code for code in NEW_CHAINS if code not in (_WAITS, _DRAFT)), *order]
        drafts = [_DRAFT, *behind[_NOT_STARTED : _NOT_STARTED + _DRAFTS - 1]]
        for code in drafts:
            self._report(code).start_at(local(date(2026, 1, 12), 9, hashed(code, 60)))
        sent = [*behind[_NOT_STARTED + _DRAFTS - 1 :], _WAITS]
        for at, code in enumerate(sent):
            self._sent(code, late=at < _LATE_DAYS, approved=at % 2 == 0 and code != _WAITS)

    def _sent(self, code: str, *, late: bool, approved: bool) -> None:
        report = self._report(code)
        first = date(2026, 1, 16) if late else date(2026, 1, 5)
        day = first + timedelta(days=hashed(f"2025on|{code}", 4 if late else 10))
        moment = workday(local(day, 8, hashed(f"2025at|{code}", 60)))
        report.start_at(moment - timedelta(hours=22))
        report.send_at(moment)
        if approved:
            report.approve_at(workday(moment + timedelta(days=2, hours=5)), 0)

    def _report(self, code: str) -> Report:
        unit = self.units[code]
        return Report(self.desk, "population_ethnic", unit, "2025", merger.population_of(unit))

    def _poverty(self, unit: OrgUnit) -> None:
        report = Report(self.desk, "near_poor", unit, "2025", merger.poverty_of(unit))
        day = date(2025, 11, 24) + timedelta(days=hashed(f"2025poor|{unit.code}", 12))
        moment = workday(local(day, 9, hashed(unit.code, 60)))
        report.start_at(moment - timedelta(days=1))
        report.send_at(moment)
        report.approve_at(workday(moment + timedelta(days=3, hours=4)), 0)
