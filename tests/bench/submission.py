"""One large document from the wire to the disk, beside the raw commit and the empty answer.

Everything is measured in the same run and in turns, so that what else the machine does falls on
all of them alike.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import uuid4

from tests.bench.form import FORM, bench_answers, bench_form
from tests.bench.meter import Caller, Cost, Measured, measured
from tests.bench.raw import raw_commits
from tests.bench.server import EMPTY
from tests.reliability.killer import Server
from tests.reliability.province import PERIOD, Crew, application_on, make_province

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
        crews=units,
        communes=1,
        form=bench_form(),
        codelists=("sex", "ethnic_group"),
    )
    application.database.close()
    random, waiting = Random(2025), list(province.crews)
    server, turns = Server(url, folder, "tests.bench.server"), Turns()
    server.start()
    assert server.process is not None
    process = server.process.pid
    caller = Caller(server.port)
    try:
        with raw_commits(url, folder) as commit:
            _turn(caller, commit, process, random, waiting, Turns(), WARM_UP)
            for _ in range(repetitions):
                _turn(caller, commit, process, random, waiting, turns, requests)
    finally:
        caller.close()
        server.kill()
    return _figures(turns.measured())


@dataclass
class _Report:
    """One report on its way: whose it is, and its edit as it was told last."""

    caller: Caller
    crew: Crew
    id: str = ""
    etag: str = ""

    def post(self, answers: str) -> Callable[[], object]:
        facts = {"form": FORM, "org_unit": self.crew.units[0], "period": PERIOD}
        body = f'{json.dumps(facts)[:-1]}, "answers": {answers}}}'.encode()

        def run() -> None:
            answer = self._ask("POST", _API, body, expected=201, Idempotency_Key=str(uuid4()))
            self.id = str(answer["id"])

        return run

    def put(self, answers: Mapping[str, object]) -> Callable[[], object]:
        body = json.dumps({"answers": answers}).encode()
        return lambda: self._ask(
            "PUT", f"{_API}/{self.id}/answers", body, expected=200, If_Match=self.etag
        )

    def submit(self) -> object:
        return self._ask(
            "POST",
            f"{_API}/{self.id}/transitions",
            b'{"event": "submit"}',
            expected=200,
            Idempotency_Key=str(uuid4()),
            If_Match=self.etag,
        )

    def _ask(
        self, method: str, path: str, body: bytes, *, expected: int, **headers: str
    ) -> Mapping[str, object]:
        answer, self.etag = self.caller(
            method, path, body, token=self.crew.reporter, expected=expected, **headers
        )
        return answer


def _turn(
    caller: Caller,
    commit: Callable[[str, str], None],
    process: int,
    random: Random,
    waiting: list[Crew],
    turns: Turns,
    requests: int,
) -> None:
    reports = [_Report(caller, waiting.pop()) for _ in range(requests)]
    texts = [json.dumps(bench_answers(random)) for _ in reports]
    raw = [_raw(commit, text) for text in texts]
    turns.add("raw commit", measured(raw, os.getpid()))
    empty = [lambda: caller("GET", EMPTY, expected=200)] * requests
    turns.add("empty answer", measured(empty, process))
    posts = [report.post(text) for report, text in zip(reports, texts, strict=True)]
    turns.add("POST submission", measured(posts, process))
    puts = [report.put(bench_answers(random)) for report in reports]
    turns.add("PUT answers", measured(puts, process))
    turns.add("submit", measured([report.submit for report in reports], process))


def _raw(commit: Callable[[str, str], None], text: str) -> Callable[[], object]:
    return lambda: commit(str(uuid4()), text)


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
