"""The beat of an open filling page: where its reader is, answered with who else is there."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.vietnamese import nfc
from server.services.presence import Neighbour
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.submission_words import gettext as _

blueprint = Blueprint("presence", __name__)


@blueprint.post("/submissions/<submission_id>/presence")
@policy(Right.FILL)
def beat(submission_id: str) -> ResponseReturnValue:
    """Note where the reader is; the answer is one sentence for each other person."""
    path = nfc(request.form.get("path", ""))
    there = services().presence.beat(current_actor(), submission_id, path)
    return jsonify({"there": [sentence(one) for one in there]})


def sentence(one: Neighbour) -> str:
    """Who is where, in words."""
    if one.section is None:
        return _("%(name)s đang mở báo cáo này.", name=one.name)
    return _("%(name)s đang nhập phần “%(section)s”.", name=one.name, section=one.section)
