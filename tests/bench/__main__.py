"""``./run bench``: every figure of ``docs/measurements.md``, measured now on this machine."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import apsw

from tests.bench.backtest import measure_backtest, worded_backtest
from tests.bench.board import measure_board, worded_board
from tests.bench.browser import measure_browser, worded_browser
from tests.bench.desk import measure_desk, worded_desk
from tests.bench.impact import measure_impact, worded_impact
from tests.bench.process import measure_process
from tests.bench.rounds import measure_rounds, worded_rounds
from tests.bench.submission import measure_submissions
from tests.bench.verify import measure_verify, worded_verify
from tests.databases import create_database, postgresql

AIM_CPU_MS = 4.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--postgresql", action="store_true", help="measure on PostgreSQL as well")
    parser.add_argument("--requests", type=int, default=60, help="requests in each repetition")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--no-process", action="store_true", help="leave cold start and memory out")
    parser.add_argument(
        "--browser", action="store_true", help="measure the filling page in Chromium, nothing else"
    )
    parser.add_argument(
        "--verify", action="store_true", help="measure the check of 10,000 events, nothing else"
    )
    parser.add_argument(
        "--desk", action="store_true", help="measure the approver's desk, nothing else"
    )
    parser.add_argument(
        "--rounds", action="store_true", help="measure the opening of a round, nothing else"
    )
    parser.add_argument("--board", action="store_true", help="measure the late board, nothing else")
    parser.add_argument(
        "--impact", action="store_true", help="measure the impact of a new version, nothing else"
    )
    parser.add_argument(
        "--backtest", action="store_true", help="measure a new check on 1,560 reports, nothing else"
    )
    given = parser.parse_args()
    if given.backtest:
        return _alone("backtest", _backtest, worded_backtest, as_json=given.json)
    if given.impact:
        return _alone("impact", _impact, worded_impact, as_json=given.json)
    if given.board:
        return _board(as_json=given.json, on_postgresql=given.postgresql)
    if given.rounds:
        return _rounds(as_json=given.json, on_postgresql=given.postgresql)
    if given.verify:
        return _verify(as_json=given.json, on_postgresql=given.postgresql)
    if given.browser:
        return _alone("browser", measure_browser, worded_browser, as_json=given.json)
    if given.desk:
        return _alone("desk", measure_desk, worded_desk, as_json=given.json)
    counts = {"requests": given.requests, "repetitions": given.repetitions}
    figures: dict[str, object] = {"machine": _machine(), "counts": counts}
    with tempfile.TemporaryDirectory(prefix="bieumau-bench-") as name:
        folder = Path(name)
        figures["sqlite"] = measure_submissions(
            f"sqlite:///{folder / 'bench.db'}", folder, **counts
        )
        if not given.no_process:
            url = f"sqlite:///{folder / 'process.db'}"
            figures["process"] = measure_process(url, folder, repetitions=5)
        if given.postgresql:
            with postgresql(fsync=True) as server:
                url = create_database(server, "bieumau_bench")
                figures["postgresql"] = measure_submissions(url, folder, **counts)
    figures["load_after"] = _load()
    text = json.dumps(figures, indent=2, ensure_ascii=False) if given.json else worded(figures)
    sys.stdout.write(text + "\n")
    return 0


def _verify(*, as_json: bool, on_postgresql: bool) -> int:
    """The check of all chains; on PostgreSQL too where that is asked for."""

    def measure(folder: Path) -> dict[str, object]:
        found: dict[str, object] = {"sqlite": measure_verify(f"sqlite:///{folder / 'verify.db'}")}
        if on_postgresql:
            with postgresql(fsync=True) as server:
                found["postgresql"] = measure_verify(create_database(server, "bieumau_verify"))
        return found

    return _alone("verify", measure, worded_verify, as_json=as_json)


def _rounds(*, as_json: bool, on_postgresql: bool) -> int:
    """200 units and 40 forms; on PostgreSQL too where that is asked for."""

    def measure(folder: Path) -> dict[str, object]:
        url = f"sqlite:///{folder / 'rounds.db'}"
        found: dict[str, object] = {"sqlite": measure_rounds(url, folder)}
        if on_postgresql:
            with postgresql(fsync=True) as server:
                url = create_database(server, "bieumau_rounds")
                found["postgresql"] = measure_rounds(url, folder)
        return found

    return _alone("rounds", measure, worded_rounds, as_json=as_json)


def _board(*, as_json: bool, on_postgresql: bool) -> int:
    """130 units and 40 forms; on PostgreSQL too where that is asked for."""

    def measure(folder: Path) -> dict[str, object]:
        url = f"sqlite:///{folder / 'board.db'}"
        found: dict[str, object] = {"sqlite": measure_board(url, folder)}
        if on_postgresql:
            with postgresql(fsync=True) as server:
                url = create_database(server, "bieumau_board")
                found["postgresql"] = measure_board(url, folder)
        return found

    return _alone("board", measure, worded_board, as_json=as_json)


def _impact(folder: Path) -> dict[str, object]:
    """100,000 reports on SQLite: what is measured is the counting, not the database."""
    return {"sqlite": measure_impact(f"sqlite:///{folder / 'impact.db'}", folder)}


def _backtest(folder: Path) -> dict[str, object]:
    """1,560 reports on SQLite: what is measured is the judging."""
    return {"sqlite": measure_backtest(f"sqlite:///{folder / 'backtest.db'}", folder)}


def _alone(
    name: str,
    measure: Callable[[Path], dict[str, object]],
    worded_: Callable[[dict[str, object]], list[str]],
    *,
    as_json: bool,
) -> int:
    """One family of figures by itself."""
    machine = _machine()
    with tempfile.TemporaryDirectory(prefix="bieumau-bench-") as folder:
        found = measure(Path(folder))
    if as_json:
        figures = {"machine": machine, name: found, "load_after": _load()}
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
        return 0
    lines = [f"machine: {_inline(machine)}", f"load after: {_load()}", *worded_(found)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def worded(figures: Mapping[str, object]) -> str:
    """The figures as lines to read."""
    lines = [f"machine: {_inline(figures['machine'])}", f"load after: {figures['load_after']}"]
    for database in ("sqlite", "postgresql"):
        found = figures.get(database)
        if not isinstance(found, Mapping):
            continue
        lines += ["", f"{database}: 60 numbers and a table of 54 x 6, {_inline(figures['counts'])}"]
        lines.append(f"  {'operation':22}{'elapsed ms':>12}{'least':>9}{'CPU ms':>9}{'least':>9}")
        for name, cost in found["operations"].items():
            shown = (
                cost[key]
                for key in ("wall_ms_median", "wall_ms_least", "cpu_ms_median", "cpu_ms_least")
            )
            wall, wall_least, cpu, cpu_least = shown
            lines.append(f"  {name:22}{wall:12.2f}{wall_least:9.2f}{cpu:9.2f}{cpu_least:9.2f}")
        lines += [f"  {name}: {ratio}" for name, ratio in found["ratios"].items()]
        post = found["operations"]["POST submission"]["cpu_ms_median"]
        verdict = "met" if post <= AIM_CPU_MS else "missed"
        lines.append(
            f"  aim: {AIM_CPU_MS:g} ms of processor time a submission: {post:.2f}, {verdict}"
        )
    process = figures.get("process")
    if isinstance(process, Mapping):
        lines += ["", "process (SQLite)"] + [
            f"  {name}: {value}" for name, value in process.items()
        ]
    return "\n".join(lines)


def _machine() -> dict[str, object]:
    return {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
        "load": _load(),
    }


def _load() -> list[float]:
    return [round(value, 2) for value in os.getloadavg()]


def _inline(facts: object) -> str:
    assert isinstance(facts, Mapping)
    return ", ".join(f"{name} {value}" for name, value in facts.items())


if __name__ == "__main__":
    sys.exit(main())
