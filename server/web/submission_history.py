"""A report's past: what happened to it, its sent editions, what changed between them, the print."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.answer_paths import cell_title
from server.core.difference import without_sealing
from server.core.event import Event
from server.core.period import Period
from server.core.shape import mapping
from server.core.submission import Change, Revision
from server.core.workflow import Workflow
from server.errors import NotFound
from server.services.review import SubmissionView
from server.web.acting import doer
from server.web.api.bodies import text_of
from server.web.carried_reports import carried_lines
from server.web.differences import differences_of
from server.web.policy import policy
from server.web.rendering import figures
from server.web.session import current_actor, services
from server.web.submission_inputs import shown_value
from server.web.submission_states import event_done
from server.web.submission_texts import value_text
from server.web.submission_words import gettext as _
from server.web.submissions import head_of

blueprint = Blueprint("submission_history", __name__)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was supplied with a move; a file has an *address*."""

    title: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history."""

    event: Event
    title: str
    who: str
    reason: str
    receipt: str
    facts: tuple[Fact, ...]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell that differs between two editions."""

    title: str
    was: str
    now: str


@blueprint.get("/submissions/<submission_id>/history")
@policy(Right.READ)
def history(submission_id: str) -> ResponseReturnValue:
    """Who did what when, and the changes between two editions when ``?from=`` names one."""
    actor = current_actor()
    service = services().submissions
    view = service.get(actor, submission_id)
    revisions = service.revisions(actor, submission_id)
    older, newer = _number("from"), _number("to")
    changes: tuple[Changed, ...] | None = None
    if older is not None:
        found = service.diff(actor, submission_id, older, newer)
        before = service.edition(actor, submission_id, older)
        after = None if newer is None else service.edition(actor, submission_id, newer)
        changes = tuple(
            _changed(view, change, before, after)
            for change in without_sealing(view.form, found, before.statuses)
        )
    events = service.history(actor, submission_id)
    said = services().reopen_requests.reasons(events)
    return render_template(
        "submissions/history.html",
        head=head_of(view, actor),
        past=[_past(view, event, said) for event in reversed(events)],
        revisions=list(reversed(revisions)),
        older=older,
        newer=newer,
        changes=changes,
        may_prove=services().evidence.may_prove(view),
    )


@blueprint.get("/submissions/<submission_id>/revisions/<int(max=999_999_999):number>")
@policy(Right.READ)
def revision(submission_id: str, number: int) -> ResponseReturnValue:
    """A sent edition as it was sent."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    sealed = services().submissions.revision(actor, submission_id, number)
    form, verdict = services().editions.as_sealed(
        view.form, sealed, view.context, view.verdict.relevant_off
    )
    shown = figures(
        form, sealed.answers, sealed.statuses, verdict, nil=sealed.nil, day=view.period.end
    )
    return render_template(
        "submissions/revision.html", head=head_of(view, actor), revision=sealed, figures=shown
    )


@blueprint.get("/submissions/<submission_id>/compare")
@policy(Right.READ)
def compare(submission_id: str) -> ResponseReturnValue:
    """What the report says now beside one sealed edition, by default the newest: cell by cell."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    chosen = _number("with") or view.submission.revision
    if not 1 <= chosen <= view.submission.revision:
        raise NotFound(kind="revision")
    opened = services().desk.opened(actor, submission_id, since=chosen)
    found = differences_of(opened)
    return render_template(
        "submissions/compare.html",
        head=head_of(view, actor),
        revisions=services().submissions.revisions(actor, submission_id),
        chosen=chosen,
        cells=found.against("sent"),
        count=found.sent,
    )


@blueprint.get("/submissions/<submission_id>/revisions/<int(max=999_999_999):number>/evidence")
@policy(Right.READ)
def evidence(submission_id: str, number: int) -> ResponseReturnValue:
    """What proves a sent edition, as a file to keep: ``docs/check_report.py`` checks it."""
    found = services().evidence.of(current_actor(), submission_id, number)
    response = Response(text_of(found), content_type="application/json")
    name = f"{submission_id}-{number}.json"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.get("/submissions/<submission_id>/print")
@policy(Right.READ)
def print_(submission_id: str) -> ResponseReturnValue:
    """The official form as a PDF file, shown in the browser."""
    if request.args.get("format", "pdf") != "pdf":
        raise NotFound(kind="format")
    printed = services().exports.print_(current_actor(), submission_id, "pdf")
    response = Response(printed.take(), content_type=printed.media_type)
    response.headers.set("Content-Disposition", "inline", filename=printed.name)
    return response


def _changed(
    view: SubmissionView, change: Change, before: Revision, after: Revision | None
) -> Changed:
    answers: Mapping[str, object] = view.submission.answers if after is None else after.answers
    title = cell_title(view.form, change.path, answers)
    old = value_text(view.form, change.path, change.old, before.statuses.get(change.path))
    new = value_text(view.form, change.path, change.new, change.status)
    return Changed(title, old, new)


def _past(view: SubmissionView, event: Event, said: Mapping[str, str]) -> Past:
    details, workflow = event.details, view.workflow
    note = details.get("note", said.get(event.id))
    facts = [
        Fact(title, *_supplied(event, details[key]))
        for key, title in _titles(workflow, event).items()
        if key in details
    ]
    if "cascade_of" in details:
        facts.append(_cause(str(details["cascade_of"])))
    return Past(
        event=event,
        title=event_done(event, workflow),
        who=doer(event),
        reason=note if isinstance(note, str) else "",
        receipt=str(details.get("receipt", "")),
        facts=tuple(facts),
        lines=carried_lines(view, event),
    )


def _titles(workflow: Workflow, event: Event) -> dict[str, str]:
    """What a move asked for, as the page called it; its reason is shown apart."""
    titles = {
        "letter_number": _("Số, ký hiệu văn bản"),
        "signer_title": _("Chức danh người ký"),
        "signed_on": _("Ngày ký"),
        "due_on": _("Hạn gửi lại"),
    }
    for move in workflow.transitions:
        fired = f"submission.{move.event}" == event.name
        if fired and move.input is not None and event.details.get("from") in move.sources:
            for key, declared in mapping(move.input["properties"]).items():
                titles.setdefault(key, str(mapping(declared).get("title", key)))
    return {key: title for key, title in titles.items() if key != "note"}


def _cause(submission_id: str) -> Fact:
    """The report with which a sum of it was reopened."""
    kept = services().submissions.submissions.get(submission_id)
    unit = services().reference.tree_of(kept.org_unit, Period.parse(kept.period))
    name = unit.by_id[kept.org_unit].name
    address = url_for("submissions.page", submission_id=submission_id)
    return Fact(_("Mở lại cùng báo cáo của"), name, address)


def _supplied(event: Event, value: object) -> tuple[str, str]:
    """What was supplied as text and, of a file, its address."""
    if not isinstance(value, Mapping):
        return shown_value(value), ""
    submission_id = event.subject.removeprefix("submission/")
    address = url_for(
        "attachments.download",
        submission_id=submission_id,
        attachment_id=str(value.get("attachment")),
    )
    return _("Tệp đính kèm"), address


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004
