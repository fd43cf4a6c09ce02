"""What is owed and by which rules: drafts of definitions, workflows, assignments, rounds."""

from dataclasses import dataclass

from server.composition.ground import ROOT, Ground
from server.services.assignments import Assignments
from server.services.backtests import Backtests
from server.services.codelist_editions import CodeListEditions
from server.services.codelist_files import CodeListFiles
from server.services.definition_conflicts import DefinitionConflicts
from server.services.definition_drafts import DefinitionDrafts
from server.services.definition_files import DefinitionFiles
from server.services.definition_issues import DefinitionIssues
from server.services.definition_migrations import DefinitionMigrations
from server.services.definition_tables import DefinitionTables
from server.services.extensions import Extensions
from server.services.impact import ImpactStudies
from server.services.impact_jobs import ImpactJobs
from server.services.indicator_files import IndicatorFiles
from server.services.indicator_sheets import IndicatorSheets
from server.services.obligations import Obligations
from server.services.part_owners import PartOwners
from server.services.retirements import Retirements
from server.services.rounds import Rounds
from server.services.sheet_migrations import SheetMigrations
from server.services.staffing import Staffing
from server.services.table_files import TableFiles
from server.services.trial_workbooks import TrialWorkbooks
from server.services.workflow_moves import WorkflowMoves


@dataclass(frozen=True, slots=True)
class Defining:
    """What the province's administrators work with."""

    assignments: Assignments
    backtests: Backtests
    codelist_editions: CodeListEditions
    definition_conflicts: DefinitionConflicts
    definition_drafts: DefinitionDrafts
    definition_issues: DefinitionIssues
    definition_tables: DefinitionTables
    definition_migrations: DefinitionMigrations
    extensions: Extensions
    impact: ImpactStudies
    impact_jobs: ImpactJobs
    indicator_sheets: IndicatorSheets
    retirements: Retirements
    rounds: Rounds
    staffing: Staffing
    trial_workbooks: TrialWorkbooks
    workflow_moves: WorkflowMoves


def defining(ground: Ground, obligations: Obligations) -> Defining:
    stores, reviewer, events = ground.stores, ground.reviewer, ground.stores.events
    transaction, clock, new_id = ground.transaction, ground.clock, ground.new_id
    catalogue, reference = ground.catalogue, ground.reference
    tables = TableFiles(ground.plugins, new_id, ground.results)
    drafts = DefinitionDrafts(
        stores.definition_drafts, catalogue, events, transaction, clock, new_id
    )
    indicator_files = IndicatorFiles(ROOT / ground.settings.files.definitions)
    files = DefinitionFiles(ROOT / ground.settings.files.definitions)
    issues = DefinitionIssues(drafts, files, indicator_files)
    impact = ImpactStudies(catalogue, reference, stores.definition_migrations)
    backtests = Backtests(
        catalogue,
        reference,
        stores.definition_migrations,
        stores.submissions,
        reviewer.editions,
    )
    return Defining(
        assignments=Assignments(
            stores.assignments,
            stores.directory,
            catalogue,
            reference,
            PartOwners(stores.parts, reference, events, clock),
            events,
            transaction,
            clock,
        ),
        backtests=backtests,
        codelist_editions=CodeListEditions(
            catalogue,
            stores.definition_migrations,
            tables,
            CodeListFiles(ROOT / ground.settings.files.definitions),
        ),
        definition_conflicts=DefinitionConflicts(drafts, files),
        definition_drafts=drafts,
        definition_issues=issues,
        definition_migrations=DefinitionMigrations(
            catalogue=catalogue,
            issues=issues,
            studies=impact,
            store=stores.definition_migrations,
            sheets=SheetMigrations(stores.definition_migrations, stores.records, reference),
            submissions=stores.submissions,
            events=events,
            new_id=new_id,
            transaction=transaction,
            clock=clock,
        ),
        definition_tables=DefinitionTables(drafts, tables),
        extensions=Extensions(
            stores.extensions, obligations, events, reviewer, transaction, clock, new_id
        ),
        impact=impact,
        impact_jobs=ImpactJobs(
            impact, backtests, drafts, stores.jobs, events, transaction, clock, new_id
        ),
        indicator_sheets=IndicatorSheets(catalogue, drafts, tables, indicator_files),
        retirements=Retirements(
            stores.retirements, catalogue, stores.obligations, events, transaction, clock
        ),
        rounds=Rounds(
            obligations=stores.obligations,
            assignments=stores.assignments,
            events=events,
            files=ground.attachment_files,
            reviewer=reviewer,
            transaction=transaction,
            clock=clock,
            new_id=new_id,
            most_bytes=ground.settings.attachments.most_bytes,
        ),
        staffing=Staffing(ground.accounts.store, stores.assignments, catalogue, reference, clock),
        trial_workbooks=TrialWorkbooks(tables, clock, new_id, ground.demo),
        workflow_moves=WorkflowMoves(catalogue, stores.submissions, events, transaction, clock),
    )
