"""The contract between the server and its plugins.

The first word of a hook says when it runs and what it may do:

``register_``  once, at start. Returns things that the server then owns and calls one at a time.

A plugin names only the arguments it wants. ``docs/plugin-hooks.md`` has the reference.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import pluggy

from server.hooks.messages import Channel, ReminderRule
from server.hooks.sheet import Printer
from server.hooks.tables import Exporter
from server.hooks.workbook import WorkbookFormat

PROJECT: Final = "bieumau"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Options = Mapping[str, object]
"""The plugin's own options: already checked against its schema, defaults filled in, read-only."""


class Refused(Exception):
    """A plugin says, in words for the operator, why it cannot do what was asked.

    *permanent*: trying again later will not help either.
    """

    def __init__(self, reason: str, *, permanent: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


@hookspec
def register_exporters(options: Options) -> Iterable[Exporter]:
    """Offer formats in which tables of figures can be exported."""
    raise NotImplementedError


@hookspec
def register_printers(options: Options) -> Iterable[Printer]:
    """Offer formats in which one submission can be printed in its official layout."""
    raise NotImplementedError


@hookspec
def register_workbooks(options: Options) -> Iterable[WorkbookFormat]:
    """Offer formats in which a form can be filled away from the server and brought back."""
    raise NotImplementedError


@hookspec
def register_channels(options: Options) -> Iterable[Channel]:
    """Offer media over which messages leave the server."""
    raise NotImplementedError


@hookspec
def register_reminder_rules(options: Options) -> Iterable[ReminderRule]:
    """Offer rules that plan and word the reminders of reports that are due."""
    raise NotImplementedError


HOOKS: Final = (
    register_exporters,
    register_printers,
    register_workbooks,
    register_channels,
    register_reminder_rules,
)
