"""Chuyển các báo cáo đang chạy: reports of an earlier version go to this one by its map."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.errors import Conflict, InputInvalid
from server.services.workflow_moves import MovePlan
from server.web.admin.workflow_steps import title_of
from server.web.session import current_actor, services


class WorkflowTransferPage:
    """Mixed into the view of workflows, which says who may come here."""

    @expose("/move/", methods=("GET", "POST"))
    def move(self: Any) -> ResponseReturnValue:
        """Look at what would move, then move it."""
        row, actor = self.asked(), current_actor()
        here = self.get_url(".move", id=row.id)
        plan: MovePlan | None = None
        try:
            if request.method == "POST":  # HEAD reads as well
                done = services().workflow_moves.carry_out(actor, row.code, row.version)
                flash(_("Đã chuyển %(count)s báo cáo.", count=done.moved), "success")
                if done.left:
                    flash(
                        _(
                            "Còn %(count)s báo cáo chưa chuyển. Bấm chuyển tiếp.",
                            count=done.left,
                        ),
                        "warning",
                    )
                return redirect(here, 303)
            plan = services().workflow_moves.plan(actor, row.code, row.version)
        except InputInvalid:
            if request.method == "POST":
                flash(_("Phiên bản này không có bảng chuyển (map)."), "error")
                return redirect(here, 303)
        except Conflict:
            flash(_("Chưa chuyển báo cáo nào: có trạng thái không có chỗ để chuyển đến."), "error")
            return redirect(here, 303)
        page: str = self.render(
            "admin/workflow_move.html",
            heading=_("Chuyển các báo cáo đang chạy"),
            row=row,
            called=self.name_of(row),
            plan=plan,
            lines=[] if plan is None else _lines(plan),
        )
        return page


def _lines(plan: MovePlan) -> list[tuple[int, str, int, str, str]]:
    """Version, state, how many, where they go, why not."""
    why = {
        "unmapped": _("Phiên bản mới không có trạng thái tương ứng"),
        "sent": _("Một bên đã rời đơn vị, một bên chưa: chữ ký không chuyển theo được"),
        "final": _("Trạng thái đến là đã duyệt xong: không được duyệt bằng cách chuyển"),
    }
    return [
        (
            one.earlier,
            title_of(one.source),
            one.count,
            "" if one.target is None else title_of(one.target),
            "" if one.refused is None else why[one.refused],
        )
        for one in plan.states
    ]
