"""Commands about accounts and API tokens."""

import csv
from pathlib import Path

import click

from server.cli.context import Context
from server.core.access import SYSTEM, Role
from server.services.accounts import NewAccount


def register(cli: click.Group) -> None:
    cli.add_command(user)
    cli.add_command(token)


@click.group()
def user() -> None:
    """Accounts."""


@user.command("create")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--org-unit", required=True, help="Official code of the unit of the grant.")
@click.option("--email", help="Address for notices.")
@click.pass_obj
def create(context: Context, /, username: str, **given: str | None) -> None:
    """Make an account and print its one-time code."""
    services = context.application.services
    unit = services.reference.unit_by_code(str(given["org_unit"]), services.clock.today())
    role = Role(str(given["role"]))
    line = NewAccount(username, str(given["name"]), given["email"], role, unit.id)
    [(_, code)] = services.accounts.import_sheet(SYSTEM, [line])
    click.echo(f"{username}\t{code}")


@user.command("import")
@click.argument(
    "sheet", type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)
)
@click.pass_obj
def import_sheet(context: Context, sheet: Path) -> None:
    """Make accounts from a CSV sheet (username,name,email,role,org_unit); print one-time codes."""
    services = context.application.services
    today = services.clock.today()
    with sheet.open(encoding="utf-8-sig", newline="") as text:
        lines = [
            NewAccount(
                username=row["username"],
                name=row["name"],
                email=row.get("email") or None,
                role=Role(row["role"]),
                org_unit=services.reference.unit_by_code(row["org_unit"], today).id,
            )
            for row in csv.DictReader(text)
        ]
    for account, code in services.accounts.import_sheet(SYSTEM, lines):
        click.echo(f"{account.username}\t{account.name}\t{code}")


@user.command("code")
@click.argument("username")
@click.pass_obj
def code(context: Context, username: str) -> None:
    """Print a new one-time code, with which the person sets a new password."""
    accounts = context.application.services.accounts
    click.echo(accounts.issue_code(SYSTEM, accounts.by_username(username).id))


@click.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("username")
@click.option("--name", default="cli", help="What the token is for.")
@click.pass_obj
def create_token(context: Context, username: str, name: str) -> None:
    """Print a new token of that account; it is shown once."""
    accounts = context.application.services.accounts
    click.echo(accounts.create_token(SYSTEM, accounts.by_username(username).id, name))
