"""One played demonstration for all tests of this folder: playing it takes seconds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from server.app import Application, build, clock_of
from server.core.ports import LOCAL
from server.demo.place import Place
from server.demo.running import DAY, play
from server.demo.sink import start_sink
from server.machine import ShiftedClock
from server.settings import Settings
from tests.world import QUICK


@dataclass(frozen=True)
class Played:
    """A folder in which the story was played up to 24/01/2025, and the application on it."""

    place: Place
    settings: Settings
    application: Application


@pytest.fixture(scope="session")
def _played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    place = Place(Path(tmp_path_factory.mktemp("demo")) / "demo")
    place.clear()
    sink_port = place.sink_port()
    # Hundreds of passwords are hashed: how well is of no account here.
    settings = replace(place.configure(0, sink_port, DAY), security=QUICK)
    clock = ShiftedClock()
    sink = start_sink(place.mails, clock, sink_port)
    try:
        play(place, settings, clock, DAY)
        clock.shift = clock_of(settings).now() - datetime.now(LOCAL)
        application = build(settings, clock)
        yield Played(place, settings, application)
        application.database.close()
    finally:
        sink.stop()


@pytest.fixture
def played(_played: Played) -> Played:
    """The played demonstration; other tests may have bound the models to their own database."""
    _played.application.database.bind()
    return _played
