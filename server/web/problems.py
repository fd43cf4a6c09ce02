"""Errors become answers: RFC 9457 JSON for programs, a calm page in the same look for people."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog
from flask import Flask, Response, json, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, SecurityError

from server.core.finding import Finding
from server.errors import BieumauError, GuardFailed, SignInRefused, TransitionRefused
from server.web.gate import PasswordChangeDue, to_sign_in
from server.web.language import gettext, language_of_request
from server.web.problem_catalogue import BY_STATUS, CATALOGUE
from server.web.session import SignInRequired, forget_caller

_COME_BACK = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
URN = "urn:bieumau:error:"
_log = structlog.get_logger("server.web")


@dataclass(frozen=True, slots=True)
class Problem:
    """One error as it leaves: RFC 9457 members, ``errors``, and members of its own in *more*."""

    code: str
    status: int
    title: str
    detail: str
    errors: tuple[Mapping[str, object], ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {
            "type": URN + self.code,
            "code": self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "errors": [dict(error) for error in self.errors],
            **self.more,
        }


def problem_of(error: BieumauError) -> Problem:
    """What *error* says to the caller, in the language of the request."""
    code, status = _code_and_status(error)
    more: dict[str, object] = {}
    if isinstance(error.facts.get("current"), Mapping):
        more["current"] = error.facts["current"]
    return problem(code, status=status, errors=_errors(error.facts), **more)


def problem(
    code: str,
    *,
    status: int | None = None,
    errors: Sequence[Mapping[str, object]] = (),
    **more: object,
) -> Problem:
    """The catalogue's entry for *code* (or for ``server-error``) as a problem."""
    entry = CATALOGUE.get(code) or CATALOGUE["server-error"]
    return Problem(
        code=code,
        status=status or entry.status,
        title=gettext(entry.title),
        detail=gettext(entry.detail),
        errors=tuple(errors),
        more=more,
    )


def _code_and_status(error: BieumauError) -> tuple[str, int | None]:
    if isinstance(error, GuardFailed) and error.facts.get("guard") == "not_own_work":
        return "own-work", None
    if isinstance(error, SignInRefused) and error.facts.get("reason") == "too-many":
        return "too-many-tries", None
    if isinstance(error, TransitionRefused):
        return error.code, 403 if error.facts.get("never") else 409
    return error.code, None


def _errors(facts: Mapping[str, object]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for fact in ("findings", "errors", "refusals"):
        listed = facts.get(fact)
        if isinstance(listed, Sequence) and not isinstance(listed, str):
            found.extend(_one(item) for item in listed)
    if not found and ("path" in facts or "line" in facts):
        place = {key: facts[key] for key in ("path", "line", "column") if key in facts}
        found.append(place | {"code": str(facts.get("reason", "invalid")), "message": ""})
    return found


def _one(item: object) -> dict[str, object]:
    if isinstance(item, Mapping):
        return dict(item)
    if isinstance(item, Finding):
        return item.as_json(language_of_request())
    names = ("path", "code", "message", "line", "mine", "theirs")
    return {name: getattr(item, name) for name in names if hasattr(item, name)}


def wants_json() -> bool:
    """Whether a program asks: the API, or a script that accepts JSON rather than HTML."""
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/json", "application/problem+json"])
    return best not in {None, "text/html"}


def answer(shown: Problem) -> Response:
    """*shown* as JSON or as a page."""
    if wants_json():
        body = json.dumps(shown.as_json(), ensure_ascii=False)
        response = make_response(body, shown.status)
        response.content_type = "application/problem+json"
    else:
        response = make_response(render_template("problem.html", problem=shown), shown.status)
    if shown.status in _COME_BACK or shown.code == "still-running":
        response.headers["Retry-After"] = str(shown.more.get("retry_after", 5))
    if shown.status == HTTPStatus.UNAUTHORIZED and request.path.startswith("/api/"):
        response.headers["WWW-Authenticate"] = 'Bearer realm="bieumau"'
    return response


def install(app: Flask) -> None:
    """Let *app* answer every error through this module."""
    app.register_error_handler(SignInRequired, _unknown_caller)
    app.register_error_handler(PasswordChangeDue, _password_first)
    app.register_error_handler(BieumauError, _deliberate)
    app.register_error_handler(HTTPException, _of_the_framework)
    app.register_error_handler(Exception, _unforeseen)


def _unknown_caller(error: SignInRequired) -> ResponseReturnValue:
    return answer(problem_of(error)) if wants_json() else to_sign_in()


def _password_first(error: PasswordChangeDue) -> ResponseReturnValue:
    if wants_json():
        return answer(problem_of(error))
    return redirect(url_for("accounts.change_password"), 303)


def _deliberate(error: BieumauError) -> ResponseReturnValue:
    shown = problem_of(error)
    if shown.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("request_failed", code=shown.code, path=_path_without_secret(), exc_info=error)
        forget_caller()
    return answer(shown)


def _of_the_framework(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # a host we do not serve: no address may be built from it
        return Response("400 Bad Request\n", 400, content_type="text/plain; charset=utf-8")
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response(request.environ)
    shown = problem(BY_STATUS.get(status, "server-error"), status=status)
    response = answer(shown)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _path_without_secret() -> str:
    """The path for the log; where an address is itself a secret, only the rule it fits."""
    rule = request.url_rule
    return rule.rule if rule is not None and "token" in rule.arguments else request.path


def _unforeseen(error: Exception) -> ResponseReturnValue:
    """The last handler: the log gets everything, the caller an id to tell the administrator."""
    identity = secrets.token_hex(6)
    _log.error(
        "request_crashed",
        id=identity,
        method=request.method,
        path=_path_without_secret(),
        endpoint=request.endpoint,
        exc_info=error,
    )
    forget_caller()
    try:
        return answer(problem("server-error", id=identity))
    except Exception as second:  # noqa: BLE001 - the page itself is broken: plain words remain
        _log.error("problem_page_crashed", id=identity, exc_info=second)
        entry = CATALOGUE["server-error"]
        text = f"{entry.title}. {entry.detail} {identity}\n"
        return Response(text, 500, content_type="text/plain; charset=utf-8")
