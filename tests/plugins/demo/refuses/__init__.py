"""Says no, politely: at work always, at start when told so."""

from collections.abc import Iterator
from pathlib import Path

from server.hooks import (
    DueReport,
    Mail,
    Message,
    Options,
    Recipient,
    Refused,
    Sheet,
    Step,
    Table,
    hookimpl,
)

__version__ = "1.0"


class Refuser:
    """An exporter, a printer, a channel and a rule in one."""

    code = "refuses"
    label = "Từ chối"
    media_type = "text/plain"
    extension = "txt"

    def write(self, table: Table, out: Path) -> None:
        out.write_text("half of the ta", encoding="utf-8")
        raise Refused("too many rows")

    def print(self, sheet: Sheet, out: Path) -> None:
        raise Refused("too many pages")

    def address(self, recipient: Recipient) -> str | None:
        return None

    def send(self, mail: Mail) -> str:
        raise Refused("the line is busy", permanent=False)

    def steps(self, due: DueReport) -> Iterator[Step]:
        yield Step("D+0", due.due_on)
        raise Refused("no such calendar")

    def compose(self, step: Step, due: DueReport) -> Message:
        raise Refused("no words")


@hookimpl
def register_exporters(options: Options) -> list[Refuser]:
    if options["at_start"]:
        raise Refused("the licence has ended")
    return [Refuser()]


@hookimpl
def register_printers() -> list[Refuser]:
    return [Refuser()]


@hookimpl
def register_channels() -> list[Refuser]:
    return [Refuser()]


@hookimpl
def register_reminder_rules() -> list[Refuser]:
    return [Refuser()]
