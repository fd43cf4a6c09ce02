"""Closing the figures of a round: what it would do now, and doing it."""

from collections.abc import Mapping

from flask import Response

from server.core.obligation import Round
from server.errors import NotFound, RequestInvalid
from server.services.idempotency import StoredAnswer
from server.services.rounds_closing import Closing
from server.web.api.bodies import cut, instant, page_of, respond, text_of
from server.web.api.delegations import texts_member
from server.web.api.requests import (
    ANY,
    LIST,
    TEXT,
    Body,
    answered_once,
    identity,
    json_body,
    window,
)
from server.web.api.routing import PAGING, operation
from server.web.session import current_actor, services

_MOST = 10_000


@operation(
    "GET",
    "/rounds",
    "The rounds that the caller may close",
    answer="RoundList",
    query=PAGING,
)
def list_rounds() -> Response:
    found = services().rounds_closing.rounds(current_actor())
    return page_of(cut(found, lambda one: one.id, window()), _round)


@operation(
    "GET",
    "/rounds/{round_id}/closing",
    "What closing the round would do now and what is still open",
    answer="Closing",
)
def get_closing(round_id: str) -> Response:
    wanted, actor = identity(round_id, "round"), current_actor()
    if not services().rounds_closing.may_close(actor):
        raise NotFound(kind="round")
    return respond(_closing(services().rounds_closing.summary(actor, wanted)))


@operation(
    "POST",
    "/rounds/{round_id}/closing",
    "Close every report that waits for it, all or none",
    answer="Closed",
    body="Close",
    keyed=True,
)
def close_round(round_id: str) -> Response:
    wanted = services().rounds_closing.obligations.round(identity(round_id, "round")).id
    body = json_body({"expected": ANY}, {"exceptions": LIST, "note": TEXT})
    expected, exceptions = _expected(body), texts_member(body, "exceptions", _MOST)

    def close() -> StoredAnswer:
        closed = services().rounds_closing.close(
            current_actor(),
            wanted,
            expected=expected,
            exceptions=exceptions,
            note=body.maybe_text("note") or "",
        )
        told = {"round": wanted, "closed": closed}
        return StoredAnswer(200, {"Content-Type": "application/json"}, text_of(told))

    return answered_once(close)


def _expected(body: Body) -> int:
    """How many reports the caller saw waiting, so that nothing is closed unseen."""
    value = body.value("expected")
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RequestInvalid(reason="expected", path="/expected")
    return value


def _round(found: Round) -> Mapping[str, object]:
    return {
        "id": found.id,
        "code": found.code,
        "title": found.title,
        "period": found.period,
        "forms": list(found.forms),
    }


def _closing(found: Closing) -> Mapping[str, object]:
    return {
        **_round(found.round),
        "ready": [one.id for one in found.ready],
        "open": [
            {
                "obligation": one.obligation.id,
                "org_unit": one.unit.id,
                "form": one.form.code,
                "submission": one.obligation.submission,
            }
            for one in found.open
        ],
        "counts": [
            {
                "form": one.form.code,
                "ready": one.ready,
                "closed": one.closed,
                "open": one.open,
            }
            for one in found.forms
        ],
        "past": [
            {"at": instant(event.happened_at), "by": event.actor, "details": event.details}
            for event in found.past
        ],
    }
