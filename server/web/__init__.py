"""The web layer: pages, API and back office over the services. ``create_web`` puts it together."""

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from server.services import Services
from server.web import (
    accounts,
    accounts_below,
    admin,
    api,
    assets,
    attachments,
    blank_prints,
    board,
    cells,
    closing,
    comments,
    compression,
    consolidations,
    delegations,
    due_calendar,
    exports,
    extensions,
    formats,
    gate,
    headers,
    health,
    language,
    mails,
    my_figures,
    notices,
    offline,
    page,
    parts,
    presence,
    problems,
    record_sheet,
    records,
    reopen_requests,
    reports,
    round_letters,
    series,
    session,
    start,
    submission_events,
    submission_history,
    submissions,
    urging,
    urging_log,
    work,
    workbooks,
)
from server.web.configuration import WebSettings
from server.web.health import Probe
from server.web.policy import refuse_open_routes

_ROOT = Path(__file__).parents[2]
#: The pages, in the order of the menu. Each blueprint stands in a module of its own.
BLUEPRINTS: tuple[Blueprint, ...] = (
    start.blueprint,
    accounts.blueprint,
    accounts_below.blueprint,
    delegations.blueprint,
    work.blueprint,
    notices.blueprint,
    extensions.blueprint,
    round_letters.blueprint,
    submissions.blueprint,
    submission_events.blueprint,
    submission_history.blueprint,
    parts.blueprint,
    presence.blueprint,
    attachments.blueprint,
    workbooks.blueprint,
    blank_prints.blueprint,
    cells.blueprint,
    comments.blueprint,
    record_sheet.blueprint,
    records.blueprint,
    my_figures.blueprint,
    consolidations.blueprint,
    closing.blueprint,
    reopen_requests.blueprint,
    reports.blueprint,
    series.blueprint,
    board.blueprint,
    due_calendar.blueprint,
    urging.blueprint,
    urging_log.blueprint,
    exports.blueprint,
    offline.blueprint,
    mails.blueprint,
    api.blueprint,
)


def create_web(
    services: Services,
    settings: WebSettings,
    *,
    probes: Sequence[Probe] = (),
    blueprints: Sequence[Blueprint] = BLUEPRINTS,
) -> Flask:
    """The WSGI application.

    Raises:
        RouteWithoutPolicy: a view does not say who may call it.
    """
    app = Flask(
        __name__,
        static_folder=_ROOT / "static",
        static_url_path="/static",
        template_folder="templates",
    )
    server = settings.server
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=server.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=1000,
        TRUSTED_HOSTS=list(server.trusted_hosts) or None,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["bieumau"] = services
    app.extensions["bieumau.settings"] = settings
    if server.proxies:
        count = server.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )

    health.install(app, probes, settings.security.metrics_addresses)  # first: it takes the time
    session.install(app, secure=server.secure_cookies)
    locale = settings.locale
    language.install(
        app,
        default=locale.default,
        timezone=locale.timezone,
        cookie=f"{app.config['COOKIE_PREFIX']}lang",
    )
    formats.install(app)
    page.install(app, demo=settings.demo.enabled)
    assets.install(app)
    compression.install(app)
    headers.install(app, secure=server.secure_cookies)
    problems.install(app)
    gate.install(app, public_url=server.public_url)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    if blueprints is BLUEPRINTS:  # the back office comes with the pages, not with a part of them
        admin.install(app)
    refuse_open_routes(app)
    return app
