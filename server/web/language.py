"""Languages: Vietnamese texts are the message ids, English ones stand in ``translations/en``.

Catalogues are read from the ``.po`` files at start: nothing compiled is committed, and each part
of the web layer may have its own file there without touching the others'.
"""

from io import BytesIO
from pathlib import Path

import flask_babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, request
from flask_babel import Babel, Domain, get_locale

LANGUAGES = ("vi", "en")
COOKIE_SECONDS = 365 * 86_400
_FOLDER = Path(__file__).parent / "translations"


class _Catalogues(Domain):  # type: ignore[misc]
    """The texts of all languages, read once."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: dict[str, NullTranslations] = {
            name: read_catalogue(name) for name in LANGUAGES
        }

    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        return self._texts.get(str(locale), self._texts["vi"])


class _Babel(Babel):  # type: ignore[misc]
    """Flask-Babel with our catalogues as its only domain."""

    catalogues: _Catalogues

    @property
    def domain_instance(self) -> _Catalogues:
        return self.catalogues


def gettext(message: str, **facts: object) -> str:
    """*message* in the language of the request; import it as ``_``."""
    return str(flask_babel.gettext(message, **facts))


def language_of_request() -> str:
    """``vi`` or ``en``: what the reader of the answer being made reads."""
    return str(get_locale() or "vi")


def read_catalogue(language: str) -> NullTranslations:
    """All ``.po`` files of *language* as one catalogue; Vietnamese needs none."""
    merged = Translations()
    for path in sorted((_FOLDER / language / "LC_MESSAGES").glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        merged.merge(Translations(compiled))
    return merged


def install(app: Flask, *, default: str, timezone: str, cookie: str) -> None:
    """Set *app* up for both languages; *cookie* is the name the choice is kept under."""

    def chosen() -> str:
        return _chosen(default, cookie)

    app.config["BABEL_DEFAULT_TIMEZONE"] = timezone
    babel = _Babel()
    babel.catalogues = _Catalogues()
    babel.init_app(app, default_locale=default, default_timezone=timezone, locale_selector=chosen)

    @app.after_request
    def remember(response: Response) -> Response:
        wanted = request.args.get("lang")
        if wanted in LANGUAGES and wanted != request.cookies.get(cookie):
            keep(response, cookie, wanted, secure=cookie.startswith("__Host-"))
        return response


def keep(response: Response, cookie: str, value: str, *, secure: bool) -> None:
    """Keep a taste of the reader (language, theme) for a year."""
    response.set_cookie(
        cookie,
        value,
        max_age=COOKIE_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def _chosen(default: str, cookie: str) -> str:
    for wanted in (request.args.get("lang"), request.cookies.get(cookie)):
        if wanted in LANGUAGES:
            return str(wanted)
    if "Authorization" in request.headers:
        # Programs say what they read. Browsers do too, but rarely what the person set.
        return request.accept_languages.best_match(LANGUAGES, default) or default
    return default
