"""Chốt số liệu and Đính chính: the acts of the head of the province on what is approved.

Both are shown in full before they are done: what would be closed and what stays open, and which
cells a decision changes.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.answer_paths import PathUnknown, cell_title, cells_of, place_of, value_at
from server.core.json_text import pointer
from server.core.shape import BlockKind
from server.core.submission import Change
from server.core.vietnamese import nfc
from server.core.vietnamese_numbers import NumberUnclear, parse_number
from server.errors import (
    AccessDenied,
    AnswersInvalid,
    Conflict,
    GuardFailed,
    InputInvalid,
    RequestInvalid,
    Stale,
)
from server.services.review import SubmissionView
from server.web.policy import policy
from server.web.problems import problem_of
from server.web.session import current_actor, services
from server.web.submission_states import obligation_badge
from server.web.submission_texts import value_text
from server.web.submission_words import gettext as _
from server.web.submissions import head_of, posted_edit

blueprint = Blueprint("closing", __name__)
_LONGEST = 2000
_MOST_CELLS = 2000


@blueprint.get("/closing")
@policy(Right.SIGN)
def index() -> ResponseReturnValue:
    """The rounds, for who may close them."""
    actor = current_actor()
    rounds = services().rounds_closing.rounds(actor)
    return render_template("closing/index.html", rounds=rounds)


@blueprint.get("/closing/<round_id>")
@policy(Right.SIGN)
def page(round_id: str) -> ResponseReturnValue:
    """What closing would do now, and what is still open; for others the empty list."""
    if not services().rounds_closing.may_close(current_actor()):
        return redirect(url_for(".index"), 303)
    return _round_page(round_id, (), "", ())


@blueprint.post("/closing/<round_id>")
@policy(Right.SIGN)
def close(round_id: str) -> ResponseReturnValue:
    """Close the round's approved reports, all or none."""
    exceptions = request.form.getlist("exception")
    note = nfc(request.form.get("note", "")).strip()[:_LONGEST]
    expected = request.form.get("expected", "")
    if not expected.isascii() or not expected.isdigit() or len(expected) > 9:  # noqa: PLR2004
        raise RequestInvalid(reason="expected", path="/expected")
    try:
        count = services().rounds_closing.close(
            current_actor(), round_id, expected=int(expected), exceptions=exceptions, note=note
        )
    except GuardFailed:
        message = _("Chọn là ngoại lệ từng báo cáo còn mở, hoặc chờ các báo cáo này được duyệt.")
        return _round_page(round_id, exceptions, note, [{"field": "open", "message": message}])
    except Stale:
        message = _("Có báo cáo vừa thay đổi. Xem lại số liệu bên dưới rồi chốt.")
        return _round_page(round_id, exceptions, note, [{"field": "", "message": message}])
    except RequestInvalid as refused:
        messages = {
            "note": _("Ghi lý do cho các ngoại lệ (ít nhất 5 ký tự)."),
            "nothing-to-close": _("Không có báo cáo nào chờ chốt."),
            "exceptions": _("Có báo cáo vừa thay đổi. Xem lại số liệu bên dưới rồi chốt."),
        }
        found = messages.get(str(refused.facts.get("reason")))
        if found is None:
            raise
        field = "note" if refused.facts.get("reason") == "note" else ""
        return _round_page(round_id, exceptions, note, [{"field": field, "message": found}])
    flash(_("Đã chốt số liệu %(count)s báo cáo.", count=count), "success")
    return redirect(url_for(".page", round_id=round_id), 303)


@blueprint.get("/submissions/<submission_id>/correct")
@policy(Right.SIGN)
def correction(submission_id: str) -> ResponseReturnValue:
    """The report's cells, to be corrected by a numbered decision; for others the report."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    if not services().corrections.may_correct(actor, view):
        return redirect(url_for("submissions.page", submission_id=submission_id), 303)
    return _correction_page(submission_id, {}, ())


@blueprint.post("/submissions/<submission_id>/correct")
@policy(Right.SIGN)
def correct(submission_id: str) -> ResponseReturnValue:
    """Seal the corrected edition."""
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    if not services().corrections.may_correct(actor, view):
        raise AccessDenied(action="correct")
    typed = {key: nfc(text) for key, text in request.form.items()}
    changes, errors = _changes(view, typed)
    try:
        decided_on = date.fromisoformat(typed.get("decided_on", ""))
    except ValueError:
        errors.append({"field": "decided_on", "message": _("Ghi ngày ký quyết định.")})
    if errors:
        return _correction_page(submission_id, typed, errors)
    try:
        services().corrections.correct(
            actor,
            submission_id,
            changes,
            seen=posted_edit(),
            decision_number=typed.get("decision_number", ""),
            decided_on=decided_on,
            reason=typed.get("reason", "")[:_LONGEST],
        )
    except InputInvalid as refused:
        return _correction_page(submission_id, typed, _messages(refused))
    except AnswersInvalid as refused:
        findings = refused.facts["findings"]
        found = [
            {"field": "", "message": f"{cell_title(view.form, one.path)}: {one.message}"}
            for one in findings  # type: ignore[attr-defined]
        ]
        return _correction_page(submission_id, typed, found)
    except (Conflict, RequestInvalid) as refused:
        message = problem_of(refused).detail
        if refused.facts.get("reason") == "nothing-changed":
            message = _("Chưa có ô nào được sửa.")
        return _correction_page(submission_id, typed, [{"field": "", "message": message}])
    flash(_("Đã đính chính báo cáo."), "success")
    return redirect(url_for("submissions.page", submission_id=submission_id), 303)


def _round_page(
    round_id: str,
    exceptions: Sequence[str],
    note: str,
    errors: Sequence[Mapping[str, str]],
) -> ResponseReturnValue:
    closing = services().rounds_closing.summary(current_actor(), round_id)
    today = services().clock.today()
    open_ = [
        (one, one.state or obligation_badge(one.obligation.state(today)).title)
        for one in closing.open
    ]
    past = [(event, services().accounts.name_of(event.actor)) for event in closing.past]
    return make_response(
        render_template(
            "closing/page.html",
            closing=closing,
            open=open_,
            past=past,
            chosen=frozenset(exceptions),
            note=note,
            errors=errors,
        ),
        409 if errors else 200,
    )


def _correction_page(
    submission_id: str, typed: Mapping[str, str], errors: Sequence[Mapping[str, str]]
) -> ResponseReturnValue:
    actor = current_actor()
    view = services().submissions.get(actor, submission_id)
    answers = view.submission.answers
    held = [path for path, value in cells_of(view.form, answers) if _is_number(view, path)]
    cells = [
        (
            path,
            cell_title(view.form, path, answers),
            value_text(view.form, path, value_at(answers, place_of(view.form, path)), None),
        )
        for path in held[:_MOST_CELLS]
    ]
    known = set(held)
    others = [
        (path, cell_title(view.form, path, answers))
        for path in _numeric_paths(view)
        if path not in known
    ]
    return make_response(
        render_template(
            "closing/correct.html",
            head=head_of(view, actor),
            cells=cells,
            others=others[:_MOST_CELLS],
            typed=typed,
            errors=errors,
        ),
        422 if errors else 200,
    )


def _changes(
    view: SubmissionView, typed: Mapping[str, str]
) -> tuple[list[Change], list[dict[str, str]]]:
    """The cells whose number was typed anew; each unreadable one is named."""
    wanted = {
        name.removeprefix("cell:"): text for name, text in typed.items() if name.startswith("cell:")
    }
    if typed.get("other", "") and typed.get("other_value", "").strip():
        wanted[typed["other"]] = typed["other_value"]
    changes: list[Change] = []
    errors: list[dict[str, str]] = []
    answers = view.submission.answers
    for path, text in wanted.items():
        try:
            place = place_of(view.form, path)
        except PathUnknown:
            continue
        if place.cell is None or not place.cell.numeric or place.cell.calculate is not None:
            continue
        old, decimals = value_at(answers, place), place.cell.decimals or 0
        if text.strip() == value_text(view.form, path, old, None):
            continue
        try:
            number = parse_number(text, decimals=decimals)
        except NumberUnclear:
            title = cell_title(view.form, path, answers)
            message = _("%(cell)s: ghi một số, ví dụ 1.203 hoặc 12,5.", cell=title)
            errors.append({"field": f"cell:{path}", "message": message})
            continue
        value = int(number) if number == number.to_integral_value() else float(number)
        seen = view.submission.statuses.get(path) if old is None else old
        changes.append(Change(path, seen, value))
    return changes, errors


def _messages(refused: InputInvalid) -> list[dict[str, str]]:
    words = {
        "/decision_number": _("Ghi số quyết định đính chính."),
        "/decided_on": _("Ngày ký quyết định không thể sau hôm nay."),
        "/reason": _("Ghi lý do đính chính (ít nhất 5 ký tự)."),
    }
    return [
        {"field": str(one["path"])[1:], "message": words[str(one["path"])]}
        for one in refused.facts["errors"]  # type: ignore[attr-defined]
    ]


def _is_number(view: SubmissionView, path: str) -> bool:
    cell = place_of(view.form, path).cell
    return cell is not None and cell.numeric and cell.calculate is None


def _numeric_paths(view: SubmissionView) -> list[str]:
    """The pointers of all numbers to type in, but those of rosters."""
    shape = view.form.shape
    found = [pointer(key) for key in shape.cells]
    for block in shape.blocks.values():
        if block.kind is not BlockKind.ROSTER:
            for line in block.lines.values():
                found += line.pointers.values()
    return [path for path in found if _is_number(view, path)]
