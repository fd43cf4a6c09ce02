"""Three workers that are killed at random: every reminder is taken once and mailed once (R12)."""

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.core.calendar import next_working_day
from server.storage.database import Database
from tests.reliability.reminder_world import ReminderWorld, make, owed
from tests.world import ROOT

WORKERS = 3
STEP = "D+1"


@pytest.mark.parametrize(
    ("units", "rounds"),
    [pytest.param(40, 1, id="small"), pytest.param(500, 20, id="full", marks=pytest.mark.long)],
)
def test_three_killed_workers_send_each_reminder_once(
    fresh_database: Database, database_kind: str, tmp_path: Path, units: int, rounds: int
):
    world = make(fresh_database, tmp_path, units=units, districts=4)
    url = (
        f"sqlite:///{tmp_path / 'bieumau.db'}"
        if database_kind == "sqlite"
        else str(fresh_database.engine.database)
    )
    chance = random.Random(12)
    killed = 0
    for number in range(rounds):
        due = next_working_day(date(2025, 1, 6) + timedelta(days=7 * number), ())
        period = str(2000 + number)
        world.owe(owed(unit, due=due, period=period) for unit in range(units))
        killed += _round(url, tmp_path, f"{due + timedelta(days=1)}T09:00", chance)
        _judge(world, period, units)
    world.clock.set(date(2025, 12, 1))
    waiting = world.rows("SELECT COUNT(*) FROM reminder_delivery WHERE settled_at IS NULL")
    assert waiting == [(0,)]
    assert killed >= rounds


def _round(url: str, folder: Path, moment: str, chance: random.Random) -> int:
    """Start three; kill each once or twice at a random moment, start it again, let it end."""
    kills = {number: chance.choice((0, 1, 1, 2)) for number in range(WORKERS)}
    kills[0] = max(kills[0], 1)
    running = {number: _start(url, folder, moment) for number in range(WORKERS)}
    killed, began = 0, time.monotonic()
    try:
        while running:
            for number, process in list(running.items()):
                if kills[number] and chance.random() < 0.3:
                    process.kill()
                    process.wait()
                    kills[number] -= 1
                    killed += 1
                    running[number] = _start(url, folder, moment)
                elif process.poll() is not None:
                    assert process.returncode == 0
                    del running[number]
            time.sleep(chance.uniform(0.0, 0.3))
            assert time.monotonic() - began < 300
    finally:
        for process in running.values():
            process.kill()
            process.wait()
    return killed


def _start(url: str, folder: Path, moment: str) -> subprocess.Popen[bytes]:
    """One worker, once it has opened the database: a kill before that proves nothing."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.reminder_process", "remind", url, str(folder),
         moment, "0"],
        cwd=ROOT, stdout=subprocess.PIPE,
    )  # fmt: skip
    with process.stdout as told:  # type: ignore[union-attr]
        assert told.readline() == b"ready\n"
    return process


def _judge(world: ReminderWorld, period: str, units: int) -> None:
    """Of this round each unit was taken once and stands in one mail; no person has two a day."""
    deliveries = world.rows(
        "SELECT d.obligation_id, d.outcome FROM reminder_delivery d JOIN obligation o"
        " ON o.id = d.obligation_id WHERE o.period = ? AND d.step = ? AND d.addressee = 'unit'",
        period,
        STEP,
    )
    assert Counter(outcome for _id, outcome in deliveries) == {"sent": units}
    assert len({id_ for id_, _outcome in deliveries}) == units
    events = world.rows(
        "SELECT e.subject, COUNT(*) FROM event e JOIN obligation o"
        " ON e.subject = 'obligation/' || o.id WHERE o.period = ?"
        " AND e.name = 'obligation.reminded' GROUP BY e.subject",
        period,
    )
    assert {count for _subject, count in events} == {1} and len(events) == units
    mails = world.rows("SELECT recipient, CAST(created_at AS TEXT) FROM mail")
    per_day = Counter((recipient, str(at)[:10]) for recipient, at in mails)
    assert set(per_day.values()) == {1}
