"""Records of survey returns kept: one a household, written only on the edit that was read."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from server.core.json_text import dumps
from server.core.submission import SurveyRecord
from server.errors import Conflict, NotFound, Stale
from server.storage.database import Database
from server.storage.fields import instant_of, instant_text

_COLUMNS = "id, submission_id, number, edit, answers, statuses, changed_at, changed_by"


class SurveyRecordStore:
    """Records by id, and by their return in the order of their numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_record(self, record: SurveyRecord) -> SurveyRecord:
        """Keeps a record; with number 0 it takes the next free one. The record as kept.

        Raises:
            Conflict: the id or the number is taken.
        """
        if record.number == 0:
            # Two clerks of one unit must not be given the same number.
            self._database.lock("submission", record.submission)
            row = self._database.row(
                "SELECT COALESCE(MAX(number), 0) + 1 FROM survey_record WHERE submission_id = ?",
                (record.submission,),
            )
            record = replace(record, number=1 if row is None else row[0])
        added = self._database.run(
            f"INSERT INTO survey_record ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (
                record.id,
                record.submission,
                record.number,
                record.edit,
                dumps(record.answers),
                dumps(record.statuses),
                instant_text(record.changed_at),
                record.changed_by,
            ),
        )
        if not added:
            raise Conflict(kind="survey-record", number=record.number)
        return record

    def record(self, record_id: str) -> SurveyRecord:
        """One record; raise ``NotFound``."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM survey_record WHERE id = ?", (record_id,))
        if row is None:
            raise NotFound(kind="survey-record", id=record_id)
        return _record(row)

    def records(
        self, submission_id: str, after: str | None = None, limit: int = 100
    ) -> list[SurveyRecord]:
        """Records by number, those after the record *after*."""
        values: tuple[object, ...] = (submission_id,)
        beyond = ""
        if after is not None:
            beyond = " AND number > (SELECT number FROM survey_record WHERE id = ?)"
            values = (submission_id, after)
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM survey_record WHERE submission_id = ?{beyond}"
            " ORDER BY number LIMIT ?",
            (*values, limit),
        )
        return [_record(row) for row in rows]

    def count_records(self, submission_id: str) -> int:
        """How many records a return has."""
        row = self._database.row(
            "SELECT COUNT(*) FROM survey_record WHERE submission_id = ?", (submission_id,)
        )
        return 0 if row is None else int(row[0])

    def save_record(
        self,
        record: SurveyRecord,
        *,
        answers: Mapping[str, object],
        statuses: Mapping[str, str],
        by: str,
        at: datetime,
    ) -> int:
        """Writes the record on the edit that was read; the new edit. Raise ``Stale``."""
        changed = self._database.run(
            "UPDATE survey_record SET answers = ?, statuses = ?, changed_by = ?, changed_at = ?,"
            " edit = ? WHERE id = ? AND edit = ?",
            (
                dumps(answers),
                dumps(statuses),
                by,
                instant_text(at),
                record.edit + 1,
                record.id,
                record.edit,
            ),
        )
        if not changed:
            self._refuse(record)
        return record.edit + 1

    def delete_record(self, record: SurveyRecord) -> None:
        """Deletes the record as it was read; raise ``Stale``."""
        deleted = self._database.run(
            "DELETE FROM survey_record WHERE id = ? AND edit = ?", (record.id, record.edit)
        )
        if not deleted:
            self._refuse(record)

    def _refuse(self, record: SurveyRecord) -> None:
        current = self.record(record.id)
        at = current.changed_at
        raise Stale(
            kind="survey-record",
            current={
                "edit": current.edit,
                "by": current.changed_by,
                "at": at.isoformat() if at else None,
            },
        )


def _record(row: tuple) -> SurveyRecord:
    id_, submission, number, edit, answers, statuses, at, by = row
    return SurveyRecord(
        id=id_,
        submission=submission,
        number=number,
        edit=edit,
        answers=json.loads(answers),
        statuses=json.loads(statuses),
        changed_at=instant_of(at),
        changed_by=by,
    )
