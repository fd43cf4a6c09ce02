"""Records of survey returns kept: one a household, written only on the edit that was read.

A deleted record stays until the whole return goes; lists, counts and equal records leave it out.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from server.core.feeds import Members, Portion
from server.core.json_text import digest, dumps
from server.core.submission import SurveyRecord
from server.core.survey import RecordQuery, Same, Standing
from server.core.vietnamese import fold
from server.errors import Conflict, NotFound, Stale
from server.storage.database import Database
from server.storage.fields import instant_of, instant_text
from server.storage.searching import ESCAPED, contains

_COLUMNS = (
    "id, submission_id, number, edit, answers, statuses, changed_at, changed_by,"
    " deleted_at, deleted_by, deleted_reason, state, tally"
)
_SELECT = f"SELECT {_COLUMNS} FROM survey_record"
_LIVE = "submission_id = ? AND deleted_at IS NULL"
#: The orders of ``core.survey.SORTS``.
_ORDERS: Mapping[str, str] = {
    "number": "number",
    "place": "place, number",
    "changed": "changed_at DESC, number DESC",
}


class SurveyRecordStore:
    """Records by id, and by their return."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(self, submission_id: str) -> None:
        """Lets nobody else move the return, or write its records, until the transaction ends."""
        self._database.lock("submission", submission_id)

    # One record

    def add_record(self, record: SurveyRecord, standing: Standing) -> SurveyRecord:
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
        record = replace(record, state=str(standing.state), tally=standing.tally)
        added = self._database.run(
            "INSERT INTO survey_record (id, submission_id, number, edit, answers, statuses,"
            " changed_at, changed_by, state, tally, search, search_personal, place, portions)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                record.id,
                record.submission,
                record.number,
                record.edit,
                dumps(record.answers),
                dumps(record.statuses),
                instant_text(record.changed_at),
                record.changed_by,
                *_kept(standing),
            ),
        )
        if not added:
            raise Conflict(kind="survey-record", number=record.number)
        self._put_keys(record, standing)
        return record

    def record(self, record_id: str) -> SurveyRecord:
        """One record, also a deleted one; raise ``NotFound``."""
        row = self._database.row(f"{_SELECT} WHERE id = ?", (record_id,))
        if row is None:
            raise NotFound(kind="survey-record", id=record_id)
        return _record(row)

    def save_record(
        self,
        record: SurveyRecord,
        *,
        answers: Mapping[str, object],
        statuses: Mapping[str, str],
        standing: Standing,
        by: str,
        at: datetime,
    ) -> int:
        """Writes the record on the edit that was read; the new edit. Raise ``Stale``."""
        self._write_record(
            record,
            "answers = ?, statuses = ?, changed_by = ?, changed_at = ?, state = ?, tally = ?,"
            " search = ?, search_personal = ?, place = ?, portions = ?",
            (dumps(answers), dumps(statuses), by, instant_text(at), *_kept(standing)),
        )
        self._put_keys(record, standing)
        return record.edit + 1

    def rewrite_record(
        self,
        record: SurveyRecord,
        answers: Mapping[str, object],
        statuses: Mapping[str, str],
        standing: Standing,
        *,
        by: str,
        at: datetime,
    ) -> None:
        """Writes a record as another version of its form asks it, a deleted one as well."""
        if record.deleted_at is None:
            self.save_record(
                record, answers=answers, statuses=statuses, standing=standing, by=by, at=at
            )
            return
        # Its standing is found when somebody puts it back.
        self._write_record(
            record,
            "answers = ?, statuses = ?, changed_by = ?, changed_at = ?",
            (dumps(answers), dumps(statuses), by, instant_text(at)),
        )

    def put_standing(self, record: SurveyRecord, standing: Standing) -> None:
        """Writes the standing of a record whose answers stay as they are."""
        self._database.run(
            "UPDATE survey_record SET state = ?, tally = ?, search = ?, search_personal = ?,"
            " place = ?, portions = ? WHERE id = ?",
            (*_kept(standing), record.id),
        )
        self._put_keys(record, standing)

    def delete_record(self, record: SurveyRecord, *, by: str, at: datetime, reason: str) -> None:
        """Takes the record out of the return, as it was read; raise ``Stale``."""
        self._write_record(
            record,
            "deleted_at = ?, deleted_by = ?, deleted_reason = ?",
            (instant_text(at), by, reason),
        )
        self._database.run("DELETE FROM survey_record_key WHERE record_id = ?", (record.id,))

    def restore_record(self, record: SurveyRecord, standing: Standing) -> None:
        """Puts a deleted record back; raise ``Stale``."""
        self._write_record(
            record, "deleted_at = NULL, deleted_by = NULL, deleted_reason = NULL", ()
        )
        self.put_standing(record, standing)

    # The records of a return

    def records(
        self,
        submission_id: str,
        after: str | None = None,
        limit: int = 100,
        query: RecordQuery | None = None,
    ) -> list[SurveyRecord]:
        """Records by number, those after the record *after*."""
        where, values = _where(submission_id, query or RecordQuery())
        if after is not None:
            where += " AND number > (SELECT number FROM survey_record WHERE id = ?)"
            values = (*values, after)
        rows = self._database.rows(
            f"{_SELECT} WHERE {where} ORDER BY number LIMIT ?", (*values, limit)
        )
        return [_record(row) for row in rows]

    def portions(self, submission_id: str) -> list[Portion] | None:
        """What the records add to the form's feeds, as it was found when they were written.

        None when there is no record.
        """
        rows = self._database.rows(
            f"SELECT portions FROM survey_record WHERE {_LIVE}", (submission_id,)
        )
        sums: dict[tuple[int, Members], int] = {}
        for (text,) in rows:
            for feed, members, number in json.loads(text):
                key = (feed, tuple(map(tuple, members)))
                sums[key] = sums.get(key, 0) + number
        if not rows:
            return None
        return [Portion(feed, members, number) for (feed, members), number in sums.items()]

    def content_digest(self, submission_id: str) -> str:
        """One digest of all records of the return, by number."""
        rows = self._database.rows(
            f"SELECT number, answers, statuses FROM survey_record WHERE {_LIVE} ORDER BY number",
            (submission_id,),
        )
        return digest(
            [[number, json.loads(answers), json.loads(told)] for number, answers, told in rows]
        )

    def listed(
        self, submission_id: str, query: RecordQuery, *, skip: int, limit: int
    ) -> list[SurveyRecord]:
        """A page of the records that *query* asks for."""
        where, values = _where(submission_id, query)
        rows = self._database.rows(
            f"{_SELECT} WHERE {where} ORDER BY {_ORDERS[query.sort]} LIMIT ? OFFSET ?",
            (*values, limit, skip),
        )
        return [_record(row) for row in rows]

    def count_listed(self, submission_id: str, query: RecordQuery) -> int:
        """How many records *query* finds."""
        where, values = _where(submission_id, query)
        row = self._database.row(f"SELECT COUNT(*) FROM survey_record WHERE {where}", values)
        return 0 if row is None else int(row[0])

    def count_records(self, submission_id: str) -> int:
        """How many records a return has."""
        return self.count_listed(submission_id, RecordQuery())

    def standings(self, submission_id: str) -> dict[tuple[str | None, str | None], int]:
        """How many records there are of each state and tally."""
        rows = self._database.rows(
            f"SELECT state, tally, COUNT(*) FROM survey_record WHERE {_LIVE} GROUP BY state, tally",
            (submission_id,),
        )
        return {(state, tally): int(number) for state, tally, number in rows}

    def deleted(self, submission_id: str) -> list[SurveyRecord]:
        """The deleted records, the last one first."""
        rows = self._database.rows(
            f"{_SELECT} WHERE submission_id = ? AND deleted_at IS NOT NULL"
            " ORDER BY deleted_at DESC, number DESC",
            (submission_id,),
        )
        return [_record(row) for row in rows]

    def writers(self, submission_id: str) -> set[str]:
        """Who wrote the records last."""
        rows = self._database.rows(
            f"SELECT DISTINCT changed_by FROM survey_record WHERE {_LIVE}"
            " AND changed_by IS NOT NULL",
            (submission_id,),
        )
        return {str(account) for (account,) in rows}

    def unjudged(self, submission_id: str) -> list[SurveyRecord]:
        """Records that no writer of this release has judged yet."""
        rows = self._database.rows(
            f"{_SELECT} WHERE {_LIVE} AND state IS NULL ORDER BY number", (submission_id,)
        )
        return [_record(row) for row in rows]

    def last(self, submission_id: str) -> SurveyRecord | None:
        """The record with the highest number."""
        row = self._database.row(
            f"{_SELECT} WHERE {_LIVE} ORDER BY number DESC LIMIT 1", (submission_id,)
        )
        return None if row is None else _record(row)

    def neighbours(self, record: SurveyRecord) -> tuple[str | None, str | None]:
        """The ids of the records before and after, by number."""
        found = []
        for beside, order in (("<", "DESC"), (">", "ASC")):
            row = self._database.row(
                f"SELECT id FROM survey_record WHERE {_LIVE} AND number {beside} ?"
                f" ORDER BY number {order} LIMIT 1",
                (record.submission, record.number),
            )
            found.append(None if row is None else str(row[0]))
        return found[0], found[1]

    # Equal records

    def same_as(self, record: SurveyRecord) -> list[Same]:
        """The other records that agree with this one in a rule of the form."""
        rows = self._database.rows(
            "SELECT other.rule, other.record_id, held.number FROM survey_record_key own"
            " JOIN survey_record_key other ON other.submission_id = own.submission_id"
            " AND other.rule = own.rule AND other.digest = own.digest"
            " AND other.record_id <> own.record_id"
            " JOIN survey_record held ON held.id = other.record_id"
            " WHERE own.record_id = ? ORDER BY other.rule, held.number",
            (record.id,),
        )
        return [Same(rule, other, number) for rule, other, number in rows]

    def groups_of_same(self, submission_id: str) -> list[tuple[int, list[int]]]:
        """By rule the numbers of the records that agree, each group once."""
        rows = self._database.rows(
            "SELECT own.rule, own.digest, held.number FROM survey_record_key own"
            " JOIN survey_record held ON held.id = own.record_id"
            " JOIN (SELECT rule, digest FROM survey_record_key WHERE submission_id = ?"
            " GROUP BY rule, digest HAVING COUNT(*) > 1) more"
            " ON more.rule = own.rule AND more.digest = own.digest"
            " WHERE own.submission_id = ? ORDER BY own.rule, held.number",
            (submission_id, submission_id),
        )
        groups: dict[tuple[int, str], list[int]] = {}
        for rule, key, number in rows:
            groups.setdefault((rule, key), []).append(number)
        return [(rule, numbers) for (rule, _), numbers in groups.items()]

    # The return

    def expected(self, submission_id: str) -> int | None:
        """How many records the unit expects; None when it never said."""
        row = self._database.row(
            "SELECT expected FROM survey_return WHERE submission_id = ?", (submission_id,)
        )
        return None if row is None else int(row[0])

    def set_expected(self, submission_id: str, number: int) -> None:
        self._database.run(
            "INSERT INTO survey_return (submission_id, expected) VALUES (?, ?)"
            " ON CONFLICT (submission_id) DO UPDATE SET expected = excluded.expected",
            (submission_id, number),
        )

    def _write_record(self, record: SurveyRecord, changes: str, values: Sequence[object]) -> None:
        changed = self._database.run(
            f"UPDATE survey_record SET {changes}, edit = ? WHERE id = ? AND edit = ?",
            (*values, record.edit + 1, record.id, record.edit),
        )
        if changed:
            return
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

    def _put_keys(self, record: SurveyRecord, standing: Standing) -> None:
        self._database.run("DELETE FROM survey_record_key WHERE record_id = ?", (record.id,))
        self._database.run_many(
            "INSERT INTO survey_record_key (record_id, rule, submission_id, digest) VALUES",
            [(record.id, rule, record.submission, key) for rule, key in standing.keys.items()],
        )


def _kept(standing: Standing) -> tuple[object, ...]:
    return (
        str(standing.state),
        standing.tally,
        standing.search,
        standing.search_personal,
        standing.place,
        dumps([[one.feed, one.members, one.number] for one in standing.portions]),
    )


def _where(submission_id: str, query: RecordQuery) -> tuple[str, tuple[object, ...]]:
    where, values = [_LIVE], [submission_id]
    if query.state is not None:
        # A record that was never judged is one to be looked at.
        where.append("COALESCE(state, 'draft') = ?")
        values.append(query.state)
    if query.tally is not None:
        where.append("tally = ?")
        values.append(query.tally)
    for word in fold(query.text).split():
        pattern = contains(word)
        if query.personal:
            where.append(f"(search LIKE ? {ESCAPED} OR search_personal LIKE ? {ESCAPED})")
            values += [pattern, pattern]
        else:
            where.append(f"search LIKE ? {ESCAPED}")
            values.append(pattern)
    return " AND ".join(where), tuple(values)


def _record(row: tuple) -> SurveyRecord:
    id_, submission, number, edit, answers, statuses, at, by, *rest = row
    deleted_at, deleted_by, deleted_reason, state, tally = rest
    return SurveyRecord(
        id=id_,
        submission=submission,
        number=number,
        edit=edit,
        answers=json.loads(answers),
        statuses=json.loads(statuses),
        changed_at=instant_of(at),
        changed_by=by,
        deleted_at=instant_of(deleted_at),
        deleted_by=deleted_by,
        deleted_reason=deleted_reason,
        state=state,
        tally=tally,
    )
