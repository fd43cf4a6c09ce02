"""Delegations: what the caller handed over or received, handing over, taking back."""

from collections.abc import Mapping
from datetime import date

from flask import Response

from server.core.account import AccountGrant
from server.core.delegation import Delegation
from server.errors import NotFound, RequestInvalid
from server.services.delegations import Wish
from server.services.idempotency import StoredAnswer
from server.web.api.bodies import cut, instant, page_of, text_of
from server.web.api.requests import LIST, TEXT, Body, answered_once, json_body, window
from server.web.api.resolving import number_named
from server.web.api.routing import PAGING, operation
from server.web.session import current_actor, services

_MOST_FORMS = 500


@operation(
    "GET",
    "/delegations",
    "What the caller handed over and what was handed to the caller, the newest first",
    answer="DelegationList",
    query=PAGING,
)
def list_delegations() -> Response:
    actor, service = current_actor(), services().delegations
    found = sorted(
        [*service.given(actor), *service.received(actor)], key=lambda one: one.id, reverse=True
    )
    return page_of(cut(found, lambda one: str(one.id), window()), _delegation)


@operation(
    "GET",
    "/delegations/grants",
    "The caller's own grants that can be handed over, and to whom",
    answer="DelegableList",
    query=PAGING,
)
def list_delegable() -> Response:
    found = services().delegations.delegable(current_actor())
    return page_of(cut(found, lambda one: str(one.id), window()), _grant)


@operation(
    "POST",
    "/delegations",
    "Hand over signing or approving to a colleague from a day to a day",
    answer="Delegation",
    body="NewDelegation",
    status=201,
    keyed=True,
)
def add_delegation() -> Response:
    body = json_body(
        {"grant": TEXT, "deputy": TEXT, "valid_from": TEXT, "valid_to": TEXT, "reason": TEXT},
        {"forms": LIST},
    )
    wish = Wish(
        grant=number_named(body.text("grant"), "grant"),
        deputy=body.text("deputy"),
        valid_from=day_member(body, "valid_from"),
        valid_to=day_member(body, "valid_to"),
        reason=body.text("reason"),
        forms=texts_member(body, "forms", _MOST_FORMS),
    )
    return answered_once(lambda: _kept(services().delegations.grant(current_actor(), wish), 201))


@operation(
    "POST",
    "/delegations/{delegation_id}/revoke",
    "End a delegation now; for who gave it",
    answer="Delegation",
    keyed=True,
)
def revoke_delegation(delegation_id: str) -> Response:
    number, actor = number_named(delegation_id, "delegation"), current_actor()
    found = services().delegations.store.get(number)
    if found is None or found.principal != actor.account:
        raise NotFound(kind="delegation")
    return answered_once(lambda: _kept(services().delegations.revoke(actor, number), 200))


def day_member(body: Body, name: str) -> date:
    """A required member that is a day: ``2025-01-24``."""
    text = body.text(name)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise RequestInvalid(reason="day", path=f"/{name}")
    return found


def texts_member(body: Body, name: str, most: int) -> tuple[str, ...]:
    """A member that is a list of at most so many texts."""
    listed = body.list_(name)
    if len(listed) > most:
        raise RequestInvalid(reason="too-many", path=f"/{name}")
    for place, item in enumerate(listed):
        if not isinstance(item, str):
            raise RequestInvalid(reason="type", path=f"/{name}/{place}")
    return tuple(str(item) for item in listed)


def _kept(found: Delegation, status: int) -> StoredAnswer:
    return StoredAnswer(status, {"Content-Type": "application/json"}, text_of(_delegation(found)))


def _delegation(found: Delegation) -> Mapping[str, object]:
    name_of, today = services().accounts.name_of, services().clock.today()
    if found.revoked_at is not None:
        state = "revoked"
    elif found.is_over(today):
        state = "over"
    else:
        state = "in_force" if found.holds(today) else "upcoming"
    return {
        "id": str(found.id),
        "role": str(found.role),
        "org_unit": found.org_unit,
        "principal": found.principal,
        "principal_name": name_of(found.principal),
        "deputy": found.deputy,
        "deputy_name": name_of(found.deputy),
        "forms": list(found.forms),
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
        "reason": found.reason,
        "state": state,
        "granted_at": instant(found.granted_at),
        "revoked_at": instant(found.revoked_at),
    }


def _grant(kept: AccountGrant) -> Mapping[str, object]:
    people = services().delegations.colleagues(current_actor(), kept.grant.org_unit)
    return {
        "grant": str(kept.id),
        "role": str(kept.grant.role),
        "org_unit": kept.grant.org_unit,
        "valid_to": kept.grant.valid_to,
        "colleagues": [{"id": person.id, "name": person.name} for person in people],
    }
