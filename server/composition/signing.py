"""Signing, approving and what follows: the desk, consolidation, closing, corrections, proof."""

from dataclasses import dataclass

from server.composition.ground import Ground
from server.services.accounts_below import AccountsBelow
from server.services.approvals import Approvals
from server.services.attachments import Attachments
from server.services.cascades import Cascades
from server.services.children import Children
from server.services.consolidations import Consolidations
from server.services.corrections import Corrections
from server.services.delegations import Delegations
from server.services.desk import Desk
from server.services.evidence import Evidence
from server.services.guards import Guards
from server.services.handovers import Handovers
from server.services.reopen_requests import ReopenRequests
from server.services.rounds_closing import RoundsClosing
from server.services.submissions import Submissions
from server.services.supplied_files import SuppliedFiles
from server.services.unit_groups import UnitGroups


@dataclass(frozen=True, slots=True)
class Signing:
    """What heads of units and approvers work with."""

    accounts_below: AccountsBelow
    approvals: Approvals
    consolidations: Consolidations
    corrections: Corrections
    delegations: Delegations
    desk: Desk
    evidence: Evidence
    handovers: Handovers
    reopen_requests: ReopenRequests
    rounds_closing: RoundsClosing
    supplied_files: SuppliedFiles
    unit_groups: UnitGroups


def signing(ground: Ground, submissions: Submissions, attachments: Attachments) -> Signing:
    stores, reviewer, events = ground.stores, ground.reviewer, ground.stores.events
    transaction, clock, accounts = ground.transaction, ground.clock, ground.accounts
    children = Children(stores.consolidations, ground.catalogue, ground.reference)
    approvals = Approvals(
        submissions=stores.submissions,
        obligations=stores.obligations,
        events=events,
        reviewer=reviewer,
        guards=Guards(
            stores.submissions,
            stores.obligations,
            stores.records,
            children,
            reviewer.editions,
        ),
        attachments=stores.attachments,
        cascades=Cascades(stores.consolidations, stores.submissions, reviewer),
        transaction=transaction,
        clock=clock,
        receipt_prefix="BK",
    )
    delegations = Delegations(
        stores.delegations, accounts.store, ground.catalogue, events, transaction, clock
    )
    return Signing(
        accounts_below=AccountsBelow(accounts, ground.reference),
        approvals=approvals,
        consolidations=Consolidations(
            store=stores.consolidations,
            submissions=stores.submissions,
            events=events,
            reviewer=reviewer,
            filing=submissions,
            children=children,
            transaction=transaction,
            clock=clock,
        ),
        corrections=Corrections(
            stores.submissions, events, reviewer, approvals, transaction, clock
        ),
        delegations=delegations,
        desk=Desk(stores.submissions, events, reviewer),
        evidence=Evidence(stores.submissions, events, reviewer),
        handovers=Handovers(accounts.store, delegations, stores.parts, events, transaction, clock),
        reopen_requests=ReopenRequests(
            stores.submissions, events, reviewer, accounts, transaction, clock
        ),
        rounds_closing=RoundsClosing(
            stores.submissions, stores.obligations, events, reviewer, approvals, transaction, clock
        ),
        supplied_files=SuppliedFiles(approvals, attachments, transaction),
        unit_groups=UnitGroups(
            store=stores.unit_groups,
            assignments=stores.assignments,
            accounts=accounts.store,
            delegations=accounts.delegations,
            reference=ground.reference,
            scope=ground.scope,
            events=events,
            transaction=transaction,
            clock=clock,
            new_id=ground.new_id,
        ),
    )
