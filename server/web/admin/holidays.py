"""Ngày nghỉ, ngày làm bù: what shifts due days; the one list whose rows may be deleted."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from server.core.access import Right
from server.core.vietnamese import fold, format_date
from server.storage.models import HolidayRow
from server.web.admin import cells
from server.web.admin.filters import ListFilter
from server.web.admin.safe_view import SafeModelView, refused
from server.web.session import current_actor, services

_ROW: Any = HolidayRow
_SATURDAY = 5


def _kinds() -> dict[str, str]:
    return {"off": _("Ngày nghỉ"), "working": _("Ngày làm bù")}


class HolidayView(SafeModelView):
    """Days on which offices are closed, and weekend days that are worked instead."""

    right = Right.ADMINISTER
    title = _l("Ngày nghỉ, ngày làm bù")
    lead = _l("Hạn gửi rơi vào ngày nghỉ được chuyển sang ngày làm việc kế tiếp.")
    new_title = _l("Thêm ngày nghỉ, ngày làm bù")
    empty_text = _l("Chưa khai báo ngày nghỉ nào. Hạn gửi chỉ tránh thứ Bảy và Chủ nhật.")
    search_hint = _l("Tên ngày nghỉ")
    can_create = can_edit = can_delete = True
    column_list = ("day", "title", "kind")
    column_labels = {"day": _l("Ngày"), "title": _l("Tên gọi"), "kind": _l("Loại")}
    column_searchable_list = (_ROW.title,)
    column_sortable_list = (("day", _ROW.day),)
    column_default_sort = ("day", True)
    column_filters = (ListFilter("kind", _l("Loại"), _ROW.kind, lambda: list(_kinds().items())),)
    column_formatters = {"day": cells.day, "kind": cells.choice(_kinds)}
    form_columns = ("day", "title", "kind")
    form_fixed = ("day",)
    form_args = {"kind": {"choices": lambda: list(_kinds().items())}}

    def name_of(self, row: Any) -> str:
        return f"{format_date(row.day)} {row.title}"

    def edit_of(self, row: Any) -> str:
        return f"{row.kind}:{row.title}"  # the table keeps no counter; the words are all there is

    def searching(self, text: str) -> Any:
        found = [
            day for day, title in _ROW.select(_ROW.day, _ROW.title).tuples() if text in fold(title)
        ]
        return _ROW.day.in_(found)

    def save(self, row: Any, form: Form) -> None:
        day = form.day.data if row is None else row.day
        if row is None and _ROW.get_or_none(_ROW.day == day) is not None:
            raise refused("day", _("Ngày này đã có trong danh sách. Mở ngày đó để sửa."))
        if form.kind.data == "working" and day.weekday() < _SATURDAY:
            raise refused("kind", _("Ngày làm bù phải là thứ Bảy hoặc Chủ nhật."))
        services().reference.put_holiday(day, form.title.data, form.kind.data, current_actor())

    def remove(self, row: Any) -> None:
        services().reference.remove_holiday(row.day, current_actor())
