"""Bảng mã: every published edition of every code list with its codes."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from server.core.access import Right
from server.core.codelist_sheet import shown_day
from server.core.definition_life import LifeState
from server.core.vietnamese import fold
from server.storage.models import CodeListVersionRow
from server.web.admin import cells
from server.web.admin.codelist_editor import state_words
from server.web.admin.definition_life import life_badge, life_of, period_words
from server.web.admin.safe_view import SafeModelView
from server.web.session import services

_ROW: Any = CodeListVersionRow


def _title(_view: Any, _context: Any, row: Any, _column: str) -> Markup:
    constructed = row.document.get("constructed", False)
    mark = cells.badge(_("dựng minh họa"), "purple") if constructed else Markup()
    life = life_of("codelist", row.code, row.version)
    if life.state is not LifeState.IN_FORCE:
        mark += cells.badge(*life_badge(life))
    return Markup("{} {}").format(row.document["title"], mark)


class CodeListView(SafeModelView):
    """The editions; the next one is made in the editor or published from its file."""

    right = Right.ADMINISTER
    title = _l("Bảng mã")
    lead = _l("Phiên bản đã ban hành không thay đổi; muốn sửa thì ban hành phiên bản mới.")
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

    def details(self, row: Any) -> dict[str, Any]:
        today, items = services().clock.today(), row.document["items"]
        second = request.args.get("order") == "second"
        if second:  # those without a number of that kind come last
            items = sorted(items, key=lambda one: one.get("numbering2") or "~")
        return {
            "row": row,
            "life": life_badge(life_of("codelist", row.code, row.version)),
            "period": period_words(life_of("codelist", row.code, row.version)),
            "newest": services().catalogue.codelist(row.code).version,
            "items": [(item, *state_words(item, today)) for item in items],
            "dated": any("validFrom" in item or "validTo" in item for item in items),
            "numbered": any("numbering2" in item for item in items),
            "unverified": any(item.get("numbering2Verified") is False for item in items),
            "second": second,
            "day": shown_day,
        }

    def searching(self, text: str) -> Any:
        found = [
            id_
            for id_, document in _ROW.select(_ROW.id, _ROW.document).tuples()
            if text in fold(document["title"])
        ]
        return _ROW.id.in_(found) | _ROW.code.contains(text)
