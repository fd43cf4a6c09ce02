"""The beat of an open filling page: where its reader is, answered with who else is there and
what else is new: the edit of the report, a later version of its form.
"""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.form import Form
from server.core.vietnamese import nfc
from server.services.presence import Neighbour
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.submission_words import gettext as _
from server.web.version_note import version_said

blueprint = Blueprint("presence", __name__)


@blueprint.post("/submissions/<submission_id>/presence")
@policy(Right.FILL)
def beat(submission_id: str) -> ResponseReturnValue:
    """Note where the reader is; the answer tells who else is there and what is new."""
    path = nfc(request.form.get("path", ""))
    found = services().presence.beat(current_actor(), submission_id, path)
    newer = services().catalogue.newer(found.form, found.period)
    return jsonify(
        {
            "there": [sentence(one) for one in found.there],
            "edit": found.edit,
            "newer": published(found.form, newer[-1]) if newer else "",
        }
    )


def published(form: Form, newest: Form) -> str:
    """That a version of the form came out while the page was open."""
    again = _("Tải lại trang để xem các chỗ khác nhau.")
    return f"{version_said(form, newest.version)} {again}"


def sentence(one: Neighbour) -> str:
    """Who is where, in words."""
    if one.section is None:
        return _("%(name)s đang mở báo cáo này.", name=one.name)
    return _("%(name)s đang nhập phần “%(section)s”.", name=one.name, section=one.section)
