"""Quy trình duyệt: every published version with its steps, and its text as published."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.vietnamese import fold
from server.core.workflow import Workflow
from server.storage.models import WorkflowVersionRow
from server.web.accounts import role_title
from server.web.admin import cells
from server.web.admin.safe_view import SafeModelView
from server.web.admin.words import event_title
from server.web.session import services

_ROW: Any = WorkflowVersionRow


def _of(row: Any) -> Workflow:
    return services().catalogue.workflow(row.code, row.version)


def _places() -> dict[str, str]:
    return {
        "unit": _("đơn vị lập báo cáo"),
        "parent": _("đơn vị cấp trên"),
        "province": _("tỉnh"),
        "district": _("huyện"),
        "commune": _("xã"),
        "department": _("sở, ban, ngành"),
        "owner": _("cơ quan chủ trì"),
    }


class WorkflowView(SafeModelView):
    """The versions; a new one is published from its file, none is changed."""

    right = Right.ADMINISTER
    title = _l("Quy trình duyệt")
    lead = _l("Báo cáo đi theo phiên bản quy trình có hiệu lực lúc bắt đầu nhập.")
    empty_text = _l("Chưa ban hành quy trình duyệt nào.")
    search_hint = _l("Tên hoặc mã quy trình")
    can_view_details = True
    column_list = ("title", "code", "version", "states", "published_at")
    column_labels = {
        "title": _l("Tên quy trình"),
        "code": _l("Mã"),
        "version": _l("Phiên bản"),
        "states": _l("Số trạng thái"),
        "published_at": _l("Ban hành lúc"),
    }
    column_searchable_list = (_ROW.code,)
    column_sortable_list = (("code", _ROW.code), ("published_at", _ROW.published_at))
    column_default_sort = [("code", False), ("version", True)]
    column_formatters = {
        "title": lambda _v, _c, row, _n: _of(row).title,
        "code": cells.code,
        "states": lambda _v, _c, row, _n: len(_of(row).states),
        "published_at": cells.instant,
    }
    form_columns = ()
    details_template = "admin/workflow.html"

    def name_of(self, row: Any) -> str:
        return _of(row).title

    def searching(self, text: str) -> Any:
        rows = _ROW.select(_ROW.id, _ROW.code, _ROW.version)
        return _ROW.id.in_(
            [row.id for row in rows if text in fold(_of(row).title) or text in row.code]
        )

    def details(self, row: Any) -> dict[str, Any]:
        workflow = _of(row)
        steps = [
            (
                ", ".join(workflow.states[source].title for source in step.sources),
                event_title(step.event),
                workflow.states[step.target].title,
                f"{role_title(step.role)}, {_places().get(step.at, step.at)}",
            )
            for step in workflow.transitions
        ]
        return {"row": row, "workflow": workflow, "steps": steps, "source": row.source}
