"""Survey records: the documents below a survey return, one for each household."""

from collections.abc import Sequence

from flask import Response

from server.core.submission import Change
from server.core.survey import RecordQuery
from server.errors import RequestInvalid
from server.services.idempotency import StoredAnswer
from server.web.api.bodies import (
    conflict,
    etag,
    page_of,
    record,
    record_item,
    record_summary,
    respond,
    text_of,
)
from server.web.api.changes import changes_of
from server.web.api.earlier_versions import VERSIONED, given_up_of, left_of, version_of
from server.web.api.requests import (
    ANY,
    LIST,
    OBJECT,
    TEXT,
    answered_once,
    has_key,
    identity,
    json_body,
    parameter,
    window,
)
from server.web.api.resolving import submission_named
from server.web.api.routing import PAGING, PREFIX, operation
from server.web.problems import answer, problem
from server.web.session import current_actor, services

_RECORDS = "/submissions/{submission_id}/records"
_RECORD = _RECORDS + "/{record_id}"
_SUMMARY = "/submissions/{submission_id}/record-summary"


@operation(
    "GET",
    _RECORDS,
    "The records of a survey return; `q` finds parts of the short texts and numbers of a record",
    answer="RecordList",
    query=("q", "state", *PAGING),
)
def list_records(submission_id: str) -> Response:
    named, shown = submission_named(submission_id), window()
    query = RecordQuery(text=parameter("q") or "", state=parameter("state"))
    page = services().records.list_(
        current_actor(), named.id, after=shown.after, limit=shown.limit, query=query
    )
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
    told = {**record(view), "version": named.version}
    return respond(told, 200, etag(view.record.edit))


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
    body = json_body({"changes": LIST}, VERSIONED)
    changes, version = changes_of(body), version_of(body)
    if version is not None:
        return _save_from(submission_id, identified, changes, version, given_up_of(body))
    view, met = service.save(current_actor(), named.id, identified, changes)
    if not met:
        told = {**record(view), "version": named.version}
        return respond(told, 200, etag(view.record.edit))
    response = answer(problem("conflict", errors=[conflict(one) for one in met]))
    response.headers.update(etag(view.record.edit))
    return response


def _save_from(
    submission_id: str,
    record_id: str,
    changes: Sequence[Change],
    version: int,
    given_up: Sequence[Change],
) -> Response:
    """The same from a page that says which version of the form it shows."""
    named = submission_named(submission_id)
    found = services().earlier_cells.save_record(
        current_actor(), named.id, record_id, changes, version=version, given_up=given_up
    )
    now = submission_named(submission_id).version
    refusal = left_of(found, None, version=now)
    if refusal is None:
        return respond({**record(found.view), "version": now}, 200, etag(found.view.record.edit))
    response = answer(refusal)
    response.headers.update(etag(found.view.record.edit))
    return response


@operation(
    "DELETE",
    _RECORD,
    "Take a record out of its return, with the reason; it can be restored",
    body="Deletion",
    status=204,
)
def delete_record(submission_id: str, record_id: str) -> Response:
    named = submission_named(submission_id)
    service, identified = services().records, identity(record_id, "record")
    service.get(current_actor(), named.id, identified)
    reason = json_body({"reason": TEXT}).text("reason")
    service.delete(current_actor(), named.id, identified, reason=reason)
    return Response(status=204)


@operation("POST", f"{_RECORD}/restore", "Put a deleted record back", answer="Record")
def restore_record(submission_id: str, record_id: str) -> Response:
    named = submission_named(submission_id)
    identified = identity(record_id, "record")
    view = services().records.restore(current_actor(), named.id, identified)
    return respond(record(view), 200, etag(view.record.edit))


@operation(
    "GET",
    _SUMMARY,
    "How far a survey return is, which records agree, and what they add up to",
    answer="RecordSummary",
)
def get_record_summary(submission_id: str) -> Response:
    named = submission_named(submission_id)
    return _summary(named.id)


@operation(
    "PUT",
    _SUMMARY,
    "Say how many records the return will have",
    answer="RecordSummary",
    body="Expected",
)
def expect_records(submission_id: str) -> Response:
    named = submission_named(submission_id)
    number = json_body({"expected": ANY}).value("expected")
    if isinstance(number, bool) or not isinstance(number, int):
        raise RequestInvalid(reason="type", path="/expected")
    services().records.expect(current_actor(), named.id, number)
    return _summary(named.id)


def _summary(submission_id: str) -> Response:
    service, actor = services().records, current_actor()
    shown = record_summary(
        service.progress(actor, submission_id), service.totals(actor, submission_id)
    )
    return respond(shown)
