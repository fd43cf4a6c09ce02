"""Ai nhận gì ngày X, and Công việc nền: what was and will be sent, and how the worker is."""

from collections import Counter
from datetime import date
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.calendar import is_working_day
from server.core.period import Period
from server.core.vietnamese import DateUnclear, collation_key, parse_date
from server.services.reminder_days import PlannedReminder
from server.web.admin.safe_view import SafeBaseView
from server.web.language import language_of_request
from server.web.session import current_actor, services
from server.web.submission_states import Badge
from server.web.urging_words import addressees, reason_badge, step_title

_SHOWN = 200
#: What is not settled yet: planned, in the outbox, or waiting for a day.
_AHEAD = (None, "waiting", "day-off", "not-open", "other-part")


class ReminderDayPage(SafeBaseView):
    """One day, recorded or planned: the same service as ``./run remind --dry-run``."""

    right = Right.ADMINISTER
    title = _l("Ai nhận gì trong ngày")

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """Everybody who gets something on that day, and why others do not."""
        text, error = request.args.get("day", ""), ""
        day: date = services().clock.today()
        if text:
            try:
                day = parse_date(text)
            except DateUnclear:
                error = _("Nhập ngày theo dạng 24/01/2025.")
        planned = [] if error else services().reminders.plan(day)
        wanted = request.args.get("reason", "")
        shown = [one for one in planned if not wanted or (one.suppressed or "goes") == wanted]
        by_unit = request.args.get("sort") == "unit"
        if by_unit:  # else by due date, as the plan comes
            shown.sort(key=lambda one: collation_key(one.unit.name))
        counts = Counter(one.suppressed or "goes" for one in planned)
        return self.render(
            "admin/reminders/day.html",
            day=day,
            typed=text,
            errors=[{"field": "day", "message": error}] if error else [],
            rows=[_row(one, day) for one in shown[:_SHOWN]],
            more=max(0, len(shown) - _SHOWN),
            total=len(planned),
            figures=_figures(planned),
            tense=_tense(day),
            reasons=[
                (reason, f"{_reason(reason).title} ({count})") for reason, count in counts.items()
            ],
            chosen=wanted,
            orders=[("due", _("Hạn gửi, rồi đơn vị")), ("unit", _("Đơn vị, rồi hạn gửi"))],
            order="unit" if by_unit else "due",
            held=services().reminders.held(),
        )

    @expose("/confirm", methods=("POST",))
    def confirm(self) -> ResponseReturnValue:
        """Say that the clock is right after a long silence."""
        services().reminders.confirm_clock(current_actor())
        flash(_("Đã xác nhận ngày giờ của máy chủ. Việc nhắc hạn chạy tiếp."), "success")
        return redirect(self.get_url(".index_view"), 303)


class BackgroundPage(SafeBaseView):
    """The works of the workers with last run, next run and lag; what waits for them."""

    right = Right.ADMINISTER
    title = _l("Công việc nền")

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """One line for each work of each worker."""
        background = services().background
        states = {
            "well": Badge(_("Chạy đều"), "green"),
            "behind": Badge(_("Chậm"), "amber"),
            "failed": Badge(_("Vừa gặp lỗi"), "red"),
            "stopped": Badge(_("Đã dừng"), "grey"),
        }
        return self.render(
            "admin/reminders/background.html",
            lines=[
                (line, _works().get(line.run.work, line.run.work), states[line.state])
                for line in background.lines()
            ],
            queue=background.queue(),
        )


def _reason(reason: str) -> Badge:
    return reason_badge(None if reason == "goes" else reason)


def _figures(planned: list[PlannedReminder]) -> list[tuple[str, int]]:
    """How many were sent, still come, and do not go; nothing that did not happen is counted."""
    sent = [one for one in planned if one.suppressed == "sent"]
    ahead = [one for one in planned if one.suppressed in _AHEAD]
    found = [
        (_("Lời nhắc đã gửi"), len(sent)),
        (_("Lời nhắc sẽ gửi"), len(ahead)),
        (_("Lời nhắc không gửi"), len(planned) - len(sent) - len(ahead)),
        (_("Người, đơn vị nhận thư"), len({one.recipient for one in (*sent, *ahead)} - {None})),
    ]
    return [one for one in found if one[1]]


def _tense(day: date) -> str:
    """Whether the page tells what was recorded, or what is planned."""
    today, service = services().clock.today(), services().reference
    if not is_working_day(day, service.holidays()):
        return _("Ngày nghỉ: hệ thống không gửi lời nhắc, lời nhắc đến hạn chờ ngày làm việc.")
    if day < today:
        return _("Ngày đã qua: theo nhật ký, đúng như hệ thống đã làm.")
    if day == today:
        return _("Hôm nay: phần đã làm theo nhật ký, phần còn lại theo kế hoạch nhắc hạn.")
    return _("Ngày sắp tới: theo kế hoạch nhắc hạn và tình trạng báo cáo hiện nay.")


def _row(one: PlannedReminder, day: date) -> dict[str, Any]:
    return {
        "unit": one.unit.name,
        "form": services().catalogue.form(one.obligation.form).title,
        "period": Period.parse(one.obligation.period).label(language_of_request()).lower(),
        "due_on": one.obligation.due_on,
        "step": step_title(one.step),
        "recipient": one.recipient,
        "name": one.name or "",
        "why": addressees().get(one.addressee or "", ""),
        "badge": reason_badge(one.suppressed),
        "at": one.at,
        "later": one.on if one.at is None and one.on > day else None,
    }


def _works() -> dict[str, str]:
    return {
        "tick": _("Nhắc hạn, thông báo trong ngày"),
        "dispatch": _("Việc tiếp theo sau mỗi sự kiện"),
        "mail": _("Gửi thư"),
        "jobs": _("Xuất dữ liệu, in"),
        "moves_of_time": _("Bước tự chuyển theo thời gian"),
        "seal": _("Niêm phong nhật ký"),
        "purge": _("Dọn dữ liệu tạm"),
    }
