"""When each kind of time-driven work ran last, by worker."""

from dataclasses import dataclass
from datetime import datetime

from server.storage.database import Database
from server.storage.fields import instant, instant_of, instant_text


@dataclass(frozen=True, slots=True)
class WorkerRun:
    """The last run of one work in one worker; *failed* is what went wrong in it."""

    worker: str
    work: str
    every_seconds: int
    started_at: datetime
    ended_at: datetime | None
    next_at: datetime
    failed: str | None = None
    stopped: bool = False


class WorkerRunStore:
    """One row for each worker and work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, run: WorkerRun) -> None:
        self._database.run(
            "INSERT INTO worker_run (worker, work, every_seconds, started_at, ended_at, next_at,"
            " failed, stopped) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (worker, work)"
            " DO UPDATE SET every_seconds = excluded.every_seconds,"
            " started_at = excluded.started_at, ended_at = excluded.ended_at,"
            " next_at = excluded.next_at, failed = excluded.failed, stopped = excluded.stopped",
            (
                run.worker,
                run.work,
                run.every_seconds,
                instant_text(run.started_at),
                instant_text(run.ended_at),
                instant_text(run.next_at),
                run.failed,
                run.stopped,
            ),
        )

    def stop(self, worker: str) -> None:
        """The worker has ended by itself: its silence is no fault."""
        self._database.run("UPDATE worker_run SET stopped = ? WHERE worker = ?", (True, worker))

    def all(self) -> list[WorkerRun]:
        """By work, the worker that ran last first."""
        rows = self._database.rows(
            "SELECT worker, work, every_seconds, started_at, ended_at, next_at, failed, stopped"
            " FROM worker_run ORDER BY work, started_at DESC"
        )
        return [
            WorkerRun(
                worker,
                work,
                every,
                instant(started),
                instant_of(ended),
                instant(next_at),
                failed,
                bool(stopped),
            )
            for worker, work, every, started, ended, next_at, failed, stopped in rows
        ]

    def purge(self, before: datetime) -> int:
        """Forgets workers that have not run since then."""
        return self._database.run(
            "DELETE FROM worker_run WHERE started_at < ?", (instant_text(before),)
        )
