"""The composition root: settings in, services and the WSGI application out.

Everything is built here, once, by hand; nothing below this module knows how it was put together.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from flask import Flask

from server.composition.defining import defining
from server.composition.ground import ROOT, Ground
from server.composition.reminding import reminding
from server.composition.reporting import reporting
from server.composition.signing import signing
from server.composition.working import working
from server.core.ports import LOCAL, Clock
from server.machine import ShiftedClock, SystemClock
from server.services import Services
from server.services.installation import Installation
from server.settings import Settings
from server.storage.database import Database
from server.storage.ticks import TickStore
from server.web import create_web
from server.web.health import Probe, disk_probe

__all__ = ["DEMO_HOUR", "ROOT", "Application", "build", "clock_of"]

#: The hour in Vietnam at which the demonstration's clock starts.
DEMO_HOUR = time(10)
_TICK_OVERDUE = timedelta(minutes=5)


def clock_of(settings: Settings) -> Clock:
    """The machine's clock; on the demonstration's data, one that starts at 10:00 of its day."""
    if not settings.demo.enabled:
        return SystemClock()
    clock = ShiftedClock()
    clock.set(datetime.combine(date.fromisoformat(settings.demo.as_of), DEMO_HOUR, LOCAL))
    return clock


@dataclass(frozen=True, slots=True)
class Application:
    """What the entry points work with."""

    settings: Settings
    services: Services
    database: Database
    clock: Clock
    ticks: TickStore
    installation: Installation

    def beat(self) -> None:
        """Note that a worker is alive."""
        with self.database.transaction():
            self.ticks.beat(self.clock.now())

    def web(self) -> Flask:
        """The WSGI application over these services."""
        web = create_web(self.services, self.settings, probes=self.probes())

        @web.teardown_appcontext
        def give_back(_: BaseException | None) -> None:
            # Else each thread would keep a pooled connection between its requests.
            self.database.release()

        return web

    def probes(self) -> list[Probe]:
        var = Path(self.settings.files.var)
        return [
            Probe("database", self._database_fault),
            Probe("migrations", self._migration_fault),
            disk_probe(var if var.is_dir() else Path()),
            Probe("worker", self._tick_fault),
        ]

    def _database_fault(self) -> str | None:
        self.database.ping()
        return None

    def _migration_fault(self) -> str | None:
        pending = self.database.pending_migrations()
        return f"pending: {', '.join(pending)}" if pending else None

    def _tick_fault(self) -> str | None:
        ticked_at = self.ticks.last()
        if ticked_at is None:
            return "the worker has not ticked yet"
        silent = self.clock.now() - ticked_at
        return f"silent for {silent}" if silent > _TICK_OVERDUE else None


def build(
    settings: Settings, clock: Clock | None = None, database: Database | None = None
) -> Application:
    """Put the application together; the database is opened unless one is given.

    Raises:
        DatabaseUnsafe: the set-up could lose an acknowledged report.
        PluginFault: a plugin named in the settings is broken.
    """
    clock = clock or SystemClock()
    database = database or Database.open(settings.database.url)
    ground = Ground.laid(settings, clock, database)
    installation = Installation(
        ground.catalogue, ground.reference, ground.transaction, ground.new_id
    )
    return Application(
        settings, _services(ground), database, clock, TickStore(database), installation
    )


def _services(ground: Ground) -> Services:
    filling = reporting(ground)
    approving = signing(ground, filling.submissions, filling.attachments)
    rules = defining(ground, filling.obligations)
    telling = reminding(ground, rules.rounds)
    work = working(ground, rules.impact_jobs)
    return Services(
        accounts=ground.accounts,
        accounts_below=approving.accounts_below,
        approvals=approving.approvals,
        assignments=rules.assignments,
        attachments=filling.attachments,
        background=work.background,
        blank_prints=filling.blank_prints,
        board=telling.board,
        calendar_feeds=telling.calendar_feeds,
        carried_reports=filling.carried_reports,
        catalogue=ground.catalogue,
        cell_history=filling.cell_history,
        comments=filling.comments,
        consolidations=approving.consolidations,
        corrections=approving.corrections,
        definition_drafts=rules.definition_drafts,
        definition_conflicts=rules.definition_conflicts,
        definition_issues=rules.definition_issues,
        definition_migrations=rules.definition_migrations,
        definition_tables=rules.definition_tables,
        impact=rules.impact,
        impact_jobs=rules.impact_jobs,
        indicator_sheets=rules.indicator_sheets,
        codelist_editions=rules.codelist_editions,
        backtests=rules.backtests,
        delegations=approving.delegations,
        desk=approving.desk,
        dispatch=work.dispatch,
        due_calendar=telling.due_calendar,
        earlier_cells=filling.earlier_cells,
        editions=ground.reviewer.editions,
        escalations=telling.escalations,
        evidence=approving.evidence,
        exports=work.exports,
        extensions=rules.extensions,
        handovers=approving.handovers,
        idempotency=work.idempotency,
        jobs=work.jobs,
        ledger=work.ledger,
        mail=telling.mail,
        mail_wishes=telling.mail_wishes,
        notices=telling.notices,
        obligations=filling.obligations,
        own_figures=work.own_figures,
        parts=filling.parts,
        plugins=ground.plugins,
        presence=filling.presence,
        records=filling.records,
        reference=ground.reference,
        reminder_plans=telling.reminder_plans,
        reminders=telling.reminders,
        reopen_requests=approving.reopen_requests,
        reports=work.reports,
        series=work.series,
        retirements=rules.retirements,
        round_contacts=telling.round_contacts,
        round_dates=telling.round_dates,
        rounds=rules.rounds,
        rounds_closing=approving.rounds_closing,
        staffing=rules.staffing,
        submissions=filling.submissions,
        supplied_files=approving.supplied_files,
        unit_groups=approving.unit_groups,
        work=filling.work,
        urging=telling.urging,
        urging_evidence=telling.urging_evidence,
        urging_letters=telling.urging_letters,
        urging_logs=telling.urging_logs,
        trial_workbooks=rules.trial_workbooks,
        workbooks=filling.workbooks,
        workflow_moves=rules.workflow_moves,
        clock=ground.clock,
    )
