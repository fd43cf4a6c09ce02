"""The worker: time-driven work and what follows from events.

APScheduler only ticks. What is due is computed from the database and claimed
there, so any number of workers may run, be killed and be started again.
"""

import os
import socket
import threading
import time
from collections.abc import Callable

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from server.app import Application

log = structlog.get_logger()
_SEAL_SECONDS = 60
_PURGE_SECONDS = 3600
#: Work of every second is noted less often: each note is a commit.
_NOTED_SECONDS = 10.0


class Worker:
    """Runs the ticks of one process; ``start`` returns at once, ``stop`` waits for running work."""

    def __init__(self, application: Application) -> None:
        self._application = application
        # A tick that comes late is still wanted, and one is enough: hence no grace, and coalesce.
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        self._noted: dict[str, float] = {}

    def start(self) -> None:
        reminders = self._application.settings.reminders
        self._guarded("tick", self._tick, reminders.tick_seconds)
        self._every(reminders.dispatch_seconds, "dispatch", self._dispatch)
        # Apart: a mail server that hangs must not hold up what follows from events.
        self._every(reminders.dispatch_seconds, "mail", self._mail)
        self._every(reminders.dispatch_seconds, "jobs", self._jobs)
        self._every(reminders.tick_seconds, "tick", self._tick)
        self._every(reminders.tick_seconds, "moves_of_time", self._move)
        self._every(_SEAL_SECONDS, "seal", self._seal)
        self._every(_PURGE_SECONDS, "purge", self._purge)
        self._scheduler.start()
        log.info("worker.started", worker=self.name)

    def stop(self) -> None:
        """End after the mail, event or job at hand; what is left stays in the database."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)
        try:
            self._application.services.background.stopped(self.name)
        except Exception:
            # A database that is gone must not keep the process from ending.
            log.exception("worker.stop_not_noted")
        finally:
            self._application.database.release()
        self._stopped.set()
        log.info("worker.stopped", worker=self.name)

    def wait(self) -> None:
        """Block until ``stop``."""
        self._stopped.wait()

    def _every(self, seconds: int, name: str, work: Callable[[], None]) -> None:
        self._scheduler.add_job(
            self._guarded, "interval", (name, work, seconds), seconds=seconds, id=name
        )

    def _guarded(self, name: str, work: Callable[[], None], seconds: int) -> None:
        if self._stopping.is_set():
            return
        started_at, failed = self._application.clock.now(), None
        try:
            work()
        except Exception as error:
            log.exception("worker.failed", work=name)
            failed = f"{type(error).__name__}: {error}"[:500]
        try:
            if (
                failed is not None
                or time.monotonic() - self._noted.get(name, -_NOTED_SECONDS) >= _NOTED_SECONDS
            ):
                self._application.services.background.note(
                    self.name, name, every_seconds=seconds, started_at=started_at, failed=failed
                )
                # A failure is noted at once, and so is the first run that is well again.
                self._noted[name] = -_NOTED_SECONDS if failed is not None else time.monotonic()
        except Exception:
            log.exception("worker.not_noted", work=name)
        finally:
            self._application.database.release()

    def _tick(self) -> None:
        services, clock = self._application.services, self._application.clock
        self._application.beat()
        services.presence.forget()
        sent = services.reminders.send_due(clock.today())
        services.notices.send_digests()
        fresh = sum(reminder.suppressed is None for reminder in sent)
        if fresh:
            log.info("reminders.queued", count=fresh)

    def _move(self) -> None:
        moved = self._application.services.approvals.fire_due()
        if moved:
            log.info("workflow.moved_by_time", count=moved)
        told = self._application.services.escalations.tell_due()
        if told:
            log.info("workflow.escalated", count=told)

    def _dispatch(self) -> None:
        while not self._stopping.is_set() and self._application.services.dispatch.run():
            pass

    def _mail(self) -> None:
        while self._application.services.mail.flush(stop=self._stopping.is_set):
            pass

    def _jobs(self) -> None:
        while not self._stopping.is_set() and self._application.services.jobs.run_one():
            pass

    def _seal(self) -> None:
        checkpoint = self._application.services.ledger.seal()
        if checkpoint is not None:
            # The head leaves the database here: a log that is kept elsewhere proves it later.
            log.info("ledger.sealed", number=checkpoint.number, head=checkpoint.head)

    def _purge(self) -> None:
        self._application.services.idempotency.purge()
        self._application.services.accounts.purge()
        swept = self._application.services.attachments.sweep()
        if swept:
            log.info("attachments.swept", count=swept)
        self._application.services.notices.purge()
        self._application.services.workbooks.spool.sweep()
        self._application.services.background.purge()
