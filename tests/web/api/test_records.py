"""Survey records below a return: added, changed, removed, frozen with it."""

import pytest
from werkzeug.test import TestResponse

from tests.web.api.conftest import As
from tests.world import GOOD, World


@pytest.fixture
def survey(as_: As) -> str:
    started = as_("commune_reporter").start(form="household_survey")
    return f"/submissions/{started.json['id']}/records"


def test_a_record_lives_below_its_return(as_: As, survey: str) -> None:
    reporter = as_("commune_reporter")

    added = reporter("POST", survey, {"answers": GOOD})
    path = added.headers["Location"].removeprefix("/api/v1")
    changed = reporter("PATCH", path, {"changes": [{"path": "/households", "from": 6, "to": 7}]})
    read = reporter.get(path)
    listed = reporter.get(survey)
    reason = {"reason": "nhập trùng với phiếu khác"}
    removed = reporter("DELETE", path, reason)
    away = reporter.get(path).status_code
    restored = reporter("POST", f"{path}/restore", {})

    assert (added.status_code, added.json["computed"]) == (201, {"all_people": 25})
    assert changed.json["answers"]["households"] == 7
    assert read.json == changed.json
    assert read.headers["ETag"] == f'"{read.json["edit"]}"'
    assert [item["id"] for item in listed.json["items"]] == [added.json["id"]]
    assert (removed.status_code, removed.data) == (204, b"")
    assert (away, restored.status_code) == (404, 200)
    assert restored.json["answers"] == changed.json["answers"]


def test_a_repeated_record_with_a_key_is_added_once(as_: As, survey: str, world: World) -> None:
    reporter = as_("commune_reporter")

    first, second = (reporter("POST", survey, {"answers": GOOD}, key="form-17") for _ in range(2))

    assert first.data == second.data
    assert world.count("survey_record") == 1


def test_a_record_cell_that_moved_is_a_conflict(as_: As, survey: str) -> None:
    reporter = as_("commune_reporter")
    added = reporter("POST", survey, {"answers": GOOD})

    answer = reporter(
        "PATCH",
        f"{survey}/{added.json['id']}",
        {"changes": [{"path": "/households", "from": 1, "to": 7}]},
    )

    assert answer.status_code == 409
    assert answer.json["errors"] == [{"path": "/households", "mine": 7, "theirs": 6}]


def test_records_freeze_with_their_return(as_: As, survey: str) -> None:
    reporter = as_("commune_reporter")
    added = reporter("POST", survey, {"answers": GOOD})
    reading = reporter.get(survey.removesuffix("/records"))
    submitted = reporter.fire(reading, "submit")
    assert submitted.status_code == 200

    answers: list[TestResponse] = [
        reporter("POST", survey, {"answers": GOOD}),
        reporter("DELETE", f"{survey}/{added.json['id']}", {"reason": "nhập trùng với phiếu khác"}),
        reporter("POST", f"{survey}/{added.json['id']}/restore", {}),
        reporter(
            "PATCH",
            f"{survey}/{added.json['id']}",
            {"changes": [{"path": "/households", "from": 6, "to": 7}]},
        ),
        reporter("PUT", survey.replace("/records", "/record-summary"), {"expected": 3}),
    ]

    assert [answer.status_code for answer in answers] == [409] * 5


@pytest.mark.parametrize("body", [{}, {"reason": "ngắn"}, {"reason": 5}])
def test_a_deletion_without_a_reason_is_refused(
    as_: As, survey: str, body: dict[str, object]
) -> None:
    reporter = as_("commune_reporter")
    added = reporter("POST", survey, {"answers": GOOD})

    refused = reporter("DELETE", f"{survey}/{added.json['id']}", body)

    assert refused.status_code in (400, 422)
    assert reporter.get(f"{survey}/{added.json['id']}").status_code == 200


def test_the_summary_says_how_far_the_return_is(as_: As, survey: str) -> None:
    reporter = as_("commune_reporter")
    reporter("POST", survey, {"answers": GOOD})
    reporter("POST", survey, {"answers": {"households": 3}})
    summary = survey.replace("/records", "/record-summary")

    told = reporter("PUT", summary, {"expected": 5})
    refused = reporter("PUT", summary, {"expected": "5"})

    assert told.json == reporter.get(summary).json
    assert (told.json["expected"], told.json["count"], told.json["done"]) == (5, 2, 2)
    assert told.json["states"] == {"valid": 1, "errors": 0, "draft": 1}
    assert refused.status_code == 400


def test_the_list_is_searched_and_filtered(as_: As, survey: str) -> None:
    reporter = as_("commune_reporter")
    first = reporter("POST", survey, {"answers": {**GOOD, "note": "Khuổi Phay"}})
    reporter("POST", survey, {"answers": {"households": 3}})

    found = reporter.get(f"{survey}?q=khuoi phay").json["items"]
    valid = reporter.get(f"{survey}?state=valid").json["items"]

    assert [item["id"] for item in found] == [first.json["id"]] == [one["id"] for one in valid]
    assert reporter.get(f"{survey}?state=gone").status_code == 400
