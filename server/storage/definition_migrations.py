"""Reports read in a stream for a change of their form, and taken to its newer version and back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core.json_text import dumps
from server.core.submission import SurveyRecord
from server.errors import NotFound
from server.storage.database import Database
from server.storage.fields import instant_text

_BATCH = 500
_REPORT = (
    "SELECT id, form_version_id, workflow_version_id, org_unit_id, period, state, edit,"
    " revision, nil, answers, statuses, reasons FROM submission"
)


@dataclass(frozen=True, slots=True)
class HeldReport:
    """A report with its figures, as much of it as a change of its form concerns."""

    id: str
    version: int
    workflow: str
    workflow_version: int
    org_unit: str
    period: str
    state: str
    edit: int
    revision: int
    nil: bool
    answers_text: str
    statuses_text: str
    reasons_text: str

    @property
    def answers(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.answers_text)
        return found

    @property
    def statuses(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.statuses_text)
        return found

    @property
    def reasons(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self.reasons_text)
        return found


@dataclass(frozen=True, slots=True)
class KeptSheet:
    """A sheet of a return as it was before; ``edit`` is that of the sheet just after."""

    record: str
    edit: int
    answers: dict[str, Any]
    statuses: dict[str, str]


@dataclass(frozen=True, slots=True)
class KeptMigration:
    """A report that went to a newer version and has not gone back."""

    number: int
    submission: str
    from_version: int
    edit: int
    answers_text: str
    statuses_text: str
    reasons_text: str


class DefinitionMigrationStore:
    """Streams of reports by form, and the migrations that were made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reports(self, form: str, *, below: int | None = None) -> Iterator[HeldReport]:
        """All reports on a form, by id; *below* a version, only those on an earlier one."""
        after = ""
        while rows := self._database.rows(
            f"{_REPORT}"
            # Not the index of the form: each batch would read and sort all reports on it again.
            " WHERE form || '' = ? AND id > ? ORDER BY id LIMIT ?",
            (form, after, _BATCH),
        ):
            after = rows[-1][0]
            for row in rows:
                found = _held(row)
                if below is None or found.version < below:
                    yield found

    def sheets(self, form: str, *, below: int | None = None) -> Iterator[HeldReport]:
        """The sheets of a survey form, each with where its return stands; those taken out not."""
        after = ""
        while rows := self._database.rows(
            "SELECT r.id, s.id, s.form_version_id, s.workflow_version_id, s.org_unit_id, s.period,"
            " s.state, s.edit, s.revision, s.nil, r.answers, r.statuses FROM survey_record r"
            " JOIN submission s ON s.id = r.submission_id"
            " WHERE s.form || '' = ? AND r.deleted_at IS NULL AND r.id > ? ORDER BY r.id LIMIT ?",
            (form, after, _BATCH),
        ):
            after = rows[-1][0]
            for _, *row in rows:
                found = _held((*row, "[]"))
                if below is None or found.version < below:
                    yield found

    def sent(self, form: str) -> Iterator[HeldReport]:
        """The last sealed edition of every report on a form that was ever sent."""
        after = ""
        while rows := self._database.rows(
            "SELECT s.id, s.form || '/' || r.form_version, s.workflow_version_id, s.org_unit_id,"
            " s.period, s.state, s.edit, s.revision, r.nil, r.answers, r.statuses, r.reasons"
            " FROM submission s JOIN submission_revision r"
            " ON r.submission_id = s.id AND r.number = s.revision"
            " WHERE s.form || '' = ? AND s.id > ? ORDER BY s.id LIMIT ?",
            (form, after, _BATCH),
        ):
            after = rows[-1][0]
            yield from map(_held, rows)

    def count(self, form: str) -> int:
        row = self._database.row("SELECT COUNT(*) FROM submission WHERE form = ?", (form,))
        return 0 if row is None else int(row[0])

    def open_obligations(self, form: str) -> int:
        """Reports on a form that are still owed: their days and reminders follow the form."""
        row = self._database.row(
            "SELECT COUNT(*) FROM obligation WHERE form = ?"
            " AND progress IN ('none', 'started', 'returned')",
            (form,),
        )
        return 0 if row is None else int(row[0])

    def carry(
        self,
        report: HeldReport,
        form: str,
        version: int,
        *,
        answers: Mapping[str, object],
        statuses: Mapping[str, str],
        reasons: Sequence[Mapping[str, str]],
        by: str,
        at: datetime,
    ) -> int | None:
        """Writes the report in the newer version and keeps what it was; None if edited since."""
        if not self._write(
            report.id, report.edit, f"{form}/{version}",
            (dumps(answers), dumps(statuses), dumps(list(reasons))), by=by, at=at,
        ):  # fmt: skip
            return None
        row = self._database.row(
            "INSERT INTO definition_migration (submission_id, form, from_version, to_version,"
            " edit, answers, statuses, reasons, migrated_at, migrated_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                report.id,
                form,
                report.version,
                version,
                report.edit + 1,
                report.answers_text,
                report.statuses_text,
                report.reasons_text,
                instant_text(at),
                by,
            ),
        )
        return None if row is None else int(row[0])

    def keep_sheet(self, migration: int, record: SurveyRecord) -> None:
        """Keeps a sheet of a return that went along, as it is before it is rewritten."""
        self._database.run(
            "INSERT INTO definition_migration_sheet (migration_id, record_id, edit, answers,"
            " statuses) VALUES (?, ?, ?, ?, ?)",
            (migration, record.id, record.edit + 1, dumps(record.answers), dumps(record.statuses)),
        )

    def kept_sheets(self, migration: int) -> list[KeptSheet]:
        """The sheets that went along with a return."""
        rows = self._database.rows(
            "SELECT record_id, edit, answers, statuses FROM definition_migration_sheet"
            " WHERE migration_id = ? ORDER BY record_id",
            (migration,),
        )
        return [KeptSheet(row[0], row[1], json.loads(row[2]), json.loads(row[3])) for row in rows]

    def report(self, submission: str) -> HeldReport:
        """One report as it stands."""
        row = self._database.row(f"{_REPORT} WHERE id = ?", (submission,))
        if row is None:
            raise NotFound(kind="submission", id=submission)
        return _held(row)

    def kept(self, form: str, version: int) -> list[KeptMigration]:
        """What went to that version and has not gone back, the first first."""
        rows = self._database.rows(
            "SELECT id, submission_id, from_version, edit, answers, statuses, reasons"
            " FROM definition_migration"
            " WHERE form = ? AND to_version = ? AND reverted_at IS NULL ORDER BY id",
            (form, version),
        )
        return [KeptMigration(*row) for row in rows]

    def before(
        self, submission: str, edit: int
    ) -> tuple[int, dict[str, Any], dict[str, str]] | None:
        """What a report held before the move that made that *edit*, gone back since or not."""
        row = self._database.row(
            "SELECT id, answers, statuses FROM definition_migration"
            " WHERE submission_id = ? AND edit = ?",
            (submission, edit),
        )
        return None if row is None else (int(row[0]), json.loads(row[1]), json.loads(row[2]))

    def take_back(self, form: str, kept: KeptMigration, *, by: str, at: datetime) -> bool:
        """Writes the report as it was; False when somebody changed it since."""
        texts = (kept.answers_text, kept.statuses_text, kept.reasons_text)
        version = f"{form}/{kept.from_version}"
        if not self._write(kept.submission, kept.edit, version, texts, by=by, at=at):
            return False
        self._database.run(
            "UPDATE definition_migration SET reverted_at = ?, reverted_by = ? WHERE id = ?",
            (instant_text(at), by, kept.number),
        )
        return True

    def _write(
        self,
        submission: str,
        edit: int,
        version: str,
        texts: tuple[str, str, str],
        *,
        by: str,
        at: datetime,
    ) -> bool:
        changed = self._database.run(
            "UPDATE submission SET form_version_id = ?, answers = ?, statuses = ?, reasons = ?,"
            " changed_by = ?, changed_at = ?, edit = edit + 1 WHERE id = ? AND edit = ?",
            (version, *texts, by, instant_text(at), submission, edit),
        )
        return bool(changed)


def _held(row: Sequence[Any]) -> HeldReport:
    workflow, _, number = row[2].rpartition("/")
    return HeldReport(
        id=row[0],
        version=int(row[1].rpartition("/")[2]),
        workflow=workflow,
        workflow_version=int(number),
        org_unit=row[3],
        period=row[4],
        state=row[5],
        edit=row[6],
        revision=row[7],
        nil=bool(row[8]),
        answers_text=row[9],
        statuses_text=row[10],
        reasons_text=row[11],
    )
