"""``openapi.json``: OpenAPI 3.1 from the table of operations, with the published forms in it."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

from flask import Response, current_app, request

from server.core.form import Form
from server.web.api.bodies import text_of
from server.web.api.routing import OPERATIONS, PREFIX, Operation, operation
from server.web.api.schemas import SCHEMAS
from server.web.session import services

_KEPT: Final = "bieumau.openapi"
_PARAMETERS: Final[Mapping[str, Mapping[str, object]]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 100},
    "version": {"type": "integer", "minimum": 1},
    "from": {"type": "integer", "minimum": 1},
    "to": {"type": "integer", "minimum": 1},
    "as_of": {"type": "string", "format": "date"},
}
_KEY: Final[Mapping[str, object]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same key and request again gets the first answer again, for 30 days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_IF_MATCH: Final[Mapping[str, object]] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the submission that the caller saw.",
    "schema": {"type": "string"},
}


@operation("GET", "/openapi.json", "This description", answer="Definition")
def get_openapi() -> Response:
    forms = services().catalogue.forms()
    mark = sha256("\n".join(form.digest for form in forms).encode()).hexdigest()
    kept = current_app.extensions.get(_KEPT)
    # Written anew only when a form was published: the document holds every form's schema.
    if kept is None or kept[0] != mark:
        kept = (mark, text_of(document(forms)))
        current_app.extensions[_KEPT] = kept
    response = Response(kept[1], content_type="application/json")
    response.set_etag(mark)
    response.make_conditional(request)
    return response


def document(forms: Iterable[Form]) -> dict[str, object]:
    """The whole description."""
    paths: dict[str, dict[str, object]] = {}
    for one in OPERATIONS:
        paths.setdefault(PREFIX + one.path, {})[one.method.lower()] = _operation(one)
    schemas: dict[str, object] = dict(SCHEMAS)
    for form in forms:
        schemas[f"form.{form.code}.v{form.version}"] = _moved(form)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bieumau", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "session"},
            },
        },
        "security": [{"token": []}, {"session": []}],
    }


def _operation(one: Operation) -> dict[str, object]:
    told: dict[str, object] = {
        "summary": one.summary,
        "parameters": _parameters(one),
        "responses": {str(one.status): _answer(one), "default": _problem()},
    }
    if one.body is not None:
        told["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(one.body)}},
        }
    if one.upload:
        told["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    return told


def _parameters(one: Operation) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = [
        {
            "name": part[1:-1],
            "in": "path",
            "required": True,
            "schema": {"type": "string"},
        }
        for part in one.path.split("/")
        if part.startswith("{")
    ]
    found += [
        {
            "name": name,
            "in": "query",
            "required": name in one.required,
            "schema": _PARAMETERS.get(name, {"type": "string"}),
        }
        for name in one.query
    ]
    return found + [_KEY] * one.keyed + [_IF_MATCH] * one.guarded


def _answer(one: Operation) -> dict[str, object]:
    if one.status == 204:  # noqa: PLR2004
        return {"description": "Nothing to say."}
    content: dict[str, object] = {}
    for media in one.media:
        is_json = media == "application/json" and one.answer is not None
        content[media] = {"schema": _ref(str(one.answer))} if is_json else {}
    return {"description": one.summary, "content": content}


def _problem() -> dict[str, object]:
    return {
        "description": "Why it was refused (RFC 9457).",
        "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }


def _ref(name: str) -> dict[str, object]:
    return {"$ref": f"#/components/schemas/{name}"}


def _moved(form: Form) -> object:
    """The form's schema with an ``$id`` of its own, so that its local ``$ref``s stay local."""
    return {"$id": f"urn:bieumau:form:{form.code}:{form.version}", **form.document}
