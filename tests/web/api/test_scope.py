"""What is out of scope reads byte for byte like what is missing; extra fields do nothing."""

import pytest
from werkzeug.test import TestResponse

from tests.web.api.conftest import As
from tests.world import GOOD, PERIOD, World

MISSING = "0" * 24
CELLS = {"changes": [{"path": "/households", "from": 6, "to": 7}]}
ROUTES = [
    ("GET", "/submissions/{id}", None),
    ("PATCH", "/submissions/{id}/answers", CELLS),
    ("PUT", "/submissions/{id}/answers", {"answers": {}}),
    ("POST", "/submissions/{id}/transitions", {"event": "submit"}),
    ("GET", "/submissions/{id}/history", None),
    ("GET", "/submissions/{id}/revisions/1", None),
    ("GET", "/submissions/{id}/diff?from=1", None),
    ("GET", "/submissions/{id}/print?format=pdf", None),
    ("GET", "/submissions/{id}/records", None),
    ("POST", "/submissions/{id}/records", {"answers": {}}),
    ("GET", "/submissions/{id}/records/1", None),
    ("PATCH", "/submissions/{id}/records/1", CELLS),
    ("DELETE", "/submissions/{id}/records/1", None),
]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: " ".join(route[:2]))
@pytest.mark.parametrize("name", ["other_district_reporter", "neighbour_reporter"])
def test_a_foreign_report_reads_like_a_missing_one(
    as_: As, draft: TestResponse, route: tuple[str, str, object], name: str
) -> None:
    stranger, (method, path, body) = as_(name), route

    foreign, missing, malformed = (
        stranger(method, path.format(id=one), body, key="k", seen='"1"')
        for one in (draft.json["id"], MISSING, "%C6%A1%00'--")
    )

    assert foreign.status_code == 404
    assert foreign.data == missing.data == malformed.data
    assert draft.json["id"].encode() not in foreign.data
    assert "ETag" not in foreign.headers


@pytest.mark.parametrize("unit", ["u-commune", "u-neighbour", "u-province", "nowhere", "x\u0301'"])
def test_a_unit_out_of_scope_reads_like_a_missing_one(as_: As, unit: str) -> None:
    stranger = as_("other_district_reporter")
    missing = stranger.start(unit="u-nowhere")

    answers = [
        stranger.start(unit=unit),
        stranger("GET", "/submissions", query_string={"org_unit": unit}),
        stranger("GET", "/submissions", query_string={"org_unit": unit, "period": PERIOD}),
        stranger("GET", "/obligations", query_string={"org_unit": unit}),
        stranger("GET", "/obligations", query_string={"org_unit": unit, "period": PERIOD}),
        stranger(
            "GET",
            "/observations",
            query_string={"indicator": "0101", "period": PERIOD, "org_unit": unit},
        ),
        stranger(
            "POST",
            "/forms/households/validate",
            {"answers": GOOD, "org_unit": unit, "period": PERIOD},
        ),
    ]

    assert missing.status_code == 404
    assert [answer.data for answer in answers] == [missing.data] * len(answers)


def test_a_missing_unit_is_missing_for_admins_too(as_: As) -> None:
    for path in ("/submissions", "/obligations"):
        answer = as_("admin").get(f"{path}?org_unit=nowhere")
        assert answer.status_code == 404


def test_lists_hold_only_what_is_in_scope(as_: As, draft: TestResponse) -> None:
    seen = {
        name: {item["org_unit"] for item in as_(name).get("/obligations").json["items"]}
        for name in ("commune_reporter", "district_approver", "province_reader", "admin")
    }

    assert seen["commune_reporter"] == {"u-commune"}
    assert seen["district_approver"] == {"u-commune", "u-neighbour"}
    assert seen["province_reader"] == seen["admin"] == {"u-commune", "u-neighbour", "u-far"}
    assert as_("neighbour_reporter").get("/submissions").json == {"items": [], "next": None}
    found = as_("district_approver").get("/submissions?org_unit=u-district").json["items"]
    assert [item["id"] for item in found] == [draft.json["id"]]


@pytest.mark.parametrize("name", ["district_approver", "province_reader", "admin"])
def test_who_only_sees_a_unit_does_not_start_its_report(as_: As, name: str) -> None:
    answer = as_(name).start(GOOD)

    assert (answer.status_code, answer.json["code"]) == (403, "access-denied")


@pytest.mark.parametrize(
    "extra",
    [
        {"state": "approved"}, {"id": "mine"}, {"revision": 9}, {"edit": 99}, {"role": "admin"},
        {"created_at": "2020-01-01"}, {"approved_by": "me"}, {"unit_id": "u-far"},
    ],
)  # fmt: skip
def test_fields_beyond_the_contract_change_nothing(
    as_: As, world: World, draft: TestResponse, extra: dict[str, object]
) -> None:
    reporter, path = as_("commune_reporter"), f"/submissions/{draft.json['id']}"
    seen = draft.headers["ETag"]

    answers = [
        reporter.start(GOOD, **extra),
        reporter("PUT", f"{path}/answers", {"answers": {}, **extra}, seen=seen),
        reporter("PATCH", f"{path}/answers", {**CELLS, **extra}),
        reporter("POST", f"{path}/transitions", {"event": "submit", **extra}, key="k", seen=seen),
    ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert reporter.get(path).json == draft.json
    assert world.count("submission") == 1


def test_every_route_asks_who_is_there(world: World, as_: As) -> None:
    client = as_("admin").client
    for rule in client.application.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            path = rule.build(dict.fromkeys(rule.arguments, "x"))[1]
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                answer = client.open(path, method=method)
                assert answer.status_code == 401, (method, path)
                assert answer.content_type == "application/problem+json"
