"""What is owed and by which rules: drafts of definitions, workflows, assignments, rounds."""

from dataclasses import dataclass

from server.composition.ground import ROOT, Ground
from server.services.assignments import Assignments
from server.services.definition_drafts import DefinitionDrafts
from server.services.definition_files import DefinitionFiles
from server.services.definition_issues import DefinitionIssues
from server.services.extensions import Extensions
from server.services.obligations import Obligations
from server.services.rounds import Rounds
from server.services.staffing import Staffing
from server.services.workflow_moves import WorkflowMoves


@dataclass(frozen=True, slots=True)
class Defining:
    """What the province's administrators work with."""

    assignments: Assignments
    definition_drafts: DefinitionDrafts
    definition_issues: DefinitionIssues
    extensions: Extensions
    rounds: Rounds
    staffing: Staffing
    workflow_moves: WorkflowMoves


def defining(ground: Ground, obligations: Obligations) -> Defining:
    stores, reviewer, events = ground.stores, ground.reviewer, ground.stores.events
    transaction, clock, new_id = ground.transaction, ground.clock, ground.new_id
    catalogue, reference = ground.catalogue, ground.reference
    drafts = DefinitionDrafts(
        stores.definition_drafts, catalogue, events, transaction, clock, new_id
    )
    return Defining(
        assignments=Assignments(
            stores.assignments, stores.directory, catalogue, reference, events, transaction, clock
        ),
        definition_drafts=drafts,
        definition_issues=DefinitionIssues(
            drafts, DefinitionFiles(ROOT / ground.settings.files.definitions)
        ),
        extensions=Extensions(
            stores.extensions, obligations, events, reviewer, transaction, clock, new_id
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
        workflow_moves=WorkflowMoves(catalogue, stores.submissions, events, transaction, clock),
    )
