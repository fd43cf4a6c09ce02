"""Hostile and careless requests: refused at the door with the place, never a crash."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.web.api.conftest import As
from tests.world import GOOD, PERIOD

DEEP = '{"answers": ' + '{"a":' * 70 + "1" + "}" * 70 + "}"


@pytest.mark.parametrize(
    ("body", "reason", "path"),
    [
        (b"", "not_json", ""),
        (b"{", "not_json", ""),
        (b'{"answers": {"a": NaN}}', "not_finite", "/answers/a"),
        (b'{"answers": {"a": -Infinity}}', "not_finite", "/answers/a"),
        (b'{"answers": {"a": 1e400}}', "number_out_of_range", "/answers/a"),
        (b'{"answers": {"a": 1234567890.1234567}}', "number_too_precise", "/answers/a"),
        (b'{"answers": {"a": 1, "a": 2}}', "duplicate_key", "/answers/a"),
        (b'{"answers": {"a": "\\ud800"}}', "lone_surrogate", "/answers/a"),
        (b'{"answers": {"a": "\\u0000"}}', "nul_character", "/answers/a"),
        (b'{"answers": {"a": "\xff"}}', "invalid_utf8", ""),
        (DEEP.encode(), "too_deep", "/answers" + "/a" * 63),
        (b"[]", "type", ""),
        (b'{"answers": []}', "type", "/answers"),
        (b'{"answers": {}, "state": "approved"}', "member-unknown", "/state"),
        (b'{"answers": {}, "statuses": {"/note": 1}}', "type", "/statuses/~1note"),
        (b'{"nil": true, "answers": {"a": 1}}', "nil-with-answers", "/answers"),
        (b"{}", "member-missing", "/answers"),
    ],
)
def test_a_hostile_body_is_refused_with_its_place(
    as_: As, draft: TestResponse, body: bytes, reason: str, path: str
) -> None:
    answer = as_("commune_reporter")(
        "PUT",
        f"/submissions/{draft.json['id']}/answers",
        seen=draft.headers["ETag"],
        data=body,
        content_type="application/json",
    )

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["code"] == "request-invalid"
    assert [(error["code"], error["path"]) for error in answer.json["errors"]] == [(reason, path)]


def test_a_body_beyond_the_limit_is_too_large(as_: As, draft: TestResponse) -> None:
    answer = as_("commune_reporter")(
        "PATCH",
        f"/submissions/{draft.json['id']}/answers",
        data=b" " * 11_000_000,
        content_type="application/json",
    )

    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")


def test_a_body_that_is_no_json_type_is_not_taken(as_: As, draft: TestResponse) -> None:
    answer = as_("commune_reporter")(
        "PATCH",
        f"/submissions/{draft.json['id']}/answers",
        data={"changes": "x"},
    )

    assert answer.status_code == 415


@pytest.mark.parametrize(
    "change",
    [
        {"from": 1, "to": 2},
        {"path": 5, "from": 1, "to": 2},
        {"path": "/households", "from": 6},
        {"path": "/households", "from": 6, "to": 7, "by": "me"},
        "x",
        None,
    ],
)
def test_a_change_that_is_not_well_formed_is_refused_as_a_whole(
    as_: As, draft: TestResponse, change: object
) -> None:
    good = {"path": "/people/male", "from": 12, "to": 99}
    path = f"/submissions/{draft.json['id']}"

    answer = as_("commune_reporter")("PATCH", f"{path}/answers", {"changes": [good, change]})

    assert answer.status_code == 400
    assert answer.json["errors"][0]["path"].startswith("/changes/1")
    assert as_("commune_reporter").get(path).json == draft.json


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/submissions?state=draft&role=admin", "parameter-unknown"),
        ("/submissions?period=2024&period=2023", "parameter-repeated"),
        ("/submissions?form=%00", "parameter-invalid"),
        ("/submissions?limit=0", "limit"),
        ("/submissions?limit=501", "limit"),
        ("/submissions?limit=-1", "number"),
        ("/submissions?limit=%D9%A3", "number"),
        ("/submissions?cursor=%C6%A1", "cursor"),
        ("/submissions?period=2024/13", "period"),
        ("/obligations?state=unheard", "state"),
        ("/org-units?as_of=24/01/2025", "day"),
        ("/org-units?as_of=2025-02-30", "day"),
        ("/org-units?level=village", "level"),
        ("/org-units?cursor=gone", "cursor"),
        ("/forms?version=1", "parameter-unknown"),
        ("/forms/households?version=one", "number"),
        ("/observations?period=2024", "parameter-missing"),
        ("/observations?indicator=0101", "parameter-missing"),
        ("/reporting-rates?form=households", "parameter-missing"),
    ],
)
def test_a_query_that_nobody_understands_is_refused(as_: As, path: str, reason: str) -> None:
    answer = as_("admin").get(path)

    assert (answer.status_code, answer.json["code"]) == (400, "request-invalid")
    assert [error["code"] for error in answer.json["errors"]] == [reason]


@pytest.mark.parametrize("key", ["x" * 256, "chìa khóa", "a b"])
def test_a_key_that_cannot_be_kept_is_refused(as_: As, key: str) -> None:
    body = {"form": "households", "org_unit": "u-commune", "period": PERIOD}

    answer = as_("commune_reporter")(
        "POST", "/submissions", body, key=key.encode().decode("latin-1")
    )

    assert answer.status_code == 400
    assert answer.json["errors"][0]["code"] == "idempotency-key-invalid"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.dictionaries(st.sampled_from([*GOOD, "note", "all_people"]), _JSON))
def test_no_answers_of_known_cells_make_the_server_fail(
    as_: As, draft: TestResponse, answers: object
) -> None:
    reporter = as_("commune_reporter")
    seen = reporter.get(f"/submissions/{draft.json['id']}").headers["ETag"]

    saved = reporter(
        "PUT",
        f"/submissions/{draft.json['id']}/answers",
        seen=seen,
        data=json.dumps({"answers": answers}).encode(),
        content_type="application/json",
    )

    assert saved.status_code in {200, 400, 422}
    assert reporter.get(f"/submissions/{draft.json['id']}").status_code == 200
