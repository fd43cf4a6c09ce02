"""One report from start to figures, through the API alone, on both databases."""

from tests.web.api.conftest import As
from tests.world import CROWDED, GOOD, PERIOD, REASON, ROUND, World


def test_a_report_goes_from_start_to_final_figures(either_as: As, either_world: World) -> None:
    reporter, signer = either_as("commune_reporter"), either_as("commune_signer")
    district, province = either_as("district_approver"), either_as("province_approver")

    started = reporter.start()
    assert started.status_code == 201
    assert started.headers["Location"] == f"/api/v1/submissions/{started.json['id']}"
    assert started.headers["ETag"] == f'"{started.json["edit"]}"'
    path = f"/submissions/{started.json['id']}"

    cells = [{"path": "/people/male", "from": None, "to": 12}]
    patched = reporter("PATCH", f"{path}/answers", {"changes": cells})
    assert patched.status_code == 200
    assert patched.json["answers"] == {"people": {"male": 12}}
    assert patched.json["edit"] > started.json["edit"]

    crowded = reporter("PUT", f"{path}/answers", {"answers": CROWDED}, seen=patched.headers["ETag"])
    assert crowded.status_code == 200
    assert crowded.json["computed"] == {"all_people": 250}
    assert [finding["code"] for finding in crowded.json["findings"]] == ["crowded"]

    unexplained = reporter.fire(crowded, "submit")
    assert (unexplained.status_code, unexplained.json["code"]) == (422, "reason-missing")
    submitted = reporter.fire(crowded, "submit", reasons=[REASON])
    assert submitted.status_code == 200
    assert submitted.json["state"] == "awaiting_signature"

    signed = signer.fire(submitted, "sign")
    assert (signed.json["state"], signed.json["revision"]) == ("submitted", 1)

    returned = district.fire(signed, "return", input={"note": "Đề nghị rà soát lại số hộ."})
    assert returned.json["state"] == "returned"
    owed = reporter.get(f"/obligations?form=households&period={PERIOD}").json["items"]
    assert [(one["state"], one["submission"]) for one in owed] == [("returned", started.json["id"])]

    fixed = reporter("PUT", f"{path}/answers", {"answers": GOOD}, seen=returned.headers["ETag"])
    resubmitted = reporter.fire(fixed, "submit")
    resigned = signer.fire(resubmitted, "sign")
    assert resigned.json["revision"] == 2
    once = district.fire(resigned, "approve")
    assert once.json["state"] == "district_approved"
    approved = province.fire(once, "approve")
    assert approved.json["state"] == "approved"
    assert approved.json["answers"] == GOOD

    either_world.services.dispatch.run(100)
    figures = province.get(f"/observations?indicator=0101&period={PERIOD}&group_by=sex")
    found = {one["dimensions"]["sex"]: one["value"] for one in figures.json["items"]}
    assert found == {"male": 12, "female": 13}

    history = reporter.get(f"{path}/history").json["items"]
    assert [one["event"] for one in history] == [
        "started", "submit", "sign", "return", "submit", "sign", "approve", "approve",
    ]  # fmt: skip
    changes = reporter.get(f"{path}/diff?from=1&to=2").json["items"]
    assert {"path": "/people/male", "from": 120, "to": 12} in changes
    first = reporter.get(f"{path}/revisions/1").json
    assert first["answers"]["people"] == {"male": 120, "female": 130}
    assert first["reasons"] == [REASON]


def test_a_started_report_shows_all_its_parts(either_as: As) -> None:
    started = either_as("commune_reporter").start(GOOD)

    assert set(started.json) == {
        "id", "form", "version", "workflow", "workflow_version", "org_unit", "period", "round",
        "state", "edit", "revision", "nil", "answers", "statuses", "reasons", "computed",
        "findings", "events",
    }  # fmt: skip
    assert started.json["round"] == ROUND
    assert started.json["answers"] == GOOD
    assert [move["event"] for move in started.json["events"]] == ["submit", "send"]
    assert "input" in started.json["events"][1]
    read = either_as("commune_reporter").get(f"/submissions/{started.json['id']}")
    assert read.json == started.json
    assert read.headers["ETag"] == started.headers["ETag"]


def test_a_nil_report_has_no_answers_and_can_be_sent(either_as: As) -> None:
    reporter = either_as("commune_reporter")
    started = reporter.start(GOOD)
    path = f"/submissions/{started.json['id']}/answers"

    nil = reporter("PUT", path, {"nil": True}, seen=started.headers["ETag"])

    assert (nil.status_code, nil.json["nil"], nil.json["answers"]) == (200, True, {})
    assert reporter.fire(nil, "submit").status_code == 200
