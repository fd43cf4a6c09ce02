"""How long it takes to foretell what a newer version does to 100,000 reports."""

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

from server.core.access import SYSTEM, Actor, Grant, Role
from server.core.json_text import dumps
from server.storage.database import Database
from tests.bench.form import FORM, bench_answers, bench_form
from tests.reliability.province import application_on, make_province

REPORTS, AIM_SECONDS = 100_000, 10.0
#: Of 54 lines a commune fills about so many; the answers of so many communes are in turn.
_LINES, _DOCUMENTS = 13, 40
_WORKFLOW = "commune_district_province/1"
_STATES = ("draft", "district_approved", "approved")
_MADE = """
WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)
"""


def measure_impact(url: str, folder: Path, *, reports: int = REPORTS) -> dict[str, object]:
    """Seconds of one study over generated reports, and what it found."""
    application = application_on(url, folder)
    make_province(
        application, crews=1, communes=1, form=bench_form(), codelists=("sex", "ethnic_group")
    )
    _fill(application.database, reports)
    admin = Actor(SYSTEM.account, "bench", (Grant(Role.ADMIN, "u-province"),))
    told: list[int] = []
    started, used = perf_counter(), process_time()
    found = application.services.impact.of_text(
        admin, json.dumps(changed_form()), progress=lambda done, _total: told.append(done)
    )
    seconds, cpu = perf_counter() - started, process_time() - used
    application.database.close()
    assert found.reports == reports
    assert sum(stage.reports for stage in found.stages) == told[-1] == reports
    counted = (*found.fields, *found.staying)  # those that go along, and those that stay
    return {
        "reports": reports,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "values": sum(one.kept + one.converted + one.dropped + one.orphaned for one in counted),
        "orphaned": sum(one.orphaned for one in counted),
        "converted": sum(one.converted for one in counted),
        "invalid": sum(one.invalid for one in counted),
        "progress_told": len(told),
    }


def changed_form() -> dict[str, Any]:
    """One column renamed, one limit lowered, one field gone, one in another unit."""
    form = deepcopy(bench_form())
    form["x-form"]["version"] = 2
    columns = form["$defs"]["row"]["properties"]
    form["$defs"]["row"]["properties"] = {
        ("first" if key == "c1" else key): value for key, value in columns.items()
    }
    columns["c2"]["maximum"] = 5
    fields = [key for key, one in form["properties"].items() if one.get("type") == "integer"]
    del form["properties"][fields[0]]
    form["x-migrate"] = {
        "from": 1,
        "steps": [
            {"op": "rename", "from": "/rows/*/c1", "to": "/rows/*/first"},
            {"op": "unit", "path": f"/{fields[1]}", "factor": 10},
        ],
    }
    return form


def worded_impact(found: Mapping[str, object]) -> list[str]:
    """The figures as lines to read."""
    lines = []
    for database, figures in found.items():
        assert isinstance(figures, Mapping)
        lines.append(f"{database}: " + ", ".join(f"{key} {one}" for key, one in figures.items()))
        verdict = "met" if float(figures["seconds"]) <= AIM_SECONDS else "missed"
        lines.append(f"  aim: {AIM_SECONDS:g} s: {verdict}")
    return lines


def _fill(database: Database, reports: int) -> None:
    """Reports on the bench form, written by the database itself: only their reading is measured."""
    documents = []
    for seed in range(_DOCUMENTS):
        answers = bench_answers(Random(seed))
        rows = answers["rows"]
        assert isinstance(rows, dict)
        answers["rows"] = dict(list(rows.items())[:_LINES])
        documents.append(dumps(answers))
    unit = database.rows("SELECT id FROM org_unit ORDER BY id LIMIT 1")[0][0]
    with database.transaction():
        database.run(
            f"{_MADE} INSERT INTO obligation (id, form, org_unit_id, responsible_unit_id, period,"
            " opens_on, due_on, progress, closed) SELECT 'bench-' || n, ?, ?, ?, 'bench-' || n,"
            " '2025-01-01', '2025-01-15', 'sent', ? FROM counted",
            (reports, FORM, unit, unit, False),
        )
        for number, text in enumerate(documents):
            database.run(
                f"{_MADE} INSERT INTO submission (id, obligation_id, form, form_version_id,"
                " workflow_version_id, org_unit_id, period, state, edit, revision, nil, answers,"
                " statuses, reasons) SELECT 'bench-' || n, 'bench-' || n, ?, ?, ?, ?,"
                " 'bench-' || n, ?, 1, 1, ?, ?, '{}', '[]' FROM counted WHERE n % ? = ?",
                (
                    reports, FORM, f"{FORM}/1", _WORKFLOW, unit,
                    _STATES[number % len(_STATES)], False, text, _DOCUMENTS, number,
                ),
            )  # fmt: skip
