"""A report that was acknowledged is never lost, never half there, never there twice."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from server.storage.database import Database
from tests.reliability.checks import check
from tests.reliability.killer import Server, Witness, ask_again
from tests.reliability.province import application_on, make_province

CREWS = 8
SEED = 20250124


@contextmanager
def province_at_work(url: str, folder: Path, communes: int, seed: int) -> Iterator[tuple]:
    """A served province with its clients at work; what was started here ends here."""
    application = application_on(url, folder)
    province = make_province(application, crews=CREWS, communes=communes)
    application.database.close()
    server, witness = Server(url, folder), Witness(folder, province)
    server.start()
    try:
        witness.start(server.port, seed)
        yield server, witness
    finally:
        witness.kill()
        server.kill()


def kill_and_check(
    url: str, folder: Path, *, rounds: int, communes: int, seed: int
) -> dict[str, object]:
    """Kill in the middle of the work, *rounds* times, and check after each kill and at the end."""
    random = Random(seed)
    acknowledged, interrupted = [], 0
    with province_at_work(url, folder, communes, seed) as (server, witness):
        for _ in range(rounds):
            before = witness.acknowledged()
            # Not before the clients are at work: a kill among no requests would prove nothing.
            while witness.acknowledged() < before + 2 * CREWS:
                time.sleep(0.1)
            time.sleep(random.uniform(0.05, 1.2))
            server.kill()
            testimony = witness.testimony()
            acknowledged.append(sum(one.is_acknowledged for one in testimony) - before)
            interrupted += sum(one.status is None for one in testimony)
            after_kill = checked(url, testimony)
            assert not after_kill, str(after_kill)
            server.start()
        witness.stop()
        testimony = witness.testimony()
        assert all(one.status is not None for one in testimony)
        keyed = [one for one in testimony if one.is_acknowledged and one.method == "POST"]
        assert ask_again(server.port, keyed) == []
    at_the_end = checked(url, testimony)
    assert not at_the_end, str(at_the_end)
    return {
        "acknowledged in each round": acknowledged,
        "acknowledged": sum(one.is_acknowledged for one in testimony),
        "reports": len({one.unit for one in testimony}),
        "interrupted requests": interrupted,
        "sent again": sum(one.tries > 1 for one in testimony),
        "asked again": len(keyed),
    }


def told(figures: dict[str, object]) -> None:
    """For the report of the run: ``pytest -rP`` shows it."""
    sys.stdout.write("".join(f"{name}: {figure}\n" for name, figure in figures.items()))


def checked(url: str, testimony: list) -> object:
    database = Database.open(url)
    try:
        return check(database, testimony)
    finally:
        database.close()


def test_no_acknowledged_report_is_lost_half_or_twice_when_the_server_is_killed(
    durable_url: str, tmp_path: Path
) -> None:
    figures = kill_and_check(durable_url, tmp_path, rounds=4, communes=100, seed=SEED)

    told(figures)
    assert figures["sent again"] > 0, "no kill met a request: the clients did not work"


@pytest.mark.long
def test_twenty_kills_in_the_middle_of_a_thousand_reports_lose_nothing(
    durable_url: str, tmp_path: Path
) -> None:
    figures = kill_and_check(durable_url, tmp_path, rounds=20, communes=400, seed=SEED + 1)

    told(figures)
    assert figures["sent again"] > 0
