"""Ngày nghỉ, ngày làm bù: what shifts due days; the one list whose rows may be deleted."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from server.core.access import Right
from server.core.vietnam_days import FIRST_YEAR, LAST_YEAR, is_announced, national_days
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


def _where(_view: Any, _context: Any, row: Any, _column: str) -> str:
    return cells.unit_name(row.org_unit_id) if row.org_unit_id else str(_("Cả nước"))


class HolidayView(SafeModelView):
    """Days on which offices are closed, and weekend days that are worked instead."""

    right = Right.ADMINISTER
    title = _l("Ngày nghỉ, ngày làm bù")
    lead = _l("Hạn gửi rơi vào ngày nghỉ được chuyển sang ngày làm việc kế tiếp.")
    new_title = _l("Thêm ngày nghỉ, ngày làm bù")
    empty_text = _l("Chưa khai báo ngày nghỉ nào. Hạn gửi chỉ tránh thứ Bảy và Chủ nhật.")
    search_hint = _l("Tên ngày nghỉ")
    can_create = can_edit = can_delete = True
    column_list = ("day", "title", "kind", "org_unit_id")
    column_labels = {
        "day": _l("Ngày"),
        "title": _l("Tên gọi"),
        "kind": _l("Loại"),
        "org_unit": _l("Chỉ tại đơn vị"),
        "org_unit_id": _l("Chỉ tại đơn vị"),
    }
    column_searchable_list = (_ROW.title,)
    column_sortable_list = (("day", _ROW.day),)
    column_default_sort = ("day", True)
    column_filters = (ListFilter("kind", _l("Loại"), _ROW.kind, lambda: list(_kinds().items())),)
    column_formatters = {"day": cells.day, "kind": cells.choice(_kinds), "org_unit_id": _where}
    form_columns = ("day", "title", "kind", "org_unit")
    form_fixed = ("day", "org_unit")
    form_args = {
        "kind": {"choices": lambda: list(_kinds().items())},
        "org_unit": {
            "description": _l("Bỏ trống: cả nước. Có đơn vị: đơn vị đó và các đơn vị cấp dưới.")
        },
    }

    def tools(self) -> Sequence[tuple[str, str]]:
        return ((self.get_url(".year"), _("Nạp lịch nghỉ của một năm")),)

    @expose("/year/", methods=("GET", "POST"))
    def year(self) -> ResponseReturnValue:
        """Look at the known days of a year, then enter those that are missing."""
        asked = request.values.get("year", "")
        years = [str(one) for one in range(FIRST_YEAR, LAST_YEAR + 1)]
        if asked not in years:
            asked = str(min(max(services().clock.today().year, FIRST_YEAR), LAST_YEAR))
        if request.method == "POST":
            count = services().reference.fill_holidays(int(asked), current_actor())
            flash(_("Đã thêm %(count)s ngày của năm %(year)s.", count=count, year=asked), "success")
            return redirect(self.get_url(".index_view"), 303)
        kept = {day for (day,) in _ROW.select(_ROW.day).where(_ROW.org_unit.is_null()).tuples()}
        return self.render(
            "admin/holiday_year.html",
            heading=_("Lịch nghỉ năm %(year)s", year=asked),
            days=[(one, one.day in kept) for one in national_days(int(asked))],
            kinds=_kinds(),
            announced=is_announced(int(asked)),
            year=asked,
            years=[(one, one) for one in years],
        )

    def name_of(self, row: Any) -> str:
        return f"{format_date(row.day)} {row.title}"

    def edit_of(self, row: Any) -> str:
        return f"{row.kind}:{row.title}"  # the table keeps no counter; the words are all there is

    def searching(self, text: str) -> Any:
        found = [
            id_ for id_, title in _ROW.select(_ROW.id, _ROW.title).tuples() if text in fold(title)
        ]
        return _ROW.id.in_(found)

    def save(self, row: Any, form: Form) -> None:
        day = form.day.data if row is None else row.day
        unit = form.org_unit.data if row is None else row.org_unit_id
        same = _ROW.org_unit.is_null() if unit is None else _ROW.org_unit == unit
        if row is None and _ROW.get_or_none((_ROW.day == day) & same) is not None:
            raise refused("day", _("Ngày này đã có trong danh sách. Mở ngày đó để sửa."))
        if form.kind.data == "working" and day.weekday() < _SATURDAY:
            raise refused("kind", _("Ngày làm bù phải là thứ Bảy hoặc Chủ nhật."))
        services().reference.put_holiday(
            day, form.title.data, form.kind.data, current_actor(), unit
        )

    def remove(self, row: Any) -> None:
        services().reference.remove_holiday(row.day, current_actor(), row.org_unit_id)
