"""One large document from the wire to the disk, beside the raw commit and the empty answer.

Everything is measured in the same run and in turns, so that what else the machine does falls on
all of them alike.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import uuid4

from tests.bench.form import FORM, bench_answers, bench_form
from tests.bench.meter import Caller, Cost, Measured, measured
from tests.bench.raw import raw_commits
from tests.bench.server import EMPTY
from tests.reliability.killer import Server
from tests.reliability.province import PERIOD, application_on, make_province

WARM_UP = 20
_API = "/api/v1/submissions"


@dataclass
class Turns:
    """The costs of each operation, repetition by repetition."""

    costs: dict[str, list[Cost]] = field(default_factory=dict)

    def add(self, name: str, cost: Cost) -> None:
        self.costs.setdefault(name, []).append(cost)

    def measured(self) -> dict[str, Measured]:
        return {name: Measured(tuple(costs)) for name, costs in self.costs.items()}


def measure_submissions(
    url: str, folder: Path, *, requests: int, repetitions: int
) -> dict[str, object]:
    """Figures of ``POST``, of ``PUT`` with ``submit``, and what they are compared with."""
    application = application_on(url, folder)
    units = WARM_UP + requests * repetitions
    province = make_province(
        application,
        crews=1,
        communes=units,
        form=bench_form(),
        codelists=("sex", "ethnic_group"),
    )
    application.database.close()
    crew = province.crews[0]
    random, waiting = Random(2025), list(crew.units)
    server, turns = Server(url, folder, "tests.bench.server"), Turns()
    server.start()
    assert server.process is not None
    process = server.process.pid
    caller = Caller(server.port, crew.reporter)
    started: list[tuple[str, str]] = []
    try:
        with raw_commits(url, folder) as commit:
            _turn(caller, commit, process, random, waiting, started, Turns(), WARM_UP)
            for _ in range(repetitions):
                _turn(caller, commit, process, random, waiting, started, turns, requests)
    finally:
        caller.close()
        server.kill()
    return _figures(turns.measured())


def _turn(
    caller: Caller,
    commit: Callable[[str, str], None],
    process: int,
    random: Random,
    waiting: list[str],
    started: list[tuple[str, str]],
    turns: Turns,
    requests: int,
) -> None:
    texts = [json.dumps(bench_answers(random)) for _ in range(requests)]
    raw = [_raw(commit, text) for text in texts]
    turns.add("raw commit", measured(raw, os.getpid()))
    empty = [lambda: caller("GET", EMPTY, expected=200)] * requests
    turns.add("empty answer", measured(empty, process))
    posts = [_post(caller, waiting.pop(), text, started) for text in texts]
    turns.add("POST submission", measured(posts, process))
    drafts = [json.dumps({"answers": bench_answers(random)}).encode() for _ in range(requests)]
    etags: list[tuple[str, str]] = []
    puts = [
        _put(caller, id_, etag, draft, etags)
        for (id_, etag), draft in zip(started, drafts, strict=True)
    ]
    turns.add("PUT answers", measured(puts, process))
    turns.add("submit", measured([_submit(caller, *each) for each in etags], process))
    started.clear()


def _raw(commit: Callable[[str, str], None], text: str) -> Callable[[], object]:
    return lambda: commit(str(uuid4()), text)


def _post(
    caller: Caller, unit: str, answers: str, started: list[tuple[str, str]]
) -> Callable[[], object]:
    head = json.dumps({"form": FORM, "org_unit": unit, "period": PERIOD})
    body = f'{head[:-1]}, "answers": {answers}}}'.encode()

    def run() -> None:
        answer, etag = caller("POST", _API, body, expected=201, Idempotency_Key=str(uuid4()))
        started.append((str(answer["id"]), etag))

    return run


def _put(
    caller: Caller, id_: str, etag: str, draft: bytes, etags: list[tuple[str, str]]
) -> Callable[[], object]:
    def run() -> None:
        _, now = caller("PUT", f"{_API}/{id_}/answers", draft, expected=200, If_Match=etag)
        etags.append((id_, now))

    return run


def _submit(caller: Caller, id_: str, etag: str) -> Callable[[], object]:
    path, body = f"{_API}/{id_}/transitions", b'{"event": "submit"}'
    return lambda: caller(
        "POST", path, body, expected=200, Idempotency_Key=str(uuid4()), If_Match=etag
    )


def _figures(found: dict[str, Measured]) -> dict[str, object]:
    raw, empty, post = found["raw commit"], found["empty answer"], found["POST submission"]
    draft_and_submit = Measured(
        tuple(
            Cost(one.wall_ms + two.wall_ms, one.cpu_ms + two.cpu_ms)
            for one, two in zip(found["PUT answers"].costs, found["submit"].costs, strict=True)
        )
    )
    found["PUT answers + submit"] = draft_and_submit
    return {
        "operations": {name: one.as_json() for name, one in found.items()},
        "ratios": {
            "POST submission / raw commit, elapsed": _ratio(post.wall_ms, raw.wall_ms),
            "POST submission / empty answer, elapsed": _ratio(post.wall_ms, empty.wall_ms),
            "POST submission / empty answer, processor": _ratio(post.cpu_ms, empty.cpu_ms),
            "PUT answers + submit / raw commit, elapsed": _ratio(
                draft_and_submit.wall_ms, raw.wall_ms
            ),
            "PUT answers + submit / empty answer, elapsed": _ratio(
                draft_and_submit.wall_ms, empty.wall_ms
            ),
        },
    }


def _ratio(ours: float, theirs: float) -> float:
    return round(ours / theirs, 2)
