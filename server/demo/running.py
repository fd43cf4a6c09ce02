"""``./run demo``: settings made in code, the story on an embedded database, and the server."""

import time
from datetime import date, datetime

import click

from server.app import DEMO_HOUR, ROOT, build, clock_of
from server.cli.operation import run_server
from server.core.ports import LOCAL
from server.demo.merger import MERGED_ON
from server.demo.people import Cast
from server.demo.place import Place, is_free
from server.demo.seeding import Seeder
from server.demo.sink import start_sink
from server.machine import ShiftedClock
from server.settings import Settings
from server.storage.database import Database

DAY = date(2025, 1, 24)
_SHOWN = 18


def run_demo(*, port: int, as_of: date | None, fresh: bool, scale: int) -> None:
    """Fill the demonstration when it is empty, print how to get in, and serve until Ctrl+C."""
    if not is_free(port):
        raise click.ClickException(f"port-taken: something listens on port {port}, choose --port")
    started = time.monotonic()
    day = as_of or DAY
    until = story_until(day)
    place = Place(ROOT / "var" / "demo")
    place.hold()
    played = place.played_until(scale)
    if fresh or not _leads_to(played, until):
        place.clear()
        played = None
    sink_port = place.sink_port()
    settings = place.configure(port, sink_port, day)
    clock = ShiftedClock()
    sink = start_sink(place.mails, clock, sink_port)
    try:
        if played != until:
            play(place, settings, clock, until, scale=scale, going_on=played is not None)
            _tell(f"filled in {time.monotonic() - started:.1f} s")
        clock.shift = clock_of(settings).now() - datetime.now(LOCAL)
        application = build(settings, clock)
        application.database.migrate()
        _welcome(place, settings, day)
        run_server(application, with_worker=True)
    finally:
        sink.stop()
        place.release()


def story_until(day: date) -> date:
    """From 24/01/2025 to the end of the districts nothing happens in the story."""
    return DAY if DAY <= day < MERGED_ON else day


def play(
    place: Place,
    settings: Settings,
    clock: ShiftedClock,
    until: date,
    *,
    scale: int = 1,
    going_on: bool = False,
) -> None:
    """Play the story up to the day's hour, from the start or from where it stands."""
    # Nothing acknowledged can be lost on a new file: a broken filling is thrown away.
    trial = "" if going_on else "?synchronous=off"
    database = Database.open(place.database_url + trial, unsafe_for_tests=not going_on)
    try:
        database.migrate()
        application = build(settings, clock, database)
        cast = Cast(application.services.accounts, holders=place.holders())
        seeder = Seeder(application, clock, cast, _tell, scale=scale)
        moment = datetime.combine(until, DEMO_HOUR, LOCAL)
        if going_on:
            seeder.go_on(moment)
        else:
            seeder.seed(moment)
    finally:
        database.close()
    place.keep_holders(cast.holders)
    place.note_played(until, scale)


def _leads_to(played: date | None, until: date) -> bool:
    """Whether what was played is right for that day, or can be played on to it."""
    return played == until or (played == DAY and until >= MERGED_ON)


def _welcome(place: Place, settings: Settings, day: date) -> None:
    url = settings.server.public_url
    click.echo(f"\nSỐ LIỆU MINH HỌA, {DEMO_HOUR:%H:%M} {day:%d/%m/%Y}: {url}\n")
    for holder in place.holders()[:_SHOWN]:
        click.echo(f"  {holder.username:24}{holder.password:26}{holder.role}")
    click.echo(f"\nAll accounts: {place.accounts}\nMails: {url}/demo/mails\n")


def _tell(text: str) -> None:
    click.echo(f"demo: {text}", err=True)
