"""Evidence of sealed editions: what a reader takes away to check a report without the server."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.core.access import Actor
from server.core.event import GENESIS
from server.core.evidence import (
    FORMAT,
    event_row,
    inclusion_path,
    sealed_document,
    sealing_event,
)
from server.core.personal import personal_cells
from server.core.submission import Revision
from server.errors import AccessDenied
from server.services.masking import note_look
from server.services.review import Reviewer, SubmissionView
from server.storage.events import EventStore
from server.storage.submissions import SubmissionStore


@dataclass(frozen=True, slots=True)
class Evidence:
    """Use case of every reader of a report who may see all of it."""

    submissions: SubmissionStore
    events: EventStore
    reviewer: Reviewer

    def of(self, actor: Actor, submission_id: str, number: int) -> dict[str, object]:
        """Edition *number* with everything that proves it.

        Until the sealer has come by, ``proof`` and ``checkpoint`` are null, and the check says so.

        Raises:
            NotFound: no such edition in the actor's scope.
            AccessDenied: the actor may not see its personal values; a masked copy proves nothing.
        """
        view = self.reviewer.view(actor, self.submissions.get(submission_id))
        revision = self.submissions.revision(submission_id, number)
        if not self.may_prove(view):
            raise AccessDenied(action="evidence")
        note_look(actor, view, evidence=number)
        subject = f"submission/{submission_id}"
        events = self.events.of(subject)
        sealing = sealing_event(events, number, revision.digest)
        details: Mapping[str, object] = {} if sealing is None else sealing.details
        sealed_in = 0 if sealing is None else sealing.sequence
        proof, checkpoint = self._proof(subject, sealed_in)
        return {
            "format": FORMAT,
            "digest": revision.digest,
            "document": self._document(view, revision, details),
            "form_digest": details.get("form_digest"),
            "workflow_digest": details.get("workflow_digest"),
            "findings": _findings(details, revision),
            "sealed_in": sealed_in,
            "events": [event_row(event) for event in events],
            "proof": proof,
            "checkpoint": checkpoint,
        }

    @staticmethod
    def may_prove(view: SubmissionView) -> bool:
        """Whether the reader sees all that was sealed."""
        return view.personal or not personal_cells(view.form)

    def _document(
        self, view: SubmissionView, revision: Revision, details: Mapping[str, object]
    ) -> dict[str, object]:
        records = None
        if view.form.kind == "survey":  # editions sealed before the row said it are as they stand
            said = details.get("records")
            kept = said if isinstance(said, str) else None
            records = kept or self.submissions.content_digest(revision.submission)
        version = revision.version or view.submission.version
        return sealed_document(
            replace(view.submission, version=version),
            revision.number,
            answers=revision.answers,
            statuses=revision.statuses,
            nil=revision.nil,
            reasons=revision.reasons,
            records=records,
        )

    def _proof(
        self, subject: str, sealed_in: int
    ) -> tuple[dict[str, object] | None, dict[str, object] | None]:
        """How the newest sealed event of the chain hangs in its checkpoint, and that.

        One proof is enough: each event's hash is over the one before it.
        """
        found = self.events.last_leaf(subject)
        if found is None or found[0] < sealed_in:
            return None, None
        sequence, number, leaf = found
        near = self.events.checkpoints(after=max(number - 2, 0), limit=2)
        by_number = {one.number: one for one in near}
        checkpoint, before = by_number[number], by_number.get(number - 1)
        place = leaf - checkpoint.first_leaf
        leaves = [hash_ for _, hash_ in self.events.leaves(number)]
        proof: dict[str, object] = {
            "sequence": sequence,
            "place": place,
            "path": inclusion_path(leaves, place),
        }
        return proof, {
            "number": number,
            "previous": GENESIS if before is None else before.head,
            "root": checkpoint.root,
            "leaves": checkpoint.leaves,
            "sealed_at": checkpoint.sealed_at.isoformat(timespec="microseconds"),
            "head": checkpoint.head,
        }


def _findings(details: Mapping[str, object], revision: Revision) -> list[dict[str, object]]:
    """What was found when the edition was sealed, each with the reason that was given."""
    reasons = {(one["code"], one["path"]): one["text"] for one in revision.reasons}
    found = details.get("found")
    return [
        {
            "severity": severity,
            "code": code,
            "path": path,
            "reason": reasons.get((code, path)),
        }
        for severity, code, path in (found if isinstance(found, list) else ())
    ]
