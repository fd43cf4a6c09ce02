"""Consolidated reports: who is missing, taking the children again, holding a sum otherwise."""

from collections.abc import Callable, Mapping

from flask import Response

from server.core.submission import Edit
from server.services.children import Child, Standing
from server.services.consolidation_views import Owed, Sheet
from server.services.idempotency import StoredAnswer
from server.services.review import SubmissionView
from server.web.api.bodies import cut, etag, page_of, respond
from server.web.api.changes import changes_of
from server.web.api.requests import LIST, TEXT, answered_once, json_body, seen_edit, window
from server.web.api.resolving import form_named, submission_named, unit_named
from server.web.api.routing import PAGING, operation
from server.web.api.submissions import kept
from server.web.session import current_actor, services


@operation(
    "GET",
    "/consolidations",
    "The consolidated reports in scope, with how many children are in them",
    answer="ConsolidationList",
    query=PAGING,
)
def list_consolidations() -> Response:
    found = services().consolidations.list_(current_actor())
    return page_of(cut(found, lambda one: one.obligation.id, window()), _owed)


@operation(
    "POST",
    "/consolidations",
    "Start the consolidated report that is owed, with its first sums",
    answer="Submission",
    body="StartConsolidation",
    status=201,
    keyed=True,
)
def start_consolidation() -> Response:
    body = json_body({"form": TEXT, "org_unit": TEXT, "period": TEXT}, {"round": TEXT})
    org_unit = unit_named(body.text("org_unit"), body.text("period"))
    form = form_named(body.text("form")).code

    def start() -> StoredAnswer:
        view = services().consolidations.start(
            current_actor(),
            form=form,
            org_unit=org_unit,
            period=body.text("period"),
            round=body.maybe_text("round"),
        )
        return kept(view, 201)

    return answered_once(start)


@operation(
    "GET",
    "/submissions/{submission_id}/consolidation",
    "Which children are in the sums, which are missing or changed, what was corrected",
    answer="Consolidation",
)
def get_consolidation(submission_id: str) -> Response:
    named, actor = submission_named(submission_id), current_actor()
    view = services().submissions.get(actor, named.id)
    sheet = services().consolidations.sheet(actor, named.id) if view.consolidated else None
    return respond(_sheet(sheet), 200, etag(named.edit))


@operation(
    "POST",
    "/submissions/{submission_id}/consolidation",
    "Take the children's approved reports as they are now; corrections stay",
    answer="Submission",
    keyed=True,
    guarded=True,
)
def take_consolidation(submission_id: str) -> Response:
    return _acted(
        submission_id,
        lambda named, seen: services().consolidations.consolidate(
            current_actor(), named, seen=seen
        ),
    )


@operation(
    "POST",
    "/submissions/{submission_id}/consolidation/reason",
    "Say why the report may go without the missing children; an empty text takes it back",
    answer="Submission",
    body="MissingReason",
    keyed=True,
    guarded=True,
)
def explain_consolidation(submission_id: str) -> Response:
    return _acted(
        submission_id,
        lambda named, seen: services().consolidations.explain(
            current_actor(), named, json_body({"reason": TEXT}).text("reason"), seen=seen
        ),
    )


@operation(
    "POST",
    "/submissions/{submission_id}/consolidation/corrections",
    "Hold summed cells otherwise than the sum, for one reason; the sum itself ends that",
    answer="Submission",
    body="SumCorrections",
    keyed=True,
    guarded=True,
)
def correct_consolidation(submission_id: str) -> Response:
    def correct(named: str, seen: Edit) -> SubmissionView:
        body = json_body({"changes": LIST, "reason": TEXT})
        return services().consolidations.correct(
            current_actor(), named, changes_of(body), seen=seen, reason=body.text("reason")
        )

    return _acted(submission_id, correct)


def _acted(submission_id: str, act: Callable[[str, Edit], SubmissionView]) -> Response:
    named = submission_named(submission_id)
    return answered_once(lambda: kept(act(named.id, seen_edit())))


def _owed(found: Owed) -> Mapping[str, object]:
    owed, submission = found.obligation, found.submission
    return {
        "obligation": owed.id,
        "form": owed.form,
        "org_unit": owed.org_unit,
        "period": owed.period,
        "round": owed.round,
        "due_on": owed.due_on,
        "submission": None if submission is None else submission.id,
        "state": None if submission is None else submission.state,
        "may_start": found.may_start,
        **_counts(found.standing),
    }


def _counts(standing: Standing) -> dict[str, object]:
    return {
        "expected": standing.expected,
        "taken": standing.taken,
        "missing": len(standing.missing),
        "changed": len(standing.stale),
    }


def _sheet(sheet: Sheet | None) -> Mapping[str, object]:
    """Of a report that is no sum of others, the same with nothing in it."""
    if sheet is None:
        empty = {"consolidated": False, **_counts(Standing(())), "complete": False}
        return {**empty, "reason": "", "children": [], "corrections": []}
    standing = sheet.standing
    return {
        "consolidated": True,
        **_counts(standing),
        "complete": standing.complete,
        "reason": sheet.incomplete,
        "children": [_child(child, sheet.reached) for child in standing.children],
        "corrections": [
            {
                "path": one.path,
                "sum": one.sum,
                "value": one.value,
                "status": one.status,
                "reason": one.reason,
            }
            for one in sheet.corrections
        ],
    }


def _child(child: Child, reached: frozenset[str] | None) -> Mapping[str, object]:
    """A child; its report is named only to whom it is open."""
    is_open = reached is None or child.unit.id in reached
    return {
        "org_unit": child.unit.id,
        "submission": child.row.submission if is_open else None,
        "state": child.state,
        "condition": str(child.condition),
        "revision": None if child.pin is None else child.pin.revision,
        "digest": None if child.pin is None else child.pin.digest,
    }
