"""What stands in the path or names a unit is looked up before anything else is judged.

Missing and out of scope read alike (404), and come before keys, edits, rights and answers.
"""

from flask import Response, g

from server.core.form import Form
from server.core.submission import Submission
from server.errors import NotFound
from server.web.api.requests import identity, span
from server.web.api.routing import blueprint
from server.web.session import current_actor, services


def submission_named(submission_id: str) -> Submission:
    """The submission as it stands, without its verdict; ``NotFound`` when out of scope."""
    service = services().submissions
    found = service.submissions.get(identity(submission_id, "submission"))
    service.reviewer.reach(current_actor(), found)
    g.named_submission = found.id
    return found


@blueprint.after_request
def tag_refusals(response: Response) -> Response:
    """A refusal about a submission carries the ETag of what stands there now, as answers do."""
    refused = 400 <= response.status_code < 500  # noqa: PLR2004
    if refused and "named_submission" in g and "ETag" not in response.headers:
        current = services().submissions.submissions.get(g.named_submission)
        response.headers["ETag"] = f'"{current.edit}"'
    return response


def unit_named(org_unit: str, period: str) -> str:
    """The id of a unit in scope at the end of that period."""
    scope = services().submissions.reviewer.scope
    scope.require(current_actor(), identity(org_unit, "org_unit"), span(period), "org_unit")
    return org_unit


def form_named(code: str, version: int | None = None) -> Form:
    """A published form."""
    return services().catalogue.form(identity(code, "form"), version)


def revision_number(text: str) -> int:
    """The number of a revision in a path; what is no number is no revision."""
    return number_named(text, "revision")


def number_named(text: str, kind: str) -> int:
    """The number of a thing that is kept by number; what is no number names nothing."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004
        raise NotFound(kind=kind)
    return int(text)
