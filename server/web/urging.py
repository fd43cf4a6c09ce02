"""Đôn đốc: late units of a district or the province, and what an officer does about them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.vietnamese import DateUnclear, nfc, parse_date
from server.errors import InputInvalid
from server.services.urging import (
    LONGEST_TEXT,
    MOST_AT_ONCE,
    LateReport,
    Urged,
    reminded_by_plan_on,
    reminded_on,
)
from server.web.language import gettext as _
from server.web.policy import policy
from server.web.reports import form_choices, period_choices
from server.web.session import current_actor, services
from server.web.urging_words import log_lines, state_badge

blueprint = Blueprint("urging", __name__)
_SHOWN = 200


@blueprint.get("/urging")
@policy(Right.APPROVE)
def index() -> ResponseReturnValue:
    """The late reports of the units below, to tick and to act upon; ``?chosen=`` ticks some."""
    return _page({"chosen": request.args.getlist("chosen")[:MOST_AT_ONCE]}, ())


@blueprint.post("/urging/mail")
@policy(Right.APPROVE)
def mail() -> ResponseReturnValue:
    """Write to the ticked units with the officer's words."""
    text = nfc(request.form.get("text", "")[: LONGEST_TEXT * 2])
    chosen = request.form.getlist("chosen")[:MOST_AT_ONCE]
    errors = [] if chosen else [{"field": "text", "message": _("Chọn ít nhất một đơn vị chậm.")}]
    if chosen:
        try:
            done = services().urging.urge(
                current_actor(), chosen, text, again=request.form.get("again") == "yes"
            )
        except InputInvalid as refused:
            errors = [{"field": "text", "message": _message(refused)}]
        else:
            _say(done)
            return redirect(url_for(".index", _external=False, **_given()), 303)
    return make_response(_page({"text": text, "chosen": chosen}, errors), 422)


@blueprint.post("/urging/letter")
@policy(Right.APPROVE)
def letter() -> ResponseReturnValue:
    """The letter about the ticked reports; without a tick about all that the filter shows."""
    chosen = request.form.getlist("chosen")[:MOST_AT_ONCE]
    if not chosen:
        late = [line for line in _late(_filters()) if line.excused_until is None]
        chosen = [line.obligation.id for line in late][:MOST_AT_ONCE]
    printed = services().urging_letters.print(
        current_actor(), chosen, number=nfc(request.form.get("number", "")[:60])
    )
    response = Response(printed.take(), content_type=printed.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=printed.name)
    return response


@blueprint.get("/urging/reports/<obligation_id>")
@policy(Right.APPROVE)
def report(obligation_id: str) -> ResponseReturnValue:
    """One late report: the text to copy, calls, and everything that was done."""
    return _report(obligation_id, {}, ())


@blueprint.post("/urging/reports/<obligation_id>")
@policy(Right.APPROVE)
def note(obligation_id: str) -> ResponseReturnValue:
    """Keep a call or a chat message with what was promised."""
    names = ("kind", "text", "promised_on")
    typed = {name: nfc(request.form.get(name, "")[:LONGEST_TEXT]).strip() for name in names}
    promised: date | None = None
    errors: list[dict[str, str]] = []
    if typed["promised_on"]:
        try:
            promised = parse_date(typed["promised_on"])
        except DateUnclear:
            message = _("Nhập ngày theo dạng 24/01/2025.")
            errors.append({"field": "promised_on", "message": message})
    if not errors:
        try:
            services().urging.note(
                current_actor(), obligation_id, typed["kind"], typed["text"], promised
            )
        except InputInvalid as refused:
            errors = [{"field": "text", "message": _message(refused)}]
        else:
            flash(_("Đã ghi."), "success")
            return redirect(url_for(".report", obligation_id=obligation_id), 303)
    return make_response(_report(obligation_id, typed, errors), 422)


def _page(typed: Mapping[str, object], errors: Sequence[dict[str, str]]) -> str:
    filters = _filters()
    found = _late(filters)
    lines = [line for line in found if line.excused_until is None]
    excused = [line for line in found if line.excused_until is not None]
    today = services().clock.today()
    told = {line.obligation.id for line in lines if reminded_by_plan_on(line) == today}
    named = dict.fromkeys(line.unit.name for line in lines if line.obligation.id in told)
    return render_template(
        "urging/index.html",
        told=told,
        told_units=list(named),
        excused=[(line, state_badge(line)) for line in excused[:_SHOWN]],
        more_excused=max(0, len(excused) - _SHOWN),
        lines=[(line, reminded_on(line), state_badge(line)) for line in lines[:_SHOWN]],
        more=max(0, len(lines) - _SHOWN),
        total=len(lines),
        units=len({line.obligation.responsible_unit for line in lines}),
        silent=sum(reminded_on(line) is None for line in lines),
        chosen=filters,
        forms=form_choices(),
        periods=period_choices(),
        typed=typed,
        errors=errors,
        letters=services().urging_letters.available,
    )


def _report(obligation_id: str, typed: Mapping[str, str], errors: Sequence[dict[str, str]]) -> str:
    actor, service = current_actor(), services().urging
    line = service.one(actor, obligation_id)
    return render_template(
        "urging/report.html",
        line=line,
        told=reminded_by_plan_on(line) == services().clock.today(),
        badge_=state_badge(line),
        contacts=service.contacts(line),
        copied=service.text_to_copy(actor, obligation_id),
        log=log_lines(actor, obligation_id),
        typed=typed,
        errors=errors,
        kinds=[("call", _("Đã gọi điện thoại")), ("copied", _("Đã nhắn tin (Zalo, tin nhắn)"))],
    )


def _late(filters: Mapping[str, str | None]) -> list[LateReport]:
    return services().urging.late(current_actor(), form=filters["form"], period=filters["period"])


def _given() -> dict[str, Any]:
    return {name: value for name, value in _filters().items() if value}


def _filters() -> dict[str, str | None]:
    return {name: request.values.get(name) or None for name in ("form", "period")}


def _message(refused: InputInvalid) -> str:
    [fault] = cast("list[dict[str, str]]", refused.facts["errors"])
    if fault["code"] == "too-long":
        return _("Lời nhắc dài quá %(most)s ký tự.", most=LONGEST_TEXT)
    return _("Ghi nội dung nhắc.") if fault["path"] == "/text" else _("Chọn cách nhắc.")


def _say(done: Urged) -> None:
    if done.reports:
        text = _("Đã lập %(mails)s thư về %(count)s báo cáo.", mails=done.mails, count=done.reports)
        flash(text, "success")
    if done.today:
        names = ", ".join(dict.fromkeys(done.today))
        flash(
            _(
                "Hôm nay đã nhắc rồi: %(names)s. Đánh dấu “Nhắc lại cả đơn vị đã nhắc hôm nay” "
                "nếu vẫn muốn gửi.",
                names=names,
            ),
            "warning",
        )
    if done.excused:
        names = ", ".join(dict.fromkeys(done.excused))
        flash(_("Không nhắc báo cáo đang được gia hạn của: %(names)s.", names=names), "warning")
    if done.unreachable:
        names = ", ".join(done.unreachable)
        flash(_("Không có địa chỉ thư: %(names)s. Hãy gọi điện thoại.", names=names), "warning")
