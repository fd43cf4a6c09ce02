"""Transitions: the order of refusals, and one effect for each idempotency key."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from server.web.api.routing import OPERATIONS, Operation
from tests.web.api.conftest import As, Caller, callers
from tests.world import GOOD, PERIOD, World


def _path(draft: TestResponse) -> str:
    return f"/submissions/{draft.json['id']}/transitions"


def test_checks_come_in_the_order_of_the_contract(as_: As, draft: TestResponse) -> None:
    reporter, stranger = as_("commune_reporter"), as_("other_district_reporter")
    body = {"event": "approve"}

    unknown = Caller(reporter.client, "x" * 43)("POST", _path(draft), body)
    foreign = stranger("POST", _path(draft), body)
    keyless = reporter("POST", _path(draft), body)
    blind = reporter("POST", _path(draft), body, key="k1")
    stale = reporter("POST", _path(draft), body, key="k1", seen='"99"')
    never = reporter("POST", _path(draft), body, key="k1", seen=draft.headers["ETag"])
    not_now = as_("district_approver").fire(draft, "approve")

    refusals = (unknown, foreign, keyless, blind, stale, never, not_now)
    assert [answer.status_code for answer in refusals] == [401, 404, 400, 428, 412, 403, 409]
    assert unknown.headers["WWW-Authenticate"].startswith("Bearer")
    assert keyless.json["errors"][0]["code"] == "idempotency-key-missing"
    tags = [answer.headers.get("ETag") for answer in refusals]
    assert tags == [None, None, *[draft.headers["ETag"]] * 5]


@pytest.mark.parametrize(
    "one", [one for one in OPERATIONS if one.guarded], ids=lambda one: f"{one.method} {one.path}"
)
def test_no_write_of_a_submission_goes_without_the_edit_it_is_based_on(
    as_: As, draft: TestResponse, one: Operation
) -> None:
    changes: dict[str, object] = {"changes": [], "reason": "Kiểm tra lại sổ."}
    bodies: dict[str | None, object] = {
        "Draft": {"answers": {}},
        "Transition": {"event": "submit"},
        "MissingReason": {"reason": "Gửi bổ sung sau."},
        "SumCorrections": changes,
        "DecisionCorrection": {**changes, "decision_number": "1/QĐ", "decided_on": "2025-01-20"},
        None: None,
    }
    path = one.path.format(submission_id=draft.json["id"])

    answer = as_("commune_reporter")(one.method, path, bodies[one.body], key="k")

    assert answer.status_code == 428
    assert as_("commune_reporter").get(f"/submissions/{draft.json['id']}").json == draft.json


def test_a_refused_request_leaves_its_key_free(as_: As, draft: TestResponse) -> None:
    reporter = as_("commune_reporter")
    refused = reporter("POST", _path(draft), {"event": "submit"}, key="again", seen='"99"')

    accepted = reporter(
        "POST", _path(draft), {"event": "submit"}, key="again", seen=draft.headers["ETag"]
    )

    assert (refused.status_code, accepted.status_code) == (412, 200)


def test_the_same_request_again_gets_the_first_answer_again(as_: As, draft: TestResponse) -> None:
    reporter = as_("commune_reporter")

    first, second = (
        reporter("POST", _path(draft), {"event": "submit"}, key="same", seen=draft.headers["ETag"])
        for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    history = reporter.get(f"/submissions/{draft.json['id']}/history").json["items"]
    assert [event["event"] for event in history] == ["started", "submit"]


def test_the_same_key_with_another_body_is_refused(as_: As, draft: TestResponse) -> None:
    reporter = as_("commune_reporter")
    reporter("POST", _path(draft), {"event": "submit"}, key="same", seen=draft.headers["ETag"])

    other = reporter("POST", _path(draft), {"event": "recall"}, key="same", seen="1")

    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")


def test_a_key_belongs_to_its_account(as_: As) -> None:
    body = {"form": "households", "period": PERIOD}

    mine = as_("commune_reporter")(
        "POST", "/submissions", {**body, "org_unit": "u-commune"}, key="shared"
    )
    theirs = as_("neighbour_reporter")(
        "POST", "/submissions", {**body, "org_unit": "u-neighbour"}, key="shared"
    )

    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json["id"] != theirs.json["id"]


def test_one_key_sent_by_fifty_threads_starts_one_report(either_world: World) -> None:
    as_ = callers(either_world)
    body = {"form": "households", "org_unit": "u-commune", "period": PERIOD, "answers": GOOD}

    def start(_: int) -> TestResponse:
        return as_("commune_reporter")("POST", "/submissions", body, key="storm")

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(start, range(50)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert either_world.count("submission") == 1


def test_two_people_who_decide_on_the_same_edit_get_one_winner(either_world: World) -> None:
    as_ = callers(either_world)
    draft = as_("commune_reporter").start(GOOD)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: as_("commune_reporter").fire(draft, "submit"), range(8)))

    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] + [412] * 7
    winner = next(answer for answer in answers if answer.status_code == 200)
    loser = next(answer for answer in answers if answer.status_code == 412)
    assert loser.json["current"]["edit"] == winner.json["edit"]


def test_errors_block_and_are_named(as_: As) -> None:
    reporter = as_("commune_reporter")
    wrong = reporter.start({"people": {"male": 1, "female": 1}, "households": 5})

    answer = reporter.fire(wrong, "submit")

    assert (answer.status_code, answer.json["code"]) == (422, "answers-invalid")
    assert [(error["path"], error["code"]) for error in answer.json["errors"]] == [
        ("/households", "households_have_people")
    ]
    assert (answer.json["errors"][0]["left"], answer.json["errors"][0]["right"]) == (5, 2)


@pytest.mark.parametrize("supplied", [None, {}, {"note": "x"}, {"note": 5}])
def test_a_return_needs_its_reason(as_: As, draft: TestResponse, supplied: object) -> None:
    submitted = as_("commune_reporter").fire(draft, "submit")
    body = {} if supplied is None else {"input": supplied}

    answer = as_("commune_signer").fire(submitted, "return", **body)

    assert (answer.status_code, answer.json["code"]) == (422, "input-invalid")


def test_a_started_report_cannot_be_started_again(as_: As, draft: TestResponse) -> None:
    again = as_("commune_reporter").start(GOOD)

    assert (again.status_code, again.json["code"]) == (409, "conflict")
    assert again.json["current"]["edit"] == draft.json["edit"]


def test_what_is_not_owed_cannot_be_started(as_: As) -> None:
    reporter = as_("commune_reporter")

    answer = reporter(
        "POST",
        "/submissions",
        {"form": "households", "org_unit": "u-commune", "period": "2019"},
        key="k",
    )

    assert (answer.status_code, answer.json["code"]) == (422, "nothing-owed")
