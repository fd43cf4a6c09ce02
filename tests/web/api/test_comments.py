"""Comments over HTTP: threads with marks, writing once, settling, and the origin of a change."""

from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.web.api.conftest import As, Caller
from tests.world import GOOD, World

CELL = "/people/male"


def written(
    caller: Caller, submission: str, key: str | None = None, **body: object
) -> TestResponse:
    return caller(
        "POST",
        f"/submissions/{submission}/comments",
        {"text": "Theo sổ của công an xã.", **body},
        key=key or str(uuid4()),
    )


def threads(caller: Caller, submission: str) -> list[dict[str, object]]:
    answer = caller.get(f"/submissions/{submission}/comments")
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def test_a_comment_is_written_once_for_a_key_and_listed_with_its_answers(as_: As) -> None:
    clerk, approver = as_("commune_reporter"), as_("district_approver")
    submission = clerk.start(GOOD).json["id"]

    first = written(approver, submission, "k1", path=CELL)
    again = written(approver, submission, "k1", path=CELL)
    other = written(approver, submission, "k1", path="/households")
    answer = written(clerk, submission, answers_to=first.json["id"])

    assert (first.status_code, again.json, other.status_code) == (201, first.json, 422)
    assert answer.json["side"] == "unit"
    (thread,) = threads(clerk, submission)
    assert (thread["path"], thread["cell"], thread["open"]) == (CELL, "Nhân khẩu: Nam", True)
    assert [one["id"] for one in thread["answers"]] == [answer.json["id"]]  # type: ignore[attr-defined]


def test_a_thread_is_settled_by_either_side_and_stays_settled(as_: As) -> None:
    clerk, approver = as_("commune_reporter"), as_("district_approver")
    submission = clerk.start(GOOD).json["id"]
    comment = written(approver, submission).json["id"]
    resolve = f"/submissions/{submission}/comments/{comment}/resolve"

    settled = clerk("POST", resolve, key=str(uuid4()))
    again = approver("POST", resolve, key=str(uuid4()))

    assert settled.json["resolved_by_name"] == "commune reporter"
    assert again.json["resolved_at"] == settled.json["resolved_at"]
    assert threads(clerk, submission)[0]["open"] is False


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"text": ""}, 400, "/text"),
        ({"text": "a" * 2001}, 400, "/text"),
        ({"text": 5}, 400, "/text"),
        ({"path": "/nowhere"}, 422, "/nowhere"),
        ({"path": "/people"}, 422, "/people"),
        ({"side": "office"}, 400, "/side"),
        ({"answers_to": "0" * 24}, 404, None),
    ],
)
def test_a_refused_comment_says_where_and_leaves_nothing(
    as_: As, world: World, body: dict[str, object], status: int, path: str | None
) -> None:
    clerk = as_("commune_reporter")
    submission = clerk.start(GOOD).json["id"]

    answer = written(clerk, submission, **body)

    assert answer.status_code == status, answer.text
    paths = [error["path"] for error in answer.json.get("errors", [])]
    assert path is None or path in paths or answer.json.get("path") == path, answer.json
    assert world.count("comment") == 0


def test_who_only_reads_is_refused_and_who_is_outside_finds_nothing(as_: As) -> None:
    submission = as_("commune_reporter").start(GOOD).json["id"]

    assert written(as_("province_reader"), submission).status_code == 403
    assert written(as_("neighbour_reporter"), submission).status_code == 404
    assert as_("neighbour_reporter").get(f"/submissions/{submission}/comments").status_code == 404


def test_marks_of_a_return_stand_among_the_threads(as_: As) -> None:
    clerk, head, approver = map(as_, ("commune_reporter", "commune_signer", "district_approver"))
    view = clerk.start(GOOD)
    view = head.fire(clerk.fire(view, "submit"), "sign")
    marks = [{"path": CELL, "note": "Cao hơn sổ."}]
    view = approver.fire(view, "return", input={"note": "Xem lại số nam.", "marks": marks})
    submission = view.json["id"]

    whole, marked = threads(clerk, submission)

    assert (whole["kind"], whole["path"], whole["text"]) == ("mark", "", "Xem lại số nam.")
    assert (marked["path"], marked["text"], marked["open"]) == (CELL, "Cao hơn sổ.", True)
    refused = clerk.fire(clerk.get(f"/submissions/{submission}"), "submit")
    assert refused.status_code == 409
    assert written(clerk, submission, path=CELL, answers_to=marked["id"]).status_code == 201
    passed = clerk.fire(clerk.get(f"/submissions/{submission}"), "submit")
    assert passed.json["state"] == "awaiting_signature"


def test_a_changed_cell_says_how_it_came_by_its_value(as_: As, world: World) -> None:
    clerk = as_("commune_reporter")
    submission = clerk.start(GOOD).json["id"]
    address = f"/submissions/{submission}/answers"

    def save(**change: object) -> int:
        changes = [{"path": "/households", **change}]
        return clerk("PATCH", address, {"changes": changes}).status_code

    assert save(**{"from": 6, "to": 7, "origin": "copied"}) == 200
    assert save(**{"from": 7, "to": 8}) == 200
    assert save(**{"from": 8, "to": 9, "origin": "guessed"}) == 400
    rows = world.application.database.rows("SELECT origin FROM draft_change ORDER BY id")
    assert rows == [("copied",), ("typed",)]
