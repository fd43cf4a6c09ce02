"""The clerk's pages of one report: starting it, filling it, saying that nothing arose.

The same page shows a report to those who may only read it. Moving a report on is
``submission_events``; its past is ``submission_history``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Actor, Right, Role
from server.core.event import Event
from server.core.json_text import dumps
from server.core.submission import Edit
from server.core.workflow import Move
from server.errors import Conflict, RequestInvalid, Stale
from server.services.children import Standing
from server.services.guards import empty_cells
from server.services.opening_values import proposed_lines
from server.services.reopen_requests import Reopening
from server.services.review import SubmissionView
from server.services.sheets import unit_title
from server.web.acting import asker_of
from server.web.carried_reports import carried_note
from server.web.extensions import due_reason, offers_extension
from server.web.policy import policy
from server.web.rendering import figures_of
from server.web.round_letters import with_letters
from server.web.section_tasks import tasks_of
from server.web.session import current_actor, services
from server.web.submission_program import program_of, texts
from server.web.submission_states import (
    Badge,
    badge_of,
    current_due,
    due_words,
    event_title,
    late_badge,
    lock_reason,
    office_title,
)
from server.web.submission_words import gettext as _
from server.web.version_note import version_note

blueprint = Blueprint("submissions", __name__)
#: The order in which moves are offered; the first that may be fired is the main one.
_MOVES = ("sign", "approve", "submit", "send", "close", "return", "recall", "reopen")


@dataclass(frozen=True, slots=True)
class ReportHead:
    """What stands above the figures on every page of one report."""

    view: SubmissionView
    badge: Badge
    late: Badge | None
    due_on: date
    due: str
    unit: str
    code: str
    constructed: bool
    lock: str
    returned: Event | None
    returned_by: str
    standing: Standing | None  # of the children of a consolidated report
    corrected: Event | None  # the decision by which a final report was corrected
    may_correct: bool
    due_reason: str
    may_extend: bool
    letter: bool  # whether the letter of its round can be opened
    reopening: Reopening | None
    reopen_asker: str


@blueprint.post("/submissions/start")
@policy(Right.FILL)
def start() -> ResponseReturnValue:
    """Start a report, or go on with it when somebody of the unit has started it meanwhile."""
    return started(services().submissions.start)


def started(begin: Callable[..., SubmissionView]) -> ResponseReturnValue:
    """Start the report that the posted form names by *begin*, and lead to it."""
    form = request.form
    try:
        view = begin(
            current_actor(),
            form=form.get("form", ""),
            org_unit=form.get("org_unit", ""),
            period=form.get("period", ""),
            round=form.get("round") or None,
        )
    except Conflict as conflict:
        existing = conflict.facts.get("id")
        if not isinstance(existing, str):
            raise
        view = services().submissions.get(current_actor(), existing)
    page_of = "consolidations.page" if view.consolidated else "submissions.page"
    return redirect(url_for(page_of, submission_id=view.submission.id), 303)


@blueprint.get("/submissions/<submission_id>")
@policy(Right.READ)
def page(submission_id: str) -> ResponseReturnValue:
    """The report: to be filled by who may, else to be read."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    if view.form.kind == "survey":
        return redirect(url_for("records.of_return", submission_id=submission_id), 303)
    shown = {
        "head": head_of(view, actor),
        "figures": figures_of(view),
        "moves": moves_of(view),
    }
    if not view.editable or view.submission.nil:
        return render_template("submissions/read.html", **shown)
    submission = view.submission
    program = program_of(
        view.form, submission.answers, submission.statuses, view.context, view.verdict
    )
    proposed = proposed_lines(services().reference, view.form, submission.org_unit, view.context)
    # The script marks the cells: it knows which empty ones nobody has had time to fill yet.
    unmarked = replace(view, verdict=replace(view.verdict, findings=()))
    return render_template(
        "submissions/fill.html",
        **{**shown, "figures": figures_of(unmarked, to_type=True)},
        program=program_text(
            {**program, "reasons": submission.reasons, "proposed": proposed}, view, actor
        ),
        tasks=tasks_of(view),
        newer=version_note(view.form, view.period),
        carried=carried_note(view, actor),
    )


@blueprint.route("/submissions/<submission_id>/nil", methods=["GET", "POST"])
@policy(Right.FILL)
def nil(submission_id: str) -> ResponseReturnValue:
    """Say that nothing arose in the period, or take that back: asked once more before."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    if request.method != "POST":  # HEAD reads as well
        if not (view.editable and view.fills):
            return redirect(url_for(".page", submission_id=submission_id), 303)
        return render_template("submissions/nil.html", head=head_of(view, actor))
    wanted = request.form.get("nil") != "no"
    try:
        services().submissions.make_nil(actor, submission_id, seen=posted_edit(), nil=wanted)
    except Stale:
        if services().submissions.get(actor, submission_id).submission.nil is not wanted:
            flash(_("Báo cáo vừa thay đổi. Xem lại rồi thực hiện lại."), "warning")
    return redirect(url_for(".page", submission_id=submission_id), 303)


def head_of(view: SubmissionView, actor: Actor) -> ReportHead:
    """The head of a report's pages."""
    today = services().clock.today()
    settings = view.form.settings
    returned, by = _return_of(view, actor)
    missing = len(empty_cells(view)) if view.state.editable else None
    reopening = services().reopen_requests.about(actor, view)
    return ReportHead(
        view=view,
        badge=Badge(_("Không phát sinh"), "outline")
        if view.submission.nil and view.state.editable
        else badge_of(view.workflow, view.submission.state, missing=missing),
        late=late_badge(view.obligation, today),
        due_on=current_due(view.obligation, today),
        due=due_words(view.obligation, today),
        unit=unit_title(view.unit),
        code=str(settings.get("officialCode", view.form.code)),
        constructed=bool(settings.get("constructed", False)),
        lock=lock_reason(view),
        returned=returned,
        returned_by=by,
        standing=services().consolidations.standing(view) if view.consolidated else None,
        corrected=_correction_of(view),
        may_correct=services().corrections.may_correct(actor, view),
        due_reason=due_reason(view.obligation),
        may_extend=offers_extension(view.obligation),
        letter=bool(with_letters(actor, [view.obligation])),
        reopening=reopening,
        reopen_asker=asker_of(reopening),
    )


def moves_of(view: SubmissionView) -> tuple[tuple[Move, str], ...]:
    """The moves the reader may fire, each once, the main one first."""
    found = {move.event: move for move in reversed(view.moves)}
    return tuple((found[event], event_title(event)) for event in _MOVES if event in found)


def posted_edit() -> Edit:
    """The edit that the posted page showed."""
    text = request.form.get("edit", "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - 64 bits
        raise RequestInvalid(reason="edit", path="/edit")
    return Edit(int(text))


def program_text(
    program: Mapping[str, object],
    view: SubmissionView,
    actor: Actor,
    *,
    address: str | None = None,
) -> str:
    """The program as JSON that can stand in a script element without ending it."""
    api = f"/api/v1/submissions/{view.submission.id}"
    told = {
        **program,
        "account": actor.account,
        "now": services().clock.now().isoformat(),
        "document": address or api,
        "changes": address or f"{api}/answers",
        "version": view.form.version,
        "before": services().earlier_cells.before(view.submission),
        "signIn": url_for("accounts.sign_in", next=request.path),
        "texts": texts(),
    }
    return dumps(told).replace("<", "\\u003c")


def _return_of(view: SubmissionView, actor: Actor) -> tuple[Event | None, str]:
    """The last return while the report is being corrected, and who returned it."""
    if not view.state.editable:
        return None, ""
    for event in reversed(services().submissions.history(actor, view.submission.id)):
        if event.name == "submission.return":
            return event, _returner(view, event)
        if event.name in ("submission.sign", "submission.send", "submission.recall"):
            break
    return None, ""


def _correction_of(view: SubmissionView) -> Event | None:
    """A first edition was never corrected, and a report that is worked on is not final."""
    if not view.state.final or view.submission.revision < 2:  # noqa: PLR2004
        return None
    return services().corrections.last(view.submission.id)


def _returner(view: SubmissionView, event: Event) -> str:
    """The unit that returned the report: the one at which the returning role sits."""
    source = event.details.get("from")
    for move in view.workflow.transitions:
        if move.event == "return" and source in move.sources and move.at in view.places:
            if move.role is Role.SIGNER:
                return _("Lãnh đạo đơn vị")
            return office_title(view, view.places[move.at])
    return services().accounts.name_of(event.actor)
