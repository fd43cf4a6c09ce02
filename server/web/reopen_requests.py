"""Đề nghị mở lại: the unit writes why, those who may reopen answer on the report's page."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.ports import LOCAL
from server.core.reopen_request import LONGEST_REASON, SHORTEST_REASON
from server.core.vietnamese_numbers import format_date
from server.errors import Conflict, InputInvalid, ReopenAsked, TransitionRefused
from server.web.language import gettext as _
from server.web.policy import policy
from server.web.problems import problem_of
from server.web.session import current_actor, services
from server.web.submissions import head_of

blueprint = Blueprint("reopen_requests", __name__)


@blueprint.route("/submissions/<submission_id>/reopen-request", methods=["GET", "POST"])
@policy(Right.READ)
def ask(submission_id: str) -> ResponseReturnValue:
    """Write why the report should be opened again; where nothing is to be asked, the report."""
    actor = current_actor()
    back = redirect(url_for("submissions.page", submission_id=submission_id), 303)
    if request.method != "POST":  # HEAD reads as well
        view = services().submissions.get(actor, submission_id)
        found = services().reopen_requests.about(actor, view)
        return _page(submission_id, "") if found is not None and found.may_ask else back
    reason = _typed()
    try:
        services().reopen_requests.ask(actor, submission_id, reason=reason)
    except ReopenAsked as earlier:
        flash(_who_asked(earlier), "warning")
    except TransitionRefused as late:
        flash(problem_of(late).detail, "warning")
    except InputInvalid:
        return make_response(_page(submission_id, reason, [_fault("reason")]), 422)
    else:
        flash(_("Đã gửi đề nghị mở lại."), "success")
    return back


@blueprint.route("/submissions/<submission_id>/reopen-request/answer", methods=["GET", "POST"])
@policy(Right.READ)
def refuse(submission_id: str) -> ResponseReturnValue:
    """Leave the report closed, and write why."""
    actor = current_actor()
    back = redirect(url_for("submissions.page", submission_id=submission_id), 303)
    if request.method != "POST":
        view = services().submissions.get(actor, submission_id)
        found = services().reopen_requests.about(actor, view)
        waits = found is not None and found.may_reopen and found.request is not None
        return _page(submission_id, "", refusing=True) if waits else back
    reason = _typed()
    try:
        services().reopen_requests.refuse(actor, submission_id, reason=reason)
    except Conflict:
        flash(_("Đề nghị này đã được trả lời."), "warning")
    except InputInvalid:
        page = _page(submission_id, reason, [_fault("reason")], refusing=True)
        return make_response(page, 422)
    else:
        flash(_("Đã trả lời: không mở lại báo cáo."), "success")
    return back


def _page(
    submission_id: str,
    reason: str,
    errors: Sequence[dict[str, str]] = (),
    *,
    refusing: bool = False,
) -> str:
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    return render_template(
        "submissions/reopen_request.html",
        head=head_of(view, actor),
        refusing=refusing,
        reason=reason,
        errors=errors,
    )


def _typed() -> str:
    return request.form.get("reason", "")[: LONGEST_REASON * 2]


def _fault(field: str) -> dict[str, str]:
    text = _("Ghi lý do, từ %(least)s đến %(most)s ký tự.", least=SHORTEST_REASON, most="2.000")
    return {"field": field, "message": text}


def _who_asked(refused: ReopenAsked) -> str:
    earlier = cast("dict[str, str]", refused.facts["current"])
    at = datetime.fromisoformat(earlier["at"]).astimezone(LOCAL)
    return _(
        "%(who)s đã đề nghị mở lại báo cáo này lúc %(time)s ngày %(day)s, đang chờ trả lời.",
        who=earlier["by_name"],
        time=f"{at:%H:%M}",
        day=format_date(at.date()),
    )
