"""Evidence of a sealed revision: the file that ``docs/check_report.py`` checks without a server."""

from flask import Response

from server.web.api.bodies import etag, respond
from server.web.api.resolving import revision_number, submission_named
from server.web.api.routing import operation
from server.web.session import current_actor, services


@operation(
    "GET",
    "/submissions/{submission_id}/revisions/{number}/evidence",
    "What proves a sealed revision: document, digests, findings, chain and Merkle proof",
    answer="Evidence",
)
def get_evidence(submission_id: str, number: str) -> Response:
    named = submission_named(submission_id)
    found = services().evidence.of(current_actor(), named.id, revision_number(number))
    return respond(found, 200, etag(named.edit))
