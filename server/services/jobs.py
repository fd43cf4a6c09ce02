"""Background jobs: long work that a person started, with progress that survives a restart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from server.core.access import Actor
from server.core.job import Job, JobState
from server.core.ports import Clock, Transaction
from server.errors import BieumauError
from server.services.exports import LEASE_SECONDS
from server.storage.jobs import JobStore

log = structlog.get_logger()

Runner = Callable[[Job, Actor], None]


@dataclass(frozen=True, slots=True)
class Jobs:
    """The worker's queue."""

    store: JobStore
    runners: Mapping[str, Runner]  # by the part of a job's kind before the colon
    actor_of: Callable[[str], Actor]
    transaction: Transaction
    clock: Clock

    def run_one(self) -> bool:
        """Take the oldest waiting job and finish it; ``False`` when none waits."""
        with self.transaction():
            job = self.store.claim(self.clock.now(), LEASE_SECONDS)
        if job is None:
            return False
        try:
            self._run(job)
        except Exception as error:
            log.exception("job.failed", job=job.id, kind=job.kind)
            with self.transaction():
                self.store.finish(
                    job.id,
                    JobState.FAILED,
                    report={"error": _code_of(error)},
                    at=self.clock.now(),
                )
        return True

    def _run(self, job: Job) -> None:
        # The rights of the moment count, not those of the moment of asking.
        self.runners[job.kind.partition(":")[0]](job, self.actor_of(job.account))


def _code_of(error: Exception) -> str:
    """What the person may be told: a stable code, never the insides of an unexpected error."""
    return error.code if isinstance(error, BieumauError) else "server-error"
