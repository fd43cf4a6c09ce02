"""Survey sheets: the returns of a unit, the sheets below one, and one sheet being filled.

A sheet uses the same page and the same script as a report; only the address that takes the cells
is another one.
"""

from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.finding import blocks
from server.core.form import Form
from server.core.layout import Field
from server.core.period import Period
from server.core.submission import SurveyRecord
from server.errors import NotFound
from server.services.review import SubmissionView
from server.web.policy import policy
from server.web.rendering import figures
from server.web.session import current_actor, services
from server.web.submission_program import program_of
from server.web.submission_texts import text_of
from server.web.submission_words import gettext as _
from server.web.submissions import head_of, moves_of, program_text

blueprint = Blueprint("records", __name__)
_PAGE = 50
_SHOWN_CELLS = 3


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One sheet in the list: its first answers, and whether it still holds errors."""

    record: SurveyRecord
    texts: tuple[str, ...]
    faulty: bool


@blueprint.get("/records")
@policy(Right.FILL)
def index() -> ResponseReturnValue:
    """The survey returns that the person's units owe, with how many sheets each holds."""
    actor = current_actor()
    rows = []
    for item in services().obligations.work(actor):
        if item.form.kind != "survey":
            continue
        counts = None
        if item.submission is not None:
            counts = services().records.counts(actor, item.submission.id)
        rows.append((item, Period.parse(item.obligation.period).title, counts))
    return render_template("records/index.html", rows=rows)


@blueprint.get("/records/<submission_id>")
@policy(Right.READ)
def of_return(submission_id: str) -> ResponseReturnValue:
    """One return with its sheets."""
    actor = current_actor()
    view = _survey(submission_id)
    page = services().records.list_(
        actor, submission_id, after=request.args.get("after"), limit=_PAGE
    )
    count, faulty = services().records.counts(actor, submission_id)
    columns = _columns(view.form)
    rows = []
    for record in page.items:
        judged = services().records.get(actor, submission_id, record.id)
        rows.append(
            RecordRow(
                record=record,
                texts=tuple(
                    text_of(
                        record.answers.get(column.key),
                        record.statuses.get(f"/{column.key}"),
                        column,
                    )
                    for column in columns
                ),
                faulty=blocks(judged.verdict.findings),
            )
        )
    return render_template(
        "records/of_return.html",
        head=head_of(view, actor),
        moves=moves_of(view),
        rows=rows,
        columns=columns,
        count=count,
        faulty=faulty,
        next=None
        if page.next is None
        else url_for(".of_return", submission_id=submission_id, after=page.next),
        first=url_for(".of_return", submission_id=submission_id)
        if request.args.get("after")
        else None,
    )


@blueprint.post("/records/<submission_id>")
@policy(Right.FILL)
def add(submission_id: str) -> ResponseReturnValue:
    """Add an empty sheet and open it."""
    added = services().records.add(current_actor(), submission_id, {})
    address = url_for(".sheet", submission_id=submission_id, record_id=added.record.id)
    return redirect(address, 303)


@blueprint.get("/records/<submission_id>/<record_id>")
@policy(Right.READ)
def sheet(submission_id: str, record_id: str) -> ResponseReturnValue:
    """One sheet: to be filled while its return can be, else to be read."""
    actor = current_actor()
    view = _survey(submission_id)
    found = services().records.get(actor, submission_id, record_id)
    record = found.record
    verdict, program = found.verdict, None
    if view.editable:
        program = program_text(
            program_of(view.form, record.answers, record.statuses, view.context, verdict),
            view,
            actor,
            address=f"/api/v1/submissions/{submission_id}/records/{record_id}",
        )
        verdict = replace(verdict, findings=())  # the script marks the cells
    shown = figures(view.form, record.answers, record.statuses, verdict)
    return render_template(
        "records/sheet.html",
        head=head_of(view, actor),
        record=record,
        figures=shown,
        program=program,
    )


@blueprint.route("/records/<submission_id>/<record_id>/delete", methods=["GET", "POST"])
@policy(Right.FILL)
def delete(submission_id: str, record_id: str) -> ResponseReturnValue:
    """Take a sheet out of the return, asked once more before."""
    actor = current_actor()
    view = _survey(submission_id)
    if request.method != "POST":  # HEAD reads as well
        found = services().records.get(actor, submission_id, record_id)
        return render_template(
            "records/delete.html", head=head_of(view, actor), record=found.record
        )
    try:
        services().records.delete(actor, submission_id, record_id)
    except NotFound:
        flash(_("Phiếu này đã được xóa trước đó."), "info")
    else:
        flash(_("Đã xóa phiếu."), "success")
    return redirect(url_for(".of_return", submission_id=submission_id), 303)


def _survey(submission_id: str) -> SubmissionView:
    view = services().submissions.get(current_actor(), submission_id)
    if view.form.kind != "survey":
        raise NotFound(kind="submission")
    return view


def _columns(form: Form) -> tuple[Field, ...]:
    """The first answers of a sheet that are nobody's secret, to tell the sheets apart."""
    asked = [field for section in form.layout.sections for field in section.fields]
    plain = [
        field
        for field in asked
        if field.key in form.shape.cells and not field.personal and not field.calculated
    ]
    return tuple(plain[:_SHOWN_CELLS])
