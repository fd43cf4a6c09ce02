"""Taking figures out: the person's exports, a new one, and its file."""

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.job import Job, JobState
from server.errors import NotFound, RequestInvalid
from server.web.policy import policy
from server.web.reports import form_choices, period_choices
from server.web.session import current_actor, services
from server.web.submission_words import gettext as _

blueprint = Blueprint("exports", __name__)
_PAGE = 30
_RUNNING = (JobState.QUEUED, JobState.RUNNING)


@blueprint.get("/exports")
@policy(Right.READ)
def index() -> ResponseReturnValue:
    """The person's exports, the newest first, and the form for another one."""
    actor = current_actor()
    page = services().exports.list_(actor, after=request.args.get("after"), limit=_PAGE)
    return render_template(
        "exports/index.html",
        jobs=[(job, _form_title(job), _badge(job)) for job in page.items],
        running=any(job.state in _RUNNING for job in page.items),
        formats=services().exports.formats(),
        forms=form_choices(),
        periods=period_choices(),
        chosen=request.args,
        next=None if page.next is None else url_for(".index", after=page.next),
        first=url_for(".index") if request.args.get("after") else None,
    )


@blueprint.post("/exports")
@policy(Right.READ)
def start() -> ResponseReturnValue:
    """Queue an export; the worker writes the file."""
    form = request.form
    try:
        services().exports.start(
            current_actor(),
            form.get("format", ""),
            form=form.get("form", ""),
            period=form.get("period", ""),
            org_unit=form.get("org_unit") or None,
        )
    except (NotFound, RequestInvalid):
        flash(_("Chọn biểu mẫu, kỳ báo cáo và định dạng rồi bấm Xuất dữ liệu."), "error")
    else:
        flash(_("Đang chuẩn bị tệp. Trang này tự cập nhật khi tệp sẵn sàng."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/exports/<job_id>/file")
@policy(Right.READ)
def download(job_id: str) -> ResponseReturnValue:
    """The finished file."""
    found = services().exports.result(current_actor(), job_id)
    return send_file(
        found.path, mimetype=found.media_type, download_name=found.name, as_attachment=True
    )


def _form_title(job: Job) -> str:
    code = str(job.input.get("form", ""))
    try:
        return services().catalogue.form(code).title
    except NotFound:
        return code


def _badge(job: Job) -> tuple[str, str]:
    badges = {
        JobState.QUEUED: (_("Đang chờ"), "grey"),
        JobState.RUNNING: (
            _("Đang ghi %(done)s/%(total)s", done=job.done, total=job.total)
            if job.total
            else _("Đang ghi"),
            "blue",
        ),
        JobState.DONE: (_("Đã xong"), "green"),
        JobState.FAILED: (_("Không xuất được"), "red"),
        JobState.CANCELLED: (_("Đã hủy"), "grey"),
    }
    return badges[job.state]
