"""The command group: settings, the application when a command needs it, and worded errors."""

import logging
import os
import sys
from pathlib import Path

import click
import structlog

from server.cli import accounts, definitions, figures, operation
from server.cli.context import Context
from server.errors import BieumauError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def cli(context: click.Context) -> None:
    """Bieumau: forms, approval workflows and reminders for public statistical reporting."""
    # The commands change to the project's folder before they read the settings.
    if "BIEUMAU_CONFIG" in os.environ:
        os.environ["BIEUMAU_CONFIG"] = str(Path(os.environ["BIEUMAU_CONFIG"]).resolve())
    context.obj = Context()


def main() -> None:
    """Run a command; a deliberate error is one line on standard error and exit code 1."""
    _log_as_json()
    try:
        cli(prog_name="./run")
    except BieumauError as error:
        click.echo(f"{error.code}: {_worded(error)}", err=True)
        sys.exit(1)


def _worded(error: BieumauError) -> str:
    facts = {key: value for key, value in error.facts.items() if value is not None}
    return ", ".join(f"{key} {value}" for key, value in facts.items()) or "refused"


def _log_as_json() -> None:
    """One event is one JSON line on standard error; control characters are escaped by JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


for module in (accounts, definitions, figures, operation):
    module.register(cli)
