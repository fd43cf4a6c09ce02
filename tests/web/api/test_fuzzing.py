"""Random requests to every operation: refused or done, never a failure of the server."""

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.web.api.routing import OPERATIONS, Operation
from tests.web.api.conftest import As
from tests.world import GOOD

_KEYS = ["path", "from", "to", "status", "code", "text", "note", "people", "households", "male"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(_KEYS), inner),
    max_leaves=15,
)
_WORDS = st.sampled_from(["households", "household_survey", "u-commune", "2024", "submit", "csv"])
_MEMBERS = [
    "form", "org_unit", "period", "round", "answers", "statuses", "changes", "event", "input",
    "reasons", "nil",
]  # fmt: skip
_BODIES = _JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(_MEMBERS, _JSON | _WORDS))
_VALUES = st.text() | st.sampled_from(["2024", "0101", "1", "u-commune", "sex", "district"])
_REAL = {"code": "households", "number": "1", "format": "csv"}


@pytest.fixture
def started(either_as: As) -> str:
    return str(either_as("commune_reporter").start(GOOD).json["id"])


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    one=st.sampled_from(OPERATIONS),
    body=_BODIES,
    values=st.lists(_VALUES, min_size=8, max_size=8),
    strange=st.none() | st.text(min_size=1),
    name=st.sampled_from(["commune_reporter", "admin"]),
)
def test_no_request_makes_the_server_fail(
    either_as: As, started: str, *, one: Operation, body: object, values: list[str],
    strange: str | None, name: str,
) -> None:  # fmt: skip
    path = one.path
    for part in ("submission_id", "record_id", "job_id", *_REAL):
        known = started if part == "submission_id" else _REAL.get(part, "x")
        text = known if strange is None else quote(strange, safe="")
        path = path.replace(f"{{{part}}}", text)
    sent = json.dumps(body).encode()
    query = dict(zip(one.query, values, strict=False))

    answer = either_as(name)(
        one.method,
        path,
        key=str(hash(sent)),
        seen="1",
        query_string={key: value for key, value in query.items() if value},
        data=None if one.method == "GET" else sent,
        content_type=None if one.method == "GET" else "application/json",
    )

    assert answer.status_code < 500, answer.json
