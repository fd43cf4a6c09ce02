"""Health and figures for machines."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.errors import DatabaseUnsafe
from server.settings import SecuritySettings
from server.web.health import Probe, disk_probe
from tests.web.conftest import SETTINGS


def well() -> None:
    return None


def unsafe() -> None:
    raise DatabaseUnsafe(reason="synchronous")


def gone() -> None:
    raise ConnectionRefusedError(111, "Connection refused")


def test_livez_asks_nothing(make_app: Callable[..., Flask]) -> None:
    client = make_app(probes=(Probe("database", gone),)).test_client()

    assert client.get("/livez").json == {"status": "ok"}


def test_readyz_is_ready_when_all_probes_are_well(make_app: Callable[..., Flask]) -> None:
    answer = make_app(probes=(Probe("database", well),)).test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "checks": {"database": {"status": "ok"}}}


@pytest.mark.parametrize(
    ("ask", "reason"),
    [(unsafe, "database-unsafe"), (gone, "Connection refused"), (lambda: "2 pending", "2 pending")],
)
def test_readyz_names_what_blocks(
    make_app: Callable[..., Flask], ask: Callable[[], str | None], reason: str
) -> None:
    answer = make_app(probes=(Probe("database", ask),)).test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json and answer.json["checks"]["database"] == {
        "status": "failed",
        "reason": reason,
    }


def test_a_warning_does_not_block(make_app: Callable[..., Flask]) -> None:
    warning = Probe("backup", lambda: "31 hours old", blocks=False)

    answer = make_app(probes=(warning,)).test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json and answer.json["checks"]["backup"]["status"] == "warning"


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    assert disk_probe(tmp_path, least_free=1).ask() is None
    assert "bytes free" in str(disk_probe(tmp_path, least_free=10**18).ask())


def test_metrics_count_requests_by_route(client: FlaskClient) -> None:
    client.get("/livez")
    client.get("/nowhere/1")
    client.get("/nowhere/2")
    client.open("/livez", method="BREW")

    figures = client.get("/metrics").text

    live = 'bieumau_requests_total{endpoint="health.livez",method="GET",status="200"} 1.0'
    lost = 'bieumau_requests_total{endpoint="none",method="other",status="404"} 2.0'
    assert live in figures and lost in figures
    assert "BREW" not in figures and "/nowhere" not in figures


@pytest.mark.parametrize(
    ("address", "status"),
    [("10.1.2.3", 200), ("10.2.0.1", 404), ("::1", 404), ("203.0.113.5", 404)],
)
def test_metrics_are_read_from_known_addresses_only(
    make_app: Callable[..., Flask], address: str, status: int
) -> None:
    security = SecuritySettings(metrics_addresses=("10.1.0.0/16",))
    client = make_app(replace(SETTINGS, security=security)).test_client()

    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == status
