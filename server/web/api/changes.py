"""The cells of a PATCH, as they come in."""

from typing import Final

from server.core.submission import ORIGINS, Change
from server.errors import RequestInvalid
from server.web.api.requests import ANY, TEXT, Body, members

#: More cells than any form has; a body with more is not somebody's typing.
MOST_CHANGES: Final = 10_000


def changes_of(body: Body) -> list[Change]:
    """The cells of a PATCH; an absent ``from`` says that the cell was empty."""
    listed = body.list_("changes")
    if len(listed) > MOST_CHANGES:
        raise RequestInvalid(reason="too-many", path="/changes")
    return [_change(item, f"/changes/{place}") for place, item in enumerate(listed)]


def _change(item: object, path: str) -> Change:
    cell = members(
        item, path, {"path": TEXT}, {"from": ANY, "to": ANY, "status": TEXT, "origin": TEXT}
    )
    if "to" not in cell and cell.value("status") is None:
        raise RequestInvalid(reason="member-missing", path=f"{path}/to")
    origin = cell.maybe_text("origin") or "typed"
    if origin not in ORIGINS:
        raise RequestInvalid(reason="origin", path=f"{path}/origin")
    return Change(
        path=cell.text("path"),
        old=cell.value("from"),
        new=cell.value("to"),
        status=cell.maybe_text("status"),
        origin=origin,
    )
