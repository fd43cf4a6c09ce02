"""When a request to reopen waits, and of which report it can be asked."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.core.event import Event
from server.core.reopen_request import is_askable, unanswered
from server.core.workflow import Workflow

ROOT = Path(__file__).parents[2]
ASKED, REFUSED, REOPEN = (
    f"submission.{what}" for what in ("reopen_asked", "reopen_refused", "reopen")
)
DONE = {"from": "approved", "to": "reopened"}
#: The first of two signatures: the report stays where it is.
HALF = {"from": "approved", "to": "approved", "signed": 1, "of": 2}


def history(*names: tuple[str, dict[str, object]]) -> list[Event]:
    at = datetime(2025, 1, 24, tzinfo=UTC)
    return [
        Event(str(number), "submission/s", number, name, "p", at, details, "", "")
        for number, (name, details) in enumerate(names, start=1)
    ]


@pytest.mark.parametrize(
    ("events", "waits"),
    [
        ([], None),
        ([(ASKED, {})], "1"),
        ([(ASKED, {}), ("submission.close", {"from": "approved", "to": "closed"})], "1"),
        ([(ASKED, {}), (REOPEN, HALF)], "1"),
        ([(ASKED, {}), (REOPEN, HALF), (REOPEN, DONE)], None),
        ([(ASKED, {}), (REFUSED, {})], None),
        ([(ASKED, {}), (REFUSED, {}), (ASKED, {})], "3"),
        ([(REOPEN, DONE), (ASKED, {})], "2"),
    ],
)
def test_a_request_waits_until_it_is_answered(events, waits):
    found = unanswered(history(*events))

    assert (None if found is None else found.id) == waits


def test_a_report_is_asked_for_where_it_is_locked_and_people_can_reopen_it():
    path = ROOT / "workflows" / "commune_district_province" / "v01.json"
    workflow = Workflow.of(json.loads(path.read_text("utf-8")))

    assert {state for state in workflow.states if is_askable(workflow, state)} == {
        "approved",
        "closed",
    }
