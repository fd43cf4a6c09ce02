"""Thư đã gửi: the trace of every mail, so that "we were never told" can be answered."""

from collections.abc import Callable
from typing import Any

import peewee
from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from server.core.access import Actor, Right
from server.core.vietnamese import fold_unit_name, nfc
from server.errors import Conflict
from server.storage.models import MailRow, ObligationRow, OrgUnitStretchRow
from server.web.admin import cells
from server.web.admin.filters import DayFilter, ListFilter
from server.web.admin.safe_view import SafeModelView
from server.web.formats import instant
from server.web.session import current_actor, services
from server.web.urging_words import step_title

_ROW: Any = MailRow


def _kinds() -> dict[str, str]:
    return {
        "reminder": _("Đôn đốc"),
        "copy": _("Bản đồng gửi"),
        "return": _("Trả lại để sửa"),
        "digest": _("Thông báo trong ngày"),
        "urging": _("Thư đôn đốc của cán bộ"),
    }


def _states() -> dict[str, str]:
    return {"waiting": _("Chờ gửi"), "sent": _("Đã gửi"), "dead": _("Không gửi được")}


def _forms() -> list[tuple[str, str]]:
    return [(form.code, form.title) for form in services().catalogue.forms()]


def _state(_view: Any, _context: Any, row: Any, _column: str) -> Markup:
    if row.returned_at is not None:
        return cells.badge(_("Không đến nơi"), "red")
    colours = {"waiting": "blue", "sent": "green", "dead": "red"}
    return cells.badge(_states()[row.state], colours[row.state])


def _about(row: Any) -> tuple[str, str, str] | None:
    """Form, unit and period of the report that the mail is about."""
    owed = row.obligation
    if owed is None:
        return None
    form = services().catalogue.form(owed.form_id)
    return form.title, cells.unit_name(owed.org_unit_id), cells.period_title(owed.period)


def _report(_view: Any, _context: Any, row: Any, _column: str) -> str:
    about = _about(row)
    return cells.NOTHING if about is None else ", ".join(about)


class MailView(SafeModelView):
    """All mails with their fate."""

    right = Right.ADMINISTER
    title = _l("Thư đã gửi")
    lead = _l(
        "Mỗi thư đôn đốc, thư báo trả lại: gửi cho ai, về báo cáo nào, lúc nào, "
        "máy chủ thư trả lời gì."
    )
    empty_text = _l(
        "Chưa có thư nào. Thư được lập khi đến hạn nhắc hoặc khi có báo cáo bị trả lại."
    )
    search_hint = _l("Đơn vị, địa chỉ nhận hoặc tiêu đề")
    can_view_details = True
    column_list = (
        "subject", "recipient", "kind", "step", "report", "state", "created_at", "sent_at", "tries",
    )  # fmt: skip
    column_labels = {
        "subject": _l("Tiêu đề"),
        "recipient": _l("Nơi nhận"),
        "kind": _l("Loại"),
        "step": _l("Lần nhắc"),
        "report": _l("Báo cáo"),
        "state": _l("Tình trạng"),
        "created_at": _l("Lập lúc"),
        "sent_at": _l("Gửi lúc"),
        "tries": _l("Số lần thử"),
    }
    column_searchable_list = (_ROW.recipient, _ROW.subject)
    column_sortable_list = (
        ("created_at", _ROW.created_at), ("sent_at", _ROW.sent_at), ("tries", _ROW.tries),
    )  # fmt: skip
    column_default_sort = ("created_at", True)
    column_filters = (
        ListFilter("state", _l("Tình trạng"), _ROW.state, lambda: list(_states().items())),
        ListFilter("kind", _l("Loại"), _ROW.kind, lambda: list(_kinds().items())),
        ListFilter("form", _l("Biểu mẫu"), ObligationRow.form, _forms),
        DayFilter("since", _l("Từ ngày"), _ROW.created_at),
        DayFilter("until", _l("Đến ngày"), _ROW.created_at, until=True),
    )
    column_formatters = {
        "kind": cells.choice(_kinds),
        "step": lambda _v, _c, row, _n: step_title(row.step) or cells.NOTHING,
        "report": _report,
        "state": _state,
        "created_at": cells.instant,
        "sent_at": cells.instant,
    }
    form_columns = ()
    details_template = "admin/mail.html"

    def get_query(self) -> Any:
        return _ROW.select(_ROW, ObligationRow).join(ObligationRow, peewee.JOIN.LEFT_OUTER)

    def name_of(self, row: Any) -> str:
        return str(row.subject)

    def searching(self, text: str) -> peewee.Expression:
        stretch = OrgUnitStretchRow
        units = stretch.select(stretch.org_unit).where(
            stretch.folded.contains(fold_unit_name(text))
        )
        return (
            _ROW.recipient.contains(text)
            | _ROW.subject.contains(text)
            | ObligationRow.org_unit.in_(units)
        )

    def details(self, row: Any) -> dict[str, Any]:
        form, unit, period = _about(row) or (cells.NOTHING,) * 3
        return {
            "row": row,
            "state": _state(self, None, row, "state"),
            "facts": [
                (_("Nơi nhận"), row.recipient),
                (_("Loại"), _kinds().get(row.kind, row.kind)),
                (_("Lần nhắc"), step_title(row.step) or cells.NOTHING),
                (_("Biểu mẫu"), form),
                (_("Đơn vị báo cáo"), unit),
                (_("Kỳ báo cáo"), period),
                (_("Lập lúc"), instant(row.created_at)),
                (_("Gửi lúc"), instant(row.sent_at)),
                (_("Số lần thử"), row.tries),
                (
                    _("Thử lại lúc"),
                    instant(row.due_at) if row.state == "waiting" else cells.NOTHING,
                ),
                (_("Máy chủ thư trả lời"), row.response or cells.NOTHING),
                (_("Lỗi lần gần nhất"), row.error or cells.NOTHING),
                (_("Không đến nơi"), row.returned_why or cells.NOTHING),
            ],
            "retriable": row.state == "dead" or row.returned_at is not None,
            "returnable": row.state == "sent" and row.returned_at is None,
        }

    @expose("/retry", methods=("POST",))
    def retry(self) -> ResponseReturnValue:
        """Send a mail again that was given up, or that came back."""
        return self._done(_("Thư sẽ được gửi lại."), services().mail.retry)

    @expose("/returned", methods=("POST",))
    def returned(self) -> ResponseReturnValue:
        """Note that a mail did not arrive."""
        why = nfc(request.form.get("why", "")[:500]).strip() or _("Cán bộ ghi nhận")
        return self._done(
            _("Đã ghi thư không đến nơi."),
            lambda actor, number: services().mail.note_return(actor, number, why),
        )

    def _done(self, said: str, act: Callable[[Actor, int], None]) -> ResponseReturnValue:
        row = self.asked()
        try:
            act(current_actor(), int(row.id))
        except Conflict:
            flash(_("Tình trạng của thư vừa thay đổi. Xem lại."), "warning")
        else:
            flash(said, "success")
        return redirect(self.get_url(".details_view", id=row.id), 303)
