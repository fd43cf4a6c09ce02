"""Sheets of a survey go with their return to a newer version of the form, and back with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.core.answer_migration import Migrated, Route
from server.core.answers import Answers, Context, Statuses, UnitView, check
from server.core.form import Form
from server.core.period import Period
from server.core.submission import SurveyRecord
from server.core.survey import Standing, standing_of
from server.services.reference import Reference
from server.storage.definition_migrations import DefinitionMigrationStore, HeldReport, KeptSheet
from server.storage.survey_records import SurveyRecordStore


@dataclass(frozen=True, slots=True)
class MovedSheet:
    """A sheet as it is, and what it becomes."""

    record: SurveyRecord
    found: Migrated


@dataclass(frozen=True, slots=True)
class SheetMigrations:
    """The part of ``DefinitionMigrations`` below a return."""

    store: DefinitionMigrationStore
    records: SurveyRecordStore
    reference: Reference

    def moved(self, route: Route, report: HeldReport) -> list[MovedSheet]:
        """All sheets of a return in the newer version, those taken out as well; none elsewhere."""
        if route.newer.kind != "survey":
            return []
        return [
            MovedSheet(record, route.migrated(record.answers, record.statuses))
            for record in self._all(report.id)
        ]

    def hold(self, report: HeldReport) -> None:
        """Lets nobody add or change a sheet until the transaction ends."""
        self.records.hold(report.id)

    def carry(
        self, migration: int, route: Route, report: HeldReport, sheets: Sequence[MovedSheet],
        *, by: str, at: datetime,
    ) -> None:  # fmt: skip
        """Writes them, and keeps what they were."""
        for sheet in sheets:
            record, found = sheet.record, sheet.found
            self.store.keep_sheet(migration, record)
            standing = self._standing(route.newer, report, found.answers, found.statuses)
            self.records.rewrite_record(
                record, found.answers, found.statuses, standing, by=by, at=at
            )

    def take_back(
        self, migration: int, older: Form, report: HeldReport, *, by: str, at: datetime
    ) -> bool:
        """Gives the sheets back what they held; False, and nothing done, when one was changed."""
        if older.kind != "survey":
            return True
        self.hold(report)
        kept = {one.record: one for one in self.store.kept_sheets(migration)}
        present = self._all(report.id)
        if {one.id: one.edit for one in present} != {one.record: one.edit for one in kept.values()}:
            return False
        for record in present:
            was: KeptSheet = kept[record.id]
            standing = self._standing(older, report, was.answers, was.statuses)
            self.records.rewrite_record(
                replace(record, edit=was.edit), was.answers, was.statuses, standing, by=by, at=at
            )
        return True

    def _all(self, submission_id: str) -> list[SurveyRecord]:
        live: list[SurveyRecord] = []
        while batch := self.records.records(submission_id, live[-1].id if live else None, 500):
            live += batch
        return live + self.records.deleted(submission_id)

    def _standing(
        self, form: Form, report: HeldReport, answers: Answers, statuses: Statuses
    ) -> Standing:
        period = Period.parse(report.period)
        unit = self.reference.tree_of(report.org_unit, period).by_id[report.org_unit]
        context = Context(
            unit=UnitView(code=unit.code, level=str(unit.level), kind=unit.kind), period=period
        )
        verdict = check(form, answers, statuses, context)
        return standing_of(form, answers, statuses, context, verdict)
