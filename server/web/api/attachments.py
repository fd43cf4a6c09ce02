"""Attached files of a report: listing, adding, downloading, taking off."""

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from server.core.attachment import Attachment, AttachmentKind
from server.errors import RequestInvalid
from server.web.api.bodies import Json, cut, etag, instant, page_of, respond
from server.web.api.requests import identity, parameter, required_parameter, window
from server.web.api.resolving import submission_named
from server.web.api.routing import PAGING, PREFIX, operation
from server.web.attachments import sent
from server.web.session import current_actor, services

#: A form's encoding here is a mistake: the body is the file itself.
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


@operation(
    "GET",
    "/submissions/{submission_id}/attachments",
    "The files attached to a report and to its cells",
    answer="AttachmentList",
    query=PAGING,
)
def list_attachments(submission_id: str) -> Response:
    named = submission_named(submission_id)
    found = services().attachments.list_(current_actor(), named.id)
    response = page_of(cut(found, lambda one: one.id, window()), _shape)
    response.headers.update(etag(named.edit))
    return response


@operation(
    "POST",
    "/submissions/{submission_id}/attachments",
    "Attach the body as a file; the same file at the same place again is the same attachment",
    answer="Attachment",
    query=("name", "path", "kind"),
    required=("name",),
    status=201,
    upload=True,
)
def add_attachment(submission_id: str) -> Response:
    named = submission_named(submission_id)
    if request.mimetype in _FORMS:
        raise UnsupportedMediaType
    name = required_parameter("name")
    kind = parameter("kind") or str(AttachmentKind.DOCUMENT)
    if kind not in set(AttachmentKind):
        raise RequestInvalid(reason="kind", path="/kind")
    added = services().attachments.add(
        current_actor(),
        named.id,
        request.get_data(cache=False),
        name=name,
        path=parameter("path") or "",
        kind=kind,
    )
    address = f"{PREFIX}/submissions/{named.id}/attachments/{added.id}"
    return respond(_shape(added), 201, {"Location": address, **etag(named.edit)})


@operation(
    "GET",
    "/submissions/{submission_id}/attachments/{attachment_id}",
    "An attached file",
    media=("application/octet-stream",),
)
def get_attachment(submission_id: str, attachment_id: str) -> Response:
    named = submission_named(submission_id)
    wanted = identity(attachment_id, "attachment")
    return sent(services().attachments.get(current_actor(), named.id, wanted))


@operation(
    "DELETE",
    "/submissions/{submission_id}/attachments/{attachment_id}",
    "Take a file off a report that can still be filled",
    query=("reason",),
    required=("reason",),
    status=204,
)
def remove_attachment(submission_id: str, attachment_id: str) -> Response:
    named = submission_named(submission_id)
    wanted = identity(attachment_id, "attachment")
    reason = required_parameter("reason")
    services().attachments.remove(current_actor(), named.id, wanted, reason)
    return Response(status=204, headers=etag(named.edit))


def _shape(one: Attachment) -> Json:
    return {
        "id": one.id,
        "submission": one.submission,
        "path": one.path,
        "kind": str(one.kind),
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "sha256": one.sha256,
        "added_by": one.added_by,
        "added_at": instant(one.added_at),
    }
