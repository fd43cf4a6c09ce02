"""Handovers: what would go to a colleague when somebody leaves; carrying it out is a page's act."""

from collections.abc import Mapping
from datetime import date

from flask import Response

from server.core.account import AccountGrant
from server.errors import RequestInvalid
from server.services.handovers import Plan
from server.web.api.bodies import respond
from server.web.api.requests import identity, required_parameter
from server.web.api.routing import operation
from server.web.session import current_actor, services


@operation(
    "GET",
    "/accounts/{account_id}/handover",
    "What handing over the work of a leaver would move and end; for administrators",
    answer="HandoverPlan",
    query=("successor", "last_day"),
    required=("successor", "last_day"),
)
def preview_handover(account_id: str) -> Response:
    leaver = identity(account_id, "account")
    successor = identity(required_parameter("successor"), "account")
    plan = services().handovers.plan(current_actor(), leaver, successor, _day("last_day"))
    return respond(_plan(plan))


def _day(name: str) -> date:
    text = required_parameter(name)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise RequestInvalid(reason="day", path=f"/{name}")
    return found


def _plan(plan: Plan) -> Mapping[str, object]:
    return {
        "leaver": plan.leaver.id,
        "successor": plan.successor.id,
        "successor_name": plan.successor.name,
        "last_day": plan.last_day,
        "moved": [_grant(kept) for kept in plan.moved],
        "ended": [_grant(kept) for kept in plan.kept],
        "parts": [{"submission": part.submission, "part": part.key} for part in plan.parts],
        "delegations": [str(one.id) for one in plan.delegations],
        "sessions": plan.sessions,
        "tokens": [token.name for token in plan.tokens],
    }


def _grant(kept: AccountGrant) -> Mapping[str, object]:
    grant = kept.grant
    return {
        "role": str(grant.role),
        "org_unit": grant.org_unit,
        "valid_from": grant.valid_from,
        "valid_to": grant.valid_to,
    }
