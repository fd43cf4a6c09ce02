"""How long a new check takes to be tried on 1,560 sent reports, and whether its count is true.

True means: the check is switched on, and every report is judged again on the version that has it.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

from server.app import Application
from server.core.access import SYSTEM, Actor, Grant, Role
from server.core.json_text import dumps
from server.storage.database import Database
from tests.bench.form import FORM, bench_answers, bench_form
from tests.reliability.province import application_on, make_province

REPORTS = 1560
_FIRST_YEAR, _YEARS = 2013, 12
_CODE = "few_in_first"
#: About half of the generated reports have less.
_LEAST = 1_350_000
_WORKFLOW = "commune_district_province/1"


def measure_backtest(url: str, folder: Path, *, reports: int = REPORTS) -> dict[str, object]:
    """Seconds of one trial, what it flagged, and what is flagged when the check is there."""
    application = application_on(url, folder)
    communes = -(-reports // _YEARS)
    make_province(
        application,
        crews=1,
        communes=communes,
        form=bench_form(),
        codelists=("sex", "ethnic_group"),
    )
    _fill(application, reports)
    services = application.services
    admin = Actor(SYSTEM.account, "bench", (Grant(Role.ADMIN, "u-province"),))
    text = json.dumps(checked_form(), ensure_ascii=False)
    newer = services.impact.of_text(admin, text).newer
    started, used = perf_counter(), process_time()
    (found,) = services.backtests.of(admin, newer)
    seconds, cpu = perf_counter() - started, process_time() - used
    services.catalogue.publish(text, "form", SYSTEM)
    switched_on = _flagged(application, admin)
    application.database.close()
    return {
        "reports": found.total,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "flagged": found.flagged,
        "flagged_when_switched_on": switched_on,
        "named": len(found.named),
    }


def checked_form() -> dict[str, Any]:
    """The measured form with one check more, which some of the reports break."""
    form: dict[str, Any] = deepcopy(bench_form())
    form["x-form"]["version"] = 2
    form["x-checks"].append(
        {
            "code": _CODE,
            "severity": "warning",
            "rule": f"total.c1 >= {_LEAST}",
            "message": "Cột 1 cộng được {left}, ít hơn mức thường gặp {right}.",
            "paths": ["/total/c1"],
        }
    )
    total = sum(row["c1"] for row in form["x-tests"][0]["answers"]["rows"].values())
    form["x-tests"][0]["findings"] = [] if total >= _LEAST else [_CODE]
    clean = deepcopy(form["x-tests"][0])
    clean["name"] = "đủ"
    for row in clean["answers"]["rows"].values():
        row["c1"] = row["c2"]
    clean["findings"] = []
    form["x-tests"].append(clean)
    return form


def worded_backtest(found: Mapping[str, object]) -> list[str]:
    """The figures as lines to read."""
    lines = []
    for database, figures in found.items():
        assert isinstance(figures, Mapping)
        lines.append(f"{database}: " + ", ".join(f"{key} {one}" for key, one in figures.items()))
        same = figures["flagged"] == figures["flagged_when_switched_on"]
        lines.append(f"  aim: the same count when switched on: {'met' if same else 'missed'}")
    return lines


def _flagged(application: Application, admin: Actor) -> int:
    """How many reports the published check speaks of, each judged as it was sent."""
    count = 0
    for unit, period, answers in application.database.rows(
        "SELECT s.org_unit_id, s.period, r.answers FROM submission s"
        " JOIN submission_revision r ON r.submission_id = s.id"
    ):
        verdict = application.services.submissions.validate(
            admin, FORM, json.loads(answers), org_unit=unit, period=period
        )
        count += any(one.code == _CODE for one in verdict.findings)
    return count


def _fill(application: Application, reports: int) -> None:
    """Sent and approved reports of twelve years, written by the database itself."""
    database: Database = application.database
    units = [row[0] for row in database.rows("SELECT id FROM org_unit ORDER BY id")]
    units = [one for one in units if one not in ("u-province", "u-district")]
    with database.transaction():
        for number in range(reports):
            name, text = f"bench-{number:05}", dumps(bench_answers(Random(number)))
            unit, period = units[number // _YEARS % len(units)], _FIRST_YEAR + number % _YEARS - 1
            database.run(
                "INSERT INTO obligation (id, form, org_unit_id, responsible_unit_id, period,"
                " opens_on, due_on, progress, closed)"
                " VALUES (?, ?, ?, ?, ?, '2025-01-01', '2025-01-15', 'sent', ?)",
                (name, FORM, unit, unit, str(period), False),
            )
            database.run(
                "INSERT INTO submission (id, obligation_id, form, form_version_id,"
                " workflow_version_id, org_unit_id, period, state, edit, revision, nil, answers,"
                " statuses, reasons) VALUES (?, ?, ?, ?, ?, ?, ?, 'approved', 1, 1, ?, ?, '{}',"
                " '[]')",
                (name, name, FORM, f"{FORM}/1", _WORKFLOW, unit, str(period), False, text),
            )
            database.run(
                "INSERT INTO submission_revision (submission_id, number, answers, statuses,"
                " computed, reasons, nil, digest, receipt, sealed_at, sealed_by, form_version)"
                " VALUES (?, 1, ?, '{}', '{}', '[]', ?, '', ?, '2025-01-10T00:00:00.000000Z', ?,"
                " 1)",
                (name, text, False, name, SYSTEM.account),
            )
