"""What had only pages: delegations, notices, sums, closing, corrections, parts and evidence."""

from pathlib import Path
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from werkzeug.test import TestResponse

from server.core.access import SYSTEM, Grant, Role
from server.services.accounts import NewAccount
from server.web.api.routing import PREFIX
from tests.consolidation_world import FORM, ROUND, Summing
from tests.divided import FORM as SHARED
from tests.divided import ROADS, divide
from tests.web.api.conftest import As, Caller, callers
from tests.world import GOOD, PERIOD, World, copied_world

TODAY = "2025-01-24"
DECISION = {
    "decision_number": "15/QĐ-BDT",
    "decided_on": "2025-01-23",
    "reason": "Kiểm tra lại sổ hộ khẩu.",
}
SEVEN = {"changes": [{"path": "/households", "from": 6, "to": 7}]}


def post(caller: Caller, path: str, body: object = None, seen: str | None = None) -> TestResponse:
    return caller("POST", path, body, key=str(uuid4()), seen=seen)


def tag(caller: Caller, report: str) -> str:
    return str(caller.get(f"/submissions/{report}").headers["ETag"])


def fits(as_: As, path: str, template: str, answer: TestResponse, method: str = "get") -> None:
    """The answer keeps to the schema that the description gives for its operation."""
    told = as_("admin").get("/openapi.json").json
    registry = Registry().with_resource("urn:description", Resource.opaque(told))
    responses = told["paths"][PREFIX + template][method]["responses"]
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(
        {"$ref": f"urn:description{schema['$ref']}"}, registry=registry
    )
    assert [error.message for error in validator.iter_errors(answer.json)] == [], path


@pytest.fixture
def summing(furnished: World, tmp_path: Path) -> Summing:
    found = Summing.on(copied_world(furnished, furnished.application.database, tmp_path))
    found.world.services.accounts.grant(
        SYSTEM, found.world.accounts["province_signer"], Grant(Role.READER, "u-province")
    )
    return found


@pytest.fixture
def summed_as(summing: Summing) -> As:
    """Callers whose connection is that of the test, which takes everything back."""
    web = callers(summing.world)("admin").client.application
    web.teardown_appcontext_funcs.clear()
    return lambda username: Caller(web.test_client(), summing.world.tokens[username])


def test_a_signer_hands_over_and_takes_back(as_: As, world: World) -> None:
    signer, clerk = as_("commune_signer"), as_("commune_reporter")
    offered = signer.get("/delegations/grants")
    [grant] = offered.json["items"]
    wish = {
        "grant": grant["grant"],
        "deputy": world.accounts["commune_reporter"],
        "valid_from": TODAY,
        "valid_to": TODAY,
        "reason": "Đi công tác",
    }

    made = post(signer, "/delegations", wish)
    again = post(signer, "/delegations", wish)
    seen = clerk.get("/delegations")
    foreign = post(clerk, f"/delegations/{made.json['id']}/revoke")
    ended = post(signer, f"/delegations/{made.json['id']}/revoke")

    assert (made.status_code, made.json["state"]) == (201, "in_force")
    assert made.json["deputy_name"] == "commune reporter"
    assert (again.status_code, again.json["errors"][0]["code"]) == (422, "already")
    assert [one["id"] for one in seen.json["items"]] == [made.json["id"]]
    assert foreign.status_code == 404
    assert (ended.status_code, ended.json["state"]) == (200, "revoked")
    fits(as_, "grants", "/delegations/grants", offered)
    fits(as_, "list", "/delegations", seen)
    fits(as_, "made", "/delegations", made, "post")


def test_the_plan_of_a_handover_is_shown_and_changes_nothing(as_: As, world: World) -> None:
    new = NewAccount("heir", "Người mới đến", None, Role.READER, "u-commune")
    heir = world.services.accounts.create(SYSTEM, new).id
    leaver = world.accounts["commune_reporter"]
    path = f"/accounts/{leaver}/handover?successor={heir}&last_day={TODAY}"
    before = world.count("event")

    plan = as_("admin").get(path)
    foreign = as_("province_approver").get(path)
    late = as_("admin").get(path.replace(TODAY, "2025-01-20"))
    wrong = as_("admin").get(path.replace(TODAY, "24/01/2025"))

    assert plan.status_code == 200
    assert plan.json["moved"][0] == {
        "role": "reporter",
        "org_unit": "u-commune",
        "valid_from": None,
        "valid_to": None,
    }
    fits(as_, "handover", "/accounts/{account_id}/handover", plan)
    assert (foreign.status_code, late.status_code, wrong.status_code) == (403, 422, 400)
    assert late.json["errors"][0]["path"] == "/last_day"
    assert world.count("event") == before


@pytest.mark.parametrize(
    ("change", "status", "path"),
    [
        ({"grant": "999"}, 404, None),
        ({"grant": "x"}, 404, None),
        ({"valid_from": "24/01/2025"}, 400, "/valid_from"),
        ({"valid_to": "2025-01-01"}, 422, "/valid_to"),
        ({"deputy": "nobody"}, 422, "/deputy"),
        ({"reason": "x"}, 422, "/reason"),
        ({"forms": ["households", 1]}, 400, "/forms/1"),
        ({"forms": ["missing"]}, 422, "/forms"),
    ],
)
def test_a_delegation_that_does_not_do_names_the_member(
    as_: As, world: World, change: dict[str, object], status: int, path: str | None
) -> None:
    signer = as_("commune_signer")
    [grant] = signer.get("/delegations/grants").json["items"]
    wish = {
        "grant": grant["grant"],
        "deputy": world.accounts["commune_reporter"],
        "valid_from": TODAY,
        "valid_to": TODAY,
        "reason": "Đi công tác",
    }

    answer = post(signer, "/delegations", {**wish, **change})

    assert answer.status_code == status, answer.json
    assert path is None or path in {one["path"] for one in answer.json["errors"]}
    assert signer.get("/delegations").json["items"] == []


def test_notices_are_read_one_by_one_and_all_together(as_: As, world: World) -> None:
    reporter, signer = as_("commune_reporter"), as_("commune_signer")
    submitted = reporter.fire(reporter.start(GOOD), "submit")
    world.services.dispatch.run()
    signed = signer.fire(submitted, "sign")
    as_("district_approver").fire(signed, "approve")
    world.services.dispatch.run()

    told = signer.get("/notices")
    kinds = [one["kind"] for one in told.json["items"]]
    first = told.json["items"][0]
    read = post(signer, f"/notices/{first['id']}/read")
    foreign = post(as_("neighbour_reporter"), f"/notices/{first['id']}/read")
    rest = post(signer, "/notices/read")
    none_left = post(signer, "/notices/read")
    page = signer.get("/notices?limit=1").json

    assert kinds == ["approved", "arrived", "opened"] and first["submission"] == signed.json["id"]
    assert read.json["read_at"] is not None and foreign.status_code == 404
    assert rest.status_code == 200 and none_left.json == {"read": 0}
    assert all(one["read_at"] for one in signer.get("/notices").json["items"])
    following = signer.get(f"/notices?limit=1&cursor={page['next']}").json
    assert [one["kind"] for one in following["items"]] == ["arrived"] and following["next"]
    assert signer.get("/notices?cursor=x").status_code == 400
    fits(as_, "list", "/notices", told)
    fits(as_, "read", "/notices/{notice_id}/read", read, "post")


def test_sums_are_started_taken_again_and_corrected(summing: Summing, summed_as: As) -> None:
    summing.approved("u-commune", 10, 12, 6)
    clerk = summed_as("district_reporter")
    owed = {"form": FORM, "org_unit": "u-district", "period": PERIOD, "round": ROUND}

    listed = clerk.get("/consolidations")
    begun = post(clerk, "/consolidations", owed)
    path = f"/submissions/{begun.json['id']}/consolidation"
    before = clerk.get(path)
    summing.approved("u-neighbour", 5, 5, 2)
    stale = post(clerk, path, seen='"1"')
    taken = post(clerk, path, seen=before.headers["ETag"])
    after = clerk.get(path)
    cell = {"path": "/households", "from": 8, "to": 9}
    wordless = post(
        clerk, f"{path}/corrections", {"changes": [cell], "reason": ""}, after.headers["ETag"]
    )
    held = post(
        clerk,
        f"{path}/corrections",
        {"changes": [cell], "reason": "Cộng thiếu một hộ."},
        after.headers["ETag"],
    )
    said = post(clerk, f"{path}/reason", {"reason": "Gửi bổ sung sau."}, held.headers["ETag"])
    now = clerk.get(path)

    assert (begun.status_code, begun.json["answers"]["households"]) == (201, 6)
    assert (before.json["taken"], before.json["expected"]) == (1, 2)
    assert [one["condition"] for one in before.json["children"]] == ["waiting", "taken"]
    assert stale.status_code == 412
    assert taken.json["answers"]["households"] == 8 and after.json["complete"]
    assert wordless.status_code == 400 and held.json["answers"]["households"] == 9
    assert said.status_code == 200 and now.json["reason"] == "Gửi bổ sung sau."
    assert [(one["sum"], one["value"]) for one in now.json["corrections"]] == [(8, 9)]
    assert "u-district" in {one["org_unit"] for one in listed.json["items"]}
    fits(summed_as, "list", "/consolidations", listed)
    fits(summed_as, "sheet", "/submissions/{submission_id}/consolidation", now)


def test_a_report_that_sums_nothing_says_so(as_: As, draft: TestResponse) -> None:
    answer = as_("commune_reporter").get(f"/submissions/{draft.json['id']}/consolidation")

    assert answer.status_code == 200
    assert (answer.json["consolidated"], answer.json["children"]) == (False, [])


def test_a_round_is_closed_as_it_was_shown_and_a_report_corrected(
    summing: Summing, summed_as: As
) -> None:
    view = summing.approved("u-commune", 10, 12, 6)
    report = summing.decide(view, "province_approver", "approve").submission.id
    head, other = summed_as("province_signer"), summed_as("district_signer")
    path = f"/rounds/{ROUND}/closing"

    shown = head.get(path)
    open_ = [one["obligation"] for one in shown.json["open"]]
    unnamed = post(head, path, {"expected": 1})
    unseen = post(head, path, {"expected": 2, "exceptions": open_, "note": "Gửi bổ sung sau."})
    foreign = post(other, path, {"expected": 1, "exceptions": open_, "note": "Gửi bổ sung sau."})
    closed = post(head, path, {"expected": 1, "exceptions": open_, "note": "Gửi bổ sung sau."})
    seen = tag(head, report)
    address = f"/submissions/{report}/corrections"
    undecided = post(head, address, {**SEVEN, **DECISION, "decision_number": ""}, seen)
    stale = post(head, address, {**SEVEN, **DECISION}, '"1"')
    not_his = post(summed_as("province_approver"), address, {**SEVEN, **DECISION}, seen)
    corrected = post(head, address, {**SEVEN, **DECISION}, seen)

    assert shown.json["ready"] == [report] and len(open_) == 5
    assert (unnamed.status_code, unnamed.json["code"]) == (409, "guard-failed")
    assert (unseen.status_code, foreign.status_code) == (412, 403)
    assert closed.json == {"round": ROUND, "closed": 1}
    assert (undecided.status_code, stale.status_code, not_his.status_code) == (422, 412, 403)
    assert corrected.json["answers"]["households"] == 7
    assert (corrected.json["state"], corrected.json["revision"]) == ("closed", 2)
    assert head.get(path).json["past"][0]["details"]["closed"] == 1
    assert [one["id"] for one in other.get("/rounds").json["items"]] == []
    assert other.get(path).status_code == head.get("/rounds/missing/closing").status_code == 404
    fits(summed_as, "closing", "/rounds/{round_id}/closing", head.get(path))
    fits(summed_as, "rounds", "/rounds", head.get("/rounds"))


def test_a_part_is_handed_in_waived_and_taken_back(as_: As, world: World) -> None:
    divide(world)
    clerk, roads = as_("commune_reporter"), callers(world)("roads_reporter")
    report = clerk.start(form=SHARED).json["id"]
    path = f"/submissions/{report}/parts"

    owed = roads.get("/parts")
    listed = clerk.get(path)
    done = post(roads, f"{path}/{ROADS}", {"action": "hand_in"})
    twice = post(roads, f"{path}/{ROADS}", {"action": "hand_in"})
    foreign = post(as_("neighbour_reporter"), f"{path}/{ROADS}", {"action": "hand_in"})
    back = post(clerk, f"{path}/{ROADS}", {"action": "take_back"})
    wordless = post(clerk, f"{path}/{ROADS}", {"action": "waive"})
    waived = post(clerk, f"{path}/{ROADS}", {"action": "waive", "reason": "Sở không có số liệu."})
    unknown = post(clerk, f"{path}/{ROADS}", {"action": "burn"})

    def states(answer: TestResponse) -> dict[str, str]:
        return {one["part"]: one["state"] for one in answer.json["items"]}

    assert [one["submission"] for one in owed.json["items"]] == [report]
    assert states(listed)[ROADS] == "open" and states(done)[ROADS] == "handed_in"
    assert (twice.status_code, foreign.status_code, unknown.status_code) == (409, 404, 400)
    assert states(back)[ROADS] == "open" and states(waived)[ROADS] == "waived"
    assert (wordless.status_code, wordless.json["errors"][0]["path"]) == (422, "/reason")
    fits(as_, "parts", "/submissions/{submission_id}/parts", listed)
    fits(as_, "owed", "/parts", owed)


def test_the_evidence_of_an_edition_is_answered_and_downloaded(as_: As, world: World) -> None:
    reporter, signer = as_("commune_reporter"), as_("commune_signer")
    signed = signer.fire(reporter.fire(reporter.start(GOOD), "submit"), "sign")
    world.services.ledger.seal()
    path = f"/submissions/{signed.json['id']}/revisions/1"

    proof = reporter.get(f"{path}/evidence")
    sealed = reporter.get(path).json

    assert proof.json["digest"] == sealed["digest"]
    assert proof.json["document"]["answers"] == sealed["answers"]
    assert proof.headers["ETag"] == signed.headers["ETag"]
    assert proof.json["checkpoint"]["head"] == world.services.ledger.head()
    assert reporter.get(f"/submissions/{signed.json['id']}/revisions/2/evidence").status_code == 404
    assert as_("other_district_reporter").get(f"{path}/evidence").status_code == 404
    fits(as_, "evidence", "/submissions/{submission_id}/revisions/{number}/evidence", proof)
