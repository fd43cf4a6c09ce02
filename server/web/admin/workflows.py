"""Quy trình duyệt: every published version with its drawing, its steps and its running reports.

What can be asked of a version stands on pages of its own, one module each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.vietnamese import fold
from server.core.workflow import Workflow
from server.core.workflow_lineage import lineage
from server.storage.models import WorkflowVersionRow
from server.web.admin import cells
from server.web.admin.safe_view import SafeModelView
from server.web.admin.workflow_checks import WorkflowCheckPage
from server.web.admin.workflow_diagram import draw
from server.web.admin.workflow_people import WorkflowPeoplePage
from server.web.admin.workflow_simulator import WorkflowSimulatorPage
from server.web.admin.workflow_steps import state_lines, step_lines, title_of, told
from server.web.admin.workflow_transfer import WorkflowTransferPage
from server.web.session import services

_ROW: Any = WorkflowVersionRow


def _of(row: Any) -> Workflow:
    return services().catalogue.workflow(row.code, row.version)


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version of the same workflow and its reports; *successor*: the version they may move to."""

    key: str
    version: int
    running: int
    ended: int
    successor: str | None


class WorkflowView(
    WorkflowCheckPage,
    WorkflowPeoplePage,
    WorkflowSimulatorPage,
    WorkflowTransferPage,
    SafeModelView,
):
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

    def tools(self) -> Sequence[tuple[str, str]]:
        return (
            (self.get_url(".staffing"), _("Ai xử lý được")),
            (self.get_url("definition_drafts.index"), _("Soạn phiên bản mới")),
        )

    def details(self, row: Any) -> dict[str, Any]:
        workflow, counts = _of(row), services().submissions.submissions.standing()
        steps = step_lines(workflow)
        running = {
            state: count
            for (code, version, state), count in counts.items()
            if (code, version) == (row.code, row.version)
        }
        titles = {code: title_of(state) for code, state in workflow.states.items()}
        return {
            "row": row,
            "workflow": workflow,
            "diagram": draw(workflow, titles, {line.place: line.number for line in steps}),
            "told": told(steps),
            "states": state_lines(workflow, running),
            "steps": steps,
            "versions": _versions(row.code, counts),
            "source": row.source,
        }


def _versions(code: str, counts: Mapping[tuple[str, int, str], int]) -> list[ShownVersion]:
    """All versions of a workflow, the newest first."""
    versions = sorted(
        (one for one in services().catalogue.every_workflow() if one.code == code),
        key=lambda one: -one.version,
    )
    numbered = {one.version: one for one in versions}
    shown = []
    for one in versions:
        here = {
            state: count
            for (whose, version, state), count in counts.items()
            if (whose, version) == (code, one.version)
        }
        running = sum(count for state, count in here.items() if not one.states[state].final)
        # The newest one that maps lead to; the one after this where only that declares a map.
        successor = next(
            (
                f"{code}/{other.version}"
                for other in versions
                if one.version in lineage(numbered, other.version)
            ),
            None,
        )
        key = f"{code}/{one.version}"
        shown.append(
            ShownVersion(key, one.version, running, sum(here.values()) - running, successor)
        )
    return shown
