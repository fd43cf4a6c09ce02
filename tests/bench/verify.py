"""How long ``./run verify`` takes for a ledger of ten thousand events, as a command and inside."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter, process_time

from server.core.ports import FixedClock
from server.services.ledger import Ledger
from server.storage.database import Database
from server.storage.events import EventStore

EVENTS = 10_000
#: As many rows as the life of a report that was returned once.
OF_ONE = 8
AIM_SECONDS = 2.0
_FROM = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
_NAMES = ("started", "submit", "sign", "return", "submit", "sign", "approve", "approve")
#: One checkpoint an hour or so: the sealer takes what there is.
_SEALED_EVERY = 500


def measure_verify(database_url: str, *, events: int = EVENTS) -> dict[str, object]:
    """Fill an empty database and check it: the least of three, in this process and as a command."""
    database = Database.open(database_url)
    database.migrate()
    ledger = fill(database, events)
    inside = []
    for _ in range(3):
        began, cpu = perf_counter(), process_time()
        found = ledger.verify()
        inside.append((perf_counter() - began, process_time() - cpu))
        assert found.faults == () and found.events == events, found
    database.close()
    command, command_cpu = min(_command(database_url, events) for _ in range(3))
    seconds, cpu = min(inside)
    return {
        "events": events,
        "subjects": found.subjects,
        "checkpoints": found.checkpoints,
        "inside_s": round(seconds, 3),
        "inside_cpu_s": round(cpu, 3),
        "command_s": round(command, 3),
        "command_cpu_s": round(command_cpu, 3),
    }


def fill(database: Database, events: int) -> Ledger:
    """A ledger with so many events of reports, sealed as they came."""
    numbers = count(1)
    store = EventStore(
        database,
        consumers=(),
        new_id=lambda: f"e{next(numbers):08}",
        new_salt=lambda: "",
    )
    clock = FixedClock(_FROM)
    ledger = Ledger(store, database.transaction, clock)
    with database.transaction():
        for number in range(events):
            report, step = divmod(number, OF_ONE)
            store.append(
                f"submission/{report:06}",
                f"submission.{_NAMES[step]}",
                f"account-{report % 97}",
                _FROM + timedelta(seconds=number),
                _details(report, step),
            )
            if number % _SEALED_EVERY == _SEALED_EVERY - 1:
                ledger.seal()
        ledger.seal()
    return ledger


def worded_verify(figures: Mapping[str, object]) -> list[str]:
    """The figures as lines to read."""
    lines = []
    for database, found in figures.items():
        if isinstance(found, Mapping) and "command_s" in found:
            verdict = "met" if float(found["command_s"]) < AIM_SECONDS else "missed"
            lines += ["", f"{database}: ./run verify"]
            lines += [f"  {name}: {value}" for name, value in found.items()]
            lines.append(f"  aim: the command under {AIM_SECONDS:g} s: {verdict}")
    return lines


def _details(report: int, step: int) -> dict[str, object]:
    """About as much as the row of a signature holds."""
    return {
        "from": "draft",
        "to": "submitted",
        "edit": step + 2,
        "revision": 1,
        "digest": f"{report:064x}",
        "draft_changes": f"{report * 7 + step:064x}",
        "form_digest": "a" * 64,
        "workflow_digest": "b" * 64,
        "findings": {"warning": 2},
        "found": [["warning", "crowded", "/households"], ["warning", "unusual", "/people/male"]],
        "note": "Đề nghị kiểm tra lại số hộ của thôn Nà Mạ.",
    }


def _command(database_url: str, events: int) -> tuple[float, float]:
    """Seconds and processor time of ``python -m server verify``: what ``./run verify`` becomes."""
    root = Path(__file__).parents[2]
    began, spent = perf_counter(), _cpu_of_children()
    done = subprocess.run(
        [sys.executable, "-m", "server", "verify", "--json"],
        cwd=root,
        env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = perf_counter() - began
    assert json.loads(done.stdout.splitlines()[-1])["events"] == events
    return seconds, _cpu_of_children() - spent


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
