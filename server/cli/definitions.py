"""Commands about definitions: check, publish, diff."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from server.app import ROOT
from server.cli.context import Context
from server.core.access import SYSTEM
from server.core.definition import Refusal
from server.core.definition_diff import diff as difference
from server.core.definition_words import sentences
from server.core.json_text import JsonInvalid, loads
from server.errors import InputInvalid, NotFound
from server.services.definition_checks import DefinitionChecks
from server.services.definition_lint import DefinitionLint

#: The folder of the catalogue of indicators.
_INDICATORS = "_indicators"


def register(cli: click.Group) -> None:
    for command in (check, publish, diff, move_workflow):
        cli.add_command(command)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--lint", is_flag=True, help="Warnings too; they refuse nothing.")
def check(paths: tuple[Path, ...], as_json: bool, lint: bool) -> None:
    """Check definitions and workflows; exit 1 when any is refused.

    Without PATH everything that ships; a file may lie anywhere, its references resolve in the
    shipped catalogue. Needs no database.
    """
    checks = DefinitionChecks.of(ROOT)
    results = checks.check(paths or (ROOT / "form_definitions", ROOT / "workflows"))
    refused = [(result.path, refusal) for result in results for refusal in result.refusals]
    warned = DefinitionLint.of(checks).warnings(results) if lint else []
    if as_json:
        told = [_as_json(*pair) for pair in refused]
        told += [{**_as_json(*pair), "severity": "warning"} for pair in warned]
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for path, refusal in refused:
            click.echo(f"{path}:{refusal.line}: {refusal.path or '/'}: {refusal.message}")
        for path, warning in warned:
            click.echo(f"{path}:{warning.line}: {warning.path or '/'}: warning: {warning.message}")
        more = f", {len(warned)} warnings" if lint else ""
        click.echo(f"{len(results)} files, {len(refused)} refusals{more}", err=True)
    sys.exit(1 if refused else 0)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, resolve_path=True, path_type=Path))
@click.option("--drop", multiple=True, help="A field whose values without a place are let go.")
@click.option("--leave", multiple=True, help="A field; reports that hold it stay on their version.")
@click.pass_obj
def publish(
    context: Context, paths: tuple[Path, ...], drop: tuple[str, ...], leave: tuple[str, ...]
) -> None:
    """Put definitions into the database; without PATH everything that ships, units included.

    The file of the indicators, named as PATH, becomes the next edition of their catalogue. A form
    with ``x-migrate`` takes the drafts of the version before along. Where values would have no
    place, nothing is published until --drop or --leave says of each field what then.
    """
    application = context.application
    if not paths:
        application.installation.install(ROOT, lambda text: click.echo(text, err=True))
        _tell_waiting(context)
        click.echo("published")
        return
    for path in [one for one in paths if one.parent.name == _INDICATORS and one.is_file()]:
        document = loads(path.read_bytes())
        count = application.services.catalogue.put_indicators(
            document if isinstance(document, dict) else {}, SYSTEM
        )
        click.echo(f"{path}: {count} indicators")
    paths = tuple(one for one in paths if one.parent.name != _INDICATORS)
    if not paths:
        return
    checks = DefinitionChecks.of(ROOT)
    decisions = {**dict.fromkeys(drop, "drop"), **dict.fromkeys(leave, "leave")}
    for result in checks.check(paths):
        if result.kind == "example":
            continue
        text = result.path.read_text(encoding="utf-8")
        if result.kind == "form":
            _publish_form(context, result.path, text, decisions)
            continue
        digest = application.services.catalogue.publish(text, result.kind, SYSTEM)
        click.echo(f"{result.path}: {digest}")


def _publish_form(context: Context, path: Path, text: str, decisions: Mapping[str, str]) -> None:
    migrations = context.application.services.definition_migrations
    try:
        digest, carried = migrations.publish_text(SYSTEM, text, decisions=decisions)
    except InputInvalid as error:
        listed = error.facts.get("errors", [])
        for one in listed if isinstance(listed, list) else ():
            field, title = one["path"], one["message"]
            click.echo(f"{path}: {field}: {title}: --drop {field} | --leave {field}", err=True)
        raise
    click.echo(f"{path}: {digest}")
    if carried.moved or carried.left:
        click.echo(f"moved {carried.moved}, left {carried.left}", err=True)


def _tell_waiting(context: Context) -> None:
    """Drafts that a shipped version would take along wait for somebody to say so."""
    services = context.application.services
    newest = {one.code: one.version for one in services.catalogue.store.forms()}
    for code, version in sorted(newest.items()):
        waiting = services.definition_migrations.outstanding(SYSTEM, code, version).reports
        if waiting:
            file = f"form_definitions/{code}/v{version:02}.json"
            click.echo(f"{code}: {waiting} drafts wait: ./run publish {file}", err=True)


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="The operations and sentences as JSON.")
@click.pass_obj
def diff(context: Context, before: str, after: str, as_json: bool) -> None:
    """What changes between two versions of a form, workflow or code list, in sentences.

    BEFORE and AFTER are files, or code@version (household_sheet@1) of what ships or is published.
    """
    old, new = _document(context, before), _document(context, after)
    operations = difference(old, new)
    said = sentences(old, new, operations)
    if as_json:
        told = [asdict(one) for one in said]
        found = {"operations": operations, "sentences": told}
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in said:
        click.echo(f"{one.path or '/'}: {one.text}")
    click.echo(f"{len(operations)} operations", err=True)


def _document(context: Context, named: str) -> Mapping[str, object]:
    """The definition in a file, among what ships, or in the database."""
    path = Path(named)
    code, _, version = named.rpartition("@")
    if not path.is_file() and code and version.isdecimal():
        for folder in ("form_definitions", "workflows"):
            shipped = ROOT / folder / code / f"v{int(version):02}.json"
            path = shipped if shipped.is_file() else path
        if not path.is_file():
            return _published(context, code, int(version))
    try:
        document = loads(path.read_bytes())
    except (OSError, JsonInvalid) as error:
        raise click.BadParameter(f"{named}: {error}") from error
    if not isinstance(document, dict):
        raise click.BadParameter(f"{named}: not an object")
    return document


def _published(context: Context, code: str, version: int) -> Mapping[str, object]:
    store = context.application.services.catalogue.store
    for read in (store.form, store.workflow):
        try:
            document = loads(read(code, version).source or "")
        except NotFound:
            continue
        if isinstance(document, dict):
            return document
    raise click.BadParameter(f"{code}@{version}: neither a file nor published")


@click.command("move-workflow")
@click.argument("code")
@click.option("--version", type=int, help="The newer version; without it the newest.")
@click.option("--from", "earlier", type=int, help="One earlier version; without it all.")
@click.option("--dry-run", is_flag=True, help="Only show what would move.")
@click.pass_obj
def move_workflow(
    context: Context, code: str, version: int | None, earlier: int | None, dry_run: bool
) -> None:
    """Move running reports of earlier versions to a newer version of their workflow by its maps.

    Exit 1 when reports stand in a state that the map leads nowhere; nothing is moved then.
    """
    moves = context.application.services.workflow_moves
    plan = moves.plan(SYSTEM, code, version, earlier=earlier)
    for one in plan.states:
        target = "-" if one.target is None else one.target.code
        refused = "" if one.refused is None else f"\trefused: {one.refused}"
        click.echo(f"{one.earlier}\t{one.source.code}\t{target}\t{one.count}{refused}")
    if plan.refused:
        sys.exit(1)
    moved = 0
    while not dry_run and (result := moves.carry_out(SYSTEM, code, version, earlier=earlier)).moved:
        moved += result.moved
    click.echo(f"moved {moved} of {plan.count}", err=True)


def _as_json(path: Path, refusal: Refusal) -> dict[str, object]:
    return {
        "file": str(path),
        "line": refusal.line,
        "path": refusal.path,
        "code": refusal.code,
        "message": refusal.message,
    }
