"""Chỉ tiêu thống kê: the catalogue as loaded; constructed entries say so wherever they stand."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from server.core.access import Right
from server.core.indicator import Indicator
from server.storage.models import IndicatorRow
from server.web.admin import cells
from server.web.admin.filters import ListFilter
from server.web.admin.safe_view import SafeModelView
from server.web.session import services

_ROW: Any = IndicatorRow


def _groups() -> list[tuple[str, str]]:
    return sorted({(found.group, found.group_title) for found in services().catalogue.indicators()})


def _of(row: Any) -> Indicator:
    return services().catalogue.indicator(row.code)


def _title(_view: Any, _context: Any, row: Any, _column: str) -> Markup:
    found = _of(row)
    mark = cells.badge(_("dựng minh họa"), "purple") if found.constructed else Markup()
    return Markup("{} {}").format(found.title, mark)


def _measures(_view: Any, _context: Any, row: Any, _column: str) -> str:
    return ", ".join(dict.fromkeys(measure.unit for measure in _of(row).measures)) or cells.NOTHING


class IndicatorView(SafeModelView):
    """All indicators, for looking up; they are changed by loading a new edition."""

    right = Right.ADMINISTER
    title = _l("Chỉ tiêu thống kê")
    lead = _l("Danh mục được nạp theo văn bản ban hành, không sửa từng dòng trên màn hình.")
    empty_text = _l("Chưa nạp danh mục chỉ tiêu thống kê.")
    search_hint = _l("Tên hoặc mã chỉ tiêu thống kê")
    can_view_details = True
    column_list = ("title", "code", "group", "measures", "owners")
    column_labels = {
        "title": _l("Chỉ tiêu thống kê"),
        "code": _l("Mã"),
        "group": _l("Nhóm"),
        "measures": _l("Đơn vị tính"),
        "owners": _l("Cơ quan chủ trì"),
    }
    column_searchable_list = (_ROW.folded, _ROW.code)
    column_sortable_list = (("title", _ROW.sort_key), ("code", _ROW.code))
    column_default_sort = ("code", False)
    column_filters = (ListFilter("group", _l("Nhóm"), _ROW.group, _groups),)
    column_formatters = {
        "title": _title,
        "code": cells.code,
        "group": lambda _v, _c, row, _n: _of(row).group_title,
        "measures": _measures,
        "owners": lambda _v, _c, row, _n: ", ".join(_of(row).owners) or cells.NOTHING,
    }
    form_columns = ()
    details_template = "admin/indicator.html"

    def name_of(self, row: Any) -> str:
        return _of(row).title

    def details(self, row: Any) -> dict[str, Any]:
        found = _of(row)
        lists = {listed.code: listed.title for listed in services().catalogue.codelists()}
        forms = [form for form in services().catalogue.forms() if found.code in form.indicators]
        dimensions = [lists.get(code, code) for code in found.dimensions]
        level = cells.levels().get(found.lowest_level, found.lowest_level)
        return {"indicator": found, "dimensions": dimensions, "level": level, "forms": forms}
