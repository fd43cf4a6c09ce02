"""The late board of 130 units and 40 forms: its pages timed, its statements counted.

The real application, asked through its own pages without a network between: the time is the
server's, from the request to the last byte of the HTML.
"""

import secrets
import statistics
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from server.core.account import Session
from server.core.obligation import Obligation, Progress, RoundDates
from server.core.ports import LOCAL
from server.storage.database import Database
from server.storage.reminders import SENT, Delivery
from server.storage.urgings import Urging
from tests.bench.rounds import ROUND, add_communes, add_forms
from tests.world import FRIDAY, World, make_world

UNITS, FORMS = 130, 40
AIM_MS = 1000
PAGES = {
    "board": "/progress/board?period=2024",
    "list": "/progress?period=2024",
    "rates by unit": "/progress/rates?period=2024&by=unit",
    "csv": "/progress/board.csv?period=2024",
}


def measure_board(
    url: str, folder: Path, *, units: int = UNITS, forms: int = FORMS, repetitions: int = 5
) -> dict[str, object]:
    """Milliseconds and statements of each page."""
    database = Database.open(url)
    database.migrate()
    world = make_world(database, folder)
    add_communes(world, units)
    codes = add_forms(world, forms)
    dates = (RoundDates(level="commune", opens=date(2024, 12, 1), due=date(2025, 1, 10)),)
    round_ = replace(ROUND, forms=codes, opens_on=date(2024, 12, 1), dates=dates)
    world.services.rounds.open(world.actor("admin"), round_)
    owed = list(world.services.rounds.owed(round_.id))
    with database.transaction():
        scatter(world, owed, Random(2026))
    client = world.application.web().test_client()
    client.set_cookie("session", _session(world, "province_approver"))
    found: dict[str, object] = {"reports": len(owed)}
    for name, path in PAGES.items():
        times, costs, statements = [], [], 0
        for _ in range(repetitions):
            with counted(database) as asked:
                started, processed = perf_counter(), process_time()
                answer = client.get(path)
                times.append((perf_counter() - started) * 1000)
                costs.append((process_time() - processed) * 1000)
            assert answer.status_code == 200, answer.text
            statements = len(asked)
        found[f"{name} ms median"] = round(statistics.median(times), 1)
        found[f"{name} ms most"] = round(max(times), 1)
        found[f"{name} CPU ms median"] = round(statistics.median(costs), 1)
        found[f"{name} statements"] = statements
        found[f"{name} kB"] = len(answer.data) // 1000
    database.close()
    return found


def worded_board(found: Mapping[str, object]) -> list[str]:
    """The figures as lines to read."""
    lines = []
    for database, figures in found.items():
        assert isinstance(figures, Mapping)
        lines.append(f"{database}: {figures['reports']} reports")
        for name in PAGES:
            median = float(str(figures[f"{name} ms median"]))
            verdict = "met" if median < AIM_MS else "missed"
            lines.append(
                f"  {name:14}{median:9} ms (most {figures[f'{name} ms most']}, processor"
                f" {figures[f'{name} CPU ms median']}), {figures[f'{name} statements']} statements,"
                f" {figures[f'{name} kB']} kB, aim {AIM_MS} ms {verdict}"
            )
    return lines


def scatter(world: World, owed: list[Obligation], random: Random) -> None:
    """Let the reports be as far as reports are: sent in time, late, within an extension, not."""
    services, admin = world.services, world.accounts["admin"]
    store = services.board.obligations
    reminders, urgings = services.reminders.store, services.urging.store
    for one in owed:
        days = random.randint(-20, 14)
        sent_at = datetime(2025, 1, 10, random.randint(0, 23), 30, tzinfo=LOCAL)
        sent_at += timedelta(days=days)
        progress = random.choice(list(Progress))
        if random.random() < 0.5:
            store.excuse(one.id, one.due_on + timedelta(days=random.randint(1, 20)), "mưa lũ")
        if progress in (Progress.SENT, Progress.FINAL):
            store.set_progress(one.id, progress, sent_at=sent_at.astimezone(UTC))
        else:
            back = date(2025, 1, 20) if progress is Progress.RETURNED else None
            store.set_progress(one.id, progress, return_due_on=back)
            if random.random() < 0.6:
                sent = FRIDAY.now() - timedelta(days=random.randint(0, 9))
                reminders.add(
                    [
                        Delivery(
                            obligation=one.id, step="D+1", rule="D+1", planned_on=sent.date(),
                            addressee="unit", account=None, name=None, recipient="x@x.example",
                            channel="email", language="vi", taken_at=sent, outcome=SENT,
                            settled_at=sent,
                        )
                    ]
                )  # fmt: skip
            if random.random() < 0.2:
                day = date(2025, 1, random.randint(11, 24))
                urgings.add(Urging(one.id, "call", day, "đã gọi", admin, FRIDAY.now()), again=True)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are run inside."""
    engine, asked = database.engine, list[str]()
    run = engine.execute_sql

    def noting(sql: str, *more: object, **named: object) -> object:
        asked.append(sql)
        return run(sql, *more, **named)

    engine.execute_sql = noting  # type: ignore[method-assign, assignment]
    try:
        yield asked
    finally:
        del engine.execute_sql


def _session(world: World, username: str) -> str:
    token, now = secrets.token_urlsafe(32), FRIDAY.now()
    hashed = sha256(token.encode()).hexdigest()
    session = Session(hashed, world.accounts[username], now, now, now + timedelta(hours=9))
    with world.application.database.transaction():
        world.services.accounts.store.open_session(session)
    return token
