"""Notices: what the caller was told, and marking it as read."""

from collections.abc import Mapping

from flask import Response

from server.core.notice import Notice
from server.errors import NotFound, RequestInvalid
from server.services.idempotency import StoredAnswer
from server.services.page import Page
from server.web.api.bodies import instant, page_of, text_of
from server.web.api.requests import answered_once, window
from server.web.api.resolving import number_named
from server.web.api.routing import PAGING, operation
from server.web.session import current_actor, services


@operation(
    "GET",
    "/notices",
    "The caller's notices, the newest first; reading the list marks nothing",
    answer="NoticeList",
    query=PAGING,
)
def list_notices() -> Response:
    shown = window()
    after = None
    if shown.after is not None:
        try:
            after = number_named(shown.after, "notice")
        except NotFound:
            raise RequestInvalid(reason="cursor", path="/cursor") from None
    found = services().notices.of(current_actor(), after, shown.limit + 1)
    cut = tuple(found[: shown.limit])
    following = str(cut[-1].id) if len(found) > shown.limit else None
    return page_of(Page(cut, following), _notice)


@operation("POST", "/notices/{notice_id}/read", "Mark one as read", answer="Notice", keyed=True)
def read_notice(notice_id: str) -> Response:
    number, actor = number_named(notice_id, "notice"), current_actor()
    if services().notices.store.get(actor.account, number) is None:
        raise NotFound(kind="notice")

    def read() -> StoredAnswer:
        services().notices.open(actor, number)
        found = services().notices.store.get(actor.account, number)
        assert found is not None  # opened just now
        return StoredAnswer(200, {"Content-Type": "application/json"}, text_of(_notice(found)))

    return answered_once(read)


@operation("POST", "/notices/read", "Mark all as read", answer="NoticesRead", keyed=True)
def read_all_notices() -> Response:
    def read() -> StoredAnswer:
        body = {"read": services().notices.read_all(current_actor())}
        return StoredAnswer(200, {"Content-Type": "application/json"}, text_of(body))

    return answered_once(read)


def _notice(found: Notice) -> Mapping[str, object]:
    facts, name_of = found.facts, services().accounts.name_of
    by, whom = facts.get("by"), facts.get("on_behalf_of")
    return {
        "id": str(found.id),
        "kind": str(found.kind),
        "submission": found.submission,
        "form": facts.get("form"),
        "org_unit": facts.get("unit"),
        "period": facts.get("period"),
        "until": facts.get("until"),
        "by_name": None if by is None else name_of(by),
        "on_behalf_of_name": None if whom is None else name_of(whom),
        "created_at": instant(found.created_at),
        "read_at": instant(found.read_at),
    }
