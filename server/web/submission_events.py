"""Moving a report on: the page to check everything before, the event itself, the receipt after.

Every event of every workflow goes through the same page, which asks what the workflow says must be
supplied. The event acts on exactly the edit that the page showed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Actor, Right
from server.core.answer_paths import cell_title
from server.core.ports import LOCAL
from server.core.submission import Revision
from server.core.unusual_cells import CODE as OUTLIER
from server.core.vietnamese import format_date, nfc
from server.core.workflow import EVENTS, Move
from server.errors import (
    AnswersInvalid,
    BieumauError,
    GuardFailed,
    InputInvalid,
    NotFound,
    ReasonMissing,
    Stale,
    TransitionRefused,
)
from server.services.review import SubmissionView
from server.web.acting import behalf_of, doer
from server.web.guard_words import objections
from server.web.policy import policy
from server.web.problems import problem_of
from server.web.rendering import Figures, figures_of
from server.web.session import current_actor, services
from server.web.submission_inputs import fields_of, files_of, messages_of, supplied_of, unread_of
from server.web.submission_program import usual_reasons
from server.web.submission_states import NextStep, event_title, next_step
from server.web.submission_texts import ShownFinding
from server.web.submission_words import gettext as _
from server.web.submissions import head_of, posted_edit

blueprint = Blueprint("submission_events", __name__)
_PASSING_ON = ("submit", "send")
_MOST_REASON = 2000
_SHORTEST_REASON = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A warning with the reason that was given for it, or is being written."""

    field: str
    finding: ShownFinding
    text: str


@dataclass(frozen=True, slots=True)
class Given:
    """A reason as those who decide on the report read it: what was asked where, and the answer."""

    severity: str
    title: str
    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the page that was posted."""

    supplied: Mapping[str, object]
    texts: Mapping[str, str]
    reasons: Mapping[tuple[str, str], str]


_NOTHING = Typed({}, {}, {})


@blueprint.get("/submissions/<submission_id>/review")
@policy(Right.READ)
def review(submission_id: str) -> ResponseReturnValue:
    """Everything once more before an event; ``?event=`` says which."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    event = request.args.get("event", "")
    if event not in EVENTS:
        raise NotFound(kind="event")
    move = _move(view, event)
    if move is None:
        flash(_("Báo cáo không còn ở bước này. Xem trạng thái hiện tại bên dưới."), "warning")
        return redirect(url_for("submissions.page", submission_id=submission_id), 303)
    return _page(view, actor, move, _NOTHING, ())


@blueprint.post("/submissions/<submission_id>/events/<event>")
@policy(Right.READ)
def fire(submission_id: str, event: str) -> ResponseReturnValue:
    """Carry the event out; a second click on the same page only shows the receipt again."""
    if event not in EVENTS:
        raise NotFound(kind="event")
    actor, seen = current_actor(), posted_edit()
    view = services().submissions.get(actor, submission_id)
    move = _move(view, event)
    typed = _typed(view, move)
    unread = unread_of(None if move is None else move.input, typed.supplied)
    try:
        if unread:
            raise InputInvalid(errors=[{"path": f"/{key}"} for key in unread])
        services().supplied_files.decide(
            actor,
            submission_id,
            event,
            seen=seen,
            supplied=typed.supplied,
            files=files_of(None if move is None else move.input, request.files),
            reasons=[
                {"code": code, "path": path, "text": text}
                for (code, path), text in typed.reasons.items()
                if text
            ],
        )
    except (Stale, TransitionRefused) as late:
        if _happened(actor, submission_id, event, seen):
            return _after(submission_id, event)
        return _changed(view, actor, move, typed, late)
    except BieumauError as error:
        if move is None or not isinstance(
            error, AnswersInvalid | ReasonMissing | InputInvalid | GuardFailed
        ):
            raise
        return _refused(view, actor, move, typed, error)
    return _after(submission_id, event)


@blueprint.get("/submissions/<submission_id>/receipt")
@policy(Right.READ)
def receipt(submission_id: str) -> ResponseReturnValue:
    """What was received, when, who is next."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    history = services().submissions.history(actor, submission_id)
    moves = [event for event in history if event.name.removeprefix("submission.") in EVENTS]
    if not moves:
        return redirect(url_for("submissions.page", submission_id=submission_id), 303)
    last, following = moves[-1], next_step(view)
    revision = None
    if view.state.sent and view.submission.revision:
        revision = services().submissions.revision(actor, submission_id, view.submission.revision)
    return render_template(
        "submissions/receipt.html",
        head=head_of(view, actor),
        last=last,
        doer=doer(last),
        revision=revision,
        following=following,
        message=_message(view, last.name, last.happened_at, revision, following),
    )


def _page(
    view: SubmissionView,
    actor: Actor,
    move: Move,
    typed: Typed,
    errors: Sequence[Mapping[str, str]],
    *,
    status: int = 200,
    stale: bool = False,
) -> ResponseReturnValue:
    shown = figures_of(view)
    asks = _asked(view, shown, typed) if move.event in _PASSING_ON else ()
    blocked = move.event in _PASSING_ON and bool(shown.errors)
    return make_response(
        render_template(
            "submissions/review.html",
            head=head_of(view, actor),
            figures=shown,
            move=move,
            title=event_title(move.event),
            behalf=behalf_of(actor, view, move),
            asked=asks,
            given=() if asks else _given(view, shown),
            usual=usual_reasons(),
            inputs=fields_of(move.input, typed.texts),
            blocked=blocked,
            copied=len(services().cell_history.copied(view)),
            errors=errors,
            stale=stale,
        ),
        status,
    )


def _changed(
    view: SubmissionView, actor: Actor, move: Move | None, typed: Typed, error: BieumauError
) -> ResponseReturnValue:
    """Somebody was quicker: show what stands now, keep what was written, ask again."""
    if move is None or isinstance(error, TransitionRefused):
        detail = problem_of(error).detail
        flash(detail, "warning")
        return redirect(url_for("submissions.page", submission_id=view.submission.id), 303)
    return _page(view, actor, move, typed, (), status=412, stale=True)


def _refused(
    view: SubmissionView, actor: Actor, move: Move, typed: Typed, error: BieumauError
) -> ResponseReturnValue:
    errors: list[dict[str, str]] = []
    if isinstance(error, InputInvalid):
        errors = messages_of(move.input, typed.texts, error.facts.get("errors"))
    elif isinstance(error, ReasonMissing):
        errors = [
            {"field": asked.field, "message": _("Ghi lý do (ít nhất 5 ký tự) cho cảnh báo này.")}
            for asked in _asked(view, figures_of(view), typed)
            if len(asked.text) < _SHORTEST_REASON
        ]
    else:
        errors = objections(view, error)
    return _page(
        view, actor, move, typed, errors or [{"field": "", "message": problem_of(error).detail}],
        status=problem_of(error).status,
    )  # fmt: skip


def _after(submission_id: str, event: str) -> ResponseReturnValue:
    if event in ("recall", "reopen"):
        flash(_("Đã thực hiện: %(event)s.", event=event_title(event)), "success")
        return redirect(url_for("submissions.page", submission_id=submission_id), 303)
    return redirect(url_for("submission_events.receipt", submission_id=submission_id), 303)


def _happened(actor: Actor, submission_id: str, event: str, seen: int) -> bool:
    """Whether this very page was already sent: same event, same person, same edit."""
    return any(
        past.name == f"submission.{event}"
        and past.actor == actor.account
        and past.details.get("edit") == seen
        for past in services().submissions.history(actor, submission_id)
    )


def _move(view: SubmissionView, event: str) -> Move | None:
    return next((move for move in view.moves if move.event == event), None)


def _typed(view: SubmissionView, move: Move | None) -> Typed:
    supplied, texts = supplied_of(None if move is None else move.input, request.form)
    reasons: dict[tuple[str, str], str] = {}
    for number in range(len(view.verdict.findings)):
        code = request.form.get(f"reason-{number}-code")
        path = request.form.get(f"reason-{number}-path")
        if code is not None and path is not None:
            text = nfc(request.form.get(f"reason-{number}", "")).strip()
            reasons[code, path] = text[:_MOST_REASON]
    return Typed(supplied, texts, reasons)


def _asked(view: SubmissionView, shown: Figures, typed: Typed) -> tuple[Asked, ...]:
    kept = {(reason["code"], reason["path"]): reason["text"] for reason in view.submission.reasons}
    return tuple(
        Asked(f"reason-{number}", finding, said.get((finding.code, finding.path), ""))
        for said in [{**kept, **typed.reasons}]
        for number, finding in enumerate(shown.warnings)
    )


def _given(view: SubmissionView, shown: Figures) -> tuple[Given, ...]:
    """The reasons that the clerk gave: for warnings, and for figures that seemed unusual."""
    said = {(reason["code"], reason["path"]): reason["text"] for reason in view.submission.reasons}
    warnings = tuple(
        Given("warning", finding.title, finding.message, said[finding.code, finding.path])
        for finding in shown.warnings
        if (finding.code, finding.path) in said
    )
    unusual = _("Số khác nhiều so với các kỳ trước của chính đơn vị.")
    answered = tuple(
        Given("info", cell_title(view.form, path, view.submission.answers), unusual, text)
        for (code, path), text in said.items()
        if code == OUTLIER
    )
    return warnings + answered


def _message(
    view: SubmissionView,
    name: str,
    at: datetime,
    revision: Revision | None,
    following: NextStep | None,
) -> str:
    moment = at.astimezone(LOCAL)
    facts = {"time": f"{moment:%H:%M}", "day": format_date(moment.date())}
    event = name.removeprefix("submission.")
    if event in ("sign", "send") and revision is not None:
        text = _(
            "Đã gửi báo cáo. Mã tiếp nhận %(code)s, lúc %(time)s ngày %(day)s.",
            code=revision.receipt,
            **facts,
        )
        if following is None:
            return text
        return f"{text} {_step(following)}"
    if event == "submit":
        text = _("Đã trình ký lúc %(time)s ngày %(day)s.", **facts)
        due = format_date(view.obligation.due_on)
        return f"{text} " + _("Lãnh đạo đơn vị ký duyệt và gửi, hạn gửi %(due)s.", due=due)
    if event == "return":
        return _("Đã trả lại để sửa lúc %(time)s ngày %(day)s.", **facts)
    if event == "approve":
        text = _("Đã duyệt lúc %(time)s ngày %(day)s.", **facts)
        return text if following is None else f"{text} {_step(following)}"
    return _("Đã thực hiện lúc %(time)s ngày %(day)s.", **facts)


def _step(following: NextStep) -> str:
    if following.due_on is None:
        return _("%(unit)s kiểm tra tiếp.", unit=following.unit)
    return _(
        "%(unit)s kiểm tra, hạn %(due)s.",
        unit=following.unit,
        due=format_date(following.due_on),
    )
