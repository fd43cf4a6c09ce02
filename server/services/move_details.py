"""What stands in the event row of a move: what the actor supplied, and what the machine adds."""

from collections.abc import Mapping, Sequence

import jsonschema_rs

from server.core.attachment import Attachment
from server.core.event import Event
from server.core.finding import Finding
from server.core.form import Form
from server.core.signed_copy import SignedCopyRule, copies_since
from server.core.submission import Revision
from server.core.workflow import Move
from server.core.workflow_parts import file_fields
from server.errors import GuardFailed, InputInvalid
from server.services.review import SubmissionView


def checked_input(
    move: Move, supplied: Mapping[str, object], attached: Sequence[Attachment]
) -> dict[str, object]:
    """What the actor supplied, as the move's ``input`` asks for it; else ``InputInvalid``.

    A field that asks for a file names one of *attached*; the row keeps its bytes' digest with it.
    """
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
    given, there = dict(supplied), {one.id: one for one in attached}
    for key in file_fields(move.input):
        found = there.get(str(given.get(key)))
        if found is not None:
            given[key] = {"attachment": found.id, "sha256": found.sha256}
        elif key in given:
            errors.append({"path": f"/{key}", "code": "unknown-attachment", "message": ""})
    if errors:
        raise InputInvalid(errors=errors, input=move.input)
    return given


def require_signed_copy(
    form: Form, attached: Sequence[Attachment], history: Sequence[Event]
) -> None:
    """Raise ``GuardFailed`` where the form wants the signed copy with the report and none is."""
    rule = SignedCopyRule.of(form.settings.get("signedCopy"))
    if rule.required and not copies_since(attached, history):
        raise GuardFailed(guard="signed_copy")


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
