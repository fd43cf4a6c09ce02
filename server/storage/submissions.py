"""Submissions kept: where each report stands, written only on the edit that was read."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from server.core.json_text import dumps
from server.core.submission import Edit, Submission, Whereabouts
from server.errors import Conflict, NotFound, Stale
from server.storage.comments import CommentStore
from server.storage.database import Database
from server.storage.fields import instant_of, instant_text
from server.storage.revisions import RevisionStore
from server.storage.searching import marks
from server.storage.survey_records import SurveyRecordStore

_COLUMNS = (
    "id, obligation_id, form, form_version_id, workflow_version_id, org_unit_id, period, round_id,"
    " state, edit, revision, nil, answers, statuses, reasons, started_at, changed_at, changed_by,"
    " state_since"
)
_SELECT = (
    f"SELECT {_COLUMNS}, (SELECT o.responsible_unit_id FROM obligation o"
    " WHERE o.id = submission.obligation_id) FROM submission"
)
_INSERT = (
    f"INSERT INTO submission ({_COLUMNS}) VALUES ({', '.join('?' * 19)}) ON CONFLICT DO NOTHING"
)


class SubmissionStore(RevisionStore, SurveyRecordStore, CommentStore):
    """Reports by id, by obligation, in lists; with revisions, changed cells and survey records."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database

    def add(self, submission: Submission) -> None:
        """Keeps a new report.

        Raises:
            Conflict: the obligation has one already (fact ``current`` its id), or the id is taken.
        """
        added = self._database.run(
            _INSERT,
            (
                submission.id,
                submission.obligation,
                submission.form,
                f"{submission.form}/{submission.version}",
                f"{submission.workflow}/{submission.workflow_version}",
                submission.org_unit,
                submission.period,
                submission.round,
                submission.state,
                submission.edit,
                submission.revision,
                submission.nil,
                dumps(submission.answers),
                dumps(submission.statuses),
                dumps(submission.reasons),
                instant_text(submission.started_at),
                instant_text(submission.changed_at),
                submission.changed_by,
                instant_text(submission.state_since),
            ),
        )
        if not added:
            existing = self.by_obligation(submission.obligation)
            raise Conflict(kind="submission", current=existing.id if existing else submission.id)

    def get(self, submission_id: str) -> Submission:
        """One report; raise ``NotFound``."""
        row = self._database.row(f"{_SELECT} WHERE id = ?", (submission_id,))
        if row is None:
            raise NotFound(kind="submission", id=submission_id)
        return _submission(row)

    def by_obligation(self, obligation_id: str) -> Submission | None:
        """The report that answers an obligation."""
        row = self._database.row(f"{_SELECT} WHERE obligation_id = ?", (obligation_id,))
        return None if row is None else _submission(row)

    def list_(
        self,
        form: str | None = None,
        org_units: Collection[str] | None = None,
        period: str | None = None,
        state: str | None = None,
        *,
        states: Collection[str] | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Submission]:
        """Reports by id, those after *after*; ``None`` as a filter is no filter."""
        where: list[str] = ["1 = 1"]
        values: list[object] = []
        for column, value in (("form", form), ("period", period), ("state", state)):
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        for column, chosen in (("org_unit_id", org_units), ("state", states)):
            if chosen is not None:
                where.append(f"{column} IN ({marks(chosen)})" if chosen else "1 = 0")
                values += sorted(chosen)
        if after is not None:
            where.append("id > ?")
            values.append(after)
        rows = self._database.rows(
            f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY id LIMIT ?", (*values, limit)
        )
        return [_submission(row) for row in rows]

    def whereabouts(
        self,
        *,
        org_units: Collection[str] | None,
        states: Collection[str],
        filing: Collection[str] = (),
        after: str | None = None,
        limit: int = 500,
    ) -> list[Whereabouts]:
        """As ``list_``, without the figures: they are most of what a report weighs.

        Besides those of *org_units*, reports for which one of the units *filing* answers.
        """
        if not states or (org_units is not None and not org_units and not filing):
            return []
        where, values = [f"state IN ({marks(states)})", "id > ?"], [*sorted(states), after or ""]
        if org_units is not None:
            places = [f"org_unit_id IN ({marks(org_units)})"] if org_units else []
            values += sorted(org_units)
            if filing:
                places.append(
                    "obligation_id IN (SELECT id FROM obligation"
                    f" WHERE responsible_unit_id IN ({marks(filing)}))"
                )
                values += sorted(filing)
            where.append(f"({' OR '.join(places)})")
        rows = self._database.rows(
            "SELECT id, obligation_id, form_version_id, workflow_version_id, org_unit_id, period,"
            f" state, edit, revision, nil, state_since FROM submission WHERE {' AND '.join(where)}"
            " ORDER BY id LIMIT ?",
            (*values, limit),
        )
        return [_whereabouts(row) for row in rows]

    def resting(
        self,
        workflow: str,
        states: Collection[str],
        since: datetime,
        *,
        after: str = "",
        limit: int = 100,
    ) -> list[str]:
        """Ids, those after *after*, of reports in one of *states* since before that moment.

        *workflow* is a code and a version: ``commune_province/1``.
        """
        rows = self._database.rows(
            "SELECT id FROM submission WHERE workflow_version_id = ?"
            f" AND state IN ({marks(states)}) AND state_since < ? AND id > ? ORDER BY id LIMIT ?",
            (workflow, *sorted(states), instant_text(since), after, limit),
        )
        return [id_ for (id_,) in rows]

    def save(
        self,
        submission: Submission,
        *,
        answers: Mapping[str, object],
        statuses: Mapping[str, str],
        nil: bool,
        reasons: tuple[Mapping[str, str], ...],
        by: str,
        at: datetime,
    ) -> Edit:
        """Writes the draft on the edit that was read; the new edit.

        Raises:
            Stale: somebody wrote meanwhile; fact ``current`` says who and what it is now.
        """
        return self._write(
            submission,
            "answers = ?, statuses = ?, nil = ?, reasons = ?, changed_by = ?, changed_at = ?",
            (dumps(answers), dumps(statuses), nil, dumps(reasons), by, instant_text(at)),
        )

    def move(
        self,
        submission: Submission,
        *,
        state: str,
        revision: int | None = None,
        reasons: Sequence[Mapping[str, str]] | None = None,
        by: str,
        at: datetime,
    ) -> Edit:
        """Writes the new state (and revision number, and reasons) on the edit that was read.

        Raises:
            Stale: as in ``save``; of two movers exactly one wins.
        """
        return self._write(
            submission,
            "state = ?, revision = ?, reasons = ?, changed_by = ?, changed_at = ?, state_since = ?",
            (
                state,
                submission.revision if revision is None else revision,
                dumps(list(submission.reasons if reasons is None else reasons)),
                by,
                instant_text(at),
                instant_text(at),
            ),
        )

    def standing(self, workflow: str | None = None) -> dict[tuple[str, int, str], int]:
        """How many reports stand in which state of which workflow: (code, version, state)."""
        where, values = (
            ("", ()) if workflow is None else ("WHERE workflow_version_id = ?", (workflow,))
        )
        rows = self._database.rows(
            f"SELECT workflow_version_id, state, COUNT(*) FROM submission {where}"
            " GROUP BY workflow_version_id, state",
            values,
        )
        found = {}
        for version, state, count in rows:
            code, number = version.rsplit("/", 1)
            found[code, int(number), state] = int(count)
        return found

    def on_workflow(
        self, workflow: str, states: Collection[str], *, after: str = "", limit: int = 200
    ) -> list[str]:
        """Ids, those after *after*, of reports on a version (``code/1``) in one of *states*."""
        if not states:
            return []
        rows = self._database.rows(
            "SELECT id FROM submission WHERE workflow_version_id = ?"
            f" AND state IN ({marks(states)}) AND id > ? ORDER BY id LIMIT ?",
            (workflow, *sorted(states), after, limit),
        )
        return [id_ for (id_,) in rows]

    def change_workflow(
        self, submission: Submission, *, version: int, state: str, by: str, at: datetime
    ) -> Edit:
        """Writes another version of its workflow on the edit that was read.

        In a state of the same code the report has waited since it came there.

        Raises:
            Stale: as in ``save``.
        """
        since = submission.state_since if state == submission.state else at
        return self._write(
            submission,
            "workflow_version_id = ?, state = ?, changed_by = ?, changed_at = ?, state_since = ?",
            (
                f"{submission.workflow}/{version}",
                state,
                by,
                instant_text(at),
                instant_text(since),
            ),
        )

    def _write(self, submission: Submission, assignments: str, values: tuple) -> Edit:
        changed = self._database.run(
            f"UPDATE submission SET {assignments}, edit = ? WHERE id = ? AND edit = ?",
            (*values, submission.edit + 1, submission.id, submission.edit),
        )
        if not changed:
            current = self.get(submission.id)
            raise Stale(kind="submission", current=current.summary())
        return Edit(submission.edit + 1)


def _whereabouts(row: tuple) -> Whereabouts:
    form, version = row[2].rsplit("/", 1)
    workflow, workflow_version = row[3].rsplit("/", 1)
    return Whereabouts(
        id=row[0],
        obligation=row[1],
        form=form,
        version=int(version),
        workflow=workflow,
        workflow_version=int(workflow_version),
        org_unit=row[4],
        period=row[5],
        state=row[6],
        edit=Edit(row[7]),
        revision=row[8],
        nil=bool(row[9]),
        state_since=instant_of(row[10]),
    )


def _submission(row: tuple) -> Submission:
    form, version = row[3].rsplit("/", 1)
    workflow, workflow_version = row[4].rsplit("/", 1)
    return Submission(
        id=row[0],
        obligation=row[1],
        form=form,
        version=int(version),
        workflow=workflow,
        workflow_version=int(workflow_version),
        org_unit=row[5],
        period=row[6],
        round=row[7],
        state=row[8],
        edit=Edit(row[9]),
        revision=row[10],
        nil=bool(row[11]),
        answers=json.loads(row[12]),
        statuses=json.loads(row[13]),
        reasons=tuple(json.loads(row[14])),
        started_at=instant_of(row[15]),
        changed_at=instant_of(row[16]),
        changed_by=row[17],
        state_since=instant_of(row[18]),
        responsible=row[19],
    )
