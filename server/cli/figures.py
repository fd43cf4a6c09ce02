"""Commands about reminders, exports and the API's description."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from server.cli.context import Context
from server.core.access import SYSTEM
from server.core.delivery_status import read_returned_mail
from server.errors import Conflict, NotFound
from server.services.periods import asked_period

_LARGEST_MAIL = 10_000_000
#: What ``remind`` ends with when it sends nothing because the clock has leapt: cron has to notice.
_HELD = 3


def register(cli: click.Group) -> None:
    for command in (remind, returned_mail, export):
        cli.add_command(command)


@click.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Pretend it is this day.")
@click.option("--dry-run", is_flag=True, help="Say who would be reminded; send nothing.")
@click.option("--confirm", is_flag=True, help="Today's date is right, after a long silence.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_obj
def remind(
    context: Context, as_of: datetime | None, dry_run: bool, confirm: bool, as_json: bool
) -> None:
    """Send the reminders that are due today, between 7 and 20 o'clock of a working day.

    With --dry-run: who gets what on that day; of days gone by this is what was recorded. Exit 3
    when nothing was sent because the date has leapt and waits for --confirm.
    """
    services = context.application.services
    if confirm and not dry_run:
        services.reminders.confirm_clock(SYSTEM)
    day = as_of.date() if as_of else services.clock.today()
    planned = services.reminders.send_due(day, dry_run=dry_run)
    if not dry_run:
        services.mail.flush()
    held = services.reminders.held() is not None
    if held:
        click.echo("held: the date has leapt; --confirm says that it is right", err=True)
    if as_json:
        click.echo(json.dumps([one.as_json() for one in planned], ensure_ascii=False))
    else:
        for reminder in planned:
            click.echo(
                f"{reminder.obligation.due_on:%d/%m/%Y}  {reminder.step:5}  {reminder.unit.name}"
                f"  {reminder.obligation.form}  {reminder.recipient or '-'}"
                f"  {reminder.suppressed or ''}".rstrip()
            )
    if held and not dry_run:
        sys.exit(_HELD)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.File("rb"))
@click.pass_obj
def returned_mail(context: Context, files: Sequence[BinaryIO]) -> None:
    """Note mails that came back; FILES are the returned mails, - is standard input."""
    unknown = 0
    for file in files:
        found = read_returned_mail(file.read(_LARGEST_MAIL))
        if found is None:
            click.echo(f"{file.name}: no returned mail of this server", err=True)
            unknown += 1
            continue
        try:
            desk = context.application.services.mail
            trace = desk.note_return_of(SYSTEM, found.message_id, found.why)
        except (Conflict, NotFound) as error:
            click.echo(f"{file.name}: {found.message_id}: {error.code}", err=True)
            unknown += 1
        else:
            click.echo(f"{trace.mail.recipient}  {found.why}")
    sys.exit(1 if unknown else 0)


@click.command()
@click.argument("format_", metavar="FORMAT")
@click.option("--form", required=True)
@click.option("--period", required=True)
@click.option("--org-unit", help="Official code; all below it are included.")
@click.option("--as", "username", required=True, help="The account whose scope counts.")
@click.option("--out", type=click.Path(resolve_path=True, path_type=Path), required=True)
@click.pass_obj
def export(context: Context, /, format_: str, out: Path, **given: str | None) -> None:
    """Write the reports of one form and period with an export plugin."""
    services = context.application.services
    actor = services.accounts.actor(services.accounts.by_username(str(given["username"])))
    form, period, code = str(given["form"]), str(given["period"]), given["org_unit"]
    unit = services.reference.unit_by_code(code, asked_period(period).end).id if code else None
    job = services.exports.start(actor, format_, form=form, period=period, org_unit=unit)
    while services.exports.job(actor, job.id).ended_at is None and services.jobs.run_one():
        pass
    out.write_bytes(services.exports.result(actor, job.id).path.read_bytes())
    click.echo(f"{out}: {services.exports.job(actor, job.id).report}")
