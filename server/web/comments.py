"""Comments as pages: all threads of a report, each leading to its cell; writing and settling.

The filling page talks to the API instead; the approval desk shows the same threads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Actor, Right
from server.core.answer_paths import PathUnknown, cell_title, place_of, rows_of
from server.core.comment import OFFICE, Comment, Mark
from server.core.form import Form
from server.core.shape import BlockKind
from server.errors import RequestInvalid
from server.services.comments import Thread
from server.services.review import SubmissionView
from server.web.gate import safe_next
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.submission_texts import anchor_of
from server.web.submission_words import gettext as _
from server.web.submissions import head_of

blueprint = Blueprint("comments", __name__)


@dataclass(frozen=True, slots=True)
class Remark:
    """One text of a thread as it is read."""

    id: str
    who: str
    side: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ShownThread:
    """A thread with its place: *anchor* is what its link leads to on the report's page."""

    id: str
    path: str
    title: str
    anchor: str
    is_mark: bool
    is_open: bool
    head: Remark
    answers: tuple[Remark, ...]
    settled_by: str
    settled_at: datetime | None


@blueprint.get("/submissions/<submission_id>/comments")
@policy(Right.READ)
def index(submission_id: str) -> ResponseReturnValue:
    """All threads of a report, those that wait for an answer first."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    return render_template(
        "submissions/comments.html",
        head=head_of(view, actor),
        threads=threads_of(actor, view),
        may_write=services().comments.may_write(actor, submission_id),
    )


@blueprint.post("/submissions/<submission_id>/comments")
@policy(Right.READ)
def write(submission_id: str) -> ResponseReturnValue:
    """Write a comment or an answer; back to the page it was written on."""
    form = request.form
    written = None
    try:
        written = services().comments.write(
            current_actor(),
            submission_id,
            text=form.get("text", ""),
            path=form.get("path", ""),
            answers_to=form.get("answers_to") or None,
        )
    except PathUnknown:
        raise
    except RequestInvalid as error:
        flash(_refusal(str(error.facts.get("reason"))), "warning")
    return _back(submission_id, written)


@blueprint.post("/submissions/<submission_id>/comments/<comment_id>/resolve")
@policy(Right.READ)
def resolve(submission_id: str, comment_id: str) -> ResponseReturnValue:
    """Settle a thread."""
    settled = services().comments.resolve(current_actor(), submission_id, comment_id)
    return _back(submission_id, settled)


def threads_of(actor: Actor, view: SubmissionView, path: str | None = None) -> list[ShownThread]:
    """The threads of a report, or of one of its cells; those that are open come first."""
    answers = view.submission.answers
    found = [
        _shown(thread, view.form, answers)
        for thread in services().comments.threads(actor, view.submission.id)
        if path is None or thread.path == path
    ]
    return sorted(found, key=lambda one: (not one.is_open, one.head.at))


def live_anchor(form: Form, path: str, answers: Mapping[str, object]) -> str:
    """Where a link to *path* leads: the cell, or its section when the line is there no more."""
    try:
        place = place_of(form, path)
    except PathUnknown:
        return anchor_of(form, ())
    block = place.block
    if block is None or block.kind is not BlockKind.ROSTER:
        return anchor_of(form, (path,))
    is_there = place.row in dict(rows_of(block, answers))
    return anchor_of(form, (path if is_there else block.path,))


def _shown(thread: Thread, form: Form, answers: Mapping[str, object]) -> ShownThread:
    head, path = thread.head, thread.path
    settled = head.resolved_by if isinstance(head, Comment) else None
    return ShownThread(
        id=thread.id,
        path=path,
        title=cell_title(form, path, answers) if path else _("Cả báo cáo"),
        anchor=live_anchor(form, path, answers) if path else "",
        is_mark=isinstance(head, Mark),
        is_open=thread.is_open,
        head=_remark(head),
        answers=tuple(_remark(answer) for answer in thread.answers),
        settled_by="" if settled is None else services().accounts.name_of(settled),
        settled_at=head.resolved_at if isinstance(head, Comment) else None,
    )


def _remark(said: Comment | Mark) -> Remark:
    is_comment = isinstance(said, Comment)
    return Remark(
        id=said.id if isinstance(said, Comment) else said.event,
        who=services().accounts.name_of(said.author),
        side=said.side if isinstance(said, Comment) else OFFICE,
        at=said.written_at,
        text=said.text or ("" if is_comment else _("Đánh dấu ô cần sửa.")),
    )


def _refusal(reason: str) -> str:
    texts = {
        "text-missing": _("Chưa ghi nội dung ý kiến."),
        "text-too-long": _("Ý kiến dài quá 2.000 ký tự. Rút ngắn rồi gửi lại."),
    }
    return texts.get(reason, _("Ý kiến có ký tự không đọc được. Gõ lại rồi gửi."))


def _back(submission_id: str, written: Comment | None) -> ResponseReturnValue:
    """To the thread, on the page where it was written."""
    wanted = request.form.get("next", "")
    here = safe_next(wanted) if wanted else url_for(".index", submission_id=submission_id)
    if written is not None:
        here = f"{here}#thread-{written.answers_to or written.id}{written.path}"
    return redirect(here, 303)


def open_count(threads: Sequence[ShownThread]) -> int:
    """How many threads wait for somebody."""
    return sum(thread.is_open for thread in threads)
