"""Commands that run and check the installation: serve, worker, demo, doctor, verify and more."""

import json
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from types import FrameType

import click
import waitress

from server.app import Application
from server.cli.context import Context
from server.core.access import SYSTEM, Role
from server.core.org_unit import Level
from server.services.accounts import NewAccount
from server.web.api.openapi import document
from server.worker import Worker


def register(cli: click.Group) -> None:
    for command in (serve, worker, demo, migrate, doctor, verify, plugins, openapi):
        cli.add_command(command)


@click.command()
@click.option("--with-worker", is_flag=True, help="Run the worker in this process too.")
@click.pass_obj
def serve(context: Context, with_worker: bool) -> None:
    """Run the production server by config.toml."""
    application = context.application
    first_admin(application)
    run_server(application, with_worker=with_worker)


@click.command()
@click.pass_obj
def worker(context: Context) -> None:
    """Run dispatch, reminders and background jobs."""
    running = Worker(context.application)
    running.start()
    _on_stop(running.stop)
    running.wait()


@click.command()
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Start the clock on this day.")
@click.option("--fresh", is_flag=True, help="Throw the demo's data away first.")
@click.option("--scale", type=click.IntRange(1, 20), default=1, help="N times the data.")
def demo(port: int, as_of: datetime | None, fresh: bool, scale: int) -> None:
    """Show the main job on real input, with accounts, mails and an embedded database."""
    from server.demo import run_demo  # noqa: PLC0415 - the demo's parts load only for the demo

    run_demo(port=port, as_of=as_of.date() if as_of else None, fresh=fresh, scale=scale)


@click.command()
@click.pass_obj
def migrate(context: Context) -> None:
    """Bring the database to this version."""
    pending = context.application.database.pending_migrations()
    click.echo("up to date" if not pending else f"pending: {', '.join(pending)}")
    sys.exit(1 if pending else 0)


@click.command()
@click.pass_obj
def doctor(context: Context) -> None:
    """Check settings, database, migrations, disk and plugins; exit 1 when something is wrong."""
    faults = 0
    for probe in context.application.probes():
        fault = probe.ask()
        faults += fault is not None and probe.blocks and probe.name != "worker"
        click.echo(f"{probe.name:12} {fault or 'ok'}")
    for plugin in context.application.services.plugins.health():
        click.echo(f"plugin {plugin.name}: {plugin.last_fault or 'ok'}")
    sys.exit(1 if faults else 0)


@click.command()
@click.option("--head", help="A checkpoint head that was kept elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_obj
def verify(context: Context, head: str | None, as_json: bool) -> None:
    """Check every event chain and checkpoint; exit 1 when something was changed."""
    found = context.application.services.ledger.verify(head)
    if as_json:
        facts = {name: getattr(found, name) for name in found.__dataclass_fields__}
        click.echo(json.dumps(facts))
    else:
        for fault in found.faults:
            click.echo(fault)
        click.echo(
            f"{found.events} events of {found.subjects} subjects,"
            f" {found.checkpoints} checkpoints, head {found.head}"
        )
    sys.exit(1 if found.faults else 0)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_obj
def plugins(context: Context, as_json: bool) -> None:
    """List the plugins with what they offer and how they are."""
    found = context.application.services.plugins.health()
    if as_json:
        shown = [
            {"name": one.name, "offers": list(one.offers), "last_fault": one.last_fault}
            for one in found
        ]
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.name}: {', '.join(one.offers)}; {one.last_fault or 'ok'}")


@click.command()
@click.pass_obj
def openapi(context: Context) -> None:
    """Print the OpenAPI document of the HTTP API."""
    described = document(context.application.services.catalogue.forms())
    click.echo(json.dumps(described, ensure_ascii=False, indent=2))


def run_server(application: Application, *, with_worker: bool) -> None:
    """Serve until the process is told to stop; running requests end first."""
    server = application.settings.server
    web = waitress.create_server(
        application.web(),
        host=server.host,
        port=server.port,
        threads=server.threads,
        max_request_body_size=server.max_body_bytes,
        max_request_header_size=16_384,
        ident=None,
    )
    running = Worker(application) if with_worker else None
    if running is not None:
        running.start()
    _on_stop(web.close)
    click.echo(f"http://{server.host}:{web.effective_port}", err=True)
    try:
        web.run()
    finally:
        if running is not None:
            running.stop()
        application.database.close()


def first_admin(application: Application) -> None:
    """On a fresh installation, print a one-time code for the first admin; there is no default."""
    services = application.services
    if not services.accounts.is_empty():
        return
    today = services.clock.today()
    provinces = [unit for unit in services.reference.units(today) if unit.level is Level.PROVINCE]
    if not provinces:
        click.echo("nothing is published yet: run './run publish' first", err=True)
        sys.exit(1)
    line = NewAccount("admin", "Quản trị", None, Role.ADMIN, provinces[0].id)
    [(_, code)] = services.accounts.import_sheet(SYSTEM, [line])
    click.echo(f"first admin: sign in as 'admin' with the one-time code {code}", err=True)


def _on_stop(stop: Callable[[], object]) -> None:
    def handle(number: int, frame: FrameType | None) -> None:
        stop()
        raise SystemExit(0)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, handle)
