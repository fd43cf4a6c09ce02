"""Expected reports: what each unit owes, and how far it is."""

from flask import Response

from server.core.obligation import ObligationState
from server.errors import RequestInvalid
from server.web.api.bodies import obligation, page_of
from server.web.api.requests import parameter, period, unit_parameter, window
from server.web.api.routing import PAGING, operation
from server.web.session import current_actor, services


@operation(
    "GET",
    "/obligations",
    "Expected reports in scope, with their state of today",
    answer="ObligationList",
    query=("form", "org_unit", "period", "state", *PAGING),
)
def list_obligations() -> Response:
    service, shown = services().obligations, window()
    org_unit, state = unit_parameter(), parameter("state")
    if state is not None and state not in set(ObligationState):
        raise RequestInvalid(reason="state", path="/state")
    if org_unit is not None:
        services().reference.unit(org_unit)  # a unit that never was is missing for admins too
    page = service.list_(
        current_actor(),
        form=parameter("form"),
        org_unit=org_unit,
        period=period(),
        state=state,
        after=shown.after,
        limit=shown.limit,
    )
    today = services().clock.today()
    return page_of(page, lambda found: obligation(found, today, service.days_late(found)))
