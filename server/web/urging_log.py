"""Nhật ký đôn đốc: what was done for the reports of units below, on screen, as CSV and on paper.

Who urges reads it, and so do readers and administrators: somebody must show who was reminded when.
"""

import csv
import io
from heapq import nlargest

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.web.language import gettext as _
from server.web.policy import policy
from server.web.reports import form_choices, period_choices
from server.web.session import current_actor, services
from server.web.urging_words import delivery_rows, printed_rows, worded

blueprint = Blueprint("urging_log", __name__)
_SHOWN = 100


@blueprint.get("/urging/log")
@policy(Right.FOLLOW)
def index() -> ResponseReturnValue:
    """The newest lines of one unit's log, or of all units below."""
    actor, chosen = current_actor(), _filters()
    lines = list(services().urging_evidence.all(actor, **chosen))
    return render_template(
        "urging/log.html",
        lines=worded(nlargest(_SHOWN, lines, key=lambda line: line.at)),
        more=max(0, len(lines) - _SHOWN),
        chosen=chosen,
        units=[
            (unit.id, f"{unit.name} ({unit.code})")
            for unit in services().urging_evidence.units(actor)
        ],
        forms=form_choices(),
        periods=period_choices(),
        prints=services().urging_logs.available,
        urges=actor.may(Right.APPROVE),
    )


@blueprint.get("/urging/evidence")
@policy(Right.FOLLOW)
def evidence() -> ResponseReturnValue:
    """Who was reminded of what when, by which channel, and what the server answered: as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            _("Đơn vị báo cáo"), _("Biểu mẫu"), _("Kỳ báo cáo"), _("Hạn gửi"), _("Lần nhắc"),
            _("Cách nhắc"), _("Nơi nhận"), _("Kết quả"), _("Thời điểm"), _("Máy chủ trả lời"),
            _("Nội dung"),
        ]
    )  # fmt: skip
    writer.writerows(delivery_rows(current_actor(), **_filters()))
    response = Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="nhat-ky-don-doc.csv")
    return response


@blueprint.get("/urging/log/<unit_id>.pdf")
@policy(Right.FOLLOW)
def paper(unit_id: str) -> ResponseReturnValue:
    """The log of one unit as a paper that is signed and kept."""
    actor, chosen = current_actor(), _filters() | {"unit": unit_id}
    lines = list(services().urging_evidence.all(actor, **chosen))
    printed = services().urging_logs.print(
        actor, unit_id, printed_rows(lines), form=chosen["form"], period=chosen["period"]
    )
    response = Response(printed.take(), content_type=printed.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=printed.name)
    return response


def _filters() -> dict[str, str | None]:
    return {name: request.args.get(name) or None for name in ("unit", "form", "period")}
