"""Corrections by a numbered decision: figures of an approved or closed report."""

from flask import Response

from server.services.idempotency import StoredAnswer
from server.web.api.changes import changes_of
from server.web.api.delegations import day_member
from server.web.api.requests import LIST, TEXT, answered_once, json_body, seen_edit
from server.web.api.resolving import submission_named
from server.web.api.routing import operation
from server.web.api.submissions import kept
from server.web.session import current_actor, services


@operation(
    "POST",
    "/submissions/{submission_id}/corrections",
    "Seal a corrected edition of a final report, by a decision of the head of the province",
    answer="Submission",
    body="DecisionCorrection",
    keyed=True,
    guarded=True,
)
def correct_submission(submission_id: str) -> Response:
    named = submission_named(submission_id)
    body = json_body({"changes": LIST, "decision_number": TEXT, "decided_on": TEXT, "reason": TEXT})
    changes, decided_on = changes_of(body), day_member(body, "decided_on")

    def correct() -> StoredAnswer:
        view = services().corrections.correct(
            current_actor(),
            named.id,
            changes,
            seen=seen_edit(),
            decision_number=body.text("decision_number"),
            decided_on=decided_on,
            reason=body.text("reason"),
        )
        return kept(view)

    return answered_once(correct)
