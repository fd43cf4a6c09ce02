"""The security headers of every response, whatever it is: pages, files, errors, downloads."""

import hashlib
from base64 import b64encode

from flask import Flask, Response, g, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Preview routes may stand in a frame of our own pages.
FRAMED = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
#: Files that people brought: nothing in them runs, wherever a browser may show them.
SANDBOXED = f"{CONTENT_SECURITY_POLICY}; sandbox"
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": _PERMISSIONS,
}
HSTS = "max-age=63072000; includeSubDomains"
_FOUND = {200, 206, 304}
_MONTH = "public, max-age=2592000"
_YEAR = "public, max-age=31536000, immutable"


def install(app: Flask, *, secure: bool) -> None:
    """Add the headers to whatever *app* answers."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers[name] = value
        if g.get("framed"):
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
            response.headers["Content-Security-Policy"] = FRAMED
        if g.get("sandboxed"):
            response.headers["Content-Security-Policy"] = SANDBOXED
        if "style_digest" in g:
            policy = response.headers["Content-Security-Policy"]
            response.headers["Content-Security-Policy"] = policy.replace(
                "style-src 'self'", f"style-src 'self' 'sha256-{g.style_digest}'"
            )
        if secure:
            response.headers["Strict-Transport-Security"] = HSTS
        response.headers["Cache-Control"] = _caching(response)
        return response


def sandboxed(response: Response) -> Response:
    """Answer with a file that somebody else brought."""
    g.sandboxed = True
    return response


def preview_in_frame(response: Response) -> Response:
    """Let our own pages show *response* in a frame (form and print previews)."""
    g.framed = True
    return response


def allow_style(text: str) -> None:
    """Let the page that is being answered hold *text* as its one inline style sheet."""
    g.style_digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _caching(response: Response) -> str:
    if request.path.startswith("/static/fonts/"):
        # Style sheets name them without a digest; another font gets another name.
        return _MONTH if response.status_code in _FOUND else "no-cache"
    endpoint = request.endpoint or ""
    if endpoint in ("static", "assets.joined") or endpoint.endswith(".static"):
        # An address with the file's digest never changes its meaning; the others are asked again.
        lasting = response.status_code in _FOUND and "v" in request.args
        return _YEAR if lasting else "no-cache"
    if request.endpoint == "offline.worker":
        return "no-cache"  # browsers ask for it by themselves, to notice a new one
    # A page may name people and figures; nothing of it stays on a shared computer.
    return "no-store"
