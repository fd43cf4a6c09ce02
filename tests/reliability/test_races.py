"""Two approvers at once: exactly one decides, and the other is told by whom."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.reliability.killer import Server
from tests.reliability.province import FORM, PERIOD, Province, application_on, make_province
from tests.world import GOOD

Figures = Callable[[str, object], None]
#: A machine with other work may hold the database's lock for longer than a request waits.
_MOST_RETURNS = 30
RETURN = {"event": "return", "input": {"note": "Đề nghị xem lại số hộ."}}
APPROVE = {"event": "approve"}


@pytest.fixture(params=[50, pytest.param(1000, marks=pytest.mark.long)])
def rounds(request: pytest.FixtureRequest) -> int:
    """How often the two approvers meet: a few each time, a thousand when asked for."""
    return int(request.param)


@pytest.fixture
def office(durable_url: str, tmp_path: Path, rounds: int) -> Iterator[tuple[Flask, Province]]:
    application = application_on(durable_url, tmp_path)
    province = make_province(application, crews=1, communes=rounds)
    web = application.web()
    yield web, province
    application.database.close()


def call(web: Flask, token: str, path: str, body: object, etag: str | None = None) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    if etag is not None:
        headers["If-Match"] = etag
    return web.test_client().post(f"/api/v1{path}", json=body, headers=headers)


def submitted(web: Flask, province: Province, unit: str) -> TestResponse:
    """A report that waits for the district."""
    crew = province.crews[0]
    body = {"form": FORM, "org_unit": unit, "period": PERIOD, "answers": GOOD}
    answer = call(web, crew.reporter, "/submissions", body)
    for token, event in ((crew.reporter, "submit"), (crew.signer, "sign")):
        path = f"/submissions/{answer.json['id']}/transitions"
        answer = call(web, token, path, {"event": event}, answer.headers["ETag"])
    assert answer.json["state"] == "submitted", answer.json
    return answer


@pytest.mark.parametrize("second", [APPROVE, RETURN], ids=["approve", "return"])
def test_of_two_approvers_who_decide_at_once_exactly_one_wins(
    office: tuple[Flask, Province],
    rounds: int,
    second: dict[str, object],
    record_property: Figures,
) -> None:
    web, province = office
    began, told = time.monotonic(), 0
    barrier = threading.Barrier(2)
    bodies = dict(zip(province.district_approvers, (APPROVE, second), strict=True))

    def decide(choice: tuple[str, TestResponse]) -> TestResponse:
        token, report = choice
        path = f"/submissions/{report.json['id']}/transitions"
        barrier.wait(10)
        return call(web, token, path, bodies[token], report.headers["ETag"])

    wins = dict.fromkeys(bodies, 0)
    with ThreadPoolExecutor(2) as pool:
        for unit in province.crews[0].units:
            report = submitted(web, province, unit)
            choices = [(token, report) for token in bodies]
            answers = dict(zip(bodies, pool.map(decide, choices), strict=True))
            winners = [token for token, answer in answers.items() if answer.status_code == 200]
            losers = [token for token in answers if token not in winners]

            assert len(winners) == 1, {answer.status_code for answer in answers.values()}
            wins[winners[0]] += 1
            won, lost = answers[winners[0]], answers[losers[0]]
            assert lost.status_code in (412, 409), lost.json
            assert lost.json["current"]["by"] == province.accounts[winners[0]]
            assert lost.json["current"]["edit"] == won.json["edit"]
            assert lost.json["current"]["state"] == won.json["state"]
            told += 1
            assert decisions(web, province, report) == [bodies[winners[0]]["event"]]
    assert sum(wins.values()) == told == rounds
    record_race(record_property, list(wins.values()), told, time.monotonic() - began)


@pytest.mark.long
@pytest.mark.parametrize("second", [APPROVE, RETURN], ids=["approve", "return"])
def test_of_two_approvers_at_two_servers_exactly_one_wins(
    durable_url: str, tmp_path: Path, second: dict[str, object], record_property: Figures
) -> None:
    rounds = 1000
    application = application_on(durable_url, tmp_path)
    province = make_province(application, crews=1, communes=rounds)
    web = application.web()
    reports = [submitted(web, province, unit) for unit in province.crews[0].units]
    folders = [tmp_path / name for name in ("first", "second")]
    servers = [Server(durable_url, folder) for folder in folders]
    barrier = threading.Barrier(2)
    bodies = list(zip(province.district_approvers, (APPROVE, second), strict=True))

    def decide(place: int) -> list[tuple[int, dict[str, object]]]:
        """One approver at one server, through all reports."""
        token, body = bodies[place]
        answers = []
        connection = http.client.HTTPConnection("127.0.0.1", servers[place].port, timeout=30)
        with closing(connection):
            for report in reports:
                headers = {
                    "Authorization": f"Bearer {token}",
                    "Idempotency-Key": str(uuid4()),
                    "If-Match": report.headers["ETag"],
                    "Content-Type": "application/json",
                }
                path = f"/api/v1/submissions/{report.json['id']}/transitions"
                barrier.wait(300)
                answers.append(answered(connection, path, body, headers))
        return answers

    try:
        for server in servers:
            server.folder.mkdir()
            server.start()
        began = time.monotonic()
        with ThreadPoolExecutor(2) as pool:
            first, other = pool.map(decide, (0, 1))
        took = time.monotonic() - began
    finally:
        for server in servers:
            server.kill()

    wins = [0, 0]
    for report, pair in zip(reports, zip(first, other, strict=True), strict=True):
        [winner] = [place for place, (status, _) in enumerate(pair) if status == 200]
        status, lost = pair[1 - winner]
        token, body = bodies[winner]
        won = pair[winner][1]
        wins[winner] += 1
        assert status in (412, 409), lost
        current = lost.get("current")
        assert isinstance(current, dict), lost
        assert current["by"] == province.accounts[token]
        assert (current["edit"], current["state"]) == (won["edit"], won["state"])
        assert decisions(web, province, report) == [body["event"]]
    assert sum(wins) == rounds
    application.database.close()
    record_race(record_property, wins, rounds, took)


def answered(
    connection: http.client.HTTPConnection,
    path: str,
    body: dict[str, object],
    headers: dict[str, str],
) -> tuple[int, dict[str, object]]:
    """The answer; one that says to come back with the same key is followed, as clients do."""
    for _ in range(_MOST_RETURNS):
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        if told.get("code") != "still-running":
            break
        time.sleep(int(answer.headers["Retry-After"]))
    return answer.status, told


def decisions(web: Flask, province: Province, report: TestResponse) -> list[str]:
    """What was decided on the report after it was signed."""
    headers = {"Authorization": f"Bearer {province.crews[0].reporter}"}
    path = f"/api/v1/submissions/{report.json['id']}/history"
    items = web.test_client().get(path, headers=headers).json["items"]
    return [item["event"] for item in items][3:]


def record_race(record_property: Figures, wins: list[int], told: int, took: float) -> None:
    """For the report of a long run (``--junitxml``): who won how often, and how long it took."""
    record_property("rounds", sum(wins))
    record_property("wins", "/".join(str(count) for count in wins))
    record_property("losers_told", told)
    record_property("seconds", round(took, 1))
