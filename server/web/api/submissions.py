"""Submissions: starting, reading, saving cells or the whole draft, history and comparison."""

from flask import Response
from flask_babel import gettext

from server.core.answer_paths import PathUnknown
from server.errors import RequestInvalid
from server.services.idempotency import StoredAnswer
from server.services.review import SubmissionView
from server.web.api.bodies import (
    change,
    cut,
    etag,
    event,
    page_of,
    respond,
    revision,
    submission,
    submission_item,
    text_of,
)
from server.web.api.changes import changes_of
from server.web.api.earlier_versions import VERSIONED, given_up_of, left_of, version_of
from server.web.api.reasons import reasons_of
from server.web.api.requests import (
    FLAG,
    LIST,
    OBJECT,
    TEXT,
    answered_once,
    json_body,
    parameter,
    period,
    required_parameter,
    seen_edit,
    unit_parameter,
    whole_number,
    window,
)
from server.web.api.resolving import form_named, revision_number, submission_named, unit_named
from server.web.api.routing import PAGING, PREFIX, blueprint, operation
from server.web.api.short_answers import saved, told_conflicts
from server.web.problems import Problem, answer, problem
from server.web.session import current_actor, services


@operation(
    "GET",
    "/submissions",
    "Submissions in scope; a unit includes all below it on the period's last day",
    answer="SubmissionList",
    query=("form", "org_unit", "period", "state", *PAGING),
)
def list_submissions() -> Response:
    shown = window()
    page = services().submissions.list_(
        current_actor(),
        form=parameter("form"),
        org_unit=unit_parameter(),
        period=period(),
        state=parameter("state"),
        after=shown.after,
        limit=shown.limit,
    )
    return page_of(page, submission_item)


@operation(
    "POST",
    "/submissions",
    "Start the report that is owed",
    answer="Submission",
    body="Start",
    status=201,
    keyed=True,
)
def start_submission() -> Response:
    body = json_body(
        {"form": TEXT, "org_unit": TEXT, "period": TEXT},
        {"round": TEXT, "answers": OBJECT, "statuses": OBJECT},
    )
    org_unit = unit_named(body.text("org_unit"), body.text("period"))
    statuses = body.statuses()

    def start() -> StoredAnswer:
        view = services().submissions.start(
            current_actor(),
            form=form_named(body.text("form")).code,
            org_unit=org_unit,
            period=body.text("period"),
            round=body.maybe_text("round"),
            answers=body.maybe_mapping("answers"),
            statuses=statuses,
        )
        return kept(view, 201)

    return answered_once(start)


@operation("GET", "/submissions/{submission_id}", "One submission", answer="Submission")
def get_submission(submission_id: str) -> Response:
    named = submission_named(submission_id)
    return shown_as_now(services().submissions.get(current_actor(), named.id))


@operation(
    "PATCH",
    "/submissions/{submission_id}/answers",
    "Save changed cells; cells that somebody else changed are left and reported",
    answer="Submission",
    body="Changes",
)
def save_cells(submission_id: str) -> Response:
    named = submission_named(submission_id)
    body = json_body({"changes": LIST}, {"reasons": LIST, **VERSIONED})
    version = version_of(body)
    if version is not None:
        found = services().earlier_cells.save(
            current_actor(),
            named.id,
            changes_of(body),
            version=version,
            reasons=reasons_of(body),
            given_up=given_up_of(body),
        )
        refusal = left_of(found, named.id, version=found.view.submission.version)
        if refusal is None:
            return saved(found.view, versioned=True)
        response = answer(refusal)
        response.headers.update(etag(found.view.submission.edit))
        return response
    view, met = services().submissions.save_cells(
        current_actor(), named.id, changes_of(body), reasons=reasons_of(body)
    )
    if not met:
        return saved(view)
    refused = problem(
        "conflict", errors=told_conflicts(named.id, met), current=view.submission.summary()
    )
    response = answer(refused)
    response.headers.update(etag(view.submission.edit))
    return response


@operation(
    "PUT",
    "/submissions/{submission_id}/answers",
    "Replace the whole draft, or make it a nil report",
    answer="Submission",
    body="Draft",
    guarded=True,
)
def save_answers(submission_id: str) -> Response:
    named = submission_named(submission_id)
    body = json_body({}, {"answers": OBJECT, "statuses": OBJECT, "nil": FLAG})
    statuses, nil = body.statuses(), body.flag("nil")
    if nil and (body.mapping("answers") or statuses):
        raise RequestInvalid(reason="nil-with-answers", path="/answers")
    if not nil and body.maybe_mapping("answers") is None:
        raise RequestInvalid(reason="member-missing", path="/answers")
    service, seen = services().submissions, seen_edit()
    if nil:
        return shown_as_now(service.make_nil(current_actor(), named.id, seen=seen))
    return shown_as_now(
        service.save_answers(
            current_actor(),
            named.id,
            seen=seen,
            answers=body.mapping("answers"),
            statuses=statuses,
        )
    )


@operation(
    "GET",
    "/submissions/{submission_id}/history",
    "What happened, oldest first",
    answer="EventList",
    query=PAGING,
)
def list_history(submission_id: str) -> Response:
    named = submission_named(submission_id)
    found = services().submissions.history(current_actor(), named.id)
    shown = cut(found, lambda one: str(one.sequence), window())
    accounts = services().accounts
    names = {one.actor: accounts.name_of(one.actor) for one in shown.items}
    response = page_of(shown, lambda one: event(one, names[one.actor]))
    response.headers.update(etag(named.edit))
    return response


@operation(
    "GET",
    "/submissions/{submission_id}/revisions/{number}",
    "A sealed revision",
    answer="Revision",
)
def get_revision(submission_id: str, number: str) -> Response:
    named = submission_named(submission_id)
    found = services().submissions.revision(current_actor(), named.id, revision_number(number))
    return respond(revision(found), 200, etag(named.edit))


@operation(
    "GET",
    "/submissions/{submission_id}/diff",
    "The cells that changed between two revisions, or from one to what stands now",
    answer="ChangeList",
    query=("from", "to", *PAGING),
    required=("from",),
)
def list_differences(submission_id: str) -> Response:
    named = submission_named(submission_id)
    required_parameter("from")
    found = services().submissions.diff(
        current_actor(), named.id, whole_number("from") or 0, whole_number("to")
    )
    places = {id(one): str(place) for place, one in enumerate(found)}
    response = page_of(cut(found, lambda one: places[id(one)], window()), change)
    response.headers.update(etag(named.edit))
    return response


@blueprint.errorhandler(PathUnknown)
def _unknown_path(error: PathUnknown) -> Response:
    """Answers at a path that the form does not have: readable, but nothing that can be kept."""
    return answer(
        Problem(
            code="path-unknown",
            status=422,
            title=gettext("Biểu không có ô này"),
            detail=gettext("Số liệu có ô không thuộc biểu mẫu. Bỏ các ô nêu trong danh sách."),
            errors=({"path": error.path, "code": "path-unknown", "message": ""},),
        )
    )


def shown_as_now(view: SubmissionView) -> Response:
    """The submission and its ETag."""
    return respond(submission(view), 200, etag(view.submission.edit))


def kept(view: SubmissionView, status: int = 200) -> StoredAnswer:
    """The same, as it is kept for a request that comes again."""
    headers = {"Content-Type": "application/json", **etag(view.submission.edit)}
    if status == 201:  # noqa: PLR2004
        headers["Location"] = f"{PREFIX}/submissions/{view.submission.id}"
    return StoredAnswer(status, headers, text_of(submission(view)))
