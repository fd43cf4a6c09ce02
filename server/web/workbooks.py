"""The clerk's workbook: download, upload, preview of every cell, confirmation. No script needed.

What the file says and what would happen to it is worded in ``workbook_words``.
"""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.workbook_merge import Side
from server.errors import ImportRefused, NotFound, TransitionRefused
from server.services.workbooks import Preview
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.submission_words import gettext as _
from server.web.submissions import head_of, posted_edit
from server.web.workbook_words import file_refusal, refused_cells, shown_differences

blueprint = Blueprint("workbooks", __name__)
_CHOICE = "choice:"
_FILE, _ONLINE = "file", "online"


@blueprint.app_context_processor
def _offers() -> dict[str, object]:
    """Whether pages may offer a workbook at all."""
    return {"has_workbooks": bool(services().plugins.workbook_formats())}


@blueprint.get("/submissions/<submission_id>/workbook")
@policy(Right.FILL)
def download(submission_id: str) -> ResponseReturnValue:
    """The form as a workbook, prefilled with what stands in the draft now."""
    try:
        made = services().workbooks.download(current_actor(), submission_id)
    except TransitionRefused:
        return _to_report(submission_id)
    response = Response(made.take(), content_type=made.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=made.name)
    return response


@blueprint.route("/submissions/<submission_id>/import", methods=["GET", "POST"])
@policy(Right.FILL)
def upload(submission_id: str) -> ResponseReturnValue:
    """Choose a file; a file that can be read leads to its preview."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        chosen = request.files.get("workbook")
        content = b"" if chosen is None else chosen.read()
        if content:
            try:
                preview = services().workbooks.upload(actor, submission_id, content)
            except ImportRefused as refusal:
                errors.append({"field": "workbook", "message": file_refusal(refusal)})
            else:
                return redirect(
                    url_for(".preview", submission_id=submission_id, token=preview.token), 303
                )
        else:
            errors.append({"field": "workbook", "message": _("Chọn tệp Excel để nhập.")})
    if not view.editable or view.submission.nil or view.form.kind == "survey":
        return _to_report(submission_id)
    status = 422 if errors else 200
    return render_template(
        "workbooks/upload.html", head=head_of(view, actor), errors=errors
    ), status


@blueprint.get("/submissions/<submission_id>/import/<token>")
@policy(Right.FILL)
def preview(submission_id: str, token: str) -> ResponseReturnValue:
    """What would be taken from the file, cell by cell; nothing is saved by looking."""
    try:
        found = services().workbooks.preview(current_actor(), submission_id, token)
    except TransitionRefused:
        return _to_report(submission_id)
    except ImportRefused as refusal:
        flash(file_refusal(refusal), "error")
        return redirect(url_for(".upload", submission_id=submission_id), 303)
    except NotFound as missing:
        return _expired(submission_id, missing)
    return _shown(found)


@blueprint.post("/submissions/<submission_id>/import/<token>")
@policy(Right.FILL)
def confirm(submission_id: str, token: str) -> ResponseReturnValue:
    """Save what was previewed, or forget the file."""
    actor, workbooks = current_actor(), services().workbooks
    services().submissions.get(actor, submission_id)
    if request.form.get("act") == "discard":
        workbooks.discard(actor, submission_id, token)
        flash(_("Đã bỏ tệp Excel. Số liệu trên máy chủ không thay đổi."), "info")
        return _to_report(submission_id)
    every = request.form.get("all", "")
    try:
        before = workbooks.preview(actor, submission_id, token)
        asked = [found.path for found in before.comparison.of(Side.BOTH)]
        take = {
            path: (every == _FILE)
            if every in (_FILE, _ONLINE)
            else request.form.get(f"{_CHOICE}{path}") == _FILE
            for path in asked
        }
        outcome = workbooks.confirm(actor, submission_id, token, seen=posted_edit(), take=take)
    except NotFound as missing:
        return _expired(submission_id, missing)
    if outcome.preview is not None:
        return _shown(outcome.preview, stale=True), 409
    if outcome.saved:
        flash(_("Đã nhập %(count)s ô từ tệp Excel.", count=outcome.saved), "success")
    else:
        flash(_("Không có ô nào phải thay đổi theo tệp Excel."), "info")
    return _to_report(submission_id)


def _shown(found: Preview, *, stale: bool = False) -> str:
    lines = shown_differences(found)
    return render_template(
        "workbooks/preview.html",
        head=head_of(found.view, current_actor()),
        token=found.token,
        made=found.stamp,
        refused=refused_cells(found),
        asked=[line for line in lines if line.side is Side.BOTH],
        taken=[line for line in lines if line.side is Side.FILE],
        kept=[line for line in lines if line.side is Side.ONLINE],
        alike=found.comparison.alike,
        added_rows=found.comparison.added_rows,
        removed_rows=sum(line.removed for line in lines),
        stale=stale,
        choices=((_ONLINE, _("Giữ số trên máy chủ")), (_FILE, _("Lấy số trong tệp"))),
    )


def _expired(submission_id: str, missing: NotFound) -> ResponseReturnValue:
    """Back to choosing a file when the kept one is gone; other things are simply not found."""
    if missing.facts.get("kind") != "upload":
        raise missing
    flash(_("Tệp đã tải lên không còn trên máy chủ (chỉ giữ một giờ). Tải lên lại."), "warning")
    return redirect(url_for(".upload", submission_id=submission_id), 303)


def _to_report(submission_id: str) -> ResponseReturnValue:
    return redirect(url_for("submissions.page", submission_id=submission_id), 303)
