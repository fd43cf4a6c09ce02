"""What a workflow's machine is told about a report: the facts of its conditions, its signatures.

Apart from ``review`` because only the machine asks for it.
"""

from collections.abc import Callable, Mapping
from datetime import date

from server.core.answer_paths import PathUnknown, place_of, value_at
from server.core.answers import Context, Verdict
from server.core.event import Event
from server.core.finding import Severity
from server.core.form import Form
from server.core.obligation import Obligation
from server.core.ports import LOCAL
from server.core.submission import Submission
from server.core.workflow import Workflow
from server.core.workflow_time import overdue
from server.core.workflow_visit import Visit, collected
from server.services.reference import Reference

#: What is shorter explains no warning.
SHORTEST_REASON = 5


def facts_of(
    submission: Submission,
    context: Context,
    verdict: Verdict,
    obligation: Obligation,
    today: date,
) -> dict[str, object]:
    """What the conditions of a workflow speak about, as ``core.workflow_conditions`` lists it."""
    unit, period = context.unit, context.period
    sent_on = obligation.sent_at.astimezone(LOCAL).date() if obligation.sent_at else None
    explained = {
        (reason["code"], reason["path"])
        for reason in submission.reasons
        if len(reason["text"].strip()) >= SHORTEST_REASON
    }
    warned = [one for one in verdict.findings if one.severity is Severity.WARNING]
    return {
        "unit": {"code": unit.code, "level": unit.level, "kind": unit.kind},
        "period": {"id": period.id, "type": str(period.type), "year": period.year},
        "findings": {
            "errors": sum(one.severity is Severity.ERROR for one in verdict.findings),
            "warnings": len(warned),
            "open_warnings": sum((one.code, one.path) not in explained for one in warned),
        },
        "obligation": {
            "days_late": obligation.days_late(today, sent_on),
            "round": obligation.round,
            "state": str(obligation.state(today)),
        },
        "nil": submission.nil,
    }


def visit_of(
    submission: Submission,
    workflow: Workflow,
    reference: Reference,
    *,
    history: Callable[[], list[Event]],
    levels: Mapping[str, str],
    value: Callable[[str], object],
) -> Visit:
    """This stay of the report in its state; *history* is read only where signatures collect."""
    state = workflow.states[submission.state]
    late = False
    if state.escalate is not None and submission.state_since is not None:
        since = submission.state_since.astimezone(LOCAL).date()
        late = overdue(state, since, reference.clock.today(), reference.holidays())
    signed = collected(history(), submission.edit) if workflow.collects(state.code) else ()
    return Visit(signed=signed, overdue=late, levels=levels, value=value)


def reader_of(form: Form, submission: Submission, verdict: Verdict) -> Callable[[str], object]:
    """``value("/pointer")`` of a report: typed or calculated, null where the form has no such."""

    def value(path: str) -> object:
        try:
            place = place_of(form, path)
        except PathUnknown:
            return None
        if place.cell is None:
            return None
        typed = value_at(submission.answers, place)
        return value_at(verdict.computed, place) if typed is None else typed

    return value
