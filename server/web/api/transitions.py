"""Transitions: every event of every workflow, on exactly the edit that the caller saw."""

from flask import Response

from server.services.idempotency import StoredAnswer
from server.web.api.reasons import reasons_of
from server.web.api.requests import (
    LIST,
    OBJECT,
    TEXT,
    answered_once,
    json_body,
    seen_edit,
)
from server.web.api.resolving import submission_named
from server.web.api.routing import operation
from server.web.api.submissions import kept
from server.web.session import current_actor, services


@operation(
    "POST",
    "/submissions/{submission_id}/transitions",
    "Fire an event: submit, sign, send, approve, return, recall, close, reopen",
    answer="Submission",
    body="Transition",
    keyed=True,
    guarded=True,
)
def fire_event(submission_id: str) -> Response:
    named = submission_named(submission_id)
    body = json_body({"event": TEXT}, {"input": OBJECT, "reasons": LIST})
    reasons = reasons_of(body)

    def decide() -> StoredAnswer:
        view = services().approvals.decide(
            current_actor(),
            named.id,
            body.text("event"),
            seen=seen_edit(),
            supplied=body.mapping("input"),
            reasons=reasons,
        )
        return kept(view)

    return answered_once(decide)
