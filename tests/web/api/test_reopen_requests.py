"""POST /submissions/{id}/reopen-requests: once for a key, one at a time, with a reason."""

from datetime import datetime
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.consolidation_world import Summing
from tests.web.api.conftest import As, Caller
from tests.web.api.test_duties import fits, summed_as, summing

__all__ = ["summed_as", "summing"]
WHY = "Nhập sót một thôn, cần bổ sung 12 hộ."
ROUTE = "/submissions/{submission_id}/reopen-requests"


@pytest.fixture
def final(summing: Summing) -> str:
    view = summing.approved("u-commune", 10, 12, 6)
    return summing.decide(view, "province_approver", "approve").submission.id


def asked(caller: Caller, report: str, key: str | None = None, **body: object) -> TestResponse:
    path = f"/submissions/{report}/reopen-requests"
    return caller("POST", path, {"reason": WHY, **body}, key=key or str(uuid4()))


def test_a_request_is_made_once_for_a_key_and_the_next_is_told_whose_waits(
    summed_as: As, final: str
) -> None:
    clerk, signer = summed_as("commune_reporter"), summed_as("commune_signer")

    first, again = asked(clerk, final, "k1"), asked(clerk, final, "k1")
    second = asked(signer, final)

    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    fits(summed_as, f"/submissions/{final}/reopen-requests", ROUTE, first, "post")
    assert first.json["by_name"] == "commune reporter"
    assert (first.json["submission"], first.json["reason"]) == (final, WHY)
    assert (second.status_code, second.json["code"]) == (409, "reopen-asked")
    assert second.json["current"]["id"] == first.json["id"]
    assert second.json["current"]["by_name"] == "commune reporter"
    when = [datetime.fromisoformat(one["at"]) for one in (second.json["current"], first.json)]
    assert when[0] == when[1]
    events = [one["event"] for one in clerk.get(f"/submissions/{final}/history").json["items"]]
    assert events.count("reopen_asked") == 1


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"reason": " sai "}, 422, "/reason"),
        ({"reason": "x" * 2001}, 422, "/reason"),
        ({"reason": 5}, 400, "/reason"),
        ({"by": "0" * 24}, 400, "/by"),
    ],
)
def test_a_refused_request_says_where_and_leaves_nothing(
    summed_as: As, summing: Summing, final: str, body: dict[str, object], status: int, path: str
) -> None:
    before = summing.world.count("event")

    answer = asked(summed_as("commune_reporter"), final, **body)

    assert (answer.status_code, answer.json["errors"][0]["path"]) == (status, path)
    assert summing.world.count("event") == before


@pytest.mark.parametrize(
    ("by", "status"),
    [("neighbour_reporter", 404), ("district_approver", 403), ("province_signer", 403)],
)
def test_only_the_unit_of_the_report_asks(summed_as: As, final: str, by: str, status: int) -> None:
    assert asked(summed_as(by), final).status_code == status


def test_a_report_that_is_not_final_is_not_asked_for(summed_as: As, summing: Summing) -> None:
    view = summing.sent("u-commune", 10, 12, 6)

    answer = asked(summed_as("commune_reporter"), view.submission.id)

    assert (answer.status_code, answer.json["code"]) == (409, "transition-refused")
