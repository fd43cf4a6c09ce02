"""Commands about definitions: check, publish, diff."""

import json
import sys
from pathlib import Path

import click

from server.app import ROOT
from server.cli.context import Context
from server.core.access import SYSTEM
from server.core.definition import Refusal
from server.services.definition_checks import CheckedFile, DefinitionChecks


def register(cli: click.Group) -> None:
    for command in (check, publish, diff, move_workflow):
        cli.add_command(command)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Check definitions and workflows; exit 1 when any is refused.

    Without PATH everything that ships; a file may lie anywhere, its references resolve in the
    shipped catalogue. Needs no database.
    """
    checks = DefinitionChecks.of(ROOT)
    results = checks.check(paths or (ROOT / "form_definitions", ROOT / "workflows"))
    refused = [(result, refusal) for result in results for refusal in result.refusals]
    if as_json:
        click.echo(json.dumps([_as_json(*pair) for pair in refused], ensure_ascii=False))
    else:
        for result, refusal in refused:
            click.echo(f"{result.path}:{refusal.line}: {refusal.path or '/'}: {refusal.message}")
        click.echo(f"{len(results)} files, {len(refused)} refusals", err=True)
    sys.exit(1 if refused else 0)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, resolve_path=True, path_type=Path))
@click.pass_obj
def publish(context: Context, paths: tuple[Path, ...]) -> None:
    """Put definitions into the database; without PATH everything that ships, units included."""
    application = context.application
    if not paths:
        application.installation.install(ROOT, lambda text: click.echo(text, err=True))
        click.echo("published")
        return
    checks = DefinitionChecks.of(ROOT)
    for result in checks.check(paths):
        if result.kind == "example":
            continue
        text = result.path.read_text(encoding="utf-8")
        digest = application.services.catalogue.publish(text, result.kind, SYSTEM)
        click.echo(f"{result.path}: {digest}")


@click.command()
@click.argument("before", type=click.Path(exists=True, path_type=Path))
@click.argument("after", type=click.Path(exists=True, path_type=Path))
def diff(before: Path, after: Path) -> None:
    """What changes between two versions of a form, in words."""
    for line in DefinitionChecks.of(ROOT).differences(before, after):
        click.echo(line)


@click.command("move-workflow")
@click.argument("code")
@click.option("--version", type=int, help="The newer version; without it the newest.")
@click.option("--dry-run", is_flag=True, help="Only show what would move.")
@click.pass_obj
def move_workflow(context: Context, code: str, version: int | None, dry_run: bool) -> None:
    """Move running reports to a newer version of their workflow by its map.

    Exit 1 when reports stand in a state that the map leads nowhere; nothing is moved then.
    """
    moves = context.application.services.workflow_moves
    plan = moves.plan(SYSTEM, code, version)
    for one in plan.states:
        target = "-" if one.target is None else one.target.code
        refused = "" if one.refused is None else f"\trefused: {one.refused}"
        click.echo(f"{one.source.code}\t{target}\t{one.count}{refused}")
    if plan.refused:
        sys.exit(1)
    moved = 0
    while not dry_run and (result := moves.carry_out(SYSTEM, code, version)).moved:
        moved += result.moved
    click.echo(f"moved {moved} of {plan.count}", err=True)


def _as_json(result: CheckedFile, refusal: Refusal) -> dict[str, object]:
    return {
        "file": str(result.path),
        "line": refusal.line,
        "path": refusal.path,
        "code": refusal.code,
        "message": refusal.message,
    }
