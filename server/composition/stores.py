"""Every store, built once over the database."""

import secrets
from dataclasses import dataclass

from server.core.ports import NewId
from server.services.dispatch import CONSUMERS
from server.storage.accounts import AccountStore
from server.storage.assignments import AssignmentStore, DirectoryStore
from server.storage.attachments import AttachmentStore
from server.storage.board import BoardStore
from server.storage.calendar_feeds import CalendarFeedStore
from server.storage.catalogue import CatalogueStore
from server.storage.consolidations import ConsolidationStore
from server.storage.database import Database
from server.storage.definition_drafts import DefinitionDraftStore
from server.storage.definition_migrations import DefinitionMigrationStore
from server.storage.delegations import DelegationStore
from server.storage.escalations import EscalationStore
from server.storage.events import EventStore
from server.storage.extensions import ExtensionStore
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
from server.storage.reminders import ReminderStore
from server.storage.retirements import RetirementStore
from server.storage.series import SeriesStore
from server.storage.submissions import SubmissionStore
from server.storage.survey_records import SurveyRecordStore
from server.storage.unit_groups import UnitGroupStore
from server.storage.urgings import MailPreferenceStore, UrgingStore
from server.storage.worker_runs import WorkerRunStore


@dataclass(frozen=True, slots=True)
class Stores:
    """One store a noun; none of them commits."""

    accounts: AccountStore
    assignments: AssignmentStore
    attachments: AttachmentStore
    board: BoardStore
    calendar_feeds: CalendarFeedStore
    catalogue: CatalogueStore
    consolidations: ConsolidationStore
    definition_drafts: DefinitionDraftStore
    definition_migrations: DefinitionMigrationStore
    delegations: DelegationStore
    directory: DirectoryStore
    events: EventStore
    escalations: EscalationStore
    extensions: ExtensionStore
    holidays: HolidayStore
    idempotency: IdempotencyStore
    jobs: JobStore
    mails: MailStore
    notices: NoticeStore
    obligations: ObligationStore
    observations: ObservationStore
    series: SeriesStore
    org_units: OrgUnitStore
    parts: PartStore
    preferences: MailPreferenceStore
    presence: PresenceStore
    records: SurveyRecordStore
    reminders: ReminderStore
    retirements: RetirementStore
    submissions: SubmissionStore
    unit_groups: UnitGroupStore
    urgings: UrgingStore
    worker_runs: WorkerRunStore

    @classmethod
    def over(cls, database: Database, new_id: NewId) -> "Stores":
        return cls(
            accounts=AccountStore(database),
            assignments=AssignmentStore(database),
            attachments=AttachmentStore(database),
            board=BoardStore(database),
            calendar_feeds=CalendarFeedStore(database),
            catalogue=CatalogueStore(database),
            consolidations=ConsolidationStore(database),
            definition_drafts=DefinitionDraftStore(database),
            definition_migrations=DefinitionMigrationStore(database),
            delegations=DelegationStore(database),
            directory=DirectoryStore(database),
            events=EventStore(
                database,
                consumers=CONSUMERS,
                new_id=new_id,
                new_salt=lambda: secrets.token_hex(16),
            ),
            escalations=EscalationStore(database),
            extensions=ExtensionStore(database),
            holidays=HolidayStore(database),
            idempotency=IdempotencyStore(database),
            jobs=JobStore(database),
            mails=MailStore(database),
            notices=NoticeStore(database),
            obligations=ObligationStore(database),
            observations=ObservationStore(database),
            series=SeriesStore(database),
            org_units=OrgUnitStore(database),
            parts=PartStore(database),
            preferences=MailPreferenceStore(database),
            presence=PresenceStore(database),
            records=SurveyRecordStore(database),
            reminders=ReminderStore(database),
            retirements=RetirementStore(database),
            submissions=SubmissionStore(database),
            unit_groups=UnitGroupStore(database),
            urgings=UrgingStore(database),
            worker_runs=WorkerRunStore(database),
        )
