"""Comments: the threads of a report and of its cells, writing to them, settling them."""

from flask import Response

from server.core.answer_paths import cell_title
from server.core.comment import Comment, Mark
from server.core.form import Form
from server.core.submission import Submission
from server.services.comments import Thread
from server.services.idempotency import StoredAnswer
from server.web.api.bodies import Json, cut, etag, instant, page_of, text_of
from server.web.api.requests import TEXT, answered_once, identity, json_body, window
from server.web.api.resolving import submission_named
from server.web.api.routing import PAGING, operation
from server.web.session import current_actor, services


@operation(
    "GET",
    "/submissions/{submission_id}/comments",
    "The threads of a report and its cells, marks of returns among them, oldest first",
    answer="ThreadList",
    query=PAGING,
)
def list_comments(submission_id: str) -> Response:
    named = submission_named(submission_id)
    form = _form_of(named)
    found = services().comments.threads(current_actor(), named.id)
    response = page_of(
        cut(found, lambda one: f"{one.id}{one.path}", window()),
        lambda one: _thread(one, form, named),
    )
    response.headers.update(etag(named.edit))
    return response


@operation(
    "POST",
    "/submissions/{submission_id}/comments",
    "Write about a cell or the report, or answer a thread or the mark of a return",
    answer="Comment",
    body="NewComment",
    status=201,
    keyed=True,
)
def add_comment(submission_id: str) -> Response:
    named = submission_named(submission_id)
    body = json_body({"text": TEXT}, {"path": TEXT, "answers_to": TEXT})
    answers_to = body.maybe_text("answers_to")
    if answers_to is not None:
        identity(answers_to, "comment")

    def write() -> StoredAnswer:
        comment = services().comments.write(
            current_actor(),
            named.id,
            text=body.text("text"),
            path=body.maybe_text("path") or "",
            answers_to=answers_to,
        )
        return _kept(comment, named, 201)

    return answered_once(write)


@operation(
    "POST",
    "/submissions/{submission_id}/comments/{comment_id}/resolve",
    "Settle the thread that a comment began",
    answer="Comment",
    keyed=True,
)
def resolve_comment(submission_id: str, comment_id: str) -> Response:
    named = submission_named(submission_id)
    wanted = identity(comment_id, "comment")

    def resolve() -> StoredAnswer:
        return _kept(services().comments.resolve(current_actor(), named.id, wanted), named, 200)

    return answered_once(resolve)


def _form_of(named: Submission) -> Form:
    return services().catalogue.form(named.form, named.version)


def _kept(comment: Comment, named: Submission, status: int) -> StoredAnswer:
    headers = {"Content-Type": "application/json", **etag(named.edit)}
    return StoredAnswer(status, headers, text_of(_comment(comment)))


def _thread(thread: Thread, form: Form, named: Submission) -> Json:
    head = thread.head
    return {
        **(_comment(head) if isinstance(head, Comment) else _mark(head)),
        "cell": cell_title(form, head.path, named.answers) if head.path else None,
        "open": thread.is_open,
        "answers": [_comment(answer) for answer in thread.answers],
    }


def _comment(comment: Comment) -> dict[str, object]:
    settled = comment.resolved_by
    return {
        "id": comment.id,
        "kind": "comment",
        "path": comment.path,
        "at": instant(comment.written_at),
        "by": comment.author,
        "by_name": services().accounts.name_of(comment.author),
        "side": comment.side,
        "text": comment.text,
        "answers_to": comment.answers_to,
        "resolved_at": instant(comment.resolved_at),
        "resolved_by_name": None if settled is None else services().accounts.name_of(settled),
    }


def _mark(mark: Mark) -> dict[str, object]:
    """What a return asks to look at, in the shape of a comment."""
    return {
        "id": mark.event,
        "kind": "mark",
        "path": mark.path,
        "at": instant(mark.written_at),
        "by": mark.author,
        "by_name": services().accounts.name_of(mark.author),
        "side": "office",
        "text": mark.text,
        "answers_to": None,
        "resolved_at": None,
        "resolved_by_name": None,
    }
