"""A report's past: what happened to it, its sent editions, what changed between them, the print."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.answer_paths import cell_title, place_of
from server.core.answers import Verdict
from server.core.event import Event
from server.core.submission import Change, Revision
from server.core.values_view import NONE_AROSE
from server.core.workflow import Workflow
from server.errors import NotFound
from server.services.review import SubmissionView
from server.web.acting import doer
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
class Past:
    """One line of the history."""

    event: Event
    title: str
    who: str
    reason: str
    receipt: str
    facts: tuple[tuple[str, str], ...]


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
        before = service.revision(actor, submission_id, older)
        after = None if newer is None else service.revision(actor, submission_id, newer)
        changes = tuple(
            _changed(view, change, before, after)
            for change in found
            if not _only_sealed(view, change, before)
        )
    events = service.history(actor, submission_id)
    return render_template(
        "submissions/history.html",
        head=head_of(view, actor),
        past=[_past(view.workflow, event) for event in reversed(events)],
        revisions=list(reversed(revisions)),
        older=older,
        newer=newer,
        changes=changes,
    )


@blueprint.get("/submissions/<submission_id>/revisions/<int(max=999_999_999):number>")
@policy(Right.READ)
def revision(submission_id: str, number: int) -> ResponseReturnValue:
    """A sent edition as it was sent."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    sealed = services().submissions.revision(actor, submission_id, number)
    verdict = Verdict((), sealed.computed, view.verdict.relevant_off)
    shown = figures(view.form, sealed.answers, sealed.statuses, verdict, nil=sealed.nil)
    return render_template(
        "submissions/revision.html", head=head_of(view, actor), revision=sealed, figures=shown
    )


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


def changes_between(
    view: SubmissionView, changes: Iterable[Change], before: Revision
) -> dict[str, str]:
    """The old texts of changed cells by path, for figures that mark what changed."""
    return {
        change.path: value_text(
            view.form, change.path, change.old, before.statuses.get(change.path)
        )
        for change in changes
        if not _only_sealed(view, change, before)
    }


def _changed(
    view: SubmissionView, change: Change, before: Revision, after: Revision | None
) -> Changed:
    answers: Mapping[str, object] = view.submission.answers if after is None else after.answers
    title = cell_title(view.form, change.path, answers)
    old = value_text(view.form, change.path, change.old, before.statuses.get(change.path))
    new = value_text(view.form, change.path, change.new, change.status)
    return Changed(title, old, new)


def _only_sealed(view: SubmissionView, change: Change, before: Revision) -> bool:
    """Whether only one side says what the other leaves unsaid: a row in which nothing arose.

    Sealing writes that down, so a draft and its sealed edition differ in it and in nothing else.
    """
    if change.old is not None or change.new is not None:
        return False
    if place_of(view.form, change.path).cell is not None:
        return False
    said = {before.statuses.get(change.path), change.status}
    return said == {None, NONE_AROSE}


def _past(workflow: Workflow, event: Event) -> Past:
    details = event.details
    note = details.get("note")
    facts = [
        (title, shown_value(details[key]))
        for key, title in (
            ("letter_number", _("Số, ký hiệu văn bản")),
            ("signer_title", _("Chức danh người ký")),
            ("signed_on", _("Ngày ký")),
            ("due_on", _("Hạn gửi lại")),
        )
        if key in details
    ]
    return Past(
        event=event,
        title=event_done(event, workflow),
        who=doer(event),
        reason=note if isinstance(note, str) else "",
        receipt=str(details.get("receipt", "")),
        facts=tuple(facts),
    )


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004
