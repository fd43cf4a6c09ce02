"""Asking for a final report to be reopened."""

from flask import Response

from server.services.idempotency import StoredAnswer
from server.web.api.bodies import etag, instant, text_of
from server.web.api.requests import TEXT, answered_once, json_body
from server.web.api.resolving import submission_named
from server.web.api.routing import operation
from server.web.session import current_actor, services


@operation(
    "POST",
    "/submissions/{submission_id}/reopen-requests",
    "Ask those who may reopen a final report to do so, and say why",
    answer="ReopenRequest",
    body="NewReopenRequest",
    status=201,
    keyed=True,
)
def ask_reopen(submission_id: str) -> Response:
    named = submission_named(submission_id)
    body = json_body({"reason": TEXT})

    def ask() -> StoredAnswer:
        asked = services().reopen_requests.ask(
            current_actor(), named.id, reason=body.text("reason")
        )
        found: dict[str, object] = {
            "id": asked.id,
            "submission": asked.submission,
            "at": instant(asked.asked_at),
            "by": asked.asked_by,
            "by_name": services().accounts.name_of(asked.asked_by),
            "reason": asked.reason,
        }
        headers = {"Content-Type": "application/json", **etag(named.edit)}
        return StoredAnswer(201, headers, text_of(found))

    return answered_once(ask)
