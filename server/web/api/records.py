"""Survey records: the documents below a survey return, one for each household."""

from flask import Response

from server.services.idempotency import StoredAnswer
from server.web.api.bodies import conflict, etag, page_of, record, record_item, respond, text_of
from server.web.api.requests import (
    LIST,
    OBJECT,
    answered_once,
    has_key,
    identity,
    json_body,
    window,
)
from server.web.api.resolving import submission_named
from server.web.api.routing import PAGING, PREFIX, operation
from server.web.api.submissions import changes_of
from server.web.problems import answer, problem
from server.web.session import current_actor, services

_RECORDS = "/submissions/{submission_id}/records"
_RECORD = _RECORDS + "/{record_id}"


@operation("GET", _RECORDS, "The records of a survey return", answer="RecordList", query=PAGING)
def list_records(submission_id: str) -> Response:
    named, shown = submission_named(submission_id), window()
    page = services().records.list_(current_actor(), named.id, after=shown.after, limit=shown.limit)
    response = page_of(page, record_item)
    response.headers.update(etag(named.edit))
    return response


@operation(
    "POST",
    _RECORDS,
    "Add a record; with an Idempotency-Key a repeated request adds none",
    answer="Record",
    body="NewRecord",
    status=201,
)
def add_record(submission_id: str) -> Response:
    named = submission_named(submission_id)
    body = json_body({"answers": OBJECT}, {"statuses": OBJECT})
    statuses = body.statuses()

    def add() -> StoredAnswer:
        view = services().records.add(current_actor(), named.id, body.mapping("answers"), statuses)
        headers = {
            "Content-Type": "application/json",
            "Location": f"{PREFIX}/submissions/{named.id}/records/{view.record.id}",
            **etag(view.record.edit),
        }
        return StoredAnswer(201, headers, text_of(record(view)))

    if has_key():
        return answered_once(add)
    made = add()
    return Response(made.body, made.status, dict(made.headers))


@operation("GET", _RECORD, "One record", answer="Record")
def get_record(submission_id: str, record_id: str) -> Response:
    named = submission_named(submission_id)
    view = services().records.get(current_actor(), named.id, identity(record_id, "record"))
    return respond(record(view), 200, etag(view.record.edit))


@operation(
    "PATCH",
    _RECORD,
    "Save changed cells of a record; cells that somebody else changed are left and reported",
    answer="Record",
    body="Changes",
)
def save_record(submission_id: str, record_id: str) -> Response:
    named = submission_named(submission_id)
    service, identified = services().records, identity(record_id, "record")
    service.get(current_actor(), named.id, identified)
    changes = changes_of(json_body({"changes": LIST}))
    view, met = service.save(current_actor(), named.id, identified, changes)
    if not met:
        return respond(record(view), 200, etag(view.record.edit))
    response = answer(problem("conflict", errors=[conflict(one) for one in met]))
    response.headers.update(etag(view.record.edit))
    return response


@operation("DELETE", _RECORD, "Remove a record", status=204)
def delete_record(submission_id: str, record_id: str) -> Response:
    named = submission_named(submission_id)
    services().records.delete(current_actor(), named.id, identity(record_id, "record"))
    return Response(status=204)
