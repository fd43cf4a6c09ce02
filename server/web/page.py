"""What every page shows around its content: menu, demo banner, tastes, static addresses."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import get_locale

from server.web.language import LANGUAGES
from server.web.navigation import menu_of
from server.web.session import cookie_name, optional_account, optional_actor, services

THEMES = ("auto", "light", "dark")


def install(app: Flask, *, demo: bool) -> None:
    """Give the templates of *app* the variables of ``base.html``."""
    digests: dict[tuple[str, float], str] = {}

    @app.context_processor
    def around() -> dict[str, Any]:
        return {"page": Page(demo)}

    @app.url_defaults
    def with_digest(endpoint: str, values: dict[str, Any]) -> None:
        """Put a static file's digest into its address, so that browsers may keep it a year."""
        if endpoint != "static" or "v" in values or app.static_folder is None:
            return
        path = Path(app.static_folder) / str(values.get("filename", ""))
        if path.is_file():
            key = (str(path), path.stat().st_mtime)
            if key not in digests:
                digests[key] = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            values["v"] = digests[key]


class Page:
    """Asked by ``base.html``; each answer is worked out only when the page needs it."""

    languages = LANGUAGES
    themes = THEMES

    def __init__(self, demo: bool) -> None:
        self.demo = demo

    @property
    def actor(self) -> object:
        return optional_actor()

    @property
    def account(self) -> object:
        return optional_account()

    @property
    def menu(self) -> object:
        return menu_of(optional_actor())

    @property
    def notices(self) -> int | None:
        """How many notices are unread; None where there is nobody or no such page."""
        actor = optional_actor()
        if actor is None or "notices.index" not in current_app.view_functions:
            return None
        return services().notices.unread(actor)

    @property
    def today(self) -> object:
        return services().clock.today()

    @property
    def demo_mails(self) -> str | None:
        """Where the demo shows the mails it would have sent."""
        shown = self.demo and "mails.index" in current_app.view_functions and optional_actor()
        return url_for("mails.index") if shown else None

    @property
    def lang(self) -> str:
        return str(get_locale())

    @property
    def theme(self) -> str:
        wanted = request.cookies.get(cookie_name("theme"), "auto")
        return wanted if wanted in THEMES else "auto"

    @property
    def here(self) -> str:
        """This address without its language, to come back to after changing a taste."""
        if request.method != "GET":
            return "/"
        kept = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
        return f"{request.path}?{urlencode(kept)}" if kept else request.path
