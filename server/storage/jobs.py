"""Jobs kept: queued, taken by one worker, finished once."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from server.core.job import Job, JobState
from server.core.json_text import dumps
from server.errors import NotFound
from server.storage.database import Database
from server.storage.fields import instant, instant_of, instant_text

_COLUMNS = (
    "id, kind, state, account, created_at, done, total, report, result_name, result_path, input,"
    " tries, ended_at"
)


class JobStore:
    """Long work by id; a job whose worker died is handed out again when its lease has ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: Job) -> None:
        """Queues a job."""
        self._database.run(
            f"INSERT INTO job ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                job.id,
                job.kind,
                job.state.value,
                job.account,
                instant_text(job.created_at),
                job.done,
                job.total,
                dumps(job.report),
                job.result_name,
                job.result_path,
                dumps(job.input),
                job.tries,
                instant_text(job.ended_at),
            ),
        )

    def get(self, job_id: str) -> Job:
        """One job; raise ``NotFound``."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM job WHERE id = ?", (job_id,))
        if row is None:
            raise NotFound(kind="job", id=job_id)
        return _job(row)

    def claim(self, now: datetime, lease_seconds: float) -> Job | None:
        """Takes the oldest job that is queued, or whose worker has not been heard of in time."""
        chosen = (
            "SELECT id FROM job WHERE state = 'queued' OR (state = 'running' AND leased_until <= ?)"
            " ORDER BY id LIMIT 1"
        )
        row = self._database.row(
            "UPDATE job SET state = 'running', tries = tries + 1, leased_until = ?"
            f" WHERE id {self._database.claimed(chosen)} RETURNING {_COLUMNS}",
            (instant_text(now + timedelta(seconds=lease_seconds)), instant_text(now)),
        )
        return None if row is None else _job(row)

    def progress(
        self, job_id: str, done: int, total: int, now: datetime, lease_seconds: float
    ) -> bool:
        """Notes how far the job is and keeps it; false when it was cancelled meanwhile."""
        return bool(
            self._database.run(
                "UPDATE job SET done = ?, total = ?, leased_until = ?"
                " WHERE id = ? AND state = 'running'",
                (done, total, instant_text(now + timedelta(seconds=lease_seconds)), job_id),
            )
        )

    def finish(
        self,
        job_id: str,
        state: JobState,
        report: Mapping[str, object],
        result_path: str | None = None,
        *,
        result_name: str | None = None,
        at: datetime | None = None,
    ) -> bool:
        """Ends the job with its report and file; false when it had ended already."""
        return bool(
            self._database.run(
                "UPDATE job SET state = ?, report = ?, result_path = COALESCE(?, result_path),"
                " result_name = COALESCE(?, result_name), ended_at = ?, leased_until = NULL"
                " WHERE id = ? AND state IN ('queued', 'running')",
                (state.value, dumps(report), result_path, result_name, instant_text(at), job_id),
            )
        )

    def list_(
        self,
        *,
        account: str | None = None,
        kind: str | None = None,
        state: JobState | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Jobs, the newest first, those older than the job *after*; *kind* may end in ``*``."""
        where: list[str] = ["1 = 1"]
        values: list[object] = []
        conditions: tuple[tuple[str, object], ...] = (
            ("account = ?", account),
            ("state = ?", None if state is None else state.value),
            ("id < ?", after),
        )
        for condition, value in conditions:
            if value is not None:
                where.append(condition)
                values.append(value)
        if kind is not None and kind.endswith("*"):
            where.append("kind >= ? AND kind < ?")
            values += [kind[:-1], kind[:-1] + "\U0010ffff"]
        elif kind is not None:
            where.append("kind = ?")
            values.append(kind)
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM job WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?",
            (*values, limit),
        )
        return [_job(row) for row in rows]

    def expired(self, before: datetime, limit: int = 100) -> list[Job]:
        """Jobs that ended before that instant, whose files may go."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM job WHERE ended_at < ? ORDER BY ended_at, id LIMIT ?",
            (instant_text(before), limit),
        )
        return [_job(row) for row in rows]

    def forget(self, job_id: str) -> None:
        """Removes a job that has ended."""
        self._database.run("DELETE FROM job WHERE id = ? AND ended_at IS NOT NULL", (job_id,))


def _job(row: tuple) -> Job:
    return Job(
        id=row[0],
        kind=row[1],
        state=JobState(row[2]),
        account=row[3],
        created_at=instant(row[4]),
        done=row[5],
        total=row[6],
        report=json.loads(row[7]),
        result_name=row[8],
        result_path=row[9],
        input=json.loads(row[10]),
        tries=row[11],
        ended_at=instant_of(row[12]),
    )
