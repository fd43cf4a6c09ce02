"""Bảng mã: every published edition of every code list with its codes."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from server.core.access import Right
from server.core.vietnamese import fold
from server.storage.models import CodeListVersionRow
from server.web.admin import cells
from server.web.admin.safe_view import SafeModelView

_ROW: Any = CodeListVersionRow


def _title(_view: Any, _context: Any, row: Any, _column: str) -> Markup:
    constructed = row.document.get("constructed", False)
    mark = cells.badge(_("dựng minh họa"), "purple") if constructed else Markup()
    return Markup("{} {}").format(row.document["title"], mark)


class CodeListView(SafeModelView):
    """The editions; a new one is published from its file, none is changed."""

    right = Right.ADMINISTER
    title = _l("Bảng mã")
    lead = _l("Phiên bản đã ban hành không thay đổi; muốn sửa thì ban hành phiên bản mới từ tệp.")
    empty_text = _l("Chưa ban hành bảng mã nào.")
    search_hint = _l("Tên hoặc mã của bảng mã")
    can_view_details = True
    column_list = ("title", "code", "version", "codes")
    column_labels = {
        "title": _l("Tên bảng mã"),
        "code": _l("Mã"),
        "version": _l("Phiên bản"),
        "codes": _l("Số mã"),
    }
    column_searchable_list = (_ROW.code,)
    column_sortable_list = (("code", _ROW.code), ("version", _ROW.version))
    column_default_sort = ("code", False)
    column_formatters = {
        "title": _title,
        "code": cells.code,
        "codes": lambda _v, _c, row, _n: len(row.document["items"]),
    }
    form_columns = ()
    details_template = "admin/codelist.html"

    def name_of(self, row: Any) -> str:
        return str(row.document["title"])

    def searching(self, text: str) -> Any:
        found = [
            id_
            for id_, document in _ROW.select(_ROW.id, _ROW.document).tuples()
            if text in fold(document["title"])
        ]
        return _ROW.id.in_(found) | _ROW.code.contains(text)
