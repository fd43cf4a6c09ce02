"""Who is asking: server-side sessions, bearer tokens, and the CSRF token bound to them.

The browser holds an opaque session id and nothing else; what it means stands in the database.
Flask's own session interface is replaced: its ``session`` carries only the CSRF secret, derived
from that id, and the messages for the next page (a signed cookie of minutes).
"""

import hashlib
import hmac
import secrets
from typing import Any, cast

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect
from itsdangerous import BadData, URLSafeTimedSerializer

from server.core.access import Actor
from server.core.account import Account
from server.errors import BieumauError
from server.services import Services

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ID_LENGTHS = range(22, 129)  # 128 bits in URL-safe text, and an end
_FLASH_SECONDS = 600
_FLASH_BYTES = 3000  # browsers drop cookies above 4096 bytes
csrf = CSRFProtect()


class SignInRequired(BieumauError):
    """Nobody is signed in, or the session has ended."""

    code = "sign-in-required"


class CsrfInvalid(BieumauError):
    """A write came without the page's token, or from another site."""

    code = "csrf-invalid"


class WebSession(dict[str, Any], SessionMixin):
    """Flask's ``session`` for one request: ``csrf_token`` and ``_flashes``; no more is kept."""

    identity = ""
    is_visit = False

    def tie(self, identity: str, *, is_visit: bool) -> None:
        self.identity, self.is_visit = identity, is_visit
        key = str(current_app.secret_key).encode()
        self["csrf_token"] = hmac.new(key, f"csrf:{identity}".encode(), hashlib.sha256).hexdigest()


class ServerSessions(SessionInterface):
    """Reads and writes the three cookies: session (signed in), visit (before it) and flash."""

    def __init__(self, *, secure: bool) -> None:
        self.secure = secure
        prefix = "__Host-" if secure else ""
        self.session_cookie, self.visit_cookie = f"{prefix}session", f"{prefix}visit"
        self.flash_cookie = f"{prefix}flash"

    def open_session(self, app: Flask, request: Request) -> WebSession:
        found = WebSession()
        identity = request.cookies.get(self.session_cookie, "")
        if not _is_id(identity):
            identity = request.cookies.get(self.visit_cookie, "")
            found.is_visit = True
        with app.app_context():
            if not _is_id(identity):
                identity = secrets.token_urlsafe(32)
                found.new = True
            found.tie(identity, is_visit=found.is_visit)
        if text := request.cookies.get(self.flash_cookie):
            try:
                kept = self._signer(app).loads(text, max_age=_FLASH_SECONDS)
                found["_flashes"] = [(str(kind), str(message)) for kind, message in kept]
            except (BadData, ValueError, TypeError):
                found.modified = True  # so that the cookie goes away
        return found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        found = cast(WebSession, session)
        if "session_token" in g:
            self._write_session(response)
        elif found.is_visit and found.new and "csrf_token" in g:
            self._set(response, self.visit_cookie, found.identity, None)
        had = self.flash_cookie in request.cookies
        flashes = found.get("_flashes", [])
        if flashes:
            text = str(self._signer(app).dumps(flashes))
            while len(text) > _FLASH_BYTES and len(flashes) > 1:
                flashes = flashes[1:]
                text = str(self._signer(app).dumps(flashes))
            if text != request.cookies.get(self.flash_cookie):
                self._set(response, self.flash_cookie, text, _FLASH_SECONDS)
        elif had:
            self._delete(response, self.flash_cookie)
        if found.accessed:
            response.vary.add("Cookie")

    def _write_session(self, response: Response) -> None:
        token = g.session_token
        if token is None:
            self._delete(response, self.session_cookie)
            return
        self._set(response, self.session_cookie, token, None)
        self._delete(response, self.visit_cookie)

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def _delete(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="Lax")

    @staticmethod
    def _signer(app: Flask) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(str(app.secret_key), salt="flash")


def _is_id(text: str) -> bool:
    return len(text) in _ID_LENGTHS and text.isascii() and text.isprintable()


def install(app: Flask, *, secure: bool) -> None:
    """Replace Flask's signed session and switch Flask-WTF to our check order."""
    app.session_interface = ServerSessions(secure=secure)
    app.config.update(
        COOKIE_PREFIX="__Host-" if secure else "",
        WTF_CSRF_CHECK_DEFAULT=False,  # ``gate`` asks after it knows who is there
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session it is bound to
        WTF_CSRF_SSL_STRICT=False,  # ``refuse_forgery`` looks at Sec-Fetch-Site and Origin instead
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
    )
    csrf.init_app(app)


def cookie_name(name: str) -> str:
    """*name* as this installation calls its cookies: host-bound where HTTPS is sure."""
    return f"{current_app.config['COOKIE_PREFIX']}{name}"


def services() -> Services:
    """The use cases; the entry point has put them there."""
    return cast(Services, current_app.extensions["bieumau"])


def by_token() -> bool:
    """Whether the caller brings an Authorization header; the session cookie is then ignored."""
    return "Authorization" in request.headers


def optional_account() -> Account | None:
    """The caller's account, or ``None``; asked of the database once a request."""
    if "account" not in g:
        g.account = _find_account()
    return cast(Account | None, g.account)


def _find_account() -> Account | None:
    accounts = services().accounts
    if by_token():
        scheme, _, token = request.headers["Authorization"].partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not _is_id(token):
            return None
        return accounts.account_of_token(token)
    known = session_token()
    found = None if known is None else accounts.session(known)
    return None if found is None else found[1]


def optional_actor() -> Actor | None:
    """Who is asking, with the grants of today, or ``None``."""
    if "actor" not in g:
        account = optional_account()
        g.actor = None if account is None else services().accounts.actor(account)
    return cast(Actor | None, g.actor)


def current_actor() -> Actor:
    """Who is asking; raises ``SignInRequired``."""
    actor = optional_actor()
    if actor is None:
        raise SignInRequired
    return actor


def current_account() -> Account:
    """The account of the caller, with its unit and e-mail address; raises ``SignInRequired``."""
    account = optional_account()
    if account is None:
        raise SignInRequired
    return account


def forget_caller() -> None:
    """Answer the rest of this request as to a stranger: asking again might fail again."""
    g.setdefault("account", None)
    g.setdefault("actor", None)


def session_token() -> str | None:
    """The session id the browser sent, if it sent one."""
    found = cast(WebSession, session)
    return None if found.is_visit else found.identity


def begin_session(token: str) -> None:
    """Give the browser a new session id: one known before sign-in is worth nothing after it."""
    g.session_token = token
    g.pop("actor", None)
    g.pop("account", None)
    g.pop("csrf_token", None)
    cast(WebSession, session).tie(token, is_visit=False)


def end_session() -> None:
    """Take the session id back from the browser."""
    g.session_token = None
    g.actor = None
    g.account = None


def refuse_forgery(origins: frozenset[str]) -> None:
    """Raise ``CsrfInvalid`` unless a write comes from a page of ours, with its token."""
    if request.method in SAFE_METHODS:
        return
    if by_token() and optional_actor() is not None:
        return  # only a token that is somebody's: a made-up header must not switch this off
    site = request.headers.get("Sec-Fetch-Site")
    if site not in {None, "same-origin", "none"}:
        raise CsrfInvalid(reason="site")
    origin = request.headers.get("Origin")
    if origin is not None and origin not in origins | {request.host_url.rstrip("/")}:
        raise CsrfInvalid(reason="origin")
    try:
        csrf.protect()
    except CSRFError as error:
        raise CsrfInvalid(reason="token") from error
