"""Công việc nền: which time-driven work ran when, what comes next, and what is behind."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.core.job import Job, JobState
from server.core.ports import Clock, Transaction
from server.storage.jobs import JobStore
from server.storage.mail import MailStore
from server.storage.worker_runs import WorkerRun, WorkerRunStore

#: A worker that was silent for longer is forgotten.
_KEPT = timedelta(days=7)
#: How late a run may be before it counts as behind; rows are written every ten seconds at most.
_TOLERANCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One work in one worker; *lag* is how long its next run is overdue."""

    run: WorkerRun
    lag: timedelta

    @property
    def state(self) -> str:
        """``failed``, ``behind``, ``stopped`` or ``well``."""
        if self.run.stopped:
            return "stopped"
        if self.run.failed is not None:
            return "failed"
        return "behind" if self.lag > _TOLERANCE else "well"


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for workers."""

    mails_waiting: int
    mails_dead: int
    oldest_mail: datetime | None
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Background:
    """Use cases around the work of workers."""

    store: WorkerRunStore
    mails: MailStore
    jobs: JobStore
    transaction: Transaction
    clock: Clock

    def note(
        self,
        worker: str,
        work: str,
        *,
        every_seconds: int,
        started_at: datetime,
        failed: str | None = None,
    ) -> None:
        """A run has ended, well or not."""
        now = self.clock.now()
        next_at = started_at + timedelta(seconds=every_seconds)
        with self.transaction():
            self.store.note(
                WorkerRun(worker, work, every_seconds, started_at, now, next_at, failed)
            )

    def stopped(self, worker: str) -> None:
        """The worker has ended in good order."""
        with self.transaction():
            self.store.stop(worker)

    def purge(self) -> None:
        with self.transaction():
            self.store.purge(self.clock.now() - _KEPT)

    def lines(self) -> list[WorkLine]:
        """Every work of every worker, by work."""
        now = self.clock.now()
        return [
            WorkLine(run, max(now - run.next_at, timedelta()) if not run.stopped else timedelta())
            for run in self.store.all()
        ]

    def queue(self, limit: int = 50) -> Queue:
        """Mails and jobs that wait or run."""
        counts = self.mails.counts()
        jobs = [
            *self.jobs.list_(state=JobState.RUNNING, limit=limit),
            *self.jobs.list_(state=JobState.QUEUED, limit=limit),
        ]
        oldest = self.mails.oldest_waiting()
        return Queue(counts["waiting"], counts["dead"], oldest, tuple(jobs))
