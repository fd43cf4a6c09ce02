"""The composition root: settings in, services and the WSGI application out.

Everything is built here, once, by hand; nothing below this module knows how it was put together.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from flask import Flask

from server.core.ports import LOCAL, Clock
from server.hooks.manager import Plugins
from server.machine import IdMaker, ShiftedClock, SystemClock, new_code, new_secret
from server.services import Services
from server.services.accounts import Accounts, SessionRules
from server.services.accounts_below import AccountsBelow
from server.services.approvals import Approvals
from server.services.attachments import AttachmentLimits, Attachments
from server.services.blank_prints import BlankPrints
from server.services.catalogue import Catalogue
from server.services.cell_history import CellHistory
from server.services.children import Children
from server.services.comments import Comments
from server.services.consolidations import Consolidations
from server.services.corrections import Corrections
from server.services.delegations import Delegations
from server.services.dispatch import CONSUMERS, Dispatch
from server.services.exports import Exports
from server.services.guards import Guards
from server.services.handovers import Handovers
from server.services.idempotency import Idempotency
from server.services.installation import Installation
from server.services.jobs import Jobs
from server.services.ledger import Ledger
from server.services.mail import MailDesk
from server.services.meta_schemas import meta_schemas
from server.services.notices import Notices
from server.services.obligations import Obligations
from server.services.own_figures import OwnFigures
from server.services.parts import Parts
from server.services.presence import Presence
from server.services.records import Records
from server.services.reference import Reference
from server.services.reminders import Reminders
from server.services.reports import Reports
from server.services.review import Reviewer
from server.services.rounds_closing import RoundsClosing
from server.services.scope import Scope
from server.services.staffing import Staffing
from server.services.submissions import Submissions
from server.services.telling import Telling
from server.services.workbook_spool import Spool
from server.services.workbooks import Workbooks
from server.settings import Settings
from server.storage.accounts import AccountStore
from server.storage.attachments import AttachmentFiles, AttachmentStore
from server.storage.catalogue import CatalogueStore
from server.storage.consolidations import ConsolidationStore
from server.storage.database import Database
from server.storage.delegations import DelegationStore
from server.storage.events import EventStore
from server.storage.holidays import HolidayStore
from server.storage.idempotency import IdempotencyStore
from server.storage.jobs import JobStore
from server.storage.mail import MailStore
from server.storage.notices import NoticeStore
from server.storage.obligations import ObligationStore
from server.storage.observations import ObservationStore
from server.storage.org_units import OrgUnitStore
from server.storage.parts import PartStore
from server.storage.presence import PresenceStore
from server.storage.submissions import SubmissionStore
from server.storage.survey_records import SurveyRecordStore
from server.storage.ticks import TickStore
from server.web import create_web
from server.web.health import Probe, disk_probe

ROOT = Path(__file__).resolve().parents[1]
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
    services = _services(settings, clock, database)
    installation = Installation(
        services.catalogue, services.reference, database.transaction, IdMaker(clock)
    )
    return Application(settings, services, database, clock, TickStore(database), installation)


def _services(settings: Settings, clock: Clock, database: Database) -> Services:
    new_id, transaction = IdMaker(clock), database.transaction
    plugins = Plugins.load(settings.plugins.enabled, settings.plugins.options, ROOT / "plugins")
    events = EventStore(
        database,
        consumers=CONSUMERS,
        new_id=new_id,
        new_salt=lambda: secrets.token_hex(16),
    )
    submission_store, record_store = SubmissionStore(database), SurveyRecordStore(database)
    obligation_store, mail_store = ObligationStore(database), MailStore(database)
    observation_store, job_store = ObservationStore(database), JobStore(database)
    part_store, attachment_store = PartStore(database), AttachmentStore(database)
    reference = Reference(
        OrgUnitStore(database), HolidayStore(database), events, transaction, clock
    )
    scope = Scope(reference)
    catalogue = Catalogue(
        CatalogueStore(database), events, reference, transaction, clock, meta_schemas(ROOT)
    )
    reviewer = Reviewer(
        catalogue,
        reference,
        scope,
        submission_store,
        obligation_store,
        record_store,
        part_store,
        events,
    )
    accounts = _accounts(settings, clock, database, events, new_id)
    consolidation_store = ConsolidationStore(database)
    children = Children(consolidation_store, catalogue, reference)
    mail_domain = urlsplit(settings.server.public_url).hostname or "localhost"
    exports = Exports(
        plugins=plugins,
        jobs=job_store,
        submissions=submission_store,
        events=events,
        reviewer=reviewer,
        accounts=accounts,
        transaction=transaction,
        clock=clock,
        new_id=new_id,
        folder=Path(settings.files.var) / "results",
        demo=settings.demo.enabled,
    )
    submissions = Submissions(
        submission_store, obligation_store, events, reviewer, transaction, clock, new_id
    )
    reports = Reports(observation_store, obligation_store, catalogue, reference, scope, clock)
    notice_store = NoticeStore(database)
    delegations = Delegations(
        accounts.delegations, accounts.store, catalogue, events, transaction, clock
    )
    approvals = Approvals(
        submissions=submission_store,
        obligations=obligation_store,
        events=events,
        reviewer=reviewer,
        guards=Guards(submission_store, obligation_store, record_store, children),
        attachments=attachment_store,
        transaction=transaction,
        clock=clock,
        receipt_prefix="BK",
    )
    return Services(
        accounts=accounts,
        accounts_below=AccountsBelow(accounts, reference),
        approvals=approvals,
        blank_prints=BlankPrints(
            plugins, reviewer, submissions, exports.folder, new_id, settings.demo.enabled
        ),
        attachments=Attachments(
            store=attachment_store,
            files=AttachmentFiles(
                Path(settings.files.var) / settings.attachments.directory  # absolute ones win
            ),
            submissions=submission_store,
            events=events,
            reviewer=reviewer,
            transaction=transaction,
            clock=clock,
            new_id=new_id,
            limits=AttachmentLimits(
                settings.attachments.most_bytes, settings.attachments.most_per_report
            ),
        ),
        catalogue=catalogue,
        cell_history=CellHistory(submission_store, events, reviewer),
        comments=Comments(submission_store, events, reviewer, transaction, clock, new_id),
        consolidations=Consolidations(
            store=consolidation_store,
            submissions=submission_store,
            events=events,
            reviewer=reviewer,
            filing=submissions,
            children=children,
            transaction=transaction,
            clock=clock,
        ),
        corrections=Corrections(submission_store, events, reviewer, approvals, transaction, clock),
        delegations=delegations,
        dispatch=Dispatch(
            events=events,
            submissions=submission_store,
            obligations=obligation_store,
            observations=observation_store,
            mails=mail_store,
            reviewer=reviewer,
            accounts=accounts,
            telling=Telling(
                notice_store, submission_store, obligation_store, reviewer, accounts, clock
            ),
            plugins=plugins,
            transaction=transaction,
            clock=clock,
            mail_domain=mail_domain,
        ),
        exports=exports,
        handovers=Handovers(accounts.store, delegations, part_store, events, transaction, clock),
        idempotency=Idempotency(IdempotencyStore(database), transaction, clock),
        jobs=Jobs(
            store=job_store,
            exports=exports,
            actor_of=accounts.actor_of,
            transaction=transaction,
            clock=clock,
        ),
        ledger=Ledger(events, transaction, clock),
        mail=MailDesk(mail_store, plugins, transaction, clock),
        notices=Notices(
            store=notice_store,
            mails=mail_store,
            accounts=accounts,
            catalogue=catalogue,
            reference=reference,
            plugins=plugins,
            transaction=transaction,
            clock=clock,
            mail_domain=mail_domain,
        ),
        obligations=Obligations(
            obligation_store, submission_store, events, reviewer, transaction, clock, new_id
        ),
        own_figures=OwnFigures(submission_store, catalogue, reference, reports, plugins),
        parts=Parts(
            parts=part_store,
            submissions=submission_store,
            obligations=obligation_store,
            events=events,
            reviewer=reviewer,
            accounts=accounts,
            transaction=transaction,
            clock=clock,
        ),
        plugins=plugins,
        presence=Presence(PresenceStore(database), submission_store, reviewer, transaction, clock),
        records=Records(
            record_store, submission_store, events, reviewer, transaction, clock, new_id
        ),
        reference=reference,
        reminders=Reminders(
            plugins=plugins,
            obligations=obligation_store,
            submissions=submission_store,
            mails=mail_store,
            events=events,
            reviewer=reviewer,
            transaction=transaction,
            clock=clock,
            mail_domain=mail_domain,
        ),
        reports=reports,
        staffing=Staffing(accounts.store, reference, clock),
        rounds_closing=RoundsClosing(
            submission_store, obligation_store, events, reviewer, approvals, transaction, clock
        ),
        submissions=submissions,
        workbooks=Workbooks(
            plugins=plugins,
            submissions=submissions,
            spool=Spool(Path(settings.files.var) / "uploads", clock, new_secret),
            clock=clock,
            new_id=new_id,
            folder=Path(settings.files.var) / "results",
            demo=settings.demo.enabled,
        ),
        clock=clock,
    )


def _accounts(
    settings: Settings, clock: Clock, database: Database, events: EventStore, new_id: IdMaker
) -> Accounts:
    security = settings.security
    hasher = PasswordHasher(
        time_cost=security.argon2_time,
        memory_cost=security.argon2_memory_kib,
        parallelism=security.argon2_parallelism,
    )
    return Accounts(
        store=AccountStore(database),
        delegations=DelegationStore(database),
        events=events,
        transaction=database.transaction,
        clock=clock,
        new_id=new_id,
        new_secret=new_secret,
        new_code=new_code,
        hasher=hasher,
        rules=SessionRules(
            idle=timedelta(minutes=security.session_idle_minutes),
            absolute=timedelta(hours=security.session_hours),
            tries=security.sign_in_tries,
            password_min_length=security.password_min_length,
        ),
        # Checked for unknown names, so that they cost the same time as known ones.
        dummy_hash=hasher.hash(secrets.token_urlsafe(16)),
    )
