"""Đề nghị gia hạn and Cho gia hạn: a unit asks for more time, the office above answers.

Beside them: why a due date is the day it is, for the pages that show one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.due_date import explained
from server.core.extension import LONGEST_REASON, SHORTEST_REASON, ExtensionRequest, ExtensionState
from server.core.obligation import Obligation
from server.core.period import Period
from server.core.vietnamese import DateUnclear, nfc, parse_date
from server.core.vietnamese_numbers import format_date
from server.errors import Conflict, InputInvalid
from server.services.extensions import ExtensionView
from server.web.language import gettext as _
from server.web.language import language_of_request
from server.web.policy import policy
from server.web.session import current_actor, services
from server.web.submission_states import Badge

blueprint = Blueprint("extensions", __name__)
_LONGEST_FIELD = 1000
_OFFERED_BEFORE = 14


@dataclass(frozen=True, slots=True)
class Line:
    """One request as it is read."""

    request: ExtensionRequest
    badge: Badge
    asked_by: str
    decided_by: str


@blueprint.app_context_processor
def _around() -> dict[str, object]:
    """``due_reason(obligation)`` and ``may_extend(obligation)`` for pages that show a due date."""
    return {"due_reason": due_reason, "may_extend": offers_extension}


def due_reason(obligation: Obligation) -> str:
    """Why the due date is that day, where days off or a later letter moved it; else empty."""
    due = explained(obligation).get("due")
    if due is None or not (due.skipped or due.changes):
        return ""
    said = due.explain(language_of_request())
    return f"{said[:1].upper()}{said[1:]}"


@blueprint.route("/obligations/<obligation_id>/extension", methods=["GET", "POST"])
@policy(Right.SIGNED_IN)
def ask(obligation_id: str) -> ResponseReturnValue:
    """Ask for more time, and see what became of earlier requests."""
    actor = current_actor()
    obligation = services().extensions.about(actor, obligation_id)
    if request.method != "POST":  # HEAD reads as well
        return _ask_page(obligation, {"until": "", "reason": ""})
    typed = {name: _typed(name) for name in ("until", "reason")}
    until, errors = _day(typed["until"], "until")
    if until is not None:
        errors = _tried(
            lambda: services().extensions.ask(
                actor, obligation_id, until=until, reason=typed["reason"]
            )
        )
    if errors:
        return make_response(_ask_page(obligation, typed, errors), 422)
    flash(_told(_("Đã gửi đề nghị gia hạn."), obligation, until), "success")
    return redirect(url_for(".ask", obligation_id=obligation_id), 303)


@blueprint.post("/extensions/<request_id>/withdraw")
@policy(Right.SIGNED_IN)
def withdraw(request_id: str) -> ResponseReturnValue:
    """Take back what nobody has answered."""
    try:
        services().extensions.withdraw(current_actor(), request_id)
        flash(_("Đã rút đề nghị gia hạn."), "success")
    except Conflict:
        flash(_("Đề nghị này đã được trả lời."), "warning")
    return redirect(url_for("work.index"), 303)


@blueprint.get("/extensions")
@policy(Right.APPROVE)
def index() -> ResponseReturnValue:
    """What waits for this person's answer, and the last answers."""
    return _index_page()


@blueprint.post("/extensions/<request_id>/answer")
@policy(Right.APPROVE)
def answer(request_id: str) -> ResponseReturnValue:
    """Grant a day, or refuse with a reason."""
    actor, service = current_actor(), services().extensions
    typed = {name: _typed(name) for name in ("until", "answer")}
    until: date | None = None
    if request.form.get("decision") == "grant":
        until, errors = _day(typed["until"], "until")
        if until is not None:
            errors = _tried(
                lambda: service.grant(actor, request_id, until=until, answer=typed["answer"])
            )
        done = _("Đã cho gia hạn.")
    else:
        errors = _tried(lambda: service.refuse(actor, request_id, reason=typed["answer"]))
        done = _("Đã từ chối đề nghị gia hạn.")
    if errors:
        page = _index_page(request_id, typed, errors)
        return make_response(page, 422)
    if until is not None:
        done = _told(done, service.reported(request_id), until)
    flash(done, "success")
    return redirect(url_for(".index"), 303)


def offers_extension(obligation: Obligation) -> bool:
    """Whether pages offer the reader to ask for more time: not weeks before the due date."""
    near = (obligation.due_on - services().clock.today()).days <= _OFFERED_BEFORE
    return near and services().extensions.may_ask(current_actor(), obligation)


def _ask_page(
    obligation: Obligation, typed: dict[str, str], errors: Sequence[dict[str, str]] = ()
) -> str:
    service = services().extensions
    requests = service.of([obligation.id]).get(obligation.id, [])
    period = Period.parse(obligation.period)
    return render_template(
        "extensions/ask.html",
        obligation=obligation,
        form=services().catalogue.form(obligation.form),
        unit=services().reference.tree_of(obligation.org_unit, period).by_id[obligation.org_unit],
        period=period.label(language_of_request()),
        lines=[_line(one) for one in reversed(requests)],
        waiting=next((one for one in requests if one.state is ExtensionState.OPEN), None),
        may_ask=service.may_ask(current_actor(), obligation),
        latest=service.latest(obligation),
        typed=typed,
        errors=errors,
    )


def _index_page(
    request_id: str = "",
    typed: dict[str, str] | None = None,
    errors: Sequence[dict[str, str]] = (),
) -> str:
    actor, service = current_actor(), services().extensions
    today = services().clock.today()
    return render_template(
        "extensions/index.html",
        waiting=[(one, _line(one.request), _late(one, today)) for one in service.waiting(actor)],
        answered=[(one, _line(one.request)) for one in service.answered(actor)],
        asked=request_id,
        typed=typed or {},
        errors=errors,
    )


def _late(view: ExtensionView, today: date) -> int:
    return view.obligation.days_late(today, view.obligation.sent_on)


def _line(one: ExtensionRequest) -> Line:
    name_of = services().accounts.name_of
    badges = {
        ExtensionState.OPEN: Badge(_("Chờ trả lời"), "blue"),
        ExtensionState.REFUSED: Badge(_("Không cho gia hạn"), "red"),
        ExtensionState.WITHDRAWN: Badge(_("Đã rút"), "grey"),
    }
    badge = badges.get(one.state)
    if badge is None:
        until = format_date(one.until) if one.until else ""
        badge = Badge(_("Được gia hạn đến %(day)s", day=until), "green")
    return Line(one, badge, name_of(one.asked_by), name_of(one.decided_by or ""))


def _told(done: str, obligation: Obligation, until: date | None) -> str:
    """What was done and, where the day was a day off, to which day it moved and why."""
    moved = ""
    if until is not None:
        moved = services().extensions.working(obligation, until).moved(language_of_request())
    if not moved or until is None:
        return done
    until_words = _("Gia hạn đến %(day)s%(moved)s.", day=format_date(until), moved=moved)
    return f"{done} {until_words}"


def _typed(name: str) -> str:
    return nfc(request.form.get(name, "")[:_LONGEST_FIELD]).strip()


def _day(text: str, field: str) -> tuple[date | None, list[dict[str, str]]]:
    try:
        return parse_date(text), []
    except DateUnclear:
        return None, [{"field": field, "message": _("Nhập ngày theo dạng 24/01/2025.")}]


def _tried(act: Callable[[], object]) -> list[dict[str, str]]:
    """Do it; what is refused for what was typed or for what happened meanwhile, in words."""
    texts = {
        "reason": _(
            "Ghi lý do, từ %(least)s đến %(most)s ký tự.",
            least=SHORTEST_REASON,
            most=LONGEST_REASON,
        ),
        "past": _("Chọn một ngày sau hạn gửi và không trước hôm nay."),
        "too-far": _("Ngày này muộn quá. Chọn một ngày không sau ngày muộn nhất ghi ở trên."),
    }
    try:
        act()
    except InputInvalid as refused:
        listed = cast("list[dict[str, str]]", refused.facts["errors"])
        return [
            {
                "field": "answer"
                if one["path"] == "/reason" and "decision" in request.form
                else one["path"].removeprefix("/"),
                "message": texts[one["code"]],
            }
            for one in listed
        ]
    except Conflict:
        text = _("Đề nghị này đã được trả lời, hoặc báo cáo không còn cần gia hạn.")
        return [{"field": "", "message": text}]
    return []
