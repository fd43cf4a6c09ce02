"""Health and figures for machines: ``/livez``, ``/readyz``, ``/metrics``.

What must be well is asked through probes that the entry point hands over (database, migrations,
worker tick), so that this module knows no storage.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from time import perf_counter
from typing import cast

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from server.errors import BieumauError, NotFound
from server.web.policy import public

blueprint = Blueprint("health", __name__)
_LEAST_FREE = 200_000_000
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Probe:
    """One question: *ask* returns ``None`` when all is well, else a short English reason.

    A probe that does not *block* (backup age and the like) is a warning in the body.
    """

    name: str
    ask: Callable[[], str | None]
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Health:
    """The probes and counters of one application."""

    probes: tuple[Probe, ...]
    networks: tuple[str, ...]
    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram


def disk_probe(folder: Path, least_free: int = _LEAST_FREE) -> Probe:
    """Whether *folder* has room for another report."""

    def ask() -> str | None:
        free = shutil.disk_usage(folder).free
        return None if free >= least_free else f"{free} bytes free"

    return Probe("disk", ask)


def install(app: Flask, probes: Sequence[Probe], metrics_addresses: Sequence[str]) -> None:
    """Count every request of *app* and answer the three addresses."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    labels = ["endpoint", "method", "status"]
    health = Health(
        probes=tuple(probes),
        networks=tuple(metrics_addresses),
        registry=registry,
        requests=Counter("bieumau_requests", "Requests answered.", labels, registry=registry),
        seconds=Histogram(
            "bieumau_request_seconds",
            "Time to answer a request.",
            ["endpoint"],
            buckets=_BUCKETS,
            registry=registry,
        ),
    )
    app.extensions["bieumau.health"] = health
    app.register_blueprint(blueprint)

    @app.before_request
    def start() -> None:
        g.started = perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        # The method comes from outside: a name that no route knows must not become a label.
        known = request.method if request.url_rule is not None else "other"
        health.requests.labels(endpoint, known, str(response.status_code)).inc()
        if "started" in g:
            health.seconds.labels(endpoint).observe(perf_counter() - g.started)
        return response


def _health() -> Health:
    return cast(Health, current_app.extensions["bieumau.health"])


@blueprint.get("/livez")
@public
def livez() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """503 while something that blocks is not well; warnings only stand in the body."""
    checks: dict[str, dict[str, str]] = {}
    ready = True
    for probe in _health().probes:
        reason = _ask(probe)
        if reason is None:
            checks[probe.name] = {"status": "ok"}
        else:
            ready = ready and not probe.blocks
            state = "failed" if probe.blocks else "warning"
            checks[probe.name] = {"status": state, "reason": reason}
    status = "ready" if ready else "not ready"
    return jsonify(status=status, checks=checks), 200 if ready else 503


def _ask(probe: Probe) -> str | None:
    try:
        return probe.ask()
    except BieumauError as error:
        return error.code
    except OSError as error:
        return error.strerror or type(error).__name__


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Prometheus figures, for the configured addresses; for others the page does not exist."""
    health = _health()
    caller = ip_address(request.remote_addr or "0.0.0.0")
    if not any(caller in ip_network(each) for each in health.networks):
        raise NotFound(kind="page")
    return Response(generate_latest(health.registry), content_type=CONTENT_TYPE_LATEST)
