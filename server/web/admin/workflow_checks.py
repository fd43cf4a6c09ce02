"""Kết quả kiểm tra: a published workflow checked again, now, against the real units and people."""

from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.refusal import Refusal
from server.web.admin.workflow_people import gaps_on
from server.web.refusal_words import refusal_place, refusal_text
from server.web.session import services

#: More warnings than these stand on the page of staffing, which can be filtered.
MOST_WARNED = 20


@dataclass(frozen=True, slots=True)
class ShownRefusal:
    """One refusal: where, which line of the text, why."""

    place: str
    path: str
    text: str
    line: str
    code: str


class WorkflowCheckPage:
    """Mixed into the view of workflows, which says who may come here."""

    @expose("/check/")
    def check(self: Any) -> ResponseReturnValue:
        """Everything that speaks against this version today."""
        row = self.asked()
        workflow = services().catalogue.workflow(row.code, row.version)
        refusals = services().catalogue.check(row.source, "workflow")
        routes = [one for one in services().staffing.routes() if one.workflow.code == row.code]
        gaps, units = gaps_on(routes, workflow)
        page: str = self.render(
            "admin/workflow_check.html",
            heading=_("Kết quả kiểm tra: %(title)s", title=self.name_of(row)),
            row=row,
            called=self.name_of(row),
            refusals=shown_refusals(refusals, row.source),
            gaps=gaps,
            most=MOST_WARNED,
            units=units,
            newest=services().catalogue.workflow(row.code).version,
        )
        return page


def shown_refusals(refusals: list[Refusal], source: str) -> list[ShownRefusal]:
    """The refusals in the order of the text, each with the line that it is about."""
    lines = source.split("\n")
    return [
        ShownRefusal(
            refusal_place(refusal),
            refusal.path or "/",
            refusal_text(refusal),
            lines[refusal.line - 1].strip() if 0 < refusal.line <= len(lines) else "",
            refusal.code,
        )
        for refusal in refusals
    ]
