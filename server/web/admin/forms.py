"""Biểu mẫu: every published version, what it says in short, and its text as published."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from server.core.access import Right
from server.core.definition_life import LifeState
from server.storage.models import FormVersionRow, SubmissionRow
from server.web.admin import cells
from server.web.admin.definition_life import life_badge, life_of, period_words
from server.web.admin.filters import ListFilter
from server.web.admin.safe_view import SafeModelView
from server.web.session import services

_ROW: Any = FormVersionRow


def _kinds() -> dict[str, str]:
    return {"report": _("Báo cáo"), "survey": _("Phiếu")}


def _title(_view: Any, _context: Any, row: Any, _column: str) -> Markup:
    settings = services().catalogue.form(row.code_id, row.version).settings
    mark = cells.badge(_("Mẫu minh họa"), "purple") if settings.get("constructed") else Markup()
    life = life_of("form", row.code_id, row.version)
    if life.state is not LifeState.IN_FORCE:
        mark += cells.badge(*life_badge(life))
    return Markup("{} {}").format(row.title, mark)


class FormView(SafeModelView):
    """The versions; a new one is published from its file, none is changed."""

    right = Right.ADMINISTER
    title = _l("Biểu mẫu")
    lead = _l("Phiên bản đã ban hành không thay đổi; muốn sửa thì ban hành phiên bản mới.")
    empty_text = _l("Chưa ban hành biểu mẫu nào.")
    search_hint = _l("Tên hoặc mã biểu mẫu")
    can_view_details = True
    column_list = ("title", "code", "version", "kind", "published_at")
    column_labels = {
        "title": _l("Tên biểu mẫu"),
        "code": _l("Mã"),
        "version": _l("Phiên bản"),
        "kind": _l("Loại"),
        "published_at": _l("Ban hành lúc"),
    }
    column_searchable_list = (_ROW.folded, _ROW.code)
    column_sortable_list = (
        ("title", _ROW.sort_key), ("code", _ROW.code), ("published_at", _ROW.published_at),
    )  # fmt: skip
    column_default_sort = [("sort_key", False), ("version", True)]
    column_filters = (ListFilter("kind", _l("Loại"), _ROW.kind, lambda: list(_kinds().items())),)
    column_formatters = {
        "title": _title,
        "code": lambda _v, _c, row, _n: Markup("<code>{}</code>").format(row.code_id),
        "kind": cells.choice(_kinds),
        "published_at": cells.instant,
    }
    form_columns = ()
    details_template = "admin/definition.html"

    def tools(self) -> list[tuple[str, str]]:
        return [(self.get_url("definition_drafts.index"), _("Soạn phiên bản mới"))]

    def name_of(self, row: Any) -> str:
        return str(row.title)

    def details(self, row: Any) -> dict[str, Any]:
        form = services().catalogue.form(row.code_id, row.version)
        submission = SubmissionRow
        used = submission.select().where(submission.form_version == row.id).count()
        others = _ROW.select(_ROW.id, _ROW.version).where(_ROW.code == row.code_id)
        return {
            "row": row,
            "life": life_badge(life_of("form", row.code_id, row.version)),
            "constructed": bool(form.settings.get("constructed")),
            "facts": [
                (_("Mã"), row.code_id),
                (_("Phiên bản"), row.version),
                (_("Loại"), _kinds().get(row.kind, row.kind)),
                (_("Hiệu lực"), period_words(life_of("form", row.code_id, row.version))),
                (_("Số mục"), len(form.layout.sections)),
                (_("Chỉ tiêu thống kê"), ", ".join(form.indicators) or cells.NOTHING),
                (_("Báo cáo đã lập theo phiên bản này"), used),
                (_("Ban hành lúc"), cells.instant(self, None, row, "published_at")),
                (_("Mã kiểm tra nội dung"), row.digest[:16]),
            ],
            "versions": list(others.order_by(_ROW.version.desc()).tuples()),
            "source": row.source,
        }
