"""The member ``reasons`` of request bodies: ``[{code, path, text}]``."""

from server.core.reasons import LONGEST, Reason
from server.errors import RequestInvalid
from server.web.api.requests import TEXT, Body, members

#: More warnings than any report has.
MOST = 2000


def reasons_of(body: Body) -> list[Reason]:
    """What is given for which rule at which cell; an empty text takes a reason back."""
    listed = body.list_("reasons")
    if len(listed) > MOST:
        raise RequestInvalid(reason="too-many", path="/reasons")
    found: list[Reason] = []
    for place, item in enumerate(listed):
        held = members(item, f"/reasons/{place}", {"code": TEXT, "path": TEXT, "text": TEXT}, {})
        reason = {name: held.text(name) for name in ("code", "path", "text")}
        if any(len(text) > LONGEST for text in reason.values()):
            raise RequestInvalid(reason="too-long", path=f"/reasons/{place}")
        found.append(reason)
    return found
