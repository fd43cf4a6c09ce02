"""Use cases: one method, one transaction, one event row for each subject it changes."""

from dataclasses import dataclass

from server.core.ports import Clock
from server.hooks.manager import Plugins
from server.services.accounts import Accounts
from server.services.accounts_below import AccountsBelow
from server.services.approvals import Approvals
from server.services.assignments import Assignments
from server.services.attachments import Attachments
from server.services.background import Background
from server.services.backtests import Backtests
from server.services.blank_prints import BlankPrints
from server.services.board import Board
from server.services.calendar_feeds import CalendarFeeds
from server.services.carried_reports import CarriedReports
from server.services.catalogue import Catalogue
from server.services.cell_history import CellHistory
from server.services.codelist_editions import CodeListEditions
from server.services.comments import Comments
from server.services.consolidations import Consolidations
from server.services.corrections import Corrections
from server.services.definition_conflicts import DefinitionConflicts
from server.services.definition_drafts import DefinitionDrafts
from server.services.definition_issues import DefinitionIssues
from server.services.definition_migrations import DefinitionMigrations
from server.services.definition_tables import DefinitionTables
from server.services.delegations import Delegations
from server.services.desk import Desk
from server.services.dispatch import Dispatch
from server.services.due_calendar import DueCalendar
from server.services.earlier_cells import EarlierCells
from server.services.editions import Editions
from server.services.escalations import Escalations
from server.services.evidence import Evidence
from server.services.exports import Exports
from server.services.extensions import Extensions
from server.services.handovers import Handovers
from server.services.idempotency import Idempotency
from server.services.impact import ImpactStudies
from server.services.impact_jobs import ImpactJobs
from server.services.indicator_sheets import IndicatorSheets
from server.services.jobs import Jobs
from server.services.ledger import Ledger
from server.services.mail import MailDesk
from server.services.mail_wishes import MailWishes
from server.services.notices import Notices
from server.services.obligations import Obligations
from server.services.own_figures import OwnFigures
from server.services.parts import Parts
from server.services.presence import Presence
from server.services.records import Records
from server.services.reference import Reference
from server.services.reminder_plans import ReminderPlans
from server.services.reminders import Reminders
from server.services.reopen_requests import ReopenRequests
from server.services.reports import Reports
from server.services.retirements import Retirements
from server.services.round_contacts import RoundContacts
from server.services.round_dates import RoundDateChanges
from server.services.rounds import Rounds
from server.services.rounds_closing import RoundsClosing
from server.services.series import Series
from server.services.staffing import Staffing
from server.services.submissions import Submissions
from server.services.supplied_files import SuppliedFiles
from server.services.trial_workbooks import TrialWorkbooks
from server.services.unit_groups import UnitGroups
from server.services.urging import Urging
from server.services.urging_evidence import UrgingEvidence
from server.services.urging_letter import UrgingLetters
from server.services.urging_log import UrgingLogs
from server.services.work import Work
from server.services.workbooks import Workbooks
from server.services.workflow_moves import WorkflowMoves


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the web, the command line and the worker may ask for. Built in ``server.app``."""

    accounts: Accounts
    accounts_below: AccountsBelow
    approvals: Approvals
    assignments: Assignments
    attachments: Attachments
    background: Background
    blank_prints: BlankPrints
    board: Board
    calendar_feeds: CalendarFeeds
    carried_reports: CarriedReports
    catalogue: Catalogue
    cell_history: CellHistory
    comments: Comments
    consolidations: Consolidations
    corrections: Corrections
    definition_conflicts: DefinitionConflicts
    definition_drafts: DefinitionDrafts
    definition_issues: DefinitionIssues
    definition_tables: DefinitionTables
    definition_migrations: DefinitionMigrations
    impact: ImpactStudies
    impact_jobs: ImpactJobs
    backtests: Backtests
    delegations: Delegations
    desk: Desk
    dispatch: Dispatch
    due_calendar: DueCalendar
    earlier_cells: EarlierCells
    editions: Editions
    escalations: Escalations
    evidence: Evidence
    exports: Exports
    extensions: Extensions
    handovers: Handovers
    idempotency: Idempotency
    indicator_sheets: IndicatorSheets
    codelist_editions: CodeListEditions
    jobs: Jobs
    ledger: Ledger
    mail: MailDesk
    mail_wishes: MailWishes
    notices: Notices
    obligations: Obligations
    own_figures: OwnFigures
    parts: Parts
    plugins: Plugins
    presence: Presence
    records: Records
    reference: Reference
    reminder_plans: ReminderPlans
    reminders: Reminders
    reopen_requests: ReopenRequests
    reports: Reports
    series: Series
    retirements: Retirements
    round_contacts: RoundContacts
    round_dates: RoundDateChanges
    rounds: Rounds
    rounds_closing: RoundsClosing
    staffing: Staffing
    submissions: Submissions
    supplied_files: SuppliedFiles
    unit_groups: UnitGroups
    work: Work
    urging: Urging
    urging_evidence: UrgingEvidence
    urging_letters: UrgingLetters
    urging_logs: UrgingLogs
    workbooks: Workbooks
    trial_workbooks: TrialWorkbooks
    workflow_moves: WorkflowMoves
    clock: Clock
