"""The approver's desk measured: 500 waiting reports, a 132 x 8 difference, 50 approvals at once.

The real application on SQLite, asked through its own pages without a network between: the time is
the server's, from the request to the last byte of the HTML or of the redirect.
"""

import json
import re
import secrets
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import Application
from server.core.access import SYSTEM, Actor
from server.core.account import Session
from server.core.obligation import Round
from server.core.submission import Change
from server.services.review import SubmissionView
from tests.bench.form import FORM, bench_answers, bench_form
from tests.bench.wide_form import BLOCKS, COLUMNS, ROWS, row_paths, wide_answers, wide_form
from tests.bench.wide_form import FORM as WIDE
from tests.reliability.province import PERIOD, actor_of, application_on, make_province

DESK = "/admin/approvals/"
WAITING = 500
AT_ONCE = 50
AIMS_MS = {"inbox": 500, "review": 300, "bulk": 3000}
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_CHOSEN = re.compile(r'name="chosen" value="([^"]+)"')
_BEFORE = "2023"


@dataclass(frozen=True)
class Desk:
    """A filled province and an approver's browser in it."""

    application: Application
    client: FlaskClient
    wide: str  # the report of 132 x 8 cells that was sent twice, and for the year before
    csrf: str

    def get(self, path: str) -> TestResponse:
        return _expected(self.client.get(path), 200)

    def post(self, path: str, **fields: object) -> TestResponse:
        return _expected(self.client.post(path, data={"csrf_token": self.csrf, **fields}), 303)


def make_desk(folder: Path, *, waiting: int = WAITING) -> Desk:
    """The province; *waiting* reports of 384 cells wait for the district's approver."""
    application = application_on(f"sqlite:///{folder / 'desk.db'}", folder)
    make_province(
        application,
        crews=1,
        communes=waiting + 1,
        form=bench_form(),
        codelists=("sex", "ethnic_group"),
    )
    services = application.services
    services.catalogue.publish(json.dumps(wide_form(), ensure_ascii=False), "form", SYSTEM)
    for period in (_BEFORE, PERIOD):
        services.rounds.open(actor_of(application, "admin"), _round(period))
    units = [f"u-{number:05}" for number in range(waiting)]
    random = Random(2026)
    for unit in units:
        _send(application, FORM, unit, PERIOD, bench_answers(random))
    wide = _wide(application, f"u-{waiting:05}")
    client = application.web().test_client()
    client.set_cookie("session", _session(application, "district_a"))
    csrf = _TOKEN.search(client.get("/account").text)
    assert csrf is not None
    return Desk(application, client, wide, csrf[1])


def measure_desk(
    folder: Path, *, waiting: int = WAITING, at_once: int = AT_ONCE, repetitions: int = 9
) -> dict[str, object]:
    """Milliseconds of each page of the desk, the first answer apart from the median of the rest."""
    desk = make_desk(folder, waiting=waiting - len((_BEFORE, PERIOD)))  # the wide ones wait as well
    review = f"{DESK}{desk.wide}/"
    try:
        pages = {
            "inbox": _timed(lambda: desk.get(DESK), repetitions),
            "review, all cells": _timed(lambda: desk.get(review), repetitions),
            "review, changed cells only": _timed(
                lambda: desk.get(f"{review}?show=changes"), repetitions
            ),
            "next report": _timed(
                lambda: _expected(desk.client.get(f"{DESK}next/?after={desk.wide}"), 303),
                repetitions,
            ),
        }
        shown = desk.get(DESK).text
        chosen = _CHOSEN.findall(shown)[:at_once]
        pages["summary before"] = _timed(
            lambda: desk.get(f"{DESK}summary/?{'&'.join(f'chosen={one}' for one in chosen)}"), 3
        )
        began, before = perf_counter(), process_time()
        done = desk.post(f"{DESK}bulk/", chosen=chosen)
        bulk, bulk_cpu = (perf_counter() - began) * 1000, (process_time() - before) * 1000
        results = desk.get(done.location)
        approved = results.text.count('data-outcome="done"')
    finally:
        desk.application.database.close()
    return {
        "pages_ms": pages,
        "bulk_ms": round(bulk, 1),
        "bulk_cpu_ms": round(bulk_cpu, 1),
        "waiting": len(_CHOSEN.findall(shown)),
        "bulk": len(chosen),
        "bulk_approved": approved,
        "cells": ROWS * COLUMNS,
        "aims_ms": AIMS_MS,
    }


def worded_desk(found: Mapping[str, object]) -> list[str]:
    """The figures as lines to read."""
    pages = found["pages_ms"]
    assert isinstance(pages, Mapping)
    lines = [
        f"{found['waiting']} waiting reports, a difference of {found['cells']} cells, "
        f"{found['bulk_approved']} of {found['bulk']} approved at once",
        f"  {'page':30}{'first ms':>10}{'median ms':>11}{'least ms':>10}{'CPU ms':>8}",
    ]
    for name, cost in pages.items():
        first, median, least, cpu = (cost[key] for key in ("first", "median", "least", "cpu"))
        lines.append(f"  {name:30}{first:10.0f}{median:11.0f}{least:10.0f}{cpu:8.0f}")
    lines.append(f"  {'approve at once':30}{found['bulk_ms']:10.0f}{found['bulk_cpu_ms']:29.0f}")
    return [*lines, f"  aims in ms: {found['aims_ms']}"]


def _timed(ask: Callable[[], object], repetitions: int) -> dict[str, float]:
    elapsed, worked = [], []
    for _ in range(repetitions + 1):
        began, before = perf_counter(), process_time()
        ask()
        elapsed.append((perf_counter() - began) * 1000)
        worked.append((process_time() - before) * 1000)
    first, *rest = elapsed
    return {
        "first": round(first, 1),
        "median": round(statistics.median(rest), 1),
        "least": round(min(rest), 1),
        "cpu": round(statistics.median(worked[1:]), 1),
    }


def _send(
    application: Application, form: str, unit: str, period: str, answers: Mapping[str, object]
) -> SubmissionView:
    """A report that its unit filled, passed on and signed."""
    clerk = actor_of(application, "reporter_0")
    view = application.services.submissions.start(
        clerk, form=form, org_unit=unit, period=period, answers=answers
    )
    return _signed(application, view)


def _signed(application: Application, view: SubmissionView) -> SubmissionView:
    view = _decide(application, actor_of(application, "reporter_0"), view, "submit")
    return _decide(application, actor_of(application, "signer_0"), view, "sign")


def _decide(
    application: Application, actor: Actor, view: SubmissionView, event: str, **given: object
) -> SubmissionView:
    submission = view.submission
    return application.services.approvals.decide(
        actor, submission.id, event, seen=submission.edit, supplied=given
    )


def _wide(application: Application, unit: str) -> str:
    """Every figure of 132 x 8 differs from the sending before and from the year before."""
    _send(application, WIDE, unit, _BEFORE, wide_answers())
    view = _send(application, WIDE, unit, PERIOD, _raised(1))
    district = actor_of(application, "district_a")
    view = _decide(application, district, view, "return", note="Xem lại toàn bộ biểu.")
    answers = view.submission.answers
    changes = [
        Change(f"{path}/{key}", value, value + 1)
        for path in row_paths()
        for key, value in _line(answers, path).items()
    ]
    clerk = actor_of(application, "reporter_0")
    view, conflicts = application.services.submissions.save_cells(
        clerk, view.submission.id, changes
    )
    assert not conflicts and len(changes) == ROWS * COLUMNS
    view = replace(view)
    return _signed(application, view).submission.id


def _raised(by: int) -> dict[str, object]:
    plain = wide_answers()
    return {
        name: {
            line: {key: value + by for key, value in held.items()}
            for line, held in dict(plain[name]).items()  # type: ignore[call-overload]
        }
        for name in BLOCKS
    }


def _line(answers: Mapping[str, object], path: str) -> Mapping[str, int]:
    _root, block, line = path.split("/")
    lines = answers[block]
    assert isinstance(lines, Mapping)
    return dict(lines[line])


def _round(period: str) -> Round:
    return Round(
        id=f"wide-{period}",
        code=f"RONG-{period}",
        title=f"Biểu rộng {period}",
        period=period,
        letter_number="02/BDT",
        letter_on=date(int(period), 12, 1),
        contact="Phòng Tổng hợp",
        phone="0209 000 000",
        level="official",
        forms=(WIDE,),
        opens_on=date(int(period), 12, 1),
    )


def _session(application: Application, username: str) -> str:
    accounts = application.services.accounts
    token, now = secrets.token_urlsafe(32), application.services.clock.now()
    account = accounts.by_username(username).id
    hashed = sha256(token.encode()).hexdigest()
    accounts.store.open_session(Session(hashed, account, now, now, now + timedelta(hours=9)))
    return token


def _expected(response: TestResponse, status: int) -> TestResponse:
    if response.status_code != status:
        raise RuntimeError(f"{response.status}: {response.text[:400]}")
    return response
