"""Empty forms as PDF: of a report, with its unit and period, or of a form by its code."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.services.exports import PrintedFile
from server.web.policy import policy
from server.web.session import current_actor, services

blueprint = Blueprint("blank_prints", __name__)


@blueprint.get("/submissions/<submission_id>/blank")
@policy(Right.READ)
def of_submission(submission_id: str) -> ResponseReturnValue:
    """The empty form with the unit and the period of a report in its head."""
    return _answer(services().blank_prints.of_submission(current_actor(), submission_id))


@blueprint.get("/forms/<code>/blank")
@policy(Right.READ)
def of_form(code: str) -> ResponseReturnValue:
    """The empty form; ``?period=`` and ``?org_unit=`` fill its head."""
    printed = services().blank_prints.of_form(
        current_actor(),
        code,
        org_unit=request.args.get("org_unit") or None,
        period=request.args.get("period") or None,
    )
    return _answer(printed)


def _answer(printed: PrintedFile) -> Response:
    response = Response(printed.take(), content_type=printed.media_type)
    response.headers.set("Content-Disposition", "inline", filename=printed.name)
    return response
