"""One table of operations: it registers the routes, names their query parameters, and is what
``openapi.json`` and ``docs/api.md`` are made from and compared with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.errors import RequestInvalid
from server.web.api.requests import json_body
from server.web.policy import machine

View = Callable[..., ResponseReturnValue]

PREFIX = "/api/v1"
PAGING = ("limit", "cursor")
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
blueprint = Blueprint("api", __name__, url_prefix=PREFIX)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the documentation tells it.

    *keyed* asks for ``Idempotency-Key``, *guarded* for ``If-Match``; *body* and *answer* name
    schemas of ``schemas.py``, *media* what is answered instead of JSON, *upload* says that the
    body is a file as it is.
    """

    method: str
    path: str
    summary: str
    answer: str | None = None
    body: str | None = None
    query: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    status: int = 200
    keyed: bool = False
    guarded: bool = False
    upload: bool = False
    media: tuple[str, ...] = ("application/json",)


OPERATIONS: list[Operation] = []


def operation(method: str, path: str, summary: str, **facts: object) -> Callable[[View], View]:
    """Serve *path* below ``/api/v1`` by the decorated view, by session or bearer token.

    A query parameter that the operation does not name, or a member sent to one that takes no
    body, is refused before the view runs.
    """
    told = Operation(method, path, summary, **facts)  # type: ignore[arg-type]
    allowed = frozenset(told.query)
    bodiless = method in _WRITES and told.body is None and not told.upload

    def register(view: View) -> View:
        @wraps(view)
        def served(**ids: str) -> ResponseReturnValue:
            if request.query_string:
                _refuse_unknown(allowed)
            if bodiless and (request.content_length or request.get_data()):
                json_body()  # nothing but an empty object
            return view(**ids)

        OPERATIONS.append(told)
        rule = path.replace("{", "<").replace("}", ">")
        blueprint.add_url_rule(rule, view.__name__, machine(served), methods=[method])
        return view

    return register


def _refuse_unknown(allowed: frozenset[str]) -> None:
    errors = []
    for name, values in request.args.lists():
        if name not in allowed:
            errors.append(_fault(name, "parameter-unknown"))
        elif len(values) > 1:
            errors.append(_fault(name, "parameter-repeated"))
        elif not values[0].isprintable():
            errors.append(_fault(name, "parameter-invalid"))
    if errors:
        raise RequestInvalid(errors=errors)


def _fault(name: str, code: str) -> dict[str, str]:
    escaped = name.replace("~", "~0").replace("/", "~1")
    return {"path": f"/{escaped}", "code": code, "message": ""}
