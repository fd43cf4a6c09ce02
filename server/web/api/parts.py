"""Parts of a report: whose they are, handing one in, taking it back, not waiting, giving it away.

A part is handed in while others fill theirs, so no edit of the whole report is asked for: what a
part must be for an action decides, and each of its changes has a row of its own in the history.
"""

from collections.abc import Mapping

from flask import Response

from server.core.layout import Section
from server.errors import RequestInvalid
from server.services.idempotency import StoredAnswer
from server.services.parts import OwedPart, PartView
from server.web.api.bodies import cut, etag, instant, page_of, text_of
from server.web.api.requests import TEXT, Body, answered_once, identity, json_body, window
from server.web.api.resolving import submission_named
from server.web.api.routing import PAGING, operation
from server.web.session import current_actor, services

_ACTIONS = ("hand_in", "take_back", "waive", "assign")


@operation(
    "GET",
    "/parts",
    "The parts of others' reports that wait for the caller",
    answer="OwedPartList",
    query=PAGING,
)
def list_owed_parts() -> Response:
    found = services().parts.owed(current_actor())
    return page_of(cut(found, lambda one: f"{one.submission.id}:{one.part.key}", window()), _owed)


@operation(
    "GET",
    "/submissions/{submission_id}/parts",
    "The parts of a report and what the caller may do with each; none where it is undivided",
    answer="PartList",
    query=PAGING,
)
def list_parts(submission_id: str) -> Response:
    named = submission_named(submission_id)
    found = services().parts.of(current_actor(), named.id)
    response = page_of(cut(found, lambda one: one.part.key, window()), _part)
    response.headers.update(etag(named.edit))
    return response


@operation(
    "POST",
    "/submissions/{submission_id}/parts/{part_key}",
    "Hand the part in, take it back, do not wait for it (`reason`), or give it to `assignee`",
    answer="PartList",
    body="PartAction",
    keyed=True,
)
def act_on_part(submission_id: str, part_key: str) -> Response:
    named, key = submission_named(submission_id), identity(part_key, "part")
    body = json_body({"action": TEXT}, {"reason": TEXT, "assignee": TEXT})
    if body.text("action") not in _ACTIONS:
        raise RequestInvalid(reason="action", path="/action")

    def act() -> StoredAnswer:
        _carry_out(named.id, key, body)
        parts = [_part(one) for one in services().parts.of(current_actor(), named.id)]
        headers = {"Content-Type": "application/json", **etag(named.edit)}
        return StoredAnswer(200, headers, text_of({"items": parts, "next": None}))

    return answered_once(act)


def _carry_out(submission: str, key: str, body: Body) -> None:
    actor, parts, action = current_actor(), services().parts, body.text("action")
    if action == "hand_in":
        parts.hand_in(actor, submission, key)
    elif action == "take_back":
        parts.take_back(actor, submission, key)
    elif action == "waive":
        parts.waive(actor, submission, key, body.maybe_text("reason") or "")
    else:
        parts.assign(actor, submission, key, body.maybe_text("assignee"))


def _part(one: PartView) -> Mapping[str, object]:
    part = one.part
    return {
        "part": part.key,
        "org_unit": part.owner_unit,
        "sections": _sections(one.sections),
        "state": str(part.state),
        "assignee": part.assignee,
        "assignee_name": one.assignee,
        "done_by_name": one.done_by,
        "done_at": instant(part.waived_at or part.handed_in_at),
        "reason": part.reason,
        "actions": list(one.actions),
        "colleagues": [{"id": id_, "name": name} for id_, name in one.colleagues],
    }


def _owed(one: OwedPart) -> Mapping[str, object]:
    return {
        "part": one.part.key,
        "submission": one.submission.id,
        "form": one.form.code,
        "org_unit": one.unit.id,
        "owner": one.owner.id,
        "period": one.submission.period,
        "sections": _sections(one.sections),
    }


def _sections(sections: tuple[Section, ...]) -> list[Mapping[str, object]]:
    return [{"key": one.key, "title": one.title} for one in sections]
