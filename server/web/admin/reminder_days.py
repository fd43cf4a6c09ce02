"""Ai nhận gì ngày X, and Công việc nền: what the worker would send, and how the worker is."""

from collections import Counter
from datetime import date
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.period import Period
from server.core.vietnamese import DateUnclear, parse_date
from server.services.reminders import PlannedReminder
from server.web.admin.safe_view import SafeBaseView
from server.web.language import language_of_request
from server.web.session import current_actor, services
from server.web.submission_states import Badge
from server.web.urging_words import addressees, reason_badge, step_title

_SHOWN = 200


class ReminderDayPage(SafeBaseView):
    """The plan of one day: the same service as ``./run remind --dry-run``."""

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
        counts = Counter(one.suppressed or "goes" for one in planned)
        return self.render(
            "admin/reminders/day.html",
            day=day,
            typed=text,
            errors=[{"field": "day", "message": error}] if error else [],
            rows=[_row(one) for one in shown[:_SHOWN]],
            more=max(0, len(shown) - _SHOWN),
            total=len(planned),
            people=len({one.recipient for one in planned if one.suppressed in (None, "sent")}),
            reasons=[
                (reason, f"{_reason(reason).title} ({count})") for reason, count in counts.items()
            ],
            chosen=wanted,
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


def _row(one: PlannedReminder) -> dict[str, Any]:
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
