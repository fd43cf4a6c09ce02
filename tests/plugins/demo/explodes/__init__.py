"""Blows up in every way the options ask for, at start or at work."""

import sys
from pathlib import Path
from typing import NoReturn

from server.hooks import (
    DueReport,
    Mail,
    Message,
    Options,
    Recipient,
    Sheet,
    Step,
    Table,
    hookimpl,
)

__version__ = "1.0"


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even its message can be read")


class Bomb:
    """An exporter, a printer, a channel and a rule in one."""

    code = "explodes"
    label = "Nổ"
    media_type = "text/plain"
    extension = "txt"

    def __init__(self, how: str) -> None:
        self._how = how

    def write(self, table: Table, out: Path) -> None:
        out.write_text("half of the ta", encoding="utf-8")
        blow_up(self._how)

    def print(self, sheet: Sheet, out: Path) -> None:
        blow_up(self._how)

    def address(self, recipient: Recipient) -> str | None:
        blow_up(self._how)

    def send(self, mail: Mail) -> str:
        blow_up(self._how)

    def steps(self, due: DueReport) -> list[Step]:
        blow_up(self._how)

    def compose(self, step: Step, due: DueReport) -> Message:
        blow_up(self._how)


def blow_up(how: str) -> NoReturn:
    match how:
        case "exit":
            sys.exit(3)
        case "interrupt":
            raise KeyboardInterrupt
        case "recursion":
            blow_up(how)
        case "unspeakable":
            raise Unspeakable
    raise ZeroDivisionError("division by zero")


@hookimpl
def register_exporters(options: Options) -> list[Bomb]:
    if options["at_start"]:
        blow_up(str(options["how"]))
    return [Bomb(str(options["how"]))]


@hookimpl
def register_printers(options: Options) -> list[Bomb]:
    return [Bomb(str(options["how"]))]


@hookimpl
def register_channels(options: Options) -> list[Bomb]:
    return [Bomb(str(options["how"]))]


@hookimpl
def register_reminder_rules(options: Options) -> list[Bomb]:
    return [Bomb(str(options["how"]))]
