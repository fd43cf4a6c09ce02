"""What every request passes before its view: the length of its address, the policy, forgery.

Apart from ``policy`` because that only says the rules. Order as in the API: who (401), then whether
the page came from us, then the right (403); what is out of scope the services answer with 404.
"""

from urllib.parse import quote, unquote, urlsplit

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestURITooLarge
from werkzeug.routing import RequestRedirect

from server.core.access import Right
from server.errors import AccessDenied, BieumauError
from server.web.policy import Door, policy_of
from server.web.session import (
    SAFE_METHODS,
    SignInRequired,
    by_token,
    current_account,
    optional_actor,
    refuse_forgery,
)

MAX_ADDRESS = 8192
_MAX_NEXT = 2000
#: Going there after sign-in would sign out again, or show no page.
_NO_DESTINATION = ("accounts.sign_in", "accounts.sign_out", "static", "health.")


class PasswordChangeDue(BieumauError):
    """The password was set by somebody else: the person's own one comes first."""

    code = "password-change-due"


def install(app: Flask, *, public_url: str) -> None:
    """Guard every request of *app*."""
    origins = frozenset({public_url.rstrip("/")})

    @app.before_request
    def guard() -> None:
        if len(request.full_path) > MAX_ADDRESS:
            raise RequestURITooLarge
        if request.url_rule is None:
            return  # no such page, or not with this method: the routing answers
        view = current_app.view_functions[request.url_rule.endpoint]
        rule = policy_of(view, request.url_rule.endpoint)
        if rule is None:  # a route added behind the start-up check stays shut
            raise AccessDenied(action=request.url_rule.endpoint)
        if rule.door is not Door.OPEN:
            if rule.door is Door.PERSON and by_token():
                raise SignInRequired
            actor = optional_actor()
            if actor is None:
                raise SignInRequired
            refuse_forgery(origins)
            if _must_set_password(request.url_rule.endpoint):
                raise PasswordChangeDue
            wanted = rule.right or Right.SIGNED_IN
            if wanted is not Right.SIGNED_IN and not actor.may(wanted):
                raise AccessDenied(action=request.url_rule.endpoint)
        else:
            refuse_forgery(origins)


def _must_set_password(endpoint: str) -> bool:
    return current_account().must_change and not endpoint.startswith("accounts.")


def to_sign_in() -> ResponseReturnValue:
    """Send somebody who must sign in there, and back here afterwards."""
    here = request.full_path.rstrip("?") if request.method in SAFE_METHODS else "/"
    if here == "/":
        return redirect(url_for("accounts.sign_in"), 303)
    return redirect(f"{url_for('accounts.sign_in')}?next={quote(here, safe='/')}", 303)


def safe_next(wanted: str | None) -> str:
    """*wanted* when it is the local path of a page we know, else the start page."""
    if not wanted or not _is_local(wanted):
        return "/"
    parts = urlsplit(wanted)
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return "/"
    try:
        endpoint, _ = adapter.match(unquote(parts.path), method="GET")
    except RequestRedirect as missing_slash:
        same = urlsplit(missing_slash.new_url).path == f"{parts.path}/"
        return wanted if same else "/"
    except HTTPException:
        return "/"
    return "/" if endpoint.startswith(_NO_DESTINATION) else wanted


def _is_local(wanted: str) -> bool:
    if len(wanted) > _MAX_NEXT or not wanted.isprintable() or " " in wanted or "\\" in wanted:
        return False
    if not wanted.startswith("/") or wanted.startswith("//"):
        return False  # before it is taken apart: ``//[`` is no address at all
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc:
        return False
    path = parts.path
    for _ in range(3):  # what a second reader may decode once more
        if not path.startswith("/") or path.startswith("//") or not path.isprintable():
            return False
        if any(char in path for char in "\\@ ") or "/../" in f"{path}/":
            return False
        path = unquote(path)
    return True
