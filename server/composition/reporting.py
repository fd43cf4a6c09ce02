"""Filling and sending: reports, their parts, records, files, workbooks and prints."""

from dataclasses import dataclass

from server.composition.ground import Ground
from server.machine import new_secret
from server.services.attachments import AttachmentLimits, Attachments
from server.services.blank_prints import BlankPrints
from server.services.carried_reports import CarriedReports
from server.services.cell_history import CellHistory
from server.services.cell_stretches import CellStretches
from server.services.comments import Comments
from server.services.earlier_cells import EarlierCells
from server.services.obligations import Obligations
from server.services.parts import Parts
from server.services.presence import Presence
from server.services.records import Records
from server.services.submissions import Submissions
from server.services.work import Work
from server.services.workbook_spool import Spool
from server.services.workbooks import Workbooks


@dataclass(frozen=True, slots=True)
class Reporting:
    """What a clerk works with."""

    attachments: Attachments
    blank_prints: BlankPrints
    carried_reports: CarriedReports
    cell_history: CellHistory
    comments: Comments
    earlier_cells: EarlierCells
    obligations: Obligations
    parts: Parts
    presence: Presence
    records: Records
    submissions: Submissions
    work: Work
    workbooks: Workbooks


def reporting(ground: Ground) -> Reporting:
    stores, reviewer, events = ground.stores, ground.reviewer, ground.stores.events
    transaction, clock, new_id = ground.transaction, ground.clock, ground.new_id
    files = ground.settings.attachments
    submissions = Submissions(
        stores.submissions, stores.obligations, events, reviewer, transaction, clock, new_id
    )
    records = Records(
        stores.records, stores.submissions, events, reviewer, transaction, clock, new_id
    )
    return Reporting(
        attachments=Attachments(
            store=stores.attachments,
            files=ground.attachment_files,
            submissions=stores.submissions,
            events=events,
            reviewer=reviewer,
            transaction=transaction,
            clock=clock,
            new_id=new_id,
            limits=AttachmentLimits(files.most_bytes, files.most_per_report),
        ),
        blank_prints=BlankPrints(
            ground.plugins, reviewer, submissions, ground.results, new_id, ground.demo
        ),
        carried_reports=CarriedReports(
            reviewer.catalogue, stores.definition_migrations, stores.records, events
        ),
        cell_history=CellHistory(
            stores.submissions, events, reviewer, CellStretches(reviewer.catalogue)
        ),
        comments=Comments(stores.submissions, events, reviewer, transaction, clock, new_id),
        earlier_cells=EarlierCells(
            catalogue=reviewer.catalogue,
            submissions=submissions,
            records=records,
            store=stores.submissions,
            events=events,
            transaction=transaction,
            clock=clock,
        ),
        obligations=Obligations(stores.obligations, events, reviewer, transaction, clock, new_id),
        parts=Parts(
            parts=stores.parts,
            submissions=stores.submissions,
            obligations=stores.obligations,
            events=events,
            reviewer=reviewer,
            accounts=ground.accounts,
            transaction=transaction,
            clock=clock,
        ),
        presence=Presence(stores.presence, stores.submissions, reviewer, transaction, clock),
        records=records,
        submissions=submissions,
        work=Work(stores.obligations, stores.submissions, reviewer, clock),
        workbooks=Workbooks(
            plugins=ground.plugins,
            submissions=submissions,
            spool=Spool(ground.var / "uploads", clock, new_secret),
            clock=clock,
            new_id=new_id,
            folder=ground.results,
            demo=ground.demo,
        ),
    )
