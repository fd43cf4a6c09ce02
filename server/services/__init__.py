"""Use cases: one method, one transaction, one event row for each subject it changes."""

from dataclasses import dataclass

from server.core.ports import Clock
from server.hooks.manager import Plugins
from server.services.accounts import Accounts
from server.services.accounts_below import AccountsBelow
from server.services.approvals import Approvals
from server.services.attachments import Attachments
from server.services.blank_prints import BlankPrints
from server.services.catalogue import Catalogue
from server.services.cell_history import CellHistory
from server.services.comments import Comments
from server.services.consolidations import Consolidations
from server.services.corrections import Corrections
from server.services.delegations import Delegations
from server.services.dispatch import Dispatch
from server.services.exports import Exports
from server.services.handovers import Handovers
from server.services.idempotency import Idempotency
from server.services.jobs import Jobs
from server.services.ledger import Ledger
from server.services.mail import MailDesk
from server.services.notices import Notices
from server.services.obligations import Obligations
from server.services.own_figures import OwnFigures
from server.services.parts import Parts
from server.services.presence import Presence
from server.services.records import Records
from server.services.reference import Reference
from server.services.reminders import Reminders
from server.services.reports import Reports
from server.services.rounds_closing import RoundsClosing
from server.services.staffing import Staffing
from server.services.submissions import Submissions
from server.services.workbooks import Workbooks


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the web, the command line and the worker may ask for. Built in ``server.app``."""

    accounts: Accounts
    accounts_below: AccountsBelow
    approvals: Approvals
    attachments: Attachments
    blank_prints: BlankPrints
    catalogue: Catalogue
    cell_history: CellHistory
    comments: Comments
    consolidations: Consolidations
    corrections: Corrections
    delegations: Delegations
    dispatch: Dispatch
    exports: Exports
    handovers: Handovers
    idempotency: Idempotency
    jobs: Jobs
    ledger: Ledger
    mail: MailDesk
    notices: Notices
    obligations: Obligations
    own_figures: OwnFigures
    parts: Parts
    plugins: Plugins
    presence: Presence
    records: Records
    reference: Reference
    reminders: Reminders
    reports: Reports
    rounds_closing: RoundsClosing
    staffing: Staffing
    submissions: Submissions
    workbooks: Workbooks
    clock: Clock
