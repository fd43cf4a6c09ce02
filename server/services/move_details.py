"""What stands in the event row of a move: what the actor supplied, and what the machine adds."""

from collections.abc import Mapping, Sequence

import jsonschema_rs

from server.core.finding import Finding
from server.core.submission import Revision
from server.core.workflow import Move
from server.errors import InputInvalid
from server.services.review import SubmissionView


def checked_input(move: Move, supplied: Mapping[str, object]) -> dict[str, object]:
    """What the actor supplied, as the move's ``input`` asks for it; else ``InputInvalid``."""
    if move.input is None:
        return {}
    validator = jsonschema_rs.Draft202012Validator(dict(move.input), validate_formats=True)
    errors = [
        {
            "path": "".join(f"/{token}" for token in error.instance_path),
            "code": f"schema.{error.kind.name}",
            "message": error.message,
        }
        for error in validator.iter_errors(dict(supplied))
    ]
    if errors:
        raise InputInvalid(errors=errors, input=move.input)
    return dict(supplied)


def signature_details(move: Move) -> dict[str, object]:
    """What the event row says of one signature among several, and of who stands in."""
    details: dict[str, object] = {"escalated": True} if move.escalated else {}
    if move.of > 1:
        details |= {
            "transition": move.transition,
            "place": move.place,
            "signed": move.signed,
            "of": move.of,
        }
        if move.title is not None:
            details["title"] = move.title
    return details


def sealing_details(
    view: SubmissionView, revision: Revision, records: str | None
) -> dict[str, object]:
    """What the row of a sign-off seals: the edition, what it was judged by, and what was found.

    Of each finding its severity, code and cell; its reason is in the sealed document, and its
    words may hold what the cells do.
    """
    details: dict[str, object] = {
        "revision": revision.number,
        "digest": revision.digest,
        "receipt": revision.receipt,
        "form_digest": view.form.digest,
        "workflow_digest": view.workflow.digest,
        "found": [[str(one.severity), one.code, one.path] for one in view.verdict.findings],
    }
    if records is not None:
        details["records"] = records
    return details


def finding_counts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each severity the actor let pass."""
    counts: dict[str, int] = {}
    for finding in findings:
        counts[str(finding.severity)] = counts.get(str(finding.severity), 0) + 1
    return counts
