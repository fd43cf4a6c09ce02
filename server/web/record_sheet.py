"""One survey sheet: to be filled while its return can be, else to be read.

The page, the script and the saving are those of a report; only the address that takes the cells
is another one, and beside it stand the sheets before and after, and those it repeats.
"""

from dataclasses import replace

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.survey import DUPLICATE
from server.web.policy import policy
from server.web.records import state_badge, survey_view
from server.web.rendering import figures
from server.web.session import current_actor, services
from server.web.submission_program import program_of
from server.web.submissions import head_of, program_text

blueprint = Blueprint("record_sheet", __name__)


@blueprint.get("/records/<submission_id>/<record_id>")
@policy(Right.READ)
def sheet(submission_id: str, record_id: str) -> ResponseReturnValue:
    """One sheet with its neighbours."""
    actor = current_actor()
    view = survey_view(submission_id)
    found = services().records.get(actor, submission_id, record_id)
    record = found.record
    # The sheets it repeats are told beside the cells, with links; the rest is the rules' verdict.
    own = tuple(one for one in found.verdict.findings if one.code != DUPLICATE)
    verdict, program = replace(found.verdict, findings=own), None
    if view.editable:
        program = program_text(
            program_of(view.form, record.answers, record.statuses, view.context, verdict),
            view,
            actor,
            address=f"/api/v1/submissions/{submission_id}/records/{record_id}",
        )
        verdict = replace(verdict, findings=())  # the script marks the cells
    day = view.period.end
    shown = figures(view.form, record.answers, record.statuses, verdict, day=day)
    return render_template(
        "records/sheet.html",
        head=head_of(view, actor),
        record=record,
        found=found,
        badge_of_sheet=state_badge(record.state),
        figures=shown,
        program=program,
    )
