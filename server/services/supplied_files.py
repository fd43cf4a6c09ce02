"""Decisions that bring a file along: the file is attached and the decision made, or neither.

Apart from ``approvals``, which takes a file by its name once it is attached; this is what a page
does with both in one act.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.access import Actor
from server.core.ports import Transaction
from server.core.submission import Edit
from server.errors import AttachmentRefused, InputInvalid
from server.services.approvals import Approvals
from server.services.attachments import Attachments
from server.services.review import SubmissionView


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SuppliedFiles:
    """The one use case of files that a move asks for."""

    approvals: Approvals
    attachments: Attachments
    transaction: Transaction

    def decide(
        self,
        actor: Actor,
        submission_id: str,
        event: str,
        *,
        seen: Edit,
        supplied: Mapping[str, object],
        files: Mapping[str, SentFile],
        reasons: Sequence[Mapping[str, str]] = (),
    ) -> SubmissionView:
        """Attach *files*, each for the field of its key, and decide with them.

        Raises:
            InputInvalid: a file is none that is taken; the field is named.
            Besides what ``Approvals.decide`` raises. Nothing is attached then.
        """
        with self.transaction():
            given = dict(supplied)
            for key, file in files.items():
                try:
                    kept = self.attachments.add(actor, submission_id, file.content, name=file.name)
                except AttachmentRefused as refused:
                    code = f"attachment.{refused.facts['reason']}"
                    fault = {"path": f"/{key}", "code": code, "message": ""}
                    raise InputInvalid(errors=[fault]) from None
                given[key] = kept.id
            return self.approvals.decide(
                actor, submission_id, event, seen=seen, supplied=given, reasons=reasons
            )
